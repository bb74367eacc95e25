"""Kills work at its steps: `python -m tests.vault.kills <what> <folder> <key> <times>` prints what was left.

A step is whatever the work does to a file or folder below the given one, and each statement that writes.
Where there are fewer steps than kills, the rest comes at moments that chance chooses: SQLite writes between.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from desktop.vault import backup, schema, unlocking
from desktop.vault.database import Database
from desktop.vault.keeping import kept, rolling
from desktop.vault.vault import Vault
from tests.vault.helpers import account

_TOUCHES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"}
Work = Callable[[], object]


def kill_all_over(work: Work, look: Callable[[], str], below: Path, times: int, *, reset: Work) -> None:
    """Prints how often each answer of `look` came, and how many steps the work has."""
    steps = _run(work, below, reset)
    whole = _looked(look)
    chosen = range(steps) if steps <= times else [steps * number // times for number in range(times)]
    found: Counter[str] = Counter()
    for step in chosen:
        _run(work, below, reset, die_at=step)
        found[_looked(look)] += 1
    chance = random.Random(120)
    for _ in range(times - len(chosen)):
        _run(work, below, reset, die_within=chance.random() * 0.05)
        found[_looked(look)] += 1
    print(json.dumps({"steps": steps, "kills": sum(found.values()), "found": found, "whole": whole}))


def _run(
    work: Work, below: Path, reset: Work, *, die_at: int | None = None, die_within: float | None = None
) -> int:
    """Runs it in a fork of its own, to its death or its end. The number of its steps, if it lived."""
    reset()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        done = _counted(below, die_at)
        os.write(writing, b"begun\n")
        work()
        os.write(writing, b"%d\n" % done[0])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        text = pipe.read(6)
        if die_within is not None:
            moment = time.perf_counter() + die_within
            while time.perf_counter() < moment:
                continue  # any instruction of the other process may be its last
            os.kill(child, signal.SIGKILL)
        text += pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    expected = (-signal.SIGKILL,) if die_at is not None else (0, -signal.SIGKILL) if die_within else (0,)
    assert status in expected, status
    return int(text.split()[1]) if status == 0 else 0


def _counted(below: Path, die_at: int | None) -> list[int]:
    """Counts steps from here on, and dies before that one."""
    done = [0]

    def step() -> None:
        if done[0] == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        done[0] += 1

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event in _TOUCHES and str(below) in os.fsdecode(str(arguments[0])):
            step()

    plain = Database.execute

    def execute(self: Database, sql: str, values: tuple[object, ...] = ()) -> int:
        if not sql.startswith(("SELECT", "PRAGMA cipher")):
            step()
        return plain(self, sql, values)

    Database.execute = execute  # type: ignore[method-assign]
    sys.addaudithook(heard)
    return done


def _looked(look: Callable[[], str]) -> str:
    """The answer, from a fork: nothing of one look remains for the next."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, look().encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        answer = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return answer.decode()


def left_over(*folders: Path) -> list[str]:
    """What no killed program may leave for longer than until the next start."""
    return [path.name for folder in folders for path in folder.iterdir() if path.name.startswith(".")]


def opened(home: Path, key: bytes) -> list[str]:
    """The accounts of a vault that opens and is sound."""
    with Vault.open_with_key(home, key) as vault:
        assert vault.check() == []
        return [row.id for row in vault.all_accounts()]


# --- the works


def backups(folder: str, key: str, times: str) -> None:
    """A backup over an older one: the older, or the new one, and whole."""
    home, target = Path(folder) / "home", Path(folder) / "outside" / "my.backup"
    raw = bytes.fromhex(key)
    with Vault.open_with_key(home, raw) as vault:
        vault.backup(target)
        vault.add_account(account(2), b"{}", {})
    older = target.read_bytes()

    def work() -> None:
        with Vault.open_with_key(home, raw) as vault:
            vault.backup(target)

    def look() -> str:
        assert opened(home, raw) == [account(1).id, account(2).id]
        assert left_over(home, target.parent) == []
        backup.check_bytes(target)
        return "old" if target.read_bytes() == older else "new"

    kill_all_over(work, look, Path(folder), int(times), reset=lambda: target.write_bytes(older))


def rolling_backups(folder: str, key: str, times: str) -> None:
    """One of the vault's own: at least three good ones are there at any moment."""
    home, raw = Path(folder) / "home", bytes.fromhex(key)
    with Vault.open_with_key(home, raw) as vault:
        for _ in range(rolling.KEEP):
            vault.roll_backup()
    folder_of, three = rolling.folder_of(home), Path(folder) / "three"
    shutil.copytree(folder_of, three)

    def work() -> None:
        with Vault.open_with_key(home, raw) as vault:
            vault.roll_backup()

    def look() -> str:
        assert opened(home, raw) == [account(1).id]
        found = kept.listed(rolling.folder_of(home))
        assert left_over(home, rolling.folder_of(home)) == []
        assert not any(one.problem for one in found)
        return str(len(found))

    kill_all_over(work, look, home, int(times), reset=partial(anew, three, folder_of))


def restores(folder: str, key: str, times: str) -> None:
    """The vault that was there with two accounts, or the backup with one."""
    home, target, template = (Path(folder) / name for name in ("home", "my.backup", "template"))
    raw = bytes.fromhex(key)
    with Vault.open_with_key(home, raw) as vault:
        vault.backup(target)
        vault.add_account(account(2), b"{}", {})
    home.rename(template)
    unlocking.open_passphrase_slot = lambda *_: raw  # type: ignore[assignment] # the derivation takes its time

    def look() -> str:
        there = opened(home, raw)
        assert left_over(home) == []
        assert not (home / "restore-pending").exists()
        return " ".join(there)

    kill_all_over(
        partial(Vault.restore, home, target, "any"),
        look,
        home,
        int(times),
        reset=partial(anew, template, home),
    )


def migrations(folder: str, key: str, times: str) -> None:
    """A vault of an earlier version: the old tables or newer ones, then the newest, with a backup before."""
    home, template, raw = Path(folder) / "home", Path(folder) / "template", bytes.fromhex(key)
    shutil.copytree(home, template)

    def version() -> int:
        database = Database(home / "vault.db", raw)
        found = schema.version(database)
        database.close()
        return found

    began = version()

    def work() -> None:
        Vault.open_with_key(home, raw).close()

    def look() -> str:
        was = version()
        accounts = opened(home, raw)
        assert version() == len(schema.STEPS)
        assert left_over(home) == []
        found = kept.listed(rolling.folder_of(home))
        assert [one.problem for one in found] == [""] * len(found)
        assert any(f"before-schema-{began + 1}-" in one.path.name for one in found) or began == was
        return f"{was} {' '.join(accounts)}"

    kill_all_over(work, look, home, int(times), reset=partial(anew, template, home))


def anew(template: Path, home: Path) -> None:
    """The home as it was."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    home.chmod(0o700)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
