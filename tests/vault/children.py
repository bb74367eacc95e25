"""What runs in processes of its own: `python -m tests.vault.children <function> <arguments>`."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from desktop.vault import kdf, keyslots, replacing
from desktop.vault.database import Database
from desktop.vault.errors import SaveFailedError, VaultError, WrongPassphraseError
from desktop.vault.records import AccountQuery, ActivityRow
from desktop.vault.vault import Reader, Vault, prepare_slots, unlock_key
from tests.vault.helpers import NOW, account


def modes(home: str) -> dict[str, str]:
    """The permissions of everything below."""
    return {
        str(path.relative_to(home)): oct(path.lstat().st_mode & 0o7777)
        for path in [Path(home), *Path(home).rglob("*")]
    }


def session(home: str, backup: str, passphrase: str, secret: str) -> None:
    """All that writes files, under the umask that this process was given. Prints all modes there were."""
    vault = Vault.create(Path(home), "first " + passphrase, cost=kdf.FLOOR_COST)
    vault.add_account(account(1, name=f"name {secret}"), record(secret), {"secret": secret})
    vault.add_activity(ActivityRow(at=NOW, action="connected", summary=secret))
    vault.set_connector_settings("practice-oauth2", {"client_secret": secret})
    reader = Reader(Path(home), vault.key)
    seen = modes(home)
    vault.change_passphrase("first " + passphrase, passphrase, cost=kdf.FLOOR_COST)
    try:
        unlock_key(Path(home), "wrong " + passphrase)
    except WrongPassphraseError:
        seen |= modes(home)
    vault.backup(Path(backup))
    reader.close()
    vault.close()
    Vault.restore(Path(home), Path(backup), passphrase)
    seen |= modes(home) | {"backup": oct(Path(backup).lstat().st_mode & 0o7777)}
    print(json.dumps(seen))


def crash(home: str, passphrase: str, secret: str) -> None:
    """Dies with a vault open and secrets in its WAL; prints the key first, to look for that too."""
    vault = Vault.open(Path(home), passphrase)
    vault.add_account(account(2, name=f"other {secret}"), record(secret), {"secret": secret})
    print(vault.key.hex(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def record(secret: str) -> bytes:
    """A record as an account's would look."""
    return json.dumps({"access_token": secret, "refresh_token": "r-" + secret}).encode()


def try_passphrase(home: str, passphrase: str) -> None:
    """Prints the sentence."""
    try:
        unlock_key(Path(home), passphrase)
    except VaultError as error:
        print(json.dumps([type(error).__name__, error.sentence]))


def killed_while_unlocking(home: str, passphrase: str) -> None:
    """Is killed as the passphrase is tried, before anybody knows whether it is right."""
    kdf.derive = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,return-value]
    unlock_key(Path(home), passphrase)


def open_raw(home: str, key: str) -> None:
    """Prints how opening with this key ends."""
    try:
        Vault.open_with_key(Path(home), bytes.fromhex(key)).close()
    except VaultError as error:
        print(json.dumps([type(error).__name__, error.sentence]))


def create_at_once(home: str, passphrase: str) -> None:
    """Prepares, says so, waits for a line, creates."""
    prepared = prepare_slots(passphrase, cost=kdf.FLOOR_COST)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        Vault.create_prepared(Path(home), prepared).close()
    except VaultError as error:
        print(type(error).__name__)
    else:
        print("created")


def write_along(home: str, key: str, first: str, count: str) -> None:
    """Adds accounts, and generations to one that all share, while others do the same."""
    with Vault.open_with_key(Path(home), bytes.fromhex(key)) as vault:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(int(first), int(first) + int(count)):
            vault.add_account(account(number), b"{}", {})
            add_generation(vault, "shared", b"%d" % number)


def fill_disk(home: str, key: str, backup: str) -> None:
    """Lives with files that may hardly grow, then with room again. Prints what happened."""
    vault = Vault.open_with_key(Path(home), bytes.fromhex(key))
    limit = 600_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    saved, sentence = [], ""
    for number in range(1000):
        try:
            vault.add_account(account(number), os.urandom(20_000), {"number": number})
        except SaveFailedError as error:
            sentence = error.sentence
            break
        saved.append(account(number).id)
    refused = []
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
    for write in (
        lambda: vault.backup(Path(backup)),
        lambda: vault.set_meta("big", "x" * 2_000_000),
        lambda: vault.add_activity(ActivityRow(at=NOW, summary="x" * 2_000_000)),
    ):
        try:
            write()
        except SaveFailedError as error:
            refused.append(error.sentence)
    while_full = [row.id for row in vault.all_accounts()]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    vault.add_account(account(5000), b"{}", {})
    facts = {"saved": saved, "sentence": sentence, "refused": refused, "while_full": while_full}
    left = [path.name for folder in (Path(backup).parent, Path(home)) for path in folder.iterdir()]
    print(json.dumps(facts | {"left": left}))
    vault.close()


def full_disk_for_slots(home: str, old: str, new: str) -> None:
    """Changes the passphrase where no file can be written at all."""
    vault = Vault.open(Path(home), old)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        vault.change_passphrase(old, new, cost=kdf.FLOOR_COST)
    except SaveFailedError as error:
        sentence = error.sentence
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    vault.close()
    print(sentence)


