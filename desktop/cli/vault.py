"""`jackfield vault …`: key slots, integrity, encrypted backup."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop.cli import passphrase, vault_damage, vault_exchange
from desktop.cli.common import Subparsers, add_command, add_group, engine_for, home_folder
from desktop.cli.exits import DONE
from desktop.cli.output import note


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the group to the grammar."""
    group = add_group(commands, "vault", "the encrypted store: create, check, back up, move")
    init = add_command(group, "init", create, "create the vault; never over an old one")
    init.add_argument("--keychain", action="store_true", help="also keep the key in the system's keychain")
    change = add_command(group, "passphrase", change_passphrase, "choose another passphrase")
    change.add_argument(
        "--new-passphrase-file", metavar="FILE", help="a file whose first line is the new one"
    )
    backup = add_command(
        group, "backup", back_up, "write an encrypted backup that opens with the same passphrase"
    )
    backup.add_argument("file", metavar="FILE")
    restored = add_command(group, "restore", restore, "take a backup's place; what is replaced is kept")
    restored.add_argument("file", metavar="FILE")
    vault_damage.add_commands(group)
    vault_exchange.add_commands(group)


def create(args: argparse.Namespace) -> int:
    """vault init"""
    from desktop.vault.errors import VaultExistsError
    from desktop.vault.vault import Vault

    home = home_folder(args)
    # Said before anybody is asked to think of a passphrase.
    if Vault.exists(home):
        raise VaultExistsError(
            f"There is a vault in {home} already. It was not touched.",
            "Choose another folder with --home, or change its passphrase with: jackfield vault passphrase",
        )
    chosen = passphrase.from_file(args)
    if chosen is None:
        chosen = passphrase.ask_new()
    with engine_for(args, unlock=False) as engine:
        engine.run(engine.create_vault(chosen, keychain=args.keychain))
    note(f"Created a vault in {home}. Its passphrase cannot be recovered.")
    return DONE


def change_passphrase(args: argparse.Namespace) -> int:
    """vault passphrase"""
    with engine_for(args, unlock=False) as engine:
        old = passphrase.from_file(args)
        if old is None and engine.vault_state == "locked":
            old = passphrase.ask("Old passphrase: ")
        engine.run(engine.unlock(old))
        if args.new_passphrase_file:
            new = passphrase.first_line(Path(args.new_passphrase_file))
        else:
            new = passphrase.ask_new()
        engine.run(engine.change_passphrase(old, new))
    note("The passphrase was changed. Backups that were made before still open with the old one.")
    return DONE


def back_up(args: argparse.Namespace) -> int:
    """vault backup"""
    target = Path(args.file).expanduser().absolute()
    with engine_for(args) as engine:
        engine.run(engine.backup(target))
    note(f"Wrote {target}. It is encrypted and opens with the passphrase of today.")
    return DONE


def restore(args: argparse.Namespace) -> int:
    """vault restore"""
    source = Path(args.file).expanduser().absolute()
    given = passphrase.from_file(args)
    with engine_for(args, unlock=False) as engine:
        if given is None and "passphrase" in engine.run(engine.look_at_backup(source)).opens_with:
            given = passphrase.ask("Passphrase of the backup: ")
        engine.run(engine.restore_backup(source, given))
    note(f"The vault is now as it was in {source}. What was there before is kept beside it.")
    return DONE
