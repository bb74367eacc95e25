"""What a connector with `log_exchange` puts into Activity and the log: everything but the values."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from desktop.engine.network.exchange_shape import LARGEST, MOST, shape_of
from desktop.practice import Provider
from desktop.ui.activity.texts import step_line
from tests.engine.support import bench, define
from tests.standin import Reply, StandIn

SESSION = """
key = "logged"
name = "Logged"
type = "session"
base_url = "{url}"
log_exchange = {wanted}

[request_session]
url = "{url}/login?hint=secret-hint"
json = {{ user = "{{{{username}}}}", password = "{{{{password}}}}" }}
keep = {{ access_token = "inner.sid" }}
"""


@pytest.mark.parametrize("wanted", [True, False])
def test_names_without_values(
    home: Path, provider: Provider, caplog: pytest.LogCaptureFixture, wanted: bool
) -> None:
    reply = Reply({"inner": {"sid": "fresh-value"}, "ok": True}, headers={"Set-Cookie": "c=cookie-value"})
    with StandIn({"POST /login": reply, "POST /things": {"list": ["answer-value", 7]}}) as standin:
        define(home, SESSION, url=standin.url, wanted=str(wanted).lower())
        with bench(home, provider) as desk, caplog.at_level(logging.INFO, "desktop.engine.network.exchange"):
            row = desk.connect("logged", {"username": "amelia", "password": "practice-2026"})
            desk.run(desk.engine.request(row.id, "POST", "/things", {"X-Own": "own-value"}, b"a body"))
            done = desk.run(desk.engine.activity(row.id))
    steps = [step for entry in reversed(done) for step in entry.detail.get("steps", ())]
    assert [step["url"].partition("/")[2] for step in steps] == ["login", "things"]
    told = str(steps) + caplog.text
    values = (
        "secret-hint",
        "amelia",
        "practice-2026",
        "fresh-value",
        "cookie-value",
        "answer-value",
        "own-value",
    )
    assert not [value for value in (*values, "a body") if value in told.replace("name='amelia'", "")]
    if not wanted:
        assert "sent" not in steps[0] and "body" not in steps[1]["sent"] | steps[1]["answered"]
        assert not caplog.text
        return
    login, things = steps
    assert login["sent"]["query"] == ["hint=••••"]
    assert login["sent"]["body"] == '{"user": "••••", "password": "••••"}'
    assert login["answered"]["body"] == '{"inner": {"sid": "••••"}, "ok": true}'
    assert "authorization: ••••" in [header.lower() for header in things["sent"]["headers"]]
    assert things["sent"]["body"] == "6 bytes of unknown kind"
    assert things["answered"]["body"] == '{"list": ["••••", "••••"]}'
    assert "content-type: application/json" in [header.lower() for header in things["answered"]["headers"]]
    assert "   sent: authorization: ••••" in step_line(1, things).lower().splitlines()
    assert "sent POST" in caplog.text and "answered 200" in caplog.text


def test_shapes_of_bodies() -> None:
    assert shape_of(b"a=1&b=", "application/x-www-form-urlencoded") == "a=••••&b=••••"
    assert shape_of(b"<a>secret</a>", "text/xml; charset=utf-8") == "13 bytes of text/xml"
    assert shape_of(b"", "application/json") == ""
    assert shape_of(b'"x"', "application/json") == '"••••"'
    assert "9" not in shape_of(b"[" * 20 + b"9" + b"]" * 20, "application/json")
    assert shape_of(b"1" * (LARGEST + 1), "application/json").endswith("bytes of application/json")
    assert len(shape_of(b"[" + b"1," * 5000 + b"1]", "application/json")) < MOST + 100
