"""`jackfield audit …`: what happened, as a list for scripts, and whether it is still what was written."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from desktop.cli.common import Subparsers, add_command, add_group, add_json, engine_for
from desktop.cli.exits import DONE, FAILED
from desktop.cli.output import document, iso, line, note, table

if TYPE_CHECKING:
    from desktop.vault.records import ActivityRow, ChainReport

PAGE = 500
SHORTEST_HEAD = 16
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WHEN = "a date or time such as 2026-11-20 or 2026-11-20T14:48:00Z, or how long ago: 90m, 24h, 7d, 4w"


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the group to the grammar."""
    group = add_group(commands, "audit", "what happened: list it, verify that it is what was written")
    listed = add_command(group, "list", list_entries, "what happened, newest first")
    listed.add_argument("--account", metavar="ID", help="only what was done with this account")
    listed.add_argument("--since", metavar="WHEN", type=_moment, help=f"not before {_WHEN}")
    listed.add_argument("--limit", metavar="N", type=_count, help="at most so many entries, the newest")
    verified = add_command(group, "verify", verify, "follow the chain of all entries; exit 1 if it is broken")
    verified.add_argument(
        "--head",
        metavar="HASH",
        type=_head,
        help="a head that was printed earlier: is it still there?",
    )
    pruned = add_command(group, "prune", prune, "remove the oldest entries; what stays is still a chain")
    pruned.add_argument("--before", metavar="WHEN", type=_moment, required=True, help=f"{_WHEN}")
    for parser in (listed, verified, pruned):
        add_json(parser)


def list_entries(args: argparse.Namespace) -> int:
    """audit list"""
    rows: list[ActivityRow] = []
    with engine_for(args) as engine:
        while args.limit is None or len(rows) < args.limit:
            wanted = PAGE if args.limit is None else min(PAGE, args.limit - len(rows))
            before = rows[-1].id if rows else None
            page = engine.run(engine.activity(args.account, wanted, before, since=args.since))
            rows += page
            if len(page) < wanted:
                break
    if args.json:
        document([entry_shape(row) for row in rows])
        return DONE
    if not rows:
        note("Nothing was written down about that.")
        return DONE
    table(
        ("NUMBER", "WHEN", "BY", "WHAT", "ACCOUNT", "SUMMARY"),
        [
            (
                str(row.id),
                iso(row.at) or "",
                by_whom(row),
                row.action if row.outcome == "ok" else f"{row.action} (failed)",
                row.account_id,
                " ".join(row.summary.split()),
            )
            for row in rows
        ],
    )
    return DONE


def verify(args: argparse.Namespace) -> int:
    """audit verify"""
    with engine_for(args) as engine:
        report = engine.run(engine.verify_activity(args.head or ""))
    if args.json:
        document(report_shape(report))
    else:
        for text in _told(report):
            line(text)
        if args.head and report.broken is None:
            line("The head that you gave is in the chain.")
    return DONE if report.broken is None else FAILED


def prune(args: argparse.Namespace) -> int:
    """audit prune"""
    with engine_for(args) as engine:
        removed = engine.run(engine.prune_activity(args.before))
    if args.json:
        document({"removed": removed})
    else:
        entries = "1 entry" if removed == 1 else f"{removed} entries"
        note(
            f"Removed {entries} from before {iso(args.before)}." if removed else "There is nothing that old."
        )
    return DONE


def entry_shape(row: ActivityRow) -> dict[str, Any]:
    """One entry, as `audit list --json` prints it."""
    who = row.who
    return {
        "number": row.id,
        "at": iso(row.at),
        "who": {
            "actor": row.actor,
            "user": who.user,
            "host": who.host,
            "program": who.program,
            "pid": who.pid or None,
            "command": who.command,
            "version": who.version,
        },
        "action": row.action,
        "outcome": row.outcome,
        "account": row.account_id,
        "connector": row.connector,
        "summary": row.summary,
        "detail": dict(row.detail),
        "hash": row.hash,
    }


def report_shape(report: ChainReport) -> dict[str, Any]:
    """What `audit verify --json` prints."""
    broken = report.broken
    return {
        "ok": broken is None,
        "count": report.count,
        "first": report.first if report.count else None,
        "last": report.last if report.count else None,
        "head": report.head,
        "older": report.older,
        "broken": None
        if broken is None
        else {
            "number": broken.number,
            "kind": broken.kind,
            "at": iso(broken.at),
            "sentence": broken.sentence,
        },
    }


def by_whom(row: ActivityRow) -> str:
    """The actor, and the program that started the command line."""
    return f"{row.actor} ({row.who.program})" if row.who.program else row.actor


def _told(report: ChainReport) -> list[str]:
    broken = report.broken
    entries = (
        f"Entry {report.first} is" if report.count == 1 else f"Entries {report.first} to {report.last} are"
    )
    unbroken = f"{entries} unbroken." if report.count else "There is no entry."
    if broken is None:
        older = f"Up to entry {report.older} they are older than the chain, and were linked when it began."
        return [
            unbroken,
            *([older] if report.older else []),
            *([f"Head: {report.head}"] if report.head else []),
        ]
    if broken.kind == "unknown_head":
        return [broken.sentence, unbroken]
    when = f", {iso(broken.at)}" if broken.at is not None else ""
    return [
        f"The chain is broken at entry {broken.number} ({broken.kind}{when}). {broken.sentence}",
        unbroken,
    ]


def _moment(text: str) -> datetime:
    ago = re.fullmatch(r"([0-9]{1,6})([mhdw])", text)
    try:
        if ago is not None:
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"takes {_WHEN}") from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("takes a whole number, 1 or more")
    return int(text)


def _head(text: str) -> str:
    if not re.fullmatch(rf"[0-9a-fA-F]{{{SHORTEST_HEAD},64}}", text):
        raise argparse.ArgumentTypeError(
            f"takes the head as it was printed: 64 hexadecimal digits, or at least the first {SHORTEST_HEAD}"
        )
    return text
