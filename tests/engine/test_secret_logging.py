"""The switch that lets one connector's exchanges stand readable in Activity: what it shows, when it ends."""

from __future__ import annotations

import base64
import io
import json
import pickle
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from connectors.credential import utc_now
from connectors.errors import DefinitionError, WrongCredentialsError
from desktop.engine.events import ConnectorsChanged
from desktop.engine.network.exchange_shape import MOST_IN_CLEAR
from desktop.engine.privacy import secret_logging
from desktop.engine.privacy.in_clear import InClear
from desktop.engine.privacy.redaction import Redactor
from desktop.practice import Provider
from desktop.vault.records import AccountRow
from tests.engine.support import Bench, bench, define
from tests.standin import Reply, StandIn

SESSION = """
key = "{key}"
name = "Watched {key}"
type = "session"
base_url = "{url}"

[request_session]
url = "{url}/login?hint={{{{password}}}}"
json = {{ user = "{{{{username}}}}", password = "{{{{password}}}}" }}
keep = {{ access_token = "inner.sid" }}
"""
FORM = {"username": "amelia", "password": "c4nary-password"}
SECRETS = ("c4nary-password", "c4nary-session", "c4nary-cookie", "c4nary-answer", "c4nary-own")


@pytest.fixture
def service() -> Iterator[StandIn]:
    session = Reply({"inner": {"sid": "c4nary-session"}}, headers={"Set-Cookie": "c=c4nary-cookie"})
    answers = {"POST /login": session, "POST /things": {"list": ["c4nary-answer"]}}
    with StandIn(answers) as standin:
        yield standin


@pytest.fixture
def desk(home: Path, provider: Provider, service: StandIn) -> Iterator[Bench]:
    for key in ("watched", "other"):
        define(home, SESSION, url=service.url, key=key)
    with bench(home, provider) as running:
        yield running


def use(desk: Bench, key: str) -> AccountRow:
    row = desk.connect(key, FORM)
    desk.run(desk.engine.request(row.id, "POST", "/things", {"X-Own": "c4nary-own"}, b"body"))
    return row


def in_clear(desk: Bench, key: str) -> list[str]:
    """What stands readable in the entries of a connector, the oldest first."""
    with desk.engine.reader() as reader:
        entries = [row for row in reversed(reader.activity(limit=1000)) if row.connector == key]
        return [step for row in entries for step in reader.in_clear(row.id)]


def forms(secret: str) -> set[str]:
    """A secret in the encodings that it could stand in."""
    raw = secret.encode()
    found = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], raw.hex()}
    return found | {
        base64.b64encode(bytes(n) + raw).decode().rstrip("=")[(0, 2, 3)[n] : -1] for n in range(3)
    }


def actions(desk: Bench) -> list[str]:
    return [row.action for row in reversed(desk.run(desk.engine.activity())) if row.connector]


def test_the_exchange_stands_in_activity_as_it_was(desk: Bench) -> None:
    until = desk.run(desk.engine.log_secrets("watched", True))
    assert timedelta(minutes=59) < until - utc_now() <= secret_logging.LASTS
    assert desk.run(desk.engine.secrets_logged()) == {"watched": until}
    use(desk, "watched")
    login, things = in_clear(desk, "watched")
    assert login.startswith("POST http://127.0.0.1") and "/login?hint=c4nary-password\n" in login
    assert '{"user":"amelia","password":"c4nary-password"}' in login.replace(": ", ":").replace(", ", ",")
    assert "200 OK" in login and "c4nary-session" in login and "c4nary-cookie" in login
    assert "authorization: bearer c4nary-session" in things.lower() and "c4nary-own" in things
    assert things.endswith('{"list": ["c4nary-answer"]}')
    assert actions(desk)[0] == "secrets_on"


