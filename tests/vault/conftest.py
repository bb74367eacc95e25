from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import keyring
import pytest

from desktop.vault import kdf
from desktop.vault.vault import PreparedSlots, Vault, prepare_slots
from tests.vault.children import add_generation
from tests.vault.helpers import PASSPHRASE, MemoryKeyring, account


@pytest.fixture(scope="session")
def prepared() -> PreparedSlots:
    """Slots with PASSPHRASE, derived once: most tests are not about the derivation."""
    return prepare_slots(PASSPHRASE, cost=kdf.FLOOR_COST)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def vault(home: Path, prepared: PreparedSlots) -> Iterator[Vault]:
    """A new vault, open."""
    with Vault.create_prepared(home, prepared) as opened:
        yield opened


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    """The system's keychain for this test."""
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same passphrase with the same parameters is not derived again."""
    monkeypatch.setattr(kdf, "derive", lru_cache(kdf.derive))


@pytest.fixture
def full(vault: Vault, derived_once: None) -> Vault:
    """Three accounts, one with four generations, settings of two connectors."""
    for number in (1, 2, 3):
        row = account(number, identity=f"person-{number}", renewable=True)
        vault.add_account(row, b'{"access_token": "at-%d"}' % number, {"sub": number})
    for number in (2, 3, 4):
        add_generation(vault, account(1).id, b'{"access_token": "at-1-%d"}' % number)
    vault.set_connector_settings("practice-oauth2", {"client_id": "app", "client_secret": "s3cret"})
    vault.set_connector_settings("github", {"client_id": "other"})
    return vault


@pytest.fixture
def other(tmp_path: Path, prepared: PreparedSlots) -> Iterator[Vault]:
    """Another computer's vault, empty."""
    with Vault.create_prepared(tmp_path / "other", prepared) as opened:
        yield opened
