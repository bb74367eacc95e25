"""Requests that are kept with an account."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.vault.errors import NameTakenError, NotFoundError
from desktop.vault.records import SavedRequest
from desktop.vault.vault import Vault
from tests.vault.helpers import NOW, account

FIRST, SECOND = account(1).id, account(2).id


def saved(number: int, **changes: Any) -> SavedRequest:
    facts: dict[str, Any] = {
        "id": f"req-{number}",
        "account_id": FIRST,
        "name": f"Request {number}",
        "method": "POST",
        "url": "/items?page=1",
        "headers": (("Accept", "text/plain"), ("X-Tag", "a"), ("X-Tag", "b")),
        "body": '{"größe": 1}\n',
        "created_at": NOW,
        "updated_at": NOW,
    }
    return SavedRequest(**(facts | changes))


@pytest.fixture
def peopled(vault: Vault) -> Vault:
    for number in (1, 2):
        vault.add_account(account(number), b"{}", {})
    return vault


def test_what_is_kept_comes_back_as_it_was_by_name(peopled: Vault) -> None:
    names = ["zebra", "Äpfel", "apples", "Berries"]
    for number, name in enumerate(names):
        peopled.add_saved_request(saved(number, name=name))
    with Vault.open_with_key(peopled.home, peopled.key) as again:
        found = again.saved_requests(FIRST)
        assert [request.name for request in found] == ["Äpfel", "apples", "Berries", "zebra"]
        assert found[3] == again.saved_request("req-0") == saved(0, name="zebra")
        assert again.saved_requests(SECOND) == [] and again.check() == []


def test_a_name_is_taken_once_in_an_account(peopled: Vault) -> None:
    peopled.add_saved_request(saved(1))
    with pytest.raises(NameTakenError, match="“Request 1” already"):
        peopled.add_saved_request(saved(2, name="Request 1"))
    peopled.add_saved_request(saved(2, name="Request 1", account_id=SECOND))
    peopled.add_saved_request(saved(3))
    with pytest.raises(NameTakenError):
        peopled.replace_saved_request(saved(3, name="Request 1"))
    assert [request.name for request in peopled.saved_requests(FIRST)] == ["Request 1", "Request 3"]


def test_one_is_replaced_in_its_account_and_keeps_the_time_it_was_made(peopled: Vault) -> None:
    peopled.add_saved_request(saved(1))
    later = NOW.replace(year=2027)
    new = saved(1, name="Other", method="GET", headers=(), body="", created_at=later, updated_at=later)
    peopled.replace_saved_request(new)
    (found,) = peopled.saved_requests(FIRST)
    assert (found.name, found.method, found.headers, found.body) == ("Other", "GET", (), "")
    assert (found.created_at, found.updated_at) == (NOW, later)
    with pytest.raises(NotFoundError):
        peopled.replace_saved_request(saved(1, account_id=SECOND))
    assert peopled.saved_requests(FIRST) == [found]


def test_they_go_one_by_one_and_with_their_account(peopled: Vault) -> None:
    for number in (1, 2, 3):
        peopled.add_saved_request(saved(number))
    peopled.add_saved_request(saved(4, account_id=SECOND))
    assert peopled.remove_saved_request("req-2").name == "Request 2"
    with pytest.raises(NotFoundError):
        peopled.remove_saved_request("req-2")
    peopled.remove_account(FIRST)
    assert peopled.saved_requests(FIRST) == [] and len(peopled.saved_requests(SECOND)) == 1
    with pytest.raises(NotFoundError):
        peopled.saved_request("req-1")


@pytest.mark.parametrize("act", ["add", "replace"])
def test_none_is_kept_without_its_account(peopled: Vault, act: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(peopled, f"{act}_saved_request")(saved(1, account_id="nobody"))