def test_canaries_stand_in_that_connectors_entries_and_nowhere_else(
    home: Path, desk: Bench, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.run(desk.engine.log_secrets("watched", True))
    use(desk, "watched")
    use(desk, "other")
    shown = "\n".join(in_clear(desk, "watched"))
    assert all(secret in shown for secret in SECRETS)
    assert in_clear(desk, "other") == []
    entries = repr(desk.run(desk.engine.activity(limit=1000))) + repr(desk.events.all)
    written = log.getvalue()
    assert len(written) > 1000
    out = "".join(capfd.readouterr())
    files = [file.read_bytes() for file in home.rglob("*") if file.is_file()]
    assert len(files) > 3
    for form in (form for secret in SECRETS for form in forms(secret)):
        assert form not in entries and form not in written and form not in out, form
        holding = [one for one in files if form.encode() in one or form.encode("utf-16-le") in one]
        assert not holding, form


def test_off_nothing_is_readable_anywhere(desk: Bench, log: io.StringIO) -> None:
    use(desk, "watched")
    assert in_clear(desk, "watched") == []
    entries = repr(desk.run(desk.engine.activity(limit=1000)))
    assert not [secret for secret in SECRETS if secret in entries + log.getvalue()]


def test_turned_off_what_stood_there_goes(desk: Bench) -> None:
    desk.run(desk.engine.log_secrets("watched", True))
    desk.run(desk.engine.log_secrets("other", True))
    use(desk, "watched")
    use(desk, "other")
    assert desk.run(desk.engine.log_secrets("watched", False)) is None
    assert in_clear(desk, "watched") == [] and len(in_clear(desk, "other")) == 2
    assert list(desk.run(desk.engine.secrets_logged())) == ["other"]
    assert actions(desk)[-1] == "secrets_off"
    before = len(actions(desk))
    desk.run(desk.engine.log_secrets("watched", False))
    assert len(actions(desk)) == before, "what is off is not turned off again"
    use(desk, "watched")
    assert in_clear(desk, "watched") == []


def test_it_ends_with_its_hour(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run(desk.engine.log_secrets("watched", True))
    use(desk, "watched")
    monkeypatch.setattr(secret_logging, "LASTS", timedelta(milliseconds=50))
    desk.run(desk.engine.log_secrets("watched", True))
    changed = ConnectorsChanged("watched")
    desk.events.wait(lambda _: desk.events.all.count(changed) == 3)  # on, on again, off
    assert desk.run(desk.engine.secrets_logged()) == {} and in_clear(desk, "watched") == []
    (last, *_) = desk.run(desk.engine.activity())
    assert last.action == "secrets_off" and "the hour was over" in last.summary


def test_the_hour_also_ends_while_nothing_runs(
    home: Path, provider: Provider, service: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(home, SESSION, url=service.url, key="watched")
    with bench(home, provider, actor="command line") as desk:
        desk.run(desk.engine.log_secrets("watched", True))
        use(desk, "watched")
    with bench(home, provider, actor="command line") as desk:
        assert len(in_clear(desk, "watched")) == 2, (
            "the command that turned it on has ended, the hour has not"
        )
        use(desk, "watched")
        assert len(in_clear(desk, "watched")) == 4
    later = utc_now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(secret_logging, "utc_now", lambda: later)
    with bench(home, provider, actor="command line") as desk:
        assert in_clear(desk, "watched") == [] and actions(desk)[-1] == "secrets_off"


@pytest.mark.parametrize("how", ["lock", "close"])
def test_it_ends_when_the_window_locks_or_closes(
    home: Path, provider: Provider, service: StandIn, how: str
) -> None:
    define(home, SESSION, url=service.url, key="watched")
    with bench(home, provider) as desk:
        desk.run(desk.engine.log_secrets("watched", True))
        use(desk, "watched")
        if how == "lock":
            desk.run(desk.engine.lock())
    with bench(home, provider) as desk:
        assert desk.run(desk.engine.secrets_logged()) == {} and in_clear(desk, "watched") == []
        assert actions(desk)[-1] == "secrets_off"


def test_a_clock_that_was_set_back_does_not_make_it_longer() -> None:
    now = utc_now()
    period = secret_logging.Period(since=now, until=now + timedelta(hours=1))
    assert period.holds(now) and not period.holds(now - timedelta(seconds=1))
    assert not period.holds(now + timedelta(hours=1))


def test_a_failed_sign_in_is_readable_too(desk: Bench, service: StandIn) -> None:
    service.answer("POST /login", Reply({"error": "c4nary-answer"}, 401))
    desk.run(desk.engine.log_secrets("watched", True))
    with pytest.raises(WrongCredentialsError):
        desk.connect("watched", FORM)
    (login,) = in_clear(desk, "watched")
    assert "401" in login and "c4nary-answer" in login


def test_neither_a_definition_nor_an_unknown_key_turns_it_on(home: Path, desk: Bench) -> None:
    with pytest.raises(DefinitionError):
        desk.run(desk.engine.log_secrets("no-such-connector", True))
    text = (home / "connectors" / "watched.toml").read_text()
    (home / "connectors" / "watched.toml").write_text(f"log_secrets = true\nsecrets_logged = true\n{text}")
    desk.run(desk.engine.reload_connectors())
    assert any("log_secrets" in str(problem) for problem in desk.engine.catalog.problems)
    assert desk.run(desk.engine.secrets_logged()) == {}


def test_what_is_no_text_or_too_long_is_counted(desk: Bench, service: StandIn) -> None:
    service.answer("GET /image", Reply(b"\xff\xfe\x00"))
    service.answer("GET /long", "x" * (MOST_IN_CLEAR + 10))
    row = desk.connect("watched", FORM)
    desk.run(desk.engine.log_secrets("watched", True))
    for path in ("/image", "/long"):
        desk.run(desk.engine.request(row.id, "GET", path, {}, None))
    image, long = in_clear(desk, "watched")
    assert image.endswith("(3 bytes that are no text)")
    assert long.endswith(f"x… ({MOST_IN_CLEAR + 10} bytes)") and len(long) < MOST_IN_CLEAR + 2000


def test_a_closed_text_shows_nothing_of_itself() -> None:
    closed: Any = InClear("c4nary-text")
    assert "c4nary" not in f"{closed} {closed!r} {[closed]}"
    with pytest.raises(TypeError, match="in the clear"):
        pickle.dumps(closed)
    redactor = Redactor()
    assert redactor.redact_data({"step": {"in_clear": closed, "other": [closed]}}) == {
        "step": {"other": ["••••"]}
    }
    assert redactor.opened([closed, None], True) == ["c4nary-text", ""]
    assert redactor.opened([closed], False) == []
