"""What the tests of exports and imports share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from desktop.vault import kdf
from desktop.vault.exchange.applying import (
    Choice,
    Expected,
    Order,
    Taken,
)
from desktop.vault.exchange.container import Sealed, unseal
from desktop.vault.exchange.items import DefinitionItem
from desktop.vault.exchange.matching import ComparedAccount
from desktop.vault.exchange.writing import Selection
from desktop.vault.records import ActivityRow
from desktop.vault.vault import Vault
from tests.vault.helpers import NOW

WORDS = "words of the export alone"
OWN = DefinitionItem(key="own", files={"own.toml": b'name = "Own"', "own.py": b"print(1)"})


def exported(vault: Vault, path: Path, **what: object) -> Sealed:
    vault.export(path, WORDS, Selection(**what), cost=kdf.FLOOR_COST)  # type: ignore[arg-type]
    return unseal(path, WORDS)


def look(vault: Vault, sealed: Sealed) -> dict[str, ComparedAccount]:
    found = [item for item in vault.compare_export(sealed) if isinstance(item, ComparedAccount)]
    return {item.item.row.id: item for item in found}


def order(found: Mapping[str, ComparedAccount], choice: Choice, **more: object) -> Order:
    expected = {
        name: Expected(one.status, one.here.id if one.here else "", one.here.generation if one.here else 0)
        for name, one in found.items()
    }
    return Order(accounts=dict.fromkeys(found, choice), expected=expected, **more)  # type: ignore[arg-type]


def noted(taken: Taken) -> ActivityRow:
    return ActivityRow(at=NOW, account_id=taken.account_id, action="imported", summary=taken.name)
