"""What happens on a disk that is full or read-only: `python -m tests.vault.disks <what> <folder> <key>`.

Run where `folder` is a disk of its own, see tests/promises/test_disks.py. Prints facts as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.cli.main import main
from desktop.engine.engine import Engine
from desktop.vault import kdf, layout
from desktop.vault.errors import SaveFailedError
from desktop.vault.rescue.rescue import rescue
from desktop.vault.vault import Reader, Vault
from tests.vault.children import add_generation
from tests.vault.helpers import PASSPHRASE, account


def full(folder: str, _key: str) -> None:
    """A vault on a small disk that is filled to the last byte, read, written to, and given room again."""
    home = Path(folder) / "home"
    with Vault.create(home, PASSPHRASE, cost=kdf.FLOOR_COST) as vault:
        vault.add_account(account(1), b"first", {})
    key = vault.key
    told: dict[str, object] = {"reserve": (home / layout.RESERVE).stat().st_size}
    fill(Path(folder))
    told["free"] = shutil.disk_usage(folder).free
    passphrase = Path(folder).parent / "passphrase"
    command = ["--home", str(home), "--passphrase-file", str(passphrase), "vault", "check", "--json"]
    told["command"] = [main(command) for _ in range(2)]
    fill(Path(folder))  # whoever fills the disk takes what a command left
    with Vault.open_with_key(home, key) as vault, Reader(home, key) as reader:
        told["read"] = [vault.record(account(1).id).decode(), reader.account(account(1).id).name]
        fill(Path(folder))
        told["refused"] = sentence(lambda: vault.set_meta("large", "x" * 3_000_000))
        told["still"] = vault.record(account(1).id).decode()
    for filler in Path(folder).glob("fill*"):
        filler.unlink()
    with Vault.open_with_key(home, key) as vault:
        add_generation(vault, account(1).id, b"second")
        told["problems"] = vault.check()
        told["after"] = vault.record(account(1).id).decode()
    told["reserve again"] = (home / layout.RESERVE).exists()
    print(json.dumps(told))


def saved_by_the_reserve(folder: str, _key: str) -> None:
    """The disk fills up while the vault is open; one more token comes."""
    home = Path(folder) / "home"
    with Vault.create(home, PASSPHRASE, cost=kdf.FLOOR_COST) as vault:
        vault.add_account(account(1), b"first", {})
    with Vault.open_with_key(home, vault.key) as vault:
        fill(Path(folder))
        number = add_generation(vault, account(1).id, b"second" * 200)
        held = (home / layout.RESERVE).exists()
    with Vault.open_with_key(home, vault.key) as vault:
        kept = vault.record(account(1).id).decode()
    print(json.dumps({"number": number, "kept": kept[:6], "reserve held": held}))


def read_only(folder: str, key: str) -> None:
    """A vault on a disk that takes nothing."""
    home, raw = Path(folder) / "home", bytes.fromhex(key)
    told: dict[str, object] = {}
    with Vault.open_with_key(home, raw) as vault, Reader(home, raw) as reader:
        told["read"] = [vault.record(account(1).id).decode(), reader.account(account(1).id).name]
        told["problems"] = vault.check()
        told["refused"] = [
            sentence(lambda: vault.rename(account(1).id, "other")),
            sentence(lambda: add_generation(vault, account(1).id, b"x")),
            sentence(lambda: vault.change_passphrase(PASSPHRASE, "another", cost=kdf.FLOOR_COST)),
        ]
    with Engine(home, actor="command line") as engine:
        engine.run(engine.unlock(PASSPHRASE))
        told["accounts"] = [row.name for row in engine.run(engine.accounts())]
    told["restore"] = sentence(lambda: Vault.restore(home, Path(folder).parent / "a.backup", PASSPHRASE))
    told["rescued"] = rescue(home, Path(folder).parent / "rescued", PASSPHRASE).accounts
    print(json.dumps(told))


def read_only_after_a_crash(folder: str, key: str) -> None:
    """The same, with saves that only stand in the write-ahead log."""
    home = Path(folder) / "home"
    told: dict[str, object] = {"open": sentence(lambda: Vault.open_with_key(home, bytes.fromhex(key)))}
    told["rescued"] = rescue(home, Path(folder).parent / "rescued", PASSPHRASE).accounts
    print(json.dumps(told))


def fsync_fails(folder: str, key: str) -> None:
    """The disk reports errors for a while: LD_PRELOAD lets every fsync fail as long as a file is there."""
    home, raw, broken = Path(folder) / "home", bytes.fromhex(key), Path(os.environ["FSYNC_FAILS_WHILE"])
    told: dict[str, object] = {}
    with Vault.open_with_key(home, raw) as vault:
        add_generation(vault, account(1).id, b"second")
        broken.touch()
        told["refused"] = [
            sentence(lambda: add_generation(vault, account(1).id, b"third")),
            sentence(lambda: vault.backup(Path(folder) / "a.backup")),
            sentence(lambda: vault.change_passphrase(PASSPHRASE, "another", cost=kdf.FLOOR_COST)),
        ]
        told["meanwhile"] = vault.record(account(1).id).decode()
        broken.unlink()
        told["number"] = add_generation(vault, account(1).id, b"fourth")
    with Vault.open(home, PASSPHRASE) as vault:
        told["problems"] = vault.check()
        told["after"] = [kept.record.decode() for kept in vault.generations(account(1).id)]
    told["left"] = [
        path.name for path in [*home.iterdir(), *Path(folder).iterdir()] if path.name.startswith(".")
    ]
    print(json.dumps(told))


def fill(folder: Path) -> None:
    """To the last byte."""
    number = len(list(folder.glob("fill*")))
    with (folder / f"fill{number}").open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def sentence(act: Callable[[], object]) -> str:
    """Why it was not saved."""
    try:
        act()
    except SaveFailedError as error:
        return error.sentence
    return "it was saved"


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
