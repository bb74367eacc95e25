"""Whether the vault's files are all there and safe to open."""

from __future__ import annotations

from pathlib import Path

from desktop.vault import files, layout, replacing
from desktop.vault.errors import DamagedVaultError, LostKeySlotsError, NoVaultError, VaultExistsError


def exists(home: Path) -> bool:
    """Whether a vault, or a part of one, lies in this folder. A part is enough: it may hold everything."""
    return any(layout.present(home / name) for name in (*layout.STORE_FILES, layout.PENDING_RESTORE))


def refuse_existing(home: Path) -> None:
    """Raises VaultExistsError or LostKeySlotsError where a new vault would stand over an old one."""
    if not exists(home):
        return
    replacing.finish(home)
    if not layout.present(home / layout.KEY_SLOTS):
        raise _no_slots(home)
    raise VaultExistsError(
        f"There is a vault in {home} already, and a new one is never created over it.",
        "Unlock it, or choose another folder.",
    )


def check(home: Path) -> None:
    """All files there, private and our own. Raises the error that says which is not."""
    if not layout.present(home) or not exists(home):
        raise NoVaultError(f"There is no vault in {home} yet.", "Create one, or check the folder.")
    files.check_private_folder(home)
    replacing.finish(home)
    if not layout.present(home / layout.KEY_SLOTS):
        raise _no_slots(home)
    if not layout.present(home / layout.DATABASE):
        raise DamagedVaultError(
            f"The vault's database is missing: {home / layout.DATABASE}. Its key slots are there.",
            "Put the file back or restore a backup. "
            "Only if there never was a database, delete keyslots.json and start anew.",
        )
    for name in layout.STORE_FILES:
        if layout.present(home / name):
            try:
                files.check_private_file(home / name)
            except FileNotFoundError:
                continue  # -wal and -shm go when another program closes the vault


def _no_slots(home: Path) -> LostKeySlotsError:
    return LostKeySlotsError(
        f"The key slots are missing: {home / layout.KEY_SLOTS}. "
        "Without them nothing can open the vault beside it.",
        "Put the file back or restore a backup. The vault itself was not touched.",
    )
