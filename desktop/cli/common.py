"""What every command shares: the common options, the home folder, an engine with its vault open."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli import passphrase
from desktop.cli.exits import LockedError, UsageError
from desktop.cli.failing import told
from desktop.cli.output import note

if TYPE_CHECKING:
    from desktop.engine.engine import Engine

HOME_VARIABLE = "JACKFIELD_HOME"

Subparsers = argparse._SubParsersAction  # argparse has no public name for it
Handler = Callable[[argparse.Namespace], int]


def add_common_options(parser: argparse.ArgumentParser, *, inherited: bool = False) -> None:
    """The options that may stand before the command and, `inherited`, also after it."""
    absent = argparse.SUPPRESS if inherited else None
    text = argparse.SUPPRESS if inherited else "%s"
    parser.add_argument(
        "--home",
        metavar="DIR",
        default=absent,
        help=_help(text, "the folder with the vault and own definitions"),
    )
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        default=absent,
        help=_help(text, "a file whose first line is the vault's passphrase"),
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        default=argparse.SUPPRESS if inherited else False,
        help=_help(text, "log what is done to stderr, without secrets"),
    )


def add_command(
    commands: Subparsers[argparse.ArgumentParser], name: str, handler: Handler, help_text: str
) -> argparse.ArgumentParser:
    """A command whose parser also takes the common options."""
    parser = commands.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
    add_common_options(parser, inherited=True)
    parser.set_defaults(handler=handler)
    return parser


def add_group(
    commands: Subparsers[argparse.ArgumentParser], name: str, help_text: str
) -> Subparsers[argparse.ArgumentParser]:
    """A word like `vault` that needs a second word."""
    parser = commands.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
    return parser.add_subparsers(dest=f"{name}_command", metavar="COMMAND", required=True)


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json: one JSON document on stdout."""
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")


def add_reveal(parser: argparse.ArgumentParser) -> None:
    """--reveal: secrets as they are."""
    parser.add_argument("--reveal", action="store_true", help="print secrets as they are, not masked")


def add_set(parser: argparse.ArgumentParser, help_text: str) -> None:
    """--set field=value, as often as needed."""
    parser.add_argument(
        "--set",
        dest="assignments",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help=f"{help_text}; VALUE may be @FILE or - (stdin), so that no secret is on the command line",
    )


def home_folder(args: argparse.Namespace) -> Path:
    """--home, else JACKFIELD_HOME, else the platform's place for application data."""
    named = args.home or os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("jackfield", appauthor=False)


@contextmanager
def engine_for(args: argparse.Namespace, *, unlock: bool = True) -> Iterator[Engine]:
    """A running engine on the home folder; with `unlock` its vault is open or a sentence says why not."""
    from desktop.engine.engine import Engine

    with Engine(home_folder(args), actor="command line", command=command_words(args)) as engine:
        try:
            if unlock:
                open_vault(engine, args)
            yield engine
        except (UsageError, LockedError):
            raise  # words of our own
        except Exception as error:
            # Now, and not where it ends up: when the engine ends, the redactor forgets every secret.
            raise told(error) from error


def command_words(args: argparse.Namespace) -> str:
    """The command and, in a group, the second word: never what was given to it."""
    command = getattr(args, "command", None) or ""
    second = getattr(args, f"{command}_command", None) or ""
    return f"{command} {second}".strip()


def open_vault(engine: Engine, args: argparse.Namespace) -> None:
    """Opens with the passphrase file, else the keychain's key slot, else by asking."""
    given = passphrase.from_file(args)
    if given is None and engine.vault_state == "locked" and not _opened_by_keychain(engine):
        given = passphrase.ask()
    engine.run(engine.unlock(given))


def _opened_by_keychain(engine: Engine) -> bool:
    from desktop.vault.errors import KeychainRefusedError

    if not any(slot.kind == "keychain" for slot in engine.run(engine.slots())):
        return False
    try:
        engine.run(engine.unlock(None))
    except KeychainRefusedError as error:
        if not sys.stdin.isatty():
            raise
        note(error.sentence)  # its owner may still know the passphrase
        return False
    return True


def _help(template: str, text: str) -> str:
    return template if template == argparse.SUPPRESS else text
