"""`jackfield practice`: everything to be tried without an account, on a store that is thrown away."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.common import Subparsers, add_command
from desktop.cli.console import display_or_sentence
from desktop.cli.exits import DONE, FAILED, USAGE
from desktop.cli.output import line, note

if TYPE_CHECKING:
    from desktop.practice import Provider


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the command to the grammar."""
    parser = add_command(
        commands, "practice", practice, "the console on a throw-away store, with a practice provider"
    )
    parser.add_argument(
        "--port", metavar="N", type=_port, default=None, help="where the provider listens (8910)"
    )
    parser.add_argument("--serve-only", action="store_true", help="only the provider; prints its URL")


def practice(args: argparse.Namespace) -> int:
    """practice"""
    if not args.serve_only and not display_or_sentence():
        return USAGE
    from desktop.practice import DEFAULT_PORT, PortTakenError, start

    try:
        # The connectors know the default port; elsewhere they have to be told, which only the console can do here.
        provider = start(
            DEFAULT_PORT if args.port is None else args.port,
            or_any_port=args.port is None and not args.serve_only,
        )
    except PortTakenError as error:
        note(f"jackfield: {error.sentence}")
        note(error.hint)
        return FAILED
    with provider:
        if args.serve_only:
            line(provider.url)
            import sys

            sys.stdout.flush()
            provider.wait()
            return DONE
        return _console(args, provider)


def _console(args: argparse.Namespace, provider: Provider) -> int:
    raise NotImplementedError


@contextmanager
def _throw_away_home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jackfield-practice-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("takes a port between 0 and 65535")
    return int(text)
