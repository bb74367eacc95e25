"""What the requests page is made of, without a window: addresses, drafts, curl commands, operations."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from connectors.operations import Operation
from desktop.ui.requests.addresses import (
    filled,
    form_body,
    form_pairs,
    names_in_path,
    query_pairs,
    with_query,
)
from desktop.ui.requests.curl_import import draft_from_curl
from desktop.ui.requests.draft import Draft, Pair, draft_of
from desktop.ui.requests.operations import OperationsModel
from desktop.vault.records import SavedRequest

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_names_stand_in_the_path_alone() -> None:
    assert names_in_path("/a/{b}/{c-d}/{b}?x={y}#{z}") == ("b", "c-d")
    assert names_in_path("https://api.practice.example/{}/x") == ()


def test_values_are_percent_encoded_and_cannot_climb_out() -> None:
    values = {"b": "ü/?#", "c": "..", "d": "a.b"}
    assert filled("/{b}/{c}/{d}/{e}?q={b}", values) == "/%C3%BC%2F%3F%23/%2E%2E/a.b/{e}?q={b}"


@pytest.mark.parametrize(
    "url",
    ["/x", "/x?a=1&b=2", "/x?a&b=", "/x?a=%41+b&a=%2b#f", "https://h.example?x=y", "/x?$filter=a%20eq%20'b'"],
)
def test_an_address_that_nobody_edits_stays_letter_by_letter(url: str) -> None:
    assert with_query(url, query_pairs(url)) == url


def test_only_the_edited_parameter_is_written_anew() -> None:
    url = "/x?a=%41+b&c=d#f"
    assert query_pairs(url) == (("a", "A b"), ("c", "d"))
    assert with_query(url, [("a", "A b"), ("c", "é&=")]) == "/x?a=%41+b&c=%C3%A9%26%3D#f"
    assert with_query(url, []) == "/x#f"
    assert with_query("/x", [("a", "1")]) == "/x?a=1"


def test_a_form_goes_there_and_back() -> None:
    pairs = (("a", "1 + 1"), ("b", "ü&="), ("c", ""))
    assert form_pairs(form_body(pairs)) == pairs


def saved(**more: object) -> SavedRequest:
    facts: dict[str, object] = {"id": "1", "account_id": "a", "name": "n", "method": "GET", "url": "/x"}
    return SavedRequest(**{**facts, "created_at": NOON, "updated_at": NOON, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "body", "kind"),
    [
        ((), "", "none"),
        ((), "text", "text"),
        ((("X", "1"), ("Content-Type", "application/json")), "{}", "json"),
        ((("content-type", "application/x-www-form-urlencoded"),), "a=b", "form"),
        ((("Content-Type", "application/xml"), ("X", "1")), "<a/>", "text"),
    ],
)
def test_a_saved_request_is_sent_as_it_was_kept(
    headers: tuple[tuple[str, str], ...], body: str, kind: str
) -> None:
    draft = draft_of(saved(headers=headers, body=body))
    assert draft.kind == kind and draft.sent_body == body
    sent = {name.lower(): value for name, value in draft.sent_headers}
    assert {name.lower(): value for name, value in headers}.items() <= sent.items()


def test_rows_that_are_off_or_empty_are_not_sent() -> None:
    draft = Draft(headers=(Pair("A", " 1 "), Pair("B", "2", on=False), Pair("", "")))
    assert draft.sent_headers == (("A", "1"),)


def test_a_row_of_ones_own_decides_the_content_type() -> None:
    draft = Draft(headers=(Pair("content-TYPE", "application/vnd.x+json"),), kind="json", body="{}")
    assert draft.sent_headers == (("content-TYPE", "application/vnd.x+json"),)


@pytest.mark.parametrize(
    ("line", "method", "url", "headers", "body"),
    [
        ("curl https://h.example/x", "GET", "https://h.example/x", (), ""),
        ("curl -sSXDELETE https://h.example/x", "DELETE", "https://h.example/x", (), ""),
        (
            "curl https://h.example -d a=1 -d 'b=2 3'",
            *(
                "POST",
                "https://h.example",
                (("Content-Type", "application/x-www-form-urlencoded"),),
                "a=1&b=2 3",
            ),
        ),
        ("curl -G https://h.example/?z=0 -d a=1", "GET", "https://h.example/?z=0&a=1", (), ""),
        (
            "curl --url https://h.example -H 'Content-Type: application/json' --data-raw '{\"a\":\"@x\"}'",
            *("POST", "https://h.example", (("Content-Type", "application/json"),), '{"a":"@x"}'),
        ),
        ("curl -I https://h.example -A me", "HEAD", "https://h.example", (("User-Agent", "me"),), ""),
        (
            "curl https://h.example --data-urlencode 'a=x & y'",
            *("POST", "https://h.example", (("Content-Type", "application/x-www-form-urlencoded"),)),
            "a=x%20%26%20y",
        ),
    ],
)
def test_a_curl_command_is_read_as_curl_reads_it(
    line: str, method: str, url: str, headers: tuple[tuple[str, str], ...], body: str
) -> None:
    draft, left_out = draft_from_curl(line)
    assert (draft.method, draft.address, draft.sent_headers, draft.sent_body) == (method, url, headers, body)
    assert not left_out


def test_a_credential_of_the_command_is_left_out() -> None:
    for part in ("-u a:b", "-H 'Authorization: Bearer abc'", "-H 'authorization:x'"):
        draft, left_out = draft_from_curl(f"curl https://h.example {part}")
        assert left_out and draft.headers == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("wget https://h.example", "not a curl command"),
        ("curl", "no address"),
        ("curl https://h.example 'x", "quotation mark"),
        ("curl https://h.example https://i.example", "more than one address"),
        ("curl -k https://h.example", "-k"),
        ("curl https://h.example --form a=b", "--form"),
        ("curl https://h.example -d @file", "sends a file"),
        ("curl https://h.example -X", "lacks its value"),
        ('curl https://h.example -H "A: $(cat x)"', "only a shell"),
        ("curl https://h.example -d $'a\\nb'", "only a shell"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        draft_from_curl(line)


def test_operations_are_found_by_all_words_in_any_place() -> None:
    model = OperationsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.load(
        (
            Operation("GET", "/users/{id}", "Read a user"),
            Operation("DELETE", "/users/{id}", "Remove a user"),
            Operation("GET", "/groups", "List groups"),
        )
    )

    def found(text: str) -> list[object]:
        model.find(text)
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    assert len(found("")) == model.total == 3
    assert found("g") == ["GET /users/{id}", "GET /groups"]
    assert found("get USER") == ["GET /users/{id}"]
    assert found("user") == ["GET /users/{id}", "DELETE /users/{id}"], "less typed finds more again"
    assert found("remove delete") == ["DELETE /users/{id}"]
    assert found("nothing") == []
    del tester