def add_generation(vault: Vault, account_id: str, content: bytes) -> int:
    """A refresh."""
    return vault.add_generation(
        account_id, content, "refresh", expires_at=None, renewable=True, has_token=True, scope_granted=""
    ).number


# --- kill -9


def kill_rounds(home: str, key: str, rounds: str, seed: str) -> None:
    """Kills a writer at a random moment, so many times, and looks what was kept. Prints the sums."""
    chance = random.Random(int(seed))
    folder, database_key = Path(home), bytes.fromhex(key)
    acknowledged: dict[str, int] = {}  # account -> the newest generation that was reported as saved
    total = lost = 0
    for number in range(int(rounds)):
        lines = _killed(partial(_save_forever, folder, database_key, number), chance)
        total += len(lines)
        now = {account_id: int(generation) for account_id, generation in (line.split() for line in lines)}
        with Vault.open_with_key(folder, database_key) as vault:
            lost += sum(_kept(vault, account_id) < newest for account_id, newest in now.items())
        acknowledged |= now
    with Vault.open_with_key(folder, database_key) as vault:  # later rounds did not undo earlier ones
        lost += sum(_kept(vault, account_id) < newest for account_id, newest in acknowledged.items())
        torn = _torn(vault)
        problems = vault.check()
    print(json.dumps({"saves": total, "lost": lost, "torn": torn, "problems": problems}))


def _killed(work: Callable[[], None], chance: random.Random) -> list[str]:
    """Runs the work in a fork, kills it some time after its first words; every whole line it had printed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 1)
        work()
        os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        text = pipe.read(64)
        moment = time.perf_counter() + chance.random() * 0.02
        while time.perf_counter() < moment:
            continue  # any instruction of the other process may be its last
        os.kill(child, signal.SIGKILL)
        text += pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return text.decode().splitlines()


def _save_forever(home: Path, key: bytes, round_number: int) -> None:
    vault = Vault.open_with_key(home, key)
    number = 0
    while True:
        row = account(number, id=f"r{round_number}-{number}")
        vault.add_account(row, f"{row.id} 1".encode(), {"id": row.id})
        os.write(1, f"{row.id} 1\n".encode())
        saved = add_generation(vault, row.id, f"{row.id} 2".encode())
        os.write(1, f"{row.id} {saved}\n".encode())
        number += 1


def _kept(vault: Vault, account_id: str) -> int:
    try:
        row = vault.account(account_id)
    except VaultError:
        return 0
    return row.generation


def _torn(vault: Vault) -> int:
    """Accounts whose record, generation or profile is not the one that was saved with it."""
    return sum(
        vault.record(row.id) != f"{row.id} {row.generation}".encode()
        or [kept.number for kept in vault.generations(row.id)] != list(range(row.generation, 0, -1))
        or vault.profile(row.id) != {"id": row.id}
        for row in vault.all_accounts()
    )


def kill_slot_changes(home: str, key: str, other_slots: str, rounds: str) -> None:
    """Kills a program that swaps the key slots; what lies there is one of the two each time."""
    chance = random.Random(3)
    folder, database_key = Path(home), bytes.fromhex(key)
    first, second = keyslots.load(folder), keyslots.load(Path(other_slots))
    whole = {keyslots.encode(first), keyslots.encode(second)}

    def swap() -> None:
        vault = Vault.open_with_key(folder, database_key)
        while True:
            for slots in (second, first):
                vault.put_slot(slots.need("passphrase"))
                os.write(1, b"swapped\n")

    seen = set()
    for _ in range(int(rounds)):
        _killed(swap, chance)
        content = (folder / keyslots.layout.KEY_SLOTS).read_bytes()
        assert content in whole
        seen.add(content)
    print(len(seen))


def restore_and_die(home: str, backup: str, passphrase: str, step: str) -> None:
    """Restores, and is killed at the given step of putting the files in place. Prints if it survived."""
    steps = 0

    def count_down() -> None:
        nonlocal steps
        steps += 1
        if steps == int(step):
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("rename", "rmdir", "unlink", "mkdir"):
        _before(Path, name, count_down, only_after=replacing.begin)
    Vault.restore(Path(home), Path(backup), passphrase)
    print("done", flush=True)


def _before(owner: type, name: str, act: Callable[[], None], *, only_after: Callable[..., object]) -> None:
    original = getattr(owner, name)
    module = sys.modules[only_after.__module__]

    def wrapped(self: object, *arguments: object, **options: object) -> object:
        caller = sys._getframe(1)
        if caller.f_globals is module.__dict__:
            act()
        return original(self, *arguments, **options)

    setattr(owner, name, wrapped)


def append_activity(home: str, key: str, count: str) -> None:
    """Adds entries to the activity while others do the same. Prints how many."""
    with Vault.open_with_key(Path(home), bytes.fromhex(key)) as vault:
        for number in range(int(count)):
            vault.add_activity(ActivityRow(at=NOW, action="used", summary=f"{os.getpid()} {number}"))
    print(count)


def ids(home: str, key: str) -> None:
    """All accounts' ids, through a reader."""
    with Reader(Path(home), bytes.fromhex(key)) as reader:
        print(json.dumps([row.id for row in reader.page(AccountQuery(), 0, 100_000)]))


def hold_write_lock(home: str, key: str) -> None:
    """Holds a transaction open until a line comes."""
    database = Database(Path(home) / "vault.db", bytes.fromhex(key))
    with database.transaction():
        print("holding", flush=True)
        sys.stdin.readline()
    database.close()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
