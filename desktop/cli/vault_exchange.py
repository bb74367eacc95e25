"""`jackfield vault export` and `vault import`: accounts on their way to another computer, or back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli import passphrase
from desktop.cli.common import Subparsers, add_command, add_json, engine_for
from desktop.cli.exits import DONE, UsageError
from desktop.cli.output import document, line, note, table
from desktop.cli.vault_exchange_shapes import plan_shape, result_shape

if TYPE_CHECKING:
    from desktop.engine.exchange.plan import Choice, ImportPlan

ON_DIFFERENT = ("skip", "replace", "keep-both")
CHOICES = ("add", *ON_DIFFERENT)
_NOBODY = (
    "There is no terminal to ask for the export's passphrase. Give it with --export-passphrase-file FILE."
)


def add_commands(group: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the two words to the group `vault`."""
    out = add_command(group, "export", export, "write accounts into one encrypted file of its own passphrase")
    out.add_argument("file", metavar="FILE")
    out.add_argument(
        "--metadata-only", action="store_true", help="only which accounts there are, as JSON without secrets"
    )
    out.add_argument("--without-history", action="store_true", help="leave out earlier generations")
    out.add_argument(
        "--account",
        metavar="ID",
        action="append",
        default=[],
        help="only this account; may be given more than once",
    )
    _add_passphrase(out, "the export's new passphrase")
    into = add_command(
        group, "import", take_in, "take accounts in from an export; overwrites nothing unasked"
    )
    into.add_argument("file", metavar="FILE")
    _add_passphrase(into, "the export's passphrase")
    into.add_argument("--preview", action="store_true", help="only say what is new, the same or different")
    into.add_argument(
        "--on-different",
        choices=ON_DIFFERENT,
        default="skip",
        help="what becomes of accounts, settings and definitions that differ from those here (skip)",
    )
    into.add_argument(
        "--choose",
        metavar="ITEM=CHOICE",
        action="append",
        default=[],
        help=f"for one item of the preview: {', '.join(CHOICES)}; may be given more than once",
    )
    add_json(into)


def export(args: argparse.Namespace) -> int:
    """vault export"""
    if args.metadata_only and (args.export_passphrase_file or args.without_history):
        raise UsageError("--metadata-only writes no secrets and no history: it takes no passphrase.")
    target = Path(args.file).expanduser().absolute()
    chosen = args.account or None
    with engine_for(args) as engine:
        if args.metadata_only:
            result = engine.run(engine.export_metadata(target, account_ids=chosen))
            note(f"Wrote {target}: {_accounts(result.accounts)}, in the clear and without secrets.")
            return DONE
        if args.export_passphrase_file:
            new = passphrase.first_line(Path(args.export_passphrase_file))
        else:
            new = passphrase.ask_new("Passphrase for the export: ", nobody=_NOBODY)
        result = engine.run(engine.export(target, new, account_ids=chosen, history=not args.without_history))
    note(f"Wrote {target}: {_accounts(result.accounts)}, encrypted. It opens with the passphrase you chose.")
    return DONE


def take_in(args: argparse.Namespace) -> int:
    """vault import"""
    source = Path(args.file).expanduser().absolute()
    chosen = dict(_choice(text) for text in args.choose)
    with engine_for(args) as engine:
        if args.export_passphrase_file:
            given = passphrase.first_line(Path(args.export_passphrase_file))
        else:
            given = passphrase.ask("Passphrase of the export: ", nobody=_NOBODY)
        plan = engine.run(engine.read_export(source, given))
        if args.preview:
            document(plan_shape(plan)) if args.json else _show(plan)
            return DONE
        choices = plan.chosen(args.on_different.replace("-", "_")) | chosen
        result = engine.run(engine.import_export(plan.id, choices))
    if args.json:
        document(result_shape(plan, choices, result))
        return DONE
    for account_id, name in result.renamed.items():
        here = next(one.name for one in result.taken if one.account_id == account_id)
        line(f"{name} is called {here} here.")
    left = sum(choices[item.id] == "skip" and item.status == "different" for item in plan.items)
    if left:
        line(f"{left} that differ were skipped. Look at them with --preview.")
    note(result.sentence)
    if result.taken:
        note("Use each account on one computer only: a service may give a new refresh token each time.")
    return DONE


def _add_passphrase(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--export-passphrase-file", metavar="FILE", help=f"a file whose first line is {what}")


def _choice(text: str) -> tuple[str, Choice]:
    item, mark, choice = text.rpartition("=")
    for known in ("add", "skip", "replace", "keep_both"):
        if mark and item and choice.replace("-", "_") == known:
            return item, known  # type: ignore[return-value]
    raise UsageError(f"--choose takes ITEM=CHOICE, where CHOICE is one of: {', '.join(CHOICES)}.")


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count} accounts"


def _show(plan: ImportPlan) -> None:
    newer = {"export": "the export is newer", "vault": "this vault is newer", "": ""}
    table(
        ("STATUS", "ITEM", "NAME", "SERVICE", ""),
        [
            (item.status, item.id, item.new_name or item.name, item.connector_name, newer[item.newer])
            for item in plan.items
        ],
    )
    for item in plan.items:
        if item.changes or item.note:
            line()
            line(item.id)
        for change in item.changes:
            here, there = change.before or "(nothing)", change.after or "(nothing)"
            line(f"  {change.field}: here {here}, in the export {there}")
        if item.note:
            line(f"  {item.note}")
