from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from desktop.vault import kdf
from desktop.vault.vault import PreparedSlots, Vault, prepare_slots
from tests.vault.helpers import PASSPHRASE, MemoryKeyring


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
