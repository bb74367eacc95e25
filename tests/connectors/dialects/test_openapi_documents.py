"""Eighty-one real documents: what each becomes stands in `openapi_documents/expected.txt`.

They are cuts of documents of the APIs.guru collection, which is in the public domain (CC0 1.0);
`openapi_documents/cut.py` made them and says what it kept.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.dialects.openapi_documents.table import HERE, TABLE, told

DOCUMENTS = sorted(HERE.glob("*.json"))
EXPECTED = dict(part.split("\n", 1) for part in TABLE.read_text().split("\n\n"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_becomes_what_the_table_says(path: Path) -> None:
    assert told(path.read_bytes(), path.name).rstrip("\n") == EXPECTED[path.name].rstrip("\n")


def test_the_table_is_about_all_of_them() -> None:
    assert len(DOCUMENTS) == 81
    assert list(EXPECTED) == [path.name for path in DOCUMENTS]
    for name, becomes in EXPECTED.items():
        assert becomes.startswith("    refused: ") or becomes.count("\n") >= 1, name
