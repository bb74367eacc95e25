"""`jackfield accounts …`: look at accounts, edit a token record by hand, undo it, disconnect."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from desktop.cli.common import (
    Subparsers,
    add_command,
    add_group,
    add_json,
    add_reveal,
    add_set,
    engine_for,
)
from desktop.cli.exits import DONE, UsageError
from desktop.cli.output import document, iso, line, note, pairs, table
from desktop.cli.shapes import account_shape, history_shape
from desktop.cli.values import parse_assignments

if TYPE_CHECKING:
    from desktop.engine.engine import Engine
    from desktop.engine.results import AccountView


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the group to the grammar."""
    group = add_group(commands, "accounts", "connected accounts and their token records")
    listed = add_command(group, "list", list_accounts, "all accounts")
    listed.add_argument(
        "--search", metavar="TEXT", default="", help="only names and addresses with this text"
    )
    listed.add_argument("--connector", metavar="KEY", default="", help="only accounts of this connector")
    shown = add_command(group, "show", show, "one account with its profile and token record, secrets masked")
    edited = add_command(group, "edit", edit, "change the token record by hand; the old one is kept")
    add_set(edited, "a field of the record and its new value, empty to clear it")
    past = add_command(group, "history", history, "every generation of the record: when, why, what changed")
    restored = add_command(group, "restore", restore, "bring an earlier generation back, as a new one")
    renamed = add_command(group, "rename", rename, "give the account another name")
    gone = add_command(
        group, "disconnect", disconnect, "revoke where the service can, and remove the account"
    )
    for parser in (shown, edited, past, restored, renamed, gone):
        parser.add_argument("id", metavar="ID")
    restored.add_argument("generation", metavar="GENERATION", type=int)
    renamed.add_argument("name", metavar="NAME")
    gone.add_argument("--keep-remote", action="store_true", help="leave the grant at the service as it is")
    for parser in (listed, shown, edited, past, restored, renamed, gone):
        add_json(parser)
    for parser in (shown, edited, restored):
        add_reveal(parser)


def list_accounts(args: argparse.Namespace) -> int:
    """accounts list"""
    from desktop.engine.events import STATE_WORDS
    from desktop.engine.states import shown_state
    from desktop.vault.records import AccountQuery

    with engine_for(args) as engine:
        rows = engine.run(engine.accounts(AccountQuery(search=args.search, connector=args.connector)))
        if args.json:
            document([account_shape(engine.run(engine.account(row.id))) for row in rows])
            return DONE
    if not rows:
        note("No account found." if args.search or args.connector else "No account is connected yet.")
        return DONE
    table(
        ("ID", "NAME", "EMAIL", "CONNECTOR", "STATE", "EXPIRES"),
        [
            (
                row.id,
                row.name,
                row.email,
                row.connector,
                STATE_WORDS[shown_state(row)],
                iso(row.expires_at) or "",
            )
            for row in rows
        ],
    )
    return DONE


def show(args: argparse.Namespace) -> int:
    """accounts show"""
    with engine_for(args) as engine:
        view = engine.run(engine.account(args.id))
        note_revealed(engine, args)
    print_account(view, as_json=args.json, reveal=args.reveal)
    return DONE


def edit(args: argparse.Namespace) -> int:
    """accounts edit"""
    if not args.assignments:
        raise UsageError("Nothing to change: give at least one --set field=value.")
    changes = {field: value or None for field, value in parse_assignments(args.assignments).items()}
    with engine_for(args) as engine:
        engine.run(engine.edit(args.id, changes))
        view = engine.run(engine.account(args.id))
        note_revealed(engine, args)
    note(f"Saved as generation {view.row.generation}.")
    print_account(view, as_json=args.json, reveal=args.reveal)
    return DONE


def history(args: argparse.Namespace) -> int:
    """accounts history"""
    with engine_for(args) as engine:
        entries = engine.run(engine.history(args.id))
    if args.json:
        document([history_shape(entry) for entry in entries])
        return DONE
    table(
        ("GENERATION", "WHEN", "WHY", "CHANGED"),
        [
            (
                f"{entry.generation.number}{' (current)' if entry.current else ''}",
                iso(entry.generation.at) or "",
                entry.generation.source,
                ", ".join(
                    f"{change.field}: {change.before or '—'} → {change.after or '—'}"
                    for change in entry.changes
                ),
            )
            for entry in entries
        ],
    )
    return DONE


def restore(args: argparse.Namespace) -> int:
    """accounts restore"""
    with engine_for(args) as engine:
        engine.run(engine.restore(args.id, args.generation))
        view = engine.run(engine.account(args.id))
        note_revealed(engine, args)
    note(f"Generation {args.generation} is back, as generation {view.row.generation}.")
    print_account(view, as_json=args.json, reveal=args.reveal)
    return DONE


def rename(args: argparse.Namespace) -> int:
    """accounts rename"""
    with engine_for(args) as engine:
        engine.run(engine.rename(args.id, args.name))
        view = engine.run(engine.account(args.id))
    if args.json:
        document(account_shape(view))
    else:
        note(f"The account is now called {view.row.name}.")
    return DONE


def disconnect(args: argparse.Namespace) -> int:
    """accounts disconnect"""
    with engine_for(args) as engine:
        result = engine.run(engine.disconnect(args.id, keep_remote=args.keep_remote))
    if args.json:
        document({"id": args.id, "revoked": result.revoked, "sentence": result.sentence})
    else:
        note(result.sentence)
    return DONE


def note_revealed(engine: Engine, args: argparse.Namespace) -> None:
    """Writes down that the secrets of the account are about to be printed, where they are."""
    if args.reveal:
        engine.run(engine.note(args.id, "revealed", "The token record"))


def print_account(view: AccountView, *, as_json: bool, reveal: bool = False) -> None:
    """An account on stdout: the JSON document, or the same for people."""
    shape = account_shape(view, reveal=reveal)
    if as_json:
        document(shape)
        return
    line(shape["name"])
    pairs(
        {
            "id": shape["id"],
            "email": shape["email"],
            "service": f"{view.connector.name if view.connector else shape['connector']} ({shape['method']})",
            "state": view.sentence,
            "connected": shape["created_at"],
            "scopes": " ".join(shape["scopes"]["granted"]),
        },
        indent="  ",
    )
    for title in ("credential", "fields"):
        values = {key: _as_text(value) for key, value in shape[title].items() if value is not None}
        if values:
            line(title)
            pairs(values, indent="  ")
    if shape["saved_requests"]:
        line("saved requests")
        pairs(
            {saved["name"]: f"{saved['method']} {saved['url']}" for saved in shape["saved_requests"]},
            indent="  ",
        )


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
