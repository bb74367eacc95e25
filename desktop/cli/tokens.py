"""`jackfield refresh`, `test` and `token`: keep credentials valid, and hand one out."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desktop.cli.common import Subparsers, add_command, add_json, engine_for
from desktop.cli.exits import DONE, FAILED, NEEDS_SIGN_IN, UsageError
from desktop.cli.output import document, iso, line, note
from desktop.cli.shapes import refresh_shape

if TYPE_CHECKING:
    from desktop.engine.results import RefreshOutcome


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the commands to the grammar."""
    renew = add_command(commands, "refresh", refresh, "renew tokens now; a line per account")
    which = renew.add_mutually_exclusive_group(required=True)
    which.add_argument("id", metavar="ID", nargs="?")
    which.add_argument("--due", action="store_true", help="all accounts whose tokens are about to expire")
    which.add_argument("--all", action="store_true", help="all accounts that can be renewed")
    tested = add_command(commands, "test", test, "ask the service whether it accepts the account")
    tested.add_argument("id", metavar="ID")
    given = add_command(commands, "token", token, "a valid credential alone on stdout, refreshed if need be")
    given.add_argument("id", metavar="ID")
    given.add_argument("--field", default="access_token", help="which field of the record (access_token)")
    given.add_argument(
        "--min-valid", metavar="S", type=_seconds, default=60, help="seconds it must last (60)"
    )
    for parser in (renew, tested, given):
        add_json(parser)


def refresh(args: argparse.Namespace) -> int:
    """refresh"""
    from desktop.engine.results import RefreshOutcome

    if args.id == "":
        raise UsageError("The account's ID is empty.")
    with engine_for(args) as engine:
        if args.due:
            outcomes = engine.run(engine.refresh_due())
        elif args.all:
            outcomes = engine.run(engine.refresh_all())
        else:
            outcomes = [RefreshOutcome(row=engine.run(engine.refresh(args.id)))]
    if args.json:
        document([refresh_shape(outcome.row, outcome.failure) for outcome in outcomes])
    else:
        for outcome in outcomes:
            line(_told(outcome))
        if not outcomes:
            note("Nothing is due." if args.due else "No account can be renewed.")
    return _worst(outcomes)


def test(args: argparse.Namespace) -> int:
    """test"""
    with engine_for(args) as engine:
        message = engine.run(engine.test(args.id))
    if args.json:
        document({"id": args.id, "ok": True, "message": message})
    else:
        line(message or "The service accepts this account.")
    return DONE


def token(args: argparse.Namespace) -> int:
    """token"""
    with engine_for(args) as engine:
        value = engine.run(engine.token(args.id, field=args.field, min_valid=args.min_valid))
        view = engine.run(engine.account(args.id))
    if args.field == "access_token":
        _tell_if_short(view.credential.expires_at, args.min_valid)
    if args.json:
        expires_at = iso(view.credential.expires_at) if args.field == "access_token" else None
        document({"id": args.id, "field": args.field, "value": value, "expires_at": expires_at})
    else:
        # As it is: a replaced character would make it a different secret.
        print(value)
    return DONE


def _tell_if_short(expires_at: datetime | None, min_valid: int) -> None:
    """The engine renews what can be renewed; a token that still ends sooner is the longest there is."""
    from desktop.engine.states import duration

    if expires_at is None:
        return
    left = expires_at - datetime.now(UTC)
    if left < timedelta(seconds=min_valid):
        note(f"This token lasts {duration(left)}, not {min_valid} seconds: the service gives no longer ones.")


def _told(outcome: RefreshOutcome) -> str:
    row, failure = outcome.row, outcome.failure
    if failure is not None:
        return f"{row.id}  {row.name}  failed: {failure.sentence}"
    return f"{row.id}  {row.name}  refreshed" + (f", expires {iso(row.expires_at)}" if row.expires_at else "")


def _worst(outcomes: list[RefreshOutcome]) -> int:
    reasons = {outcome.failure.reason for outcome in outcomes if outcome.failure is not None}
    if not reasons:
        return DONE
    return NEEDS_SIGN_IN if reasons == {"needs_sign_in"} else FAILED


def _seconds(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("takes whole seconds")
    return int(text)
