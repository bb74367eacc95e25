"""`jackfield vault check` and `vault rescue`: is it damaged, and what can be done then."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli import passphrase
from desktop.cli.common import Subparsers, add_command, add_json, engine_for, open_vault
from desktop.cli.exits import DONE, FAILED
from desktop.cli.output import document, iso, line, note

if TYPE_CHECKING:
    from desktop.engine.engine import Engine
    from desktop.vault.keeping.kept import KeptBackup


def add_commands(group: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the two to the group."""
    add_json(add_command(group, "check", check, "look for damage; exit 1 if there is any"))
    saved = add_command(
        group, "rescue", rescue, "write a backup of what can be read of a damaged vault, which stays as it is"
    )
    saved.add_argument("file", metavar="FILE")


def check(args: argparse.Namespace) -> int:
    """vault check"""
    problems: list[str] = []
    notices: list[str] = []
    slots: list[str] = []
    with engine_for(args, unlock=False) as engine:
        problem = _open(engine, args)
        if problem:
            problems.append(problem)
        else:
            report = engine.run(engine.check_vault())
            problems, notices = list(report.problems), list(report.notices)
            slots = [slot.kind for slot in engine.run(engine.slots())]
        backup = engine.run(engine.backups()).newest_good
    if args.json:
        document(
            {
                "ok": not problems,
                "problems": problems,
                "slots": slots,
                "notices": notices,
                "backup": _shape(backup),
            }
        )
        return FAILED if problems else DONE
    for sentence in problems or [f"The vault is sound. It opens with: {', '.join(slots)}.", *notices]:
        line(sentence)
    if problems:
        _say_ways_back(args, backup)
    return FAILED if problems else DONE


def rescue(args: argparse.Namespace) -> int:
    """vault rescue"""
    target = Path(args.file).expanduser().absolute()
    given = passphrase.from_file(args)
    with engine_for(args, unlock=False) as engine:
        if given is None and not _by_keychain(engine):
            given = passphrase.ask()
        rescued = engine.run(engine.rescue(target, given))
    for sentence in rescued.lost:
        line(sentence)
    accounts = "1 account" if rescued.accounts == 1 else f"{rescued.accounts} accounts"
    line(f"Wrote {target} with {accounts}. {'Nothing was lost.' if not rescued.lost else ''}".rstrip())
    note(f"The vault is as it was. To put the backup in its place: {_command(args, 'restore', target)}")
    return DONE


def _open(engine: Engine, args: argparse.Namespace) -> str:
    """Opens the vault; the sentence that says why it is too damaged for that."""
    from desktop.vault.errors import DamagedVaultError, LostKeySlotsError

    try:
        open_vault(engine, args)
    except (DamagedVaultError, LostKeySlotsError) as error:
        return error.sentence
    return ""


def _by_keychain(engine: Engine) -> bool:
    from desktop.vault.errors import VaultError

    try:
        kinds = {slot.kind for slot in engine.run(engine.slots())}
    except VaultError:
        return False  # the key slots are damaged too: those of a backup may open it
    return kinds == {"keychain"}


def _say_ways_back(args: argparse.Namespace, backup: KeptBackup | None) -> None:
    from desktop.engine.states import moment

    if backup is None:
        line("There is no good backup beside it. One that is kept elsewhere can take its place with:")
        line(f"  {_command(args, 'restore', 'FILE')}")
    else:
        made = moment(backup.made_at)
        line(f"The newest good backup was made {made}. What was saved after that is not in it.")
        line("To go back to it; the damaged vault is kept:")
        line(f"  {_command(args, 'restore', backup.path)}")
    line("To save into a new backup what can still be read, without touching the vault:")
    line(f"  {_command(args, 'rescue', 'FILE')}")


def _command(args: argparse.Namespace, act: str, path: Path | str) -> str:
    home = f" --home {shlex.quote(args.home)}" if args.home else ""
    return f"jackfield{home} vault {act} {shlex.quote(str(path))}"


def _shape(backup: KeptBackup | None) -> dict[str, Any] | None:
    if backup is None:
        return None
    return {"file": str(backup.path), "made_at": iso(backup.made_at), "size": backup.size}
