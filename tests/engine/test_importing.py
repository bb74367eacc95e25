"""Documents from addresses: redirects, packed and mislabelled answers, refusals, limits."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from connectors.errors import ConnectorError, DefinitionError, ServiceError, UnsafeUrlError
from desktop.engine.definitions.importing import MOST_REDIRECTS
from desktop.engine.network.http import DOCUMENT_BODY_LIMIT
from tests.engine.support import Bench
from tests.standin import Reply, StandIn

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Acme"},
    "servers": [{"url": "../v2"}],
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "security": [{"key": []}],
}
RAW = json.dumps(DOCUMENT).encode()


def to(place: str, status: int = 302) -> Reply:
    return Reply("", status, {"Location": place})


def imported(desk: Bench, url: str) -> Any:
    """The connector that the document at the address became."""
    key, _ = desk.run(desk.engine.import_document(url))
    return desk.engine.catalog.get(key)


def test_a_host_may_send_on_to_its_own_places(at_work: Bench) -> None:
    with StandIn({"GET /docs": to("/api/docs/", 301), "GET /api/docs/": to("spec.json", 308)}) as service:
        service.answer("GET /api/docs/spec.json", DOCUMENT)
        connector = imported(at_work, f"{service.url}/docs")
        assert connector.base_url == f"{service.url}/api/v2", "relative to where it was found"


@pytest.mark.parametrize(
    "place", ["https://other.example/spec.json", "http://127.0.0.1:1/spec.json", "ftp://x/"]
)
def test_another_host_is_named_and_not_followed(at_work: Bench, place: str) -> None:
    with StandIn({"GET /docs": to(place)}) as service, pytest.raises(ServiceError) as refused:
        imported(at_work, f"{service.url}/docs")
    assert "was not followed" in refused.value.sentence and place.rstrip("/") in refused.value.hint


def test_a_circle_of_redirects_ends(at_work: Bench) -> None:
    with StandIn({"GET /a": to("/b"), "GET /b": to("/a")}) as service:
        with pytest.raises(ServiceError, match="sends on and on"):
            imported(at_work, f"{service.url}/a")
        assert len(service.requests) == MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(RAW, headers={"Content-Type": "text/html"}),
        Reply(RAW, headers={"Content-Type": "application/octet-stream"}),
        Reply(gzip.compress(RAW), headers={"Content-Encoding": "gzip"}),
        Reply(b"\xef\xbb\xbf" + RAW, headers={"Content-Type": "application/json; charset=utf-16"}),
    ],
)
def test_what_the_answer_says_of_itself_does_not_count(at_work: Bench, reply: Reply) -> None:
    with StandIn({"GET /spec": reply}) as service:
        assert imported(at_work, f"{service.url}/spec").name == "Acme"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply("<html>sign in</html>"), "web page"),
        (Reply(gzip.compress(RAW)), "packed with gzip"),
        (Reply(b"not gzip", headers={"Content-Encoding": "gzip"}), "damaged"),
        (
            Reply(gzip.compress(b" " * (DOCUMENT_BODY_LIMIT + 1)), headers={"Content-Encoding": "gzip"}),
            "64 MiB",
        ),
        (Reply(b"x" * 1000, cut=True), "before its answer was complete"),
        (Reply({}, 401), "only after a sign-in"),
        (Reply({}, 403), "only after a sign-in"),
        (Reply({}, 404), "status 404"),
        (Reply("", 204), "is empty"),
        (Reply("", 302), "status 302"),
    ],
)
def test_what_cannot_be_imported_is_a_sentence(at_work: Bench, reply: Reply, said: str) -> None:
    before = len(at_work.engine.catalog)
    with StandIn({"GET /spec": reply}) as service, pytest.raises(ConnectorError) as refused:
        imported(at_work, f"{service.url}/spec")
    assert said in refused.value.sentence
    assert len(at_work.engine.catalog) == before


@pytest.mark.parametrize("url", ["http://docs.example/spec.json", "https://169.254.169.254/spec.json"])
def test_nothing_is_asked_at_unsafe_addresses(at_work: Bench, url: str) -> None:
    with pytest.raises(UnsafeUrlError):
        imported(at_work, url)


@pytest.mark.parametrize("url", ["https://", "https://[", "http://127.0.0.1:99999/x", "https://exa mple/x"])
def test_what_is_no_address_is_a_sentence(at_work: Bench, url: str) -> None:
    with pytest.raises((DefinitionError, UnsafeUrlError, ConnectorError)):
        imported(at_work, url)


def test_an_adapters_configuration_is_told_by_its_content(at_work: Bench) -> None:
    auth = {"auth_method": "static_token", "token": "t", "auth_field": "header.headers.X-Token"}
    with StandIn({"GET /adapter.json": {"host": "s.example", "authentication": auth}}) as service:
        connector = imported(at_work, f"{service.url}/adapter.json")
        assert connector.key == "adapter" and connector.default_method.apply.headers == {
            "X-Token": "{{token}}"
        }
        service.answer("GET /spec.json", DOCUMENT | {"x-note": {"auth_method": "static_token"}})
        assert imported(at_work, f"{service.url}/spec.json").name == "Acme"
