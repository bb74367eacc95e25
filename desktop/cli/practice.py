"""`jackfield practice`: everything to be tried without an account, on a store that is thrown away."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from desktop.cli import passphrase
from desktop.cli.common import Subparsers, add_command, home_folder
from desktop.cli.console import display_or_sentence
from desktop.cli.exits import DONE, FAILED, USAGE
from desktop.cli.output import line, note

if TYPE_CHECKING:
    from desktop.engine.engine import Engine
    from desktop.practice import Provider

PROVIDER_SETTING = "practice_url"


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
        provider = start(
            DEFAULT_PORT if args.port is None else args.port,
            # Only a store of our own can be told that the provider is elsewhere.
            or_any_port=args.port is None and not args.serve_only and not args.home,
        )
    except PortTakenError as error:
        note(f"jackfield: {error.sentence}")
        note(error.hint)
        return FAILED
    with provider:
        if args.serve_only:
            line(provider.url)
            sys.stdout.flush()
            provider.wait()
            return DONE
        return _console(args, provider)


def _console(args: argparse.Namespace, provider: Provider) -> int:
    from desktop.practice import PASSWORD
    from desktop.ui.app import run

    note(f"The practice provider is at {provider.url}. Sign in as amelia with the password {PASSWORD}.")
    if args.home:
        given = passphrase.from_file(args)
        prepare = None if given is None else partial(_prepare, given, provider.url)
        return run(home_folder(args), prepare=prepare, practice=provider)
    # Until the window has its own handler: the store is removed on the way out of an ending, not of a kill.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    made_up = secrets.token_urlsafe(9)
    note(f"This store is thrown away at the end. Should you lock it: its passphrase is {made_up}")
    with TemporaryDirectory(prefix="jackfield-practice-", ignore_cleanup_errors=True) as folder:
        return run(Path(folder), prepare=partial(_prepare, made_up, provider.url), practice=provider)


async def _prepare(secret: str, url: str, engine: Engine) -> None:
    """Makes or opens the vault, and tells the practice connectors where their provider is."""
    if engine.vault_state == "missing":
        await engine.create_vault(secret)
    else:
        await engine.unlock(secret)
    for connector in engine.catalog:
        if any(field.key == PROVIDER_SETTING for field in connector.settings):
            await engine.configure(connector.key, {PROVIDER_SETTING: url})


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("takes a port between 0 and 65535")
    return int(text)
