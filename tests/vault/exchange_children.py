"""Exports and imports in processes of their own, and their deaths.

`python -m tests.vault.exchange_children <function> <arguments>`
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from desktop.engine.exchange.definitions import write_waiting
from desktop.vault import kdf
from desktop.vault.errors import SaveFailedError
from desktop.vault.exchange.applying import Expected, Order, Taken
from desktop.vault.exchange.container import Sealed, unseal
from desktop.vault.exchange.items import DefinitionItem, End, read_items
from desktop.vault.exchange.matching import ComparedAccount
from desktop.vault.exchange.writing import Selection
from desktop.vault.records import ActivityRow
from desktop.vault.vault import Vault
from tests.vault.helpers import NOW

WORDS = "words of the export alone"
OWN = DefinitionItem(key="own", files={"own.toml": b'name = "Own"\n' * 500, "own.py": b"print(1)\n"})


def export_once(home: str, key: str, path: str) -> None:
    """One export, under the umask that this process was given. Prints the modes that there ever were."""
    seen: set[str] = set()

    def look(_done: int, _total: int) -> None:
        seen.update(
            oct(file.lstat().st_mode & 0o7777) for file in Path(path).parent.iterdir() if file.is_file()
        )

    with Vault.open_with_key(Path(home), bytes.fromhex(key)) as vault:
        vault.export(Path(path), WORDS, Selection(), progress=look, cost=kdf.FLOOR_COST)
    look(0, 0)
    print(json.dumps(sorted(seen)))


def export_on_a_full_disk(home: str, key: str, path: str) -> None:
    """Exports where no file may grow beyond a few pages. Prints the sentence."""
    with Vault.open_with_key(Path(home), bytes.fromhex(key)) as vault:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        try:
            vault.export(Path(path), WORDS, Selection(), cost=kdf.FLOOR_COST)
        except SaveFailedError as error:
            print(error.sentence)


def kill_exports(home: str, key: str, folder: str, rounds: str) -> None:
    """Kills exports at random moments, over nothing and over an older one. Prints what was found."""
    _derive_once()
    chance = random.Random(120)
    vault_home, secret, where = Path(home), bytes.fromhex(key), Path(folder)
    where.mkdir()

    def export(path: Path, begun: Callable[[], None] = lambda: None) -> None:
        begun()
        with Vault.open_with_key(vault_home, secret) as vault:
            vault.export(path, WORDS, Selection(definitions=[OWN]), cost=kdf.FLOOR_COST)

    with Vault.open_with_key(vault_home, secret) as vault:
        before = [(row, vault.record(row.id)) for row in vault.all_accounts()]
    export(where / "old")
    began = time.perf_counter()
    export(where / "measured")
    takes = time.perf_counter() - began
    found = {"none": 0, "whole": 0, "leftovers": 0, "finished": 0}
    for number in range(int(rounds)):
        path = where / ("old" if number % 2 else f"new{number}")
        found["finished"] += _killed(
            lambda begun, path=path: export(path, begun), chance.random() * takes * 1.1
        )
        if path.exists():
            *_, end = read_items(unseal(path, WORDS))
            assert isinstance(end, End)
            assert end.accounts == len(before)
            found["whole"] += 1
        else:
            assert path.name != "old"
            found["none"] += 1
        found["leftovers"] += any(path.name in left.name for left in where.glob(".*.partial"))
    with Vault.open_with_key(vault_home, secret) as vault:
        assert [(row, vault.record(row.id)) for row in vault.all_accounts()] == before
        assert vault.check() == []
    export(where / "old")
    assert not list(where.glob(".old.*"))  # the next export of that name sweeps
    print(json.dumps(found))


def kill_imports(made: str, key: str, export: str, rounds: str) -> None:
    """Kills imports at random moments, each into a fresh vault. Prints how they ended."""
    _derive_once()
    chance = random.Random(121)
    secret, sealed = bytes.fromhex(key), unseal(Path(export), WORDS)
    home = Path(made).with_name("measured")
    shutil.copytree(made, home)
    with Vault.open_with_key(home, secret) as vault:
        order = _everything(vault, sealed)
    marks: list[float] = [time.perf_counter()]
    _import(home, secret, sealed, order, lambda: marks.append(time.perf_counter()), late=True)
    takes, wrote = marks[1] - marks[0], time.perf_counter() - marks[1]
    after = _contents(home, secret)
    before = _contents(Path(made), secret)
    assert len(after[0]) > len(before[0])
    found = {"before": 0, "after": 0, "finished": 0}
    for number in range(int(rounds)):
        home = Path(made).with_name(f"round{number}")
        shutil.copytree(made, home)
        home.chmod(0o700)

        # Every second one dies after its transaction, while definitions are written.
        late = number % 2 == 1

        def work(begun: Callable[[], None], home: Path = home, late: bool = late) -> None:
            _import(home, secret, sealed, order, begun, late)

        longest = wrote * 1.5 if late else takes * 1.1
        found["finished"] += _killed(work, chance.random() * longest)
        with Vault.open_with_key(home, secret) as vault:
            write_waiting(vault, home / "connectors")  # as the next unlock does
            assert vault.check() == []
        now = _contents(home, secret)
        assert now in (before, after)
        found["after" if now == after else "before"] += 1
        shutil.rmtree(home)
    print(json.dumps(found))


def _import(
    home: Path, key: bytes, sealed: Sealed, order: Order, begun: Callable[[], None], late: bool
) -> None:
    with Vault.open_with_key(home, key) as vault:
        if not late:
            begun()
        vault.import_export(sealed, order, _noted)
        if late:
            begun()
        write_waiting(vault, home / "connectors")


def _everything(vault: Vault, sealed: Sealed) -> Order:
    found = [one for one in vault.compare_export(sealed) if isinstance(one, ComparedAccount)]
    expected = {
        one.item.row.id: Expected(
            one.status, one.here.id if one.here else "", one.here.generation if one.here else 0
        )
        for one in found
    }
    return Order(
        accounts={one.item.row.id: "replace" if one.here else "add" for one in found},
        expected=expected,
        settings=frozenset({"practice-oauth2"}),
        definitions=frozenset({OWN.key}),
    )


def _noted(taken: Taken) -> ActivityRow:
    return ActivityRow(at=NOW, account_id=taken.account_id, action="imported")


def _contents(home: Path, key: bytes) -> tuple[object, ...]:
    """All that an import may change, without the moments at which it did."""
    with Vault.open_with_key(home, key) as vault:
        accounts = [
            (row.id, row.name, [(one.number, one.source, one.record) for one in vault.generations(row.id)])
            for row in vault.all_accounts()
        ]
        acts = [row.account_id for row in vault.activity(limit=10_000)]
        settings = vault.connector_settings("practice-oauth2")
    folder = home / "connectors"
    files = {file.name: file.read_bytes() for file in folder.iterdir()} if folder.is_dir() else {}
    return accounts, acts, settings, files


def _derive_once() -> None:
    """The deaths are to come while files are written, not while a key is derived."""
    parameters = kdf.new_parameters(kdf.FLOOR_COST)
    kdf.derive = lru_cache(kdf.derive)
    kdf.new_parameters = lambda cost=kdf.DEFAULT_COST: parameters
    kdf.derive_new(WORDS, kdf.FLOOR_COST)


def _killed(work: Callable[[Callable[[], None]], None], after: float) -> bool:
    """Runs the work in a fork and kills it so many seconds after it has begun. Whether it was quicker."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)

        def begun() -> None:
            os.write(writing, b"!")

        work(begun)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        pipe.read(1)
        moment = time.perf_counter() + after
        while time.perf_counter() < moment:
            continue  # any instruction of the other process may be its last
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL)
    return code == 0


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
