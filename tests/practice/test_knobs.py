"""Every knob, and the API-key and password services."""

from __future__ import annotations

import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from desktop.practice import PEOPLE, Answer, Knobs, PortTakenError, Provider, start
from tests.practice.client import ClientApp


def test_tokens_live_as_long_as_the_knob_says(app: ClientApp, provider: Provider) -> None:
    provider.knobs.token_lifetime = 0
    token = app.connect()
    assert token["expires_in"] == 0
    assert app.userinfo(token["access_token"]).status_code == 401
    assert app.renew(token["refresh_token"]).status_code == 200


def test_the_token_answer_can_be_bent(app: ClientApp, provider: Provider) -> None:
    knobs = provider.knobs
    knobs.omit_expires_in = knobs.omit_refresh_token = True
    knobs.token_type, knobs.scope = "mac", "email"
    knobs.members = {"id_token": "x.y.z"}
    token = app.connect()
    assert {key: token[key] for key in token if key != "access_token"} == {
        "token_type": "mac",
        "scope": "email",
        "id_token": "x.y.z",
    }


def test_members_may_be_replaced_and_dropped(app: ClientApp, provider: Provider) -> None:
    provider.knobs.members = {"expires_in": "3600", "access_token": None}
    token = app.connect()
    assert token["expires_in"] == "3600"
    assert "access_token" not in token


def test_the_profile_can_be_replaced(app: ClientApp, provider: Provider) -> None:
    provider.knobs.profile = {"sub": "u-9", "name": "Somebody Else"}
    token = app.connect()
    assert app.userinfo(token["access_token"]).json() == {"sub": "u-9", "name": "Somebody Else"}


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ("invalid_grant", 400, "invalid_grant"),
        (500, 500, "server_error"),
        (429, 429, "server_error"),
        ("html_200", 200, "<!doctype html>"),
        ("html_502", 502, "<!doctype html>"),
        ("empty", 200, ""),
        ("bad_json", 200, '{"access_token": "cut o'),
    ],
)
def test_the_next_answers_can_fail(
    app: ClientApp, provider: Provider, answer: Answer, status: int, body: str
) -> None:
    token = app.connect()
    provider.knobs.fail_next(2, answer)
    for _ in range(2):
        got = app.renew(token["refresh_token"])
        assert got.status_code == status
        assert body in got.text
        assert ("retry-after" in got.headers) == (status == 429)
    assert app.renew(token["refresh_token"]).status_code == 200


def test_retry_after_and_the_path_can_be_chosen(provider: Provider) -> None:
    provider.knobs.fail_next(1, 503, path="/key/me", retry_after="Fri, 31 Dec 2100 23:59:59 GMT")
    key = {"X-Api-Key": PEOPLE["ben"].api_key}
    failed = httpx.get(f"{provider.url}/key/me", headers=key)
    assert failed.headers["retry-after"] == "Fri, 31 Dec 2100 23:59:59 GMT"
    assert httpx.get(f"{provider.url}/key/me", headers=key).status_code == 200


def test_planned_failures_can_be_taken_back(app: ClientApp, provider: Provider) -> None:
    provider.knobs.fail_next(100)
    provider.knobs.recover()
    assert app.connect()["access_token"]


def test_all_tokens_can_be_ended(app: ClientApp, provider: Provider) -> None:
    token = app.connect()
    provider.end_all_tokens()
    assert app.userinfo(token["access_token"]).status_code == 401
    renewed = app.renew(token["refresh_token"]).json()
    provider.end_all_tokens(grants=True)
    assert app.renew(renewed["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_log_names_every_request_and_no_password(app: ClientApp, provider: Provider) -> None:
    token = app.connect()
    app.renew(token["refresh_token"])
    assert provider.count("/oauth/token") == 2
    assert provider.count("/oauth/token", grant_type="refresh_token") == 1
    exchange = next(seen for seen in provider.log if seen.path == "/oauth/token")
    assert exchange.method == "POST"
    assert "code_verifier" in exchange.form_keys
    assert all(seen.form.get("password", "") == "" for seen in provider.log)


def test_an_api_key_is_answered_with_its_person(provider: Provider) -> None:
    for person in PEOPLE.values():
        answer = httpx.get(f"{provider.url}/key/me", headers={"X-Api-Key": person.api_key})
        assert answer.json() == person.profile
    for headers in ({}, {"X-Api-Key": "practice-key-guess"}):
        refused = httpx.get(f"{provider.url}/key/me", headers=headers)
        assert refused.status_code == 401
        assert refused.json()["message"] == "This API key is not known."


def test_a_password_is_exchanged_for_a_token(provider: Provider) -> None:
    url = provider.url
    typed = {"username": "ben", "password": "practice-2026"}
    answer = httpx.post(f"{url}/password/login", json=typed).json()
    assert answer["expiresIn"] == 3600
    bearer = {"Authorization": f"Bearer {answer['token']}"}
    assert httpx.get(f"{url}/password/me", headers=bearer).json() == PEOPLE["ben"].profile
    assert httpx.get(f"{url}/oauth/userinfo", headers=bearer).status_code == 401

    refused = httpx.post(f"{url}/password/login", json={**typed, "password": "wrong"})
    assert refused.status_code == 401
    assert httpx.post(f"{url}/password/login", json=["ben"]).status_code == 400
    assert httpx.get(f"{url}/password/me").status_code == 401


def test_an_oauth_token_does_not_open_the_password_service(app: ClientApp) -> None:
    bearer = {"Authorization": f"Bearer {app.connect()['access_token']}"}
    assert app.http.get("/password/me", headers=bearer).status_code == 401


def test_stopping_ends_a_slow_request_and_frees_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = start(knobs=Knobs(slow=3600))
    arrived = threading.Event()
    monkeypatch.setattr(provider.store, "note", lambda seen: arrived.set())

    def ask() -> int:
        return httpx.get(provider.url, timeout=None, trust_env=False).status_code

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        assert arrived.wait(30)
        provider.stop()
        provider.stop()
        # Either the answer still got out, or the connection was closed first.
        error = asking.exception(timeout=30)
        assert isinstance(error, httpx.TransportError) if error else asking.result() == 503
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", provider.port))


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's table of listening sockets")
def test_it_listens_on_loopback_only(provider: Provider) -> None:
    tables = [Path("/proc/net/tcp").read_text(), Path("/proc/net/tcp6").read_text()]
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    listening = [row[1] for row in rows if row[1].endswith(f":{provider.port:04X}") and row[3] == "0A"]
    assert listening == [f"0100007F:{provider.port:04X}"]


def test_a_taken_port_is_a_sentence_or_another_port(provider: Provider) -> None:
    with pytest.raises(PortTakenError) as caught:
        start(provider.port)
    assert str(provider.port) in caught.value.sentence
    with start(provider.port, or_any_port=True) as other:
        assert other.port != provider.port
        assert httpx.get(other.url).status_code == 200
