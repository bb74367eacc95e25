"""`connect --reconnect`: its options, and what was done about somebody who was not expected."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from desktop.cli.exits import UsageError
from desktop.cli.output import note

if TYPE_CHECKING:
    from desktop.engine.connect.attempt import Attempt
    from desktop.engine.engine import Engine
    from desktop.vault.records import AccountRow


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the grammar of `connect`."""
    parser.add_argument(
        "--reconnect", metavar="ID", default="", help="sign in again to this account; KEY may be left out"
    )
    parser.add_argument(
        "--on-other-account",
        choices=("keep-both", "replace", "cancel"),
        default="cancel",
        help="what to do when --reconnect comes back as somebody else (cancel)",
    )
    parser.add_argument(
        "--on-same-account",
        choices=("keep-both", "update"),
        default="keep-both",
        help="what to do when the person is connected already, in the same way (keep-both)",
    )


def need_its_connector(engine: Engine, args: argparse.Namespace) -> None:
    """Raises UsageError if KEY is given and the account is another connector's."""
    if args.key and args.reconnect:
        row = engine.run(engine.account(args.reconnect)).row
        if row.connector != args.key:
            raise UsageError(f"{row.name} is an account of {row.connector}, not of {args.key}.")


def tell_clash(attempt: Attempt, row: AccountRow) -> None:
    """What was done about somebody unexpected, so that nobody has to look for it."""
    clash = attempt.clash
    if clash is None:
        return
    if clash.kind == "somebody_else" and row.id == clash.account_id:
        note(
            f"It took the place of {clash.there.name}. To go back: jackfield accounts restore {row.id}, "
            f"with a generation of: jackfield accounts history {row.id}"
        )
    elif clash.kind == "somebody_else":
        note(f"{clash.there.name} ({clash.account_id}) stays as it was.")
    elif row.id == clash.account_id:
        note("The account was there already and was updated.")
    else:
        note(
            f"{clash.there.name} is connected already ({clash.account_id}); this is a second account. "
            "With --on-same-account update that one is updated instead."
        )
