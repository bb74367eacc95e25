"""A request table becomes an HTTP request: each value encoded for its place, each answer judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from connectors.definition import Apply, Request, Success
from connectors.errors import ConnectorError, InvalidInputError, ServiceError, TemporaryError, UnsafeUrlError
from connectors.wire.answers import Answer
from connectors.wire.request import RefusedError, build, judge, put_credential, send
from connectors.wire.urls import problem_with, render_url
from tests.connectors.support import run
from tests.standin import Reply, Seen, StandIn

NASTY = 'x"\r\nX-Evil: 1\r\n\r\n{{token}}&a=b;é%00'


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn({"*": {"ok": True}}) as server:
        yield server


def ask(standin: StandIn, request: Request, values: Mapping[str, Any]) -> Seen:
    async def work(ports: Any) -> Answer:
        return await send(ports.client, build(ports.client, request, {"base": standin.url, **values}))

    run(work)
    return standin.requests[-1]


@pytest.mark.parametrize("place", ["header", "user", "bearer"])
def test_a_line_break_cannot_add_a_header(standin: StandIn, place: str) -> None:
    request = {
        "header": Request(url="{{base}}/", headers={"X-Key": "k {{key}}"}),
        "user": Request(url="{{base}}/", auth={"user": "u", "password": "{{key}}"}),
        "bearer": Request(url="{{base}}/", auth={"bearer": "{{key}}"}),
    }[place]
    if place == "user":
        seen = ask(standin, request, {"key": NASTY})
        assert seen.header("x-evil") == ""
        assert len(seen.header("authorization").splitlines()) == 1
        return
    with pytest.raises(InvalidInputError, match="line break"):
        ask(standin, request, {"key": NASTY})
    assert standin.requests == []


@pytest.mark.parametrize("encoding", ["json", "form", "query", "multipart"])
def test_values_cannot_leave_their_place_in_a_body(standin: StandIn, encoding: Any) -> None:
    body = {"key": "{{key}}", "same": "a"}
    seen = ask(standin, Request(url="{{base}}/", method="POST", body=body, encoding=encoding), {"key": NASTY})
    assert seen.header("x-evil") == ""
    match encoding:
        case "json":
            assert seen.json == {"key": NASTY, "same": "a"}
        case "form":
            assert seen.form == {"key": NASTY, "same": "a"}
        case "query":
            assert (seen.query, seen.body) == ({"key": NASTY, "same": "a"}, b"")
        case "multipart":
            assert NASTY.encode() in seen.body
            assert seen.header("content-type").startswith("multipart/form-data; boundary=")


def test_bodies_written_as_text(standin: StandIn) -> None:
    def body(text: str, encoding: Any) -> Seen:
        return ask(
            standin, Request(url="{{base}}/", method="POST", body=text, encoding=encoding), {"v": NASTY}
        )

    assert body('{"q": "{{v}}"}', "json").json == {"q": NASTY}
    assert body("q={{v}}&z=1", "form").form == {"q": NASTY, "z": "1"}
    xml = body('<q a="{{v}}"/>', "xml")
    assert xml.body.count(b'"') == 2
    assert xml.header("content-type") == "application/xml"


def test_structures_keep_their_types(standin: StandIn) -> None:
    body = {"query": {"limit": 1, "deep": [True, None, "{{key}}"]}}
    seen = ask(standin, Request(url="{{base}}/", method="POST", body=body, encoding="json"), {"key": "k"})
    assert seen.json == {"query": {"limit": 1, "deep": [True, None, "k"]}}


def test_what_comes_out_empty_is_left_out(standin: StandIn) -> None:
    request = Request(
        url="{{base}}/?fixed=1",
        query={"a": "{{none}}", "b": "{{b}}"},
        headers={"X-None": "{{none}}", "{{name}}": "v"},
        auth={"bearer": "{{none}}"},
    )
    seen = ask(standin, request, {"b": "ü&c", "name": "X-Named"})
    assert seen.query == {"fixed": "1", "b": "ü&c"}
    assert (seen.header("x-none"), seen.header("authorization"), seen.header("x-named")) == ("", "", "v")
    assert seen.header("accept") == "application/json"


@pytest.mark.parametrize("name", ["", "X Y", "X:", "X\r\nY", "ü"])
def test_a_header_name_from_a_form(standin: StandIn, name: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot be the name"):
        ask(standin, Request(url="{{base}}/", headers={"{{name}}": "v"}), {"name": name})


@pytest.mark.parametrize(
    ("template", "value", "url"),
    [
        ("https://h.example/{{v}}/x", "a/b?c#d e", "https://h.example/a%2Fb%3Fc%23d%20e/x"),
        ("https://h.example/{{v}}/x", "..", "https://h.example/%2E%2E/x"),
        ("https://h.example/?q={{v}}", "a&b=c#d", "https://h.example/?q=a%26b%3Dc%23d"),
        ("https://h.example/?q={{v | urlencode}}", "a&b", "https://h.example/?q=a%26b"),
        ("https://{{v}}.h.example/", "acme", "https://acme.h.example/"),
        ("https://{{v}}/x", "acme.example:8443", "https://acme.example:8443/x"),
        ("{{v}}/x", "https://acme.example/base", "https://acme.example/base/x"),
        ("{{v}}", "https://acme.example/base?x=1", "https://acme.example/base?x=1"),
    ],
)
def test_values_in_addresses(template: str, value: str, url: str) -> None:
    assert render_url(template, {"v": value}) == url


@pytest.mark.parametrize(
    "value", ["evil.example/", "evil.example#", "a@evil.example", "evil.example?", "a b", "x\\y"]
)
def test_a_value_cannot_change_the_host(standin: StandIn, value: str) -> None:
    with pytest.raises((InvalidInputError, UnsafeUrlError)):
        ask(standin, Request(url="https://{{v}}.service.example/"), {"v": value})


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x?y#z",
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://[::1]:8/",
        "HTTPS://A.example",
    ],
)
def test_addresses_that_may_be_used(url: str) -> None:
    assert problem_with(url) == ""


def test_the_credential_is_put_beside_what_is_there() -> None:
    request = httpx.Request("GET", "https://h.example/x?a=1", headers={"Cookie": "one=1", "X-Key": "old"})
    apply = Apply(
        headers={"X-Key": "{{key}}"},
        query={"k": "{{key}}"},
        cookies={"sid": "{{key}}"},
        auth={"bearer": "{{key}}"},
    )
    put_credential(request, apply, {"key": "s3"})
    assert request.url == "https://h.example/x?k=s3&a=1"
    assert request.headers["cookie"] == "one=1; sid=s3"
    assert request.headers.get_list("x-key") == ["s3"]
    assert request.headers["authorization"] == "Bearer s3"
    with pytest.raises(InvalidInputError, match="cookie"):
        put_credential(request, Apply(cookies={"sid": "{{key}}"}), {"key": "a; b"})


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body != "" else b""
    return Answer(status=status, headers=httpx.Headers(headers or {}), content=content, host="h.example")


@pytest.mark.parametrize(
    ("success", "given", "good"),
    [
        (Success(), answer({}), True),
        (Success(), answer({}, 204), True),
        (Success(), answer({}, 404), False),
        (Success(), answer({}, 302), False),
        (Success(status=(404,)), answer({}, 404), True),
        (Success(status=(200,)), answer({}, 201), False),
        (Success(path="ok", equals=True), answer({"ok": True}), True),
        (Success(path="ok", equals=True), answer({"ok": False}), False),
        (Success(path="ok", equals=True), answer({}), False),
        (Success(path="status", equals="success"), answer({"status": "success"}), True),
        (Success(path="data.id"), answer({"data": {"id": 0}}), False),
        (Success(path="data.id"), answer({"data": {"id": 5}}), True),
        (Success(path="data"), answer({"data": None}), False),
        (Success(status=(503,)), answer({}, 503), True),
    ],
)
def test_when_an_answer_is_good(success: Success, given: Answer, good: bool) -> None:
    if good:
        assert judge(given, "S", success) is given
    else:
        with pytest.raises(RefusedError):
            judge(given, "S", success)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_passing_failures(status: int) -> None:
    with pytest.raises(TemporaryError) as raised:
        judge(answer({"message": "Later"}, status), "S")
    assert raised.value.status == status
    assert "Later" in raised.value.sentence


def fails(standin: StandIn, reply: Reply, read: bool = True) -> ConnectorError:
    standin.answer("GET /x", reply)

    async def work(ports: Any) -> Any:
        got = await send(ports.client, build(ports.client, Request(url=f"{standin.url}/x"), {}))
        return judge(got, "S").json() if read else judge(got, "S")

    with pytest.raises(ConnectorError) as raised:
        run(work)
    return raised.value


def test_broken_transfers_are_sentences(standin: StandIn) -> None:
    cut = fails(standin, Reply({"a": 1}, cut=True))
    assert isinstance(cut, TemporaryError)
    assert "broke off" in cut.sentence
    wrong = fails(standin, Reply(b"not gzip", headers={"Content-Encoding": "gzip"}))
    assert type(wrong) is ServiceError
    assert "unpacked" in wrong.sentence


def test_no_redirect_is_followed(standin: StandIn) -> None:
    moved = fails(standin, Reply({}, 302, {"Location": f"{standin.url}/elsewhere"}))
    assert "redirect" in moved.sentence
    assert [seen.path for seen in standin.requests] == ["/x"]
