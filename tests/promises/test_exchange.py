"""The promises about exports and imports, by their numbers. Each through files and processes."""

from __future__ import annotations

import json
import os
import sys
import threading
from functools import lru_cache
from pathlib import Path

import pytest

from desktop.vault import kdf
from desktop.vault.errors import WrongPassphraseError
from desktop.vault.exchange.container import unseal
from desktop.vault.exchange.items import DefinitionItem
from desktop.vault.exchange.writing import Selection
from desktop.vault.records import SavedRequest
from desktop.vault.vault import PreparedSlots, Vault
from tests.promises.test_store import hits, in_every_spelling
from tests.vault.children import add_generation
from tests.vault.conftest import home, prepared, vault
from tests.vault.exchange_children import OWN, WORDS
from tests.vault.helpers import NOW, PASSPHRASE, account, run_child

SECRET = "canary-7f3a/Zz+ü-never-in-the-clear"
CHILD = [sys.executable, "-W", "error", "-m", "tests.vault.exchange_children"]
__all__ = ["home", "prepared", "vault"]  # fixtures


@pytest.fixture(autouse=True)
def each_key_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdf, "derive", lru_cache(kdf.derive))


def fill(vault: Vault, count: int) -> None:
    for number in range(count):
        vault.add_account(account(number), os.urandom(300).hex().join('""').encode(), {"sub": number})
        add_generation(vault, account(number).id, os.urandom(300).hex().join('""').encode())
    vault.set_connector_settings("practice-oauth2", {"client_secret": SECRET})


def child(name: str, *arguments: str | Path, umask: int = 0o077) -> str:
    return run_child(name, *arguments, umask=umask, module="exchange_children")


def test_123_an_export_is_encrypted_with_a_passphrase_of_its_own(vault: Vault, tmp_path: Path) -> None:
    row = account(1, identity=f"id {SECRET}", scope_asked="read:canary")
    record = json.dumps({"access_token": SECRET, "fields": {"api_key": f"k-{SECRET}"}}).encode()
    vault.add_account(row, record, {"profile": SECRET})
    vault.set_connector_settings("practice-oauth2", {"client_secret": SECRET})
    url = "https://canary.example/path/of/the/request"
    vault.add_saved_request(
        SavedRequest(
            id="1", account_id=row.id, name=SECRET, method="GET", url=url, created_at=NOW, updated_at=NOW
        )
    )
    folder = tmp_path / "out"
    folder.mkdir()
    definition = DefinitionItem(key="own", files={"own.toml": f'base_url = "{url}"'.encode()})
    seen: list[str] = []
    needles = {
        "a secret": in_every_spelling(SECRET),
        "the export's passphrase": in_every_spelling(WORDS),
        "the vault's passphrase": in_every_spelling(PASSPHRASE),
        "the account's label": in_every_spelling(row.name),
        "the account's e-mail": in_every_spelling(row.email),
        "the connector": in_every_spelling("practice-oauth2"),
        "an address": in_every_spelling(url),
        "a field's name": in_every_spelling("access_token"),
        "a scope": in_every_spelling("read:canary"),
        "the vault's key": {vault.key, vault.key.hex().encode()},
    }
    vault.export(
        folder / "file",
        WORDS,
        Selection(definitions=[definition]),
        cost=kdf.FLOOR_COST,
        progress=lambda *_: seen.extend(hits(folder, needles)),
    )
    assert seen == []
    assert hits(folder, needles) == []
    with pytest.raises(WrongPassphraseError):
        unseal(folder / "file", PASSPHRASE)
    assert list(vault.compare_export(unseal(folder / "file", WORDS)))
    # The search itself works.
    (folder / "plain").write_bytes(record)
    assert hits(folder, needles) == ["a secret in plain", "a field's name in plain"]


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_123_an_export_is_private_whatever_the_umask(
    home: Path, vault: Vault, tmp_path: Path, umask: int
) -> None:
    fill(vault, 3)
    folder = tmp_path / "out"
    folder.mkdir()
    seen = json.loads(child("export_once", home, vault.key.hex(), folder / "file", umask=umask))
    assert seen == ["0o600"]  # from the first byte on
    assert [file.name for file in folder.iterdir()] == ["file"]


def test_123_of_an_export_that_fails_nothing_is_left(home: Path, vault: Vault, tmp_path: Path) -> None:
    fill(vault, 200)
    folder = tmp_path / "out"
    folder.mkdir()
    said = child("export_on_a_full_disk", home, vault.key.hex(), folder / "file")
    assert "could not be saved" in said
    assert list(folder.iterdir()) == []


def test_123_the_passphrase_of_an_export_is_as_dear_to_guess_as_the_vaults(
    vault: Vault, tmp_path: Path
) -> None:
    vault.export(tmp_path / "file", WORDS, Selection())
    head = (tmp_path / "file").read_bytes()[:400]
    parameters = json.loads(head[head.index(b"{") : head.index(b"}}") + 2])["kdf"]
    assert parameters["algorithm"] == "argon2id"
    assert parameters["memory_kib"] >= 64 * 1024
    assert parameters["iterations"] >= 3
    assert len(parameters["salt"]) >= 22


def test_120_kill_9_during_an_export_leaves_no_file_or_a_whole_one(
    home: Path, vault: Vault, tmp_path: Path
) -> None:
    fill(vault, 300)
    vault.close()
    found = json.loads(child("kill_exports", home, vault.key.hex(), tmp_path / "out", "50"))
    assert found["none"] + found["whole"] == 50
    assert found["leftovers"] >= 1  # some died in the middle of it
    assert found["finished"] < 50


def test_120_kill_9_during_an_import_leaves_before_or_after(
    home: Path, vault: Vault, prepared: PreparedSlots, tmp_path: Path
) -> None:
    fill(vault, 300)
    vault.export(tmp_path / "file", WORDS, Selection(definitions=[OWN]), cost=kdf.FLOOR_COST)
    with Vault.create_prepared(tmp_path / "made", prepared) as made:
        made.add_account(account(7), b'{"access_token": "mine"}', {})  # this one is replaced
    (tmp_path / "made" / "connectors").mkdir(mode=0o700)
    (tmp_path / "made" / "connectors" / "own.toml").write_text('name = "Mine"')  # and this one
    found = json.loads(child("kill_imports", tmp_path / "made", vault.key.hex(), tmp_path / "file", "50"))
    assert found["before"] + found["after"] == 50
    assert found["before"] >= 1
    assert found["after"] >= 25  # half of them died when the vault had it all, and definitions were written
    assert found["finished"] < 50


def test_123_while_an_export_is_written_the_vault_takes_saves(vault: Vault, tmp_path: Path) -> None:
    fill(vault, 3)
    other = threading.Event()

    def save(done: int, _total: int) -> None:
        if done == 1:
            with Vault.open_with_key(vault.home, vault.key) as another:
                add_generation(another, account(2).id, b'{"access_token": "meanwhile"}')
            other.set()

    vault.export(tmp_path / "file", WORDS, Selection(), progress=save, cost=kdf.FLOOR_COST)
    assert other.is_set()
    assert vault.record(account(2).id) == b'{"access_token": "meanwhile"}'
    exported = list(vault.compare_export(unseal(tmp_path / "file", WORDS)))
    different = [item for item in exported if getattr(item, "status", "") == "different"]
    assert len(different) == 1  # the export is of the moment before
