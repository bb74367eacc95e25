"""`jackfield`: reads the command line, runs one command, and turns every ending into an exit code.

Nothing heavy is imported here: `jackfield --version` and the lists come at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from desktop import __version__
from desktop.cli import (
    accounts,
    audit,
    connect,
    connectors,
    console,
    doctor,
    practice,
    request,
    tokens,
    vault,
)
from desktop.cli.common import add_common_options
from desktop.cli.exits import FAILED, INTERRUPTED, LOCKED, USAGE, LockedError, UsageError
from desktop.cli.failing import report
from desktop.cli.output import note
from desktop.protection import protect_process


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar of the command line."""
    parser = argparse.ArgumentParser(
        prog="jackfield",
        description="Connects accounts, keeps their tokens in an encrypted store and lets you look inside. "
        "Without a command it opens the console; with files or jackfield:// links, on what they lead to.",
        epilog="Exit codes: 0 done; 1 failed; 2 wrong usage; 3 the account needs sign-in; "
        "4 the vault is locked or the passphrase is wrong; 5 declined or timed out; 130 interrupted.",
        allow_abbrev=False,
    )
    add_common_options(parser)
    parser.add_argument("--version", action="version", version=f"jackfield {__version__}")
    parser.set_defaults(handler=console.open_console)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for group in (practice, vault, connectors, connect, accounts, tokens, request, audit, doctor):
        group.add_commands(commands)
    return parser


def command_names(parser: argparse.ArgumentParser) -> frozenset[str]:
    """Every first word that is a command."""
    return frozenset(
        name
        for action in parser._actions  # argparse has no public way to ask
        if isinstance(action, argparse._SubParsersAction)
        for name in action.choices
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit code; never raises but for argparse's own exits."""
    if argv is None:  # the program itself, not somebody who calls it as a function
        protect_process()
    _tolerate_any_name()
    line = list(sys.argv[1:] if argv is None else argv)
    parser = build_parser()
    if console.opens_something(line, command_names(parser)):
        parser = console.console_parser()
    args = parser.parse_args(line)
    try:
        _log_to_stderr(verbose=args.verbose)
        code: int = args.handler(args)
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon_stdout()
        return FAILED
    except KeyboardInterrupt:
        note("Interrupted.")
        return INTERRUPTED
    except UsageError as error:
        note(f"jackfield: {error}")
        return USAGE
    except LockedError as error:
        note(f"jackfield: {error}")
        return LOCKED
    except Exception as error:
        return report(error)
    return code


def _log_to_stderr(*, verbose: bool) -> None:
    # Also when nobody wants the log: Python would print what has no handler, unredacted.
    import logging

    from desktop.engine.privacy.redaction import install_logging

    install_logging(logging.DEBUG if verbose else logging.CRITICAL)


def _tolerate_any_name() -> None:
    # A terminal that is not UTF-8 shows a name with a replacement rather than failing at it.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _abandon_stdout() -> None:
    # The reader has gone; Python would complain about it once more while it flushes at the end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
