"""Requests that are kept with an account, through the engine's door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.errors import InvalidInputError
from connectors.operations import SUFFIX, Operation
from desktop.engine.events import SavedRequestsChanged
from desktop.engine.requests.checking import LARGEST_BODY
from desktop.vault.errors import NotFoundError
from desktop.vault.records import SavedRequest
from tests.engine.support import Bench

KEY = {"api_key": "practice-key-amelia-4f1c"}


def save(at_work: Bench, account_id: str, **facts: Any) -> SavedRequest:
    whole = {"name": "Me", "method": "get", "url": "/key/me"} | facts
    saved: SavedRequest = at_work.run(at_work.engine.save_request(account_id, **whole))
    return saved


def names(at_work: Bench, account_id: str) -> list[str]:
    return [saved.name for saved in at_work.run(at_work.engine.saved_requests(account_id))]


def test_one_is_kept_and_told(at_work: Bench) -> None:
    row = at_work.connect("demo-key", KEY)
    headers = [("X-A", "1"), ("X-A", "2")]
    saved = save(at_work, row.id, name="  Who  am I ", headers=headers, body='{"a": 1}')
    assert (saved.name, saved.method, saved.url) == ("Who am I", "GET", "/key/me")
    assert (saved.headers, saved.body) == (tuple(headers), '{"a": 1}')
    assert at_work.run(at_work.engine.saved_requests(row.id)) == [saved]
    assert at_work.events.of(SavedRequestsChanged) == [SavedRequestsChanged(row.id)]


def test_one_is_replaced_by_its_id_and_removed(at_work: Bench) -> None:
    row = at_work.connect("demo-key", KEY)
    first, _ = save(at_work, row.id), save(at_work, row.id, name="Other")
    again = save(at_work, row.id, name="Me now", method="POST", request_id=first.id)
    assert (again.id, again.created_at) == (first.id, first.created_at)
    assert again.updated_at > first.updated_at and names(at_work, row.id) == ["Me now", "Other"]
    at_work.run(at_work.engine.remove_saved_request(first.id))
    assert names(at_work, row.id) == ["Other"]
    assert len(at_work.events.of(SavedRequestsChanged)) == 4
    with pytest.raises(NotFoundError):
        at_work.run(at_work.engine.remove_saved_request(first.id))
    with pytest.raises(NotFoundError):
        save(at_work, row.id, request_id=first.id)


def test_an_account_keeps_to_its_own(at_work: Bench) -> None:
    mine, other = at_work.connect("demo-key", KEY), at_work.connect()
    saved = save(at_work, mine.id)
    save(at_work, other.id)
    with pytest.raises(NotFoundError):
        save(at_work, other.id, name="Stolen", request_id=saved.id)
    assert (names(at_work, mine.id), names(at_work, other.id)) == (["Me"], ["Me"])
    at_work.run(at_work.engine.disconnect(mine.id))
    with pytest.raises(NotFoundError):
        at_work.run(at_work.engine.saved_requests(mine.id))


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"name": "  "}, {"name"}),
        ({"name": "x" * 201}, {"name"}),
        ({"name": "a\u202eb"}, {"name"}),
        ({"name": "Taken"}, {"name"}),
        ({"method": "GE T"}, {"method"}),
        ({"url": ""}, {"url"}),
        ({"headers": [("X A", "1")]}, {"headers"}),
        ({"body": "x" * (LARGEST_BODY + 1)}, {"body"}),
        ({"name": "", "method": "", "url": ""}, {"name", "method", "url"}),
    ],
)
def test_what_cannot_be_kept_says_why(at_work: Bench, facts: dict[str, Any], fields: set[str]) -> None:
    row = at_work.connect("demo-key", KEY)
    save(at_work, row.id, name="Taken")
    with pytest.raises(InvalidInputError) as caught:
        save(at_work, row.id, **facts)
    assert set(caught.value.fields) == fields
    assert names(at_work, row.id) == ["Taken"] and len(at_work.events.of(SavedRequestsChanged)) == 1


def test_operations_come_with_an_imported_definition_alone(at_work: Bench, home: Path) -> None:
    row = at_work.connect("demo-key", KEY)
    assert at_work.run(at_work.engine.operations(row.id)) == ()
    (home / "connectors" / f"demo-key{SUFFIX}").write_text(
        '[{"method": "GET", "path": "/key/{id}", "summary": "One key"}]'
    )
    assert at_work.run(at_work.engine.operations(row.id)) == (Operation("GET", "/key/{id}", "One key"),)
