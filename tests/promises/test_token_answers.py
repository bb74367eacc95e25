"""What a token endpoint may answer (60-68), and the one request that it is asked for a code with (72)."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.credential import utc_now
from connectors.errors import ConnectorError, InvalidTokenError, ServiceError, TemporaryError
from desktop.engine.network import clients, http
from tests.cli.runner import Jackfield
from tests.engine.support import DEADLINE, make_home
from tests.promises.door import command_line
from tests.promises.scene import Scene, running
from tests.standin import Reply, Seen, StandIn

GOOD = {"access_token": "at-1", "refresh_token": "rt-1", "token_type": "Bearer", "expires_in": 3600}
GOOD_BYTES = json.dumps(GOOD).encode()
DEEP = 100_000
BOMB = gzip.compress(b'{"access_token": "at", "token_type": "Bearer", "x": "' + b"0" * 300_000_000 + b'"}', 1)
BAD: dict[str, Reply] = {
    "a page": Reply("<html><body>Welcome</body></html>"),
    "a page of 502": Reply("<html><h1>Bad gateway</h1></html>", 502),
    "nothing": Reply(b""),
    "null": Reply(b"null"),
    "a list": Reply(b"[]"),
    "a text": Reply(b'"x"'),
    "a number": Reply(b"42"),
    "an empty object": Reply(b"{}"),
    "no JSON": Reply(b'{"access_token": "at", '),
    "NaN": Reply(b'{"access_token": NaN, "token_type": "Bearer"}'),
    "an object as a token": Reply({"access_token": {"a": 1}, "token_type": "Bearer"}),
    "a list as a token": Reply({"access_token": ["at"], "token_type": "Bearer"}),
    "a blank token": Reply({"access_token": "  ", "token_type": "Bearer"}),
    "not the charset it names": Reply(GOOD_BYTES, 200, {"Content-Type": "application/json; charset=utf-16"}),
    "no UTF-8": Reply(b'{"access_token": "\xff\xfe\xfa", "token_type": "Bearer"}'),
    "cut off": Reply(GOOD_BYTES, cut=True),
    "a bomb": Reply(BOMB, 200, {"Content-Encoding": "gzip"}),
    "said to be packed": Reply(GOOD_BYTES, 200, {"Content-Encoding": "gzip"}),
    "packed unasked": Reply(GOOD_BYTES, 200, {"Content-Encoding": "br"}),
    "packed and cut": Reply(gzip.compress(GOOD_BYTES)[:-6], 200, {"Content-Encoding": "gzip"}),
    "lists in lists": Reply(b"[" * DEEP),
    "lists in lists, closed": Reply(b"[" * DEEP + b"]" * DEEP),
    "objects in objects": Reply(b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    "deep within a good one": Reply(GOOD_BYTES[:-1] + b', "x": ' + b"[" * DEEP + b"]" * DEEP + b"}"),
    "deep within a failed one": Reply(b'{"error": ' + b"[" * DEEP + b"]" * DEEP + b"}", 400),
    "a redirect": Reply("", 307, {"Location": "https://evil.example/token"}),
    "a status of nothing": Reply("", 204),
    "a huge number": Reply(b'{"access_token": ' + b"9" * 10_000 + b', "token_type": "Bearer"}'),
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Jackfield, StandIn]]:
    """The command line beside a service that will misbehave."""
    folder = tmp_path_factory.mktemp("door")
    with StandIn() as service, command_line(make_home(folder / "home", service.url), folder / "work") as door:
        yield door, service


@pytest.mark.parametrize("kind", [kind for kind in BAD if "deep" not in kind and " in " not in kind])
def test_60_an_answer_that_is_none_is_a_sentence_and_stores_nothing(
    door: tuple[Jackfield, StandIn], kind: str
) -> None:
    jackfield, service = door
    service.requests.clear()
    service.answer("POST /oauth/token", BAD[kind])
    done = jackfield("connect", "demo", "--json", code=1)
    assert done.out == "" and done.err.count("jackfield: ") == 1
    assert not [word for word in ("Traceback", "Error:", "Exception", "None") if word in done.err]
    assert len(service.requests) == 1, "a code is good for one try, and there is no profile without a token"
    assert jackfield("accounts", "list", "--json").json == []


@pytest.mark.parametrize("kind", [kind for kind in BAD if "deep" in kind or " in " in kind])
def test_64_a_hundred_thousand_brackets_are_a_sentence(door: tuple[Jackfield, StandIn], kind: str) -> None:
    test_60_an_answer_that_is_none_is_a_sentence_and_stores_nothing(door, kind)


@pytest.mark.parametrize("kind", BAD)
def test_60_64_nor_does_such_an_answer_touch_an_account(scene: Scene, kind: str) -> None:
    scene.service.answer("POST /oauth/token", GOOD)
    row = scene.account()
    scene.service.answer("POST /oauth/token", BAD[kind])
    with pytest.raises((ServiceError, TemporaryError)):
        scene.run(scene.engine.refresh(row.id))
    view = scene.run(scene.engine.account(row.id))
    assert view.credential.access_token == "at-1" and view.credential.refresh_token == "rt-1"
    assert view.row.generation == row.generation and view.row.state == "connected"


def test_60_a_token_that_is_only_true_is_none(scene: Scene) -> None:
    scene.service.answer("POST /oauth/token", GOOD | {"access_token": True})
    assert "without an access token" in scene.refusal().sentence
    scene.service.answer("POST /oauth/token", GOOD | {"refresh_token": True})
    row = scene.account()
    assert scene.run(scene.engine.account(row.id)).credential.refresh_token == ""


@pytest.mark.parametrize("error", ["invalid_grant", "server_error", "new_word"])
def test_61_an_error_of_200_is_an_error(scene: Scene, error: str) -> None:
    scene.service.answer("POST /oauth/token", GOOD | {"error": error, "error_description": "No, not you."})
    refusal = scene.refusal()
    assert "No, not you" in refusal.sentence
    assert scene.service.asked("/oauth/userinfo") == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_61_a_token_in_a_failed_answer_is_none(scene: Scene, status: int) -> None:
    scene.service.answer("POST /oauth/token", GOOD, status=status)
    scene.refusal()
    assert scene.service.asked("/oauth/userinfo") == []


def test_61_on_refresh_an_error_of_200_ends_the_account_only_if_it_says_so(scene: Scene) -> None:
    scene.service.answer("POST /oauth/token", GOOD)
    row = scene.account()
    scene.service.answer("POST /oauth/token", GOOD | {"error": "try_again", "access_token": "at-2"})
    with pytest.raises(ServiceError):
        scene.run(scene.engine.refresh(row.id))
    assert scene.run(scene.engine.account(row.id)).row.state == "connected"
    scene.service.answer("POST /oauth/token", {"error": "invalid_grant", "access_token": "at-2"})
    with pytest.raises(InvalidTokenError):
        scene.run(scene.engine.refresh(row.id))
    view = scene.run(scene.engine.account(row.id))
    assert (view.row.state, view.credential.access_token) == ("needs_sign_in", "at-1")


TEN_YEARS = 10 * 365 * 24 * 3600
UNKNOWN = [None, -1, 0, "", "soon", True, False, [], [3600], {}, "-5", "NaN", "Infinity", "0", -1e308]
# As JSON texts, because Python would not write most of them.
LIFETIMES: list[tuple[str, int | None]] = [
    *((json.dumps(value), None) for value in UNKNOWN),
    ("3600", 3600), ('"3600"', 3600), ('" 3600 "', 3600), ("3600.9", 3600), ('"3600.9"', 3600), ("1", 1),
    (str(TEN_YEARS), TEN_YEARS), (str(TEN_YEARS + 1), TEN_YEARS), ("1e308", TEN_YEARS),
    ('"1e308"', TEN_YEARS), ("9" * 18, TEN_YEARS), ("9" * 30, TEN_YEARS), ('"' + "9" * 400 + '"', None),
]  # fmt: skip


@pytest.mark.parametrize(("expires_in", "seconds"), LIFETIMES)
def test_65_how_long_a_token_lives(scene: Scene, expires_in: str, seconds: int | None) -> None:
    body = GOOD_BYTES.replace(b"3600", expires_in.encode())
    scene.service.answer("POST /oauth/token", body)
    before = utc_now().replace(microsecond=0)
    row = scene.account()
    credential = scene.run(scene.engine.account(row.id)).credential
    assert credential.expires_in == seconds
    if seconds is None:
        assert credential.expires_at is None
        assert scene.run(scene.engine.account(row.id)).shown == "unknown_expiry"
        # Used until the service says 401.
        answer = scene.run(scene.engine.request(row.id, "GET", "/oauth/userinfo", {}, None))
        assert answer.status == 200
    else:
        assert 0 <= (credential.expires_at - before).total_seconds() - seconds < DEADLINE + 1


@pytest.mark.parametrize("expires_in", ["NaN", "Infinity", "-Infinity", "1e400", "9" * 5000])
def test_65_numbers_that_are_none_are_no_crash(scene: Scene, expires_in: str) -> None:
    """JSON knows none of these; the whole answer may be refused, or the lifetime taken for unknown."""
    body = b'{"access_token": "at", "token_type": "Bearer", "expires_in": ' + expires_in.encode() + b"}"
    scene.service.answer("POST /oauth/token", body)
    try:
        row = scene.account()
    except ConnectorError as error:
        assert isinstance(error, ServiceError)
        return
    assert scene.run(scene.engine.account(row.id)).credential.expires_in in (None, TEN_YEARS)


@pytest.mark.parametrize("token_type", ["mac", "", None, "Basic", "N_A", "DPoP", "bearer2", 7, ["Bearer"]])
def test_66_a_token_of_another_type_is_not_used(scene: Scene, token_type: Any) -> None:
    answer = {k: v for k, v in (GOOD | {"token_type": token_type}).items() if v is not None}
    scene.service.answer("POST /oauth/token", answer)
    assert "cannot be used safely" in scene.refusal().sentence
    assert scene.service.asked("/oauth/userinfo") == []


@pytest.mark.parametrize("token_type", ["bearer", "Bearer", "BEARER", " bearer "])
def test_66_bearer_is_bearer_however_it_is_written(scene: Scene, token_type: str) -> None:
    scene.service.answer("POST /oauth/token", GOOD | {"token_type": token_type})
    scene.account()
    (seen,) = scene.service.asked("/oauth/userinfo")
    assert seen.header("Authorization") == "Bearer at-1"


@pytest.mark.parametrize("token_type", ["mac", None])
def test_66_a_definition_may_say_that_it_is_meant(tmp_path: Path, service: StandIn, token_type: Any) -> None:
    home = make_home(tmp_path / "home", service.url)
    text = (home / "connectors" / "demo.toml").read_text()
    (home / "connectors" / "demo.toml").write_text(text + "\n[token_answer]\nany_token_type = true\n")
    service.answer("POST /oauth/token", {k: v for k, v in (GOOD | {"token_type": token_type}).items() if v})
    for scene in running(home, service):
        scene.account()
        assert service.asked("/oauth/userinfo")[0].header("Authorization") == "Bearer at-1"


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        (None, ["profile", "email"]),
        ("profile", ["profile"]),
        ("email,profile", ["email", "profile"]),
        (["profile"], ["profile"]),
        ("", ["profile", "email"]),
    ],
)
def test_67_what_was_granted_is_shown_beside_what_was_asked(
    tmp_path: Path, service: StandIn, scope: Any, granted: list[str]
) -> None:
    """Absent means: as asked (RFC 6749 5.1)."""
    answer = GOOD if scope is None else GOOD | {"scope": scope}
    service.answer("POST /oauth/token", answer)
    with command_line(make_home(tmp_path / "home", service.url), tmp_path / "work") as jackfield:
        account = jackfield("connect", "demo", "--json").json
    assert account["scopes"] == {"asked": ["profile", "email"], "granted": granted}


def test_68_unknown_members_are_left_out_unless_the_definition_asks(tmp_path: Path, service: StandIn) -> None:
    service.answer(
        "POST /oauth/token", GOOD | {"instance": "eu-1", "api_secret": "canary-77", "x": {"y": [1]}}
    )
    home = make_home(tmp_path / "home", service.url)
    text = (home / "connectors" / "demo.toml").read_text().replace('key = "demo"', 'key = "keeps"')
    text += '\n[token_answer]\nkeep = { place = "instance", api_secret = "api_secret" }\n'
    (home / "connectors" / "keeps.toml").write_text(text)
    with command_line(home, tmp_path / "work") as jackfield:
        jackfield("connectors", "configure", "keeps", "--set", "client_id=app")
        plain = jackfield("connect", "demo", "--json").json
        assert not {"instance", "api_secret", "x", "place"} & plain["credential"].keys()
        keeping = jackfield("connect", "keeps", "--json")
        kept = keeping.json["credential"]
        assert kept["place"] == "eu-1" and "x" not in kept
        assert kept["api_secret"].startswith("••••")
        shown = jackfield("accounts", "show", keeping.json["id"])
        for said in (keeping.out, keeping.err, shown.out, shown.err):
            assert not [secret for secret in ("canary-77", "at-1", "rt-1") if secret in said]
        revealed = jackfield("accounts", "show", keeping.json["id"], "--reveal", "--json").json
        assert revealed["credential"]["api_secret"] == "canary-77"


def test_72_the_exchange_begins_while_the_window_is_busy(scene: Scene) -> None:
    """This thread, the window's, does nothing but count until the service was asked."""
    asked = threading.Event()

    def answer(_: Seen) -> Reply:
        asked.set()
        return Reply(GOOD)

    scene.service.answer("POST /oauth/token", answer)
    waiting = scene.engine.submit(scene.engine.begin_connect("demo"))
    count = 0
    while not asked.is_set():
        count += 1
        assert count < 10**10
    attempt = waiting.result(DEADLINE)
    assert scene.run(attempt.wait()).state == "connected"
    assert len(scene.exchanges) == 1


@pytest.mark.parametrize("trouble", ["silence", "cut", "503", "429", "500", "reset"])
def test_72_a_code_is_sent_once_whatever_happens(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    over = threading.Event()

    def silent(_: Seen) -> Reply:
        over.wait(DEADLINE)
        return Reply(GOOD)

    replies = {
        "silence": silent,
        "cut": Reply(GOOD, cut=True),
        "reset": Reply(b"", cut=True),
        "503": Reply({}, 503, {"Retry-After": "0"}),
        "429": Reply({}, 429, {"Retry-After": "0"}),
        "500": Reply({}, 500),
    }
    patience = {"deadline": 1.0} if trouble == "silence" else {}
    monkeypatch.setattr(clients, "make_client", lambda **more: http.make_client(**more | patience))
    scene.service.answer("POST /oauth/token", replies[trouble])
    try:
        error = scene.refusal()
    finally:
        over.set()
    assert "ry " in error.hint, error.hint  # try again: by pressing, not by itself
    assert len(scene.exchanges) == 1
    scene.service.answer("POST /oauth/token", GOOD)
    scene.account()
    first, second = scene.exchanges
    assert first["code"] != second["code"] and first["code_verifier"] != second["code_verifier"]
