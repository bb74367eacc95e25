"""Whatever a service answers, there is a value or a sentence, never a traceback."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from connectors.credential import Credential
from connectors.definition import TokenAnswer
from connectors.errors import ServiceError
from connectors.wire.answers import Answer, error_message, retry_after
from connectors.wire.token_answer import LONGEST_LIFETIME, moment_of, read_function_result, read_token_answer

GOOD = {"access_token": "at", "token_type": "Bearer"}
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def answer(
    content: bytes, status: int = 200, kind: str = "application/json", charset: str = "utf-8"
) -> Answer:
    headers = httpx.Headers({"content-type": kind})
    return Answer(status=status, headers=headers, content=content, charset=charset, host="h.example")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty body"),
        (b"  \n", "empty body"),
        (b"<!DOCTYPE html><title>x</title>", "a web page"),
        (b"<html>", "a web page"),
        (b"{", "broken JSON"),
        (b'{"access_token": "a', "broken JSON"),
        (b'{"a": NaN}', "broken JSON"),
        (b"\xff\xfe\x00{", "broken JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 500 + b"]" * 500, "nested too deeply"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "nested too deeply"),
        (b"null", "other than an object"),
        (b"[]", "other than an object"),
        (b'"x"', "other than an object"),
        (b"7", "other than an object"),
    ],
)
def test_bodies_that_are_no_answer(content: bytes, sentence: str) -> None:
    with pytest.raises(ServiceError, match=sentence) as raised:
        answer(content).members()
    assert "h.example" in raised.value.sentence


def test_bodies_that_are() -> None:
    assert answer(b'\xef\xbb\xbf{"a": "\xc3\xbc"}').members() == {"a": "ü"}
    assert answer(b'{"a": "\xfc"}', charset="iso-8859-1").members() == {"a": "ü"}
    assert answer(b'{"a": 1}', charset="no-such-charset").members() == {"a": 1}
    assert answer(b"access_token=a%20b&x=", kind="application/x-www-form-urlencoded").members() == {
        "access_token": "a b",
        "x": "",
    }
    assert answer(b"error=bad&error_description=No", kind="text/plain").members()["error"] == "bad"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "Bad key."}, "Bad key"),
        ({"error": "invalid_grant", "error_description": "Code is used"}, "Code is used"),
        ({"error": "invalid_grant"}, "invalid_grant"),
        ({"error": {"message": "Deep", "code": 7}}, "Deep"),
        ({"errors": [{"message": "First"}, {"message": "Second"}]}, "First"),
        ({"errors": ["Plain"]}, "Plain"),
        ([{"message": "In a list"}], "In a list"),
        ({"detail": "From detail"}, "From detail"),
        ({"detail": [{"msg": "field required"}]}, "field required"),
        ({"title": "Forbidden", "status": 403}, "Forbidden"),
        ({"code": "unauthorized"}, "unauthorized"),
        ({"ok": False, "error": "invalid_auth"}, "invalid_auth"),
        ("just text", "just text"),
        ({"message": ""}, ""),
        ({"message": {"no": "text"}}, ""),
        ({"message": "<html><b>Oops</b></html>"}, ""),
        ({"message": "evil \u202egnp.exe\u0007\nnext\tline"}, "evil gnp.exe next line"),
        ({"message": "x" * 4000}, "x" * 299 + "…"),
    ],
)
def test_the_services_own_words(body: Any, message: str) -> None:
    assert error_message(answer(json.dumps(body).encode(), 400)) == message


def test_messages_that_are_not_json() -> None:
    assert error_message(answer(b"Unauthorized.", 401, "text/plain")) == "Unauthorized"
    assert error_message(answer(b"<html><h1>500</h1></html>", 500)) == ""
    assert error_message(answer(b'{"broken', 500)) == ""
    assert error_message(answer(b'{"my": {"words": "Here"}, "message": "x"}', 400), "my.words") == "Here"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("12", 12),
        ("0", 0),
        ("1.5", 1.5),
        ("999999", 3600),
        ("-5", None),
        ("soon", None),
        ("", None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(httpx.Headers({"retry-after": value}), NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (3600, 3600),
        ("3600", 3600),
        (" 60 ", 60),
        (59.9, 59),
        ("1e3", 1000),
        (1e308, LONGEST_LIFETIME),
        (10**30, LONGEST_LIFETIME),
        (0, None),
        (-1, None),
        ("-1", None),
        (True, None),
        (None, None),
        ([3600], None),
        ({"s": 1}, None),
        ("soon", None),
        ("", None),
        (float("nan"), None),
        (float("inf"), None),
        ("nan", None),
        ("1e999", None),
    ],
)
def test_expires_in(value: Any, seconds: int | None) -> None:
    credential = read_token_answer({**GOOD, "expires_in": value}, TokenAnswer(), "S", now=NOW)
    assert credential.expires_in == seconds
    assert credential.expires_at == (NOW + timedelta(seconds=seconds) if seconds else None)
    assert credential.created_at == NOW


@pytest.mark.parametrize(
    ("form", "value", "seconds"),
    [
        ("ms", 3_600_000, 3600),
        ("epoch", int(NOW.timestamp()) + 60, 60),
        ("epoch", (int(NOW.timestamp()) + 60) * 1000, 60),
        ("epoch", "nonsense", None),
        ("iso", "2030-01-01T01:00:00Z", 3600),
        ("iso", "2030-01-01T01:00:00", 3600),
        ("iso", "2029-01-01T01:00:00Z", None),
        ("iso", "tomorrow", None),
        ("none", 3600, None),
    ],
)
def test_other_forms_of_expiry(form: Any, value: Any, seconds: int | None) -> None:
    rules = TokenAnswer(expires=form)
    assert read_token_answer({**GOOD, "expires_in": value}, rules, "S", now=NOW).expires_in == seconds


def test_a_constant_lifetime_for_services_that_never_say() -> None:
    rules = TokenAnswer(default_expires_in=7200)
    assert read_token_answer(GOOD, rules, "S").expires_in == 7200
    assert read_token_answer({**GOOD, "expires_in": 60}, rules, "S").expires_in == 60


@pytest.mark.parametrize("kind", ["bearer", "BEARER", "Bearer"])
def test_bearer_in_any_case(kind: str) -> None:
    assert read_token_answer({**GOOD, "token_type": kind}, TokenAnswer(), "S").token_type == kind


@pytest.mark.parametrize("kind", ["mac", "", None, 7, ["bearer"]])
def test_other_token_types_are_refused_unless_the_definition_allows_them(kind: Any) -> None:
    data = {**GOOD, "token_type": kind}
    with pytest.raises(ServiceError, match="cannot be used safely"):
        read_token_answer(data, TokenAnswer(), "S")
    assert read_token_answer(data, TokenAnswer(any_token_type=True), "S").token_type in {"mac", "Bearer", "7"}


@pytest.mark.parametrize("token", [None, "", {}, [], "   "])
def test_no_token_no_credential(token: Any) -> None:
    with pytest.raises(ServiceError, match="without an access token"):
        read_token_answer({**GOOD, "access_token": token}, TokenAnswer(), "S")


def test_what_is_kept_and_what_stays() -> None:
    data = {**GOOD, "scope": ["a", "b"], "id_token": "i", "data": {"id": 1}, "noise": "n"}
    plain = read_token_answer(data, TokenAnswer(), "S", asked="x y")
    assert (plain.scope, plain.extra) == ("a b", {"id_token": "i"})
    some = read_token_answer(data, TokenAnswer(keep={"data.id": "data.id", "none": "none"}), "S")
    assert some.extra == {"id_token": "i", "data.id": 1}
    everything = read_token_answer(data, TokenAnswer(keep={"*": "*"}), "S")
    assert everything.extra == {"id_token": "i", "data": {"id": 1}, "noise": "n"}
    assert read_token_answer(GOOD, TokenAnswer(), "S", asked="x y").scope == "x y"
    before = Credential(
        access_token="old", refresh_token="rt", scope="s", extra={"site": "1"}, fields={"domain": "d"}
    )
    after = read_token_answer(GOOD, TokenAnswer(), "S", previous=before)
    assert (after.access_token, after.refresh_token, after.scope) == ("at", "rt", "s")
    assert (after.extra, after.fields) == ({"site": "1"}, {"domain": "d"})


def test_nested_paths_and_flat_refreshes() -> None:
    rules = TokenAnswer(access_token="person.token", expires_in="person.left", any_token_type=True)
    first = read_token_answer({"person": {"token": "p1", "left": 9}}, rules, "S", now=NOW)
    assert (first.access_token, first.expires_in) == ("p1", 9)
    flat = {"access_token": "p2", "expires_in": 10}
    assert read_token_answer(flat, rules, "S", previous=first).access_token == "p2"
    with pytest.raises(ServiceError):
        read_token_answer(flat, rules, "S")


def test_what_a_function_may_return() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=100)
    for given in (
        {"expires": 100},
        {"expires": "100"},
        {"expires_in": 100},
        {"expires_at": soon.isoformat()},
    ):
        credential = read_function_result({"token": "t", **given}, "S")
        assert credential.access_token == "t"
        assert credential.expires_in in {99, 100}
    dated = read_function_result({"access_token": "t", "access_token_exp_date": soon, "site": "x"}, "S")
    assert dated.expires_in in {99, 100}
    assert dated.extra == {"site": "x"}
    assert read_function_result({"token": "t"}, "S").expires_at is None
    for wrong in (None, True, "t", [], {}):
        with pytest.raises(ServiceError):
            read_function_result(wrong, "S")


@pytest.mark.parametrize("value", [True, None, "x", -5, [], 1e300, float("nan")])
def test_moments_that_are_none(value: Any) -> None:
    assert moment_of(value) is None
