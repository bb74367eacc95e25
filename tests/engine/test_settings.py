"""Connector settings: checked, kept apart from accounts, and the exact redirect URI."""

from __future__ import annotations

import pytest

from connectors.definition import Redirect
from connectors.errors import DefinitionError, InvalidInputError
from desktop.engine.connect.redirects import redirect_text
from desktop.engine.events import ConnectorsChanged
from desktop.engine.privacy.redaction import redactor
from desktop.engine.settings import parse_redirect
from tests.engine.support import Bench


def test_settings_are_kept_changed_and_taken_away(at_work: Bench) -> None:
    engine = at_work.engine
    at_work.run(engine.configure("demo", {"client_id": " other ", "client_secret": "a-client-secret-77"}))
    assert at_work.run(engine.connector_settings("demo")) == {
        "client_id": "other",
        "client_secret": "a-client-secret-77",
    }
    at_work.run(engine.configure("demo", {"client_secret": None}))
    assert at_work.run(engine.connector_settings("demo")) == {"client_id": "other"}
    assert ConnectorsChanged("demo") in at_work.events.all
    assert "a-client-secret-77" not in redactor.redact("sent a-client-secret-77 away")


def test_one_mistake_keeps_all_of_them_out(at_work: Bench) -> None:
    before = at_work.run(at_work.engine.connector_settings("demo"))
    with pytest.raises(InvalidInputError) as caught:
        at_work.run(at_work.engine.configure("demo", {"client_id": "new", "clientsecret": "x"}))
    assert set(caught.value.fields) == {"clientsecret"}
    assert "client_secret" in caught.value.sentence
    assert at_work.run(at_work.engine.connector_settings("demo")) == before


def test_an_unknown_connector(at_work: Bench) -> None:
    with pytest.raises(DefinitionError, match="no connector"):
        at_work.run(at_work.engine.configure("nothing", {"client_id": "x"}))


def test_without_a_setting_the_redirect_has_no_port(at_work: Bench) -> None:
    assert at_work.engine.redirect_uri("demo") == "http://127.0.0.1/callback/demo"


@pytest.mark.parametrize(
    ("uri", "redirect"),
    [
        ("http://127.0.0.1/callback", Redirect()),
        ("http://localhost:8765/cb", Redirect(host="localhost", ports=(8765,), path="/cb")),
        ("http://[::1]:8765/", Redirect(host="[::1]", ports=(8765,), path="/")),
        ("https://localhost/callback", Redirect(scheme="https", host="localhost", ports=(443,))),
        ("https://localhost:8765/callback", Redirect(scheme="https", host="localhost", ports=(8765,))),
    ],
)
def test_a_redirect_uri_reads_and_writes(uri: str, redirect: Redirect) -> None:
    assert parse_redirect(uri) == redirect
    assert redirect_text(redirect) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "https://jackfield.example/callback?x=1",
        "https://user@jackfield.example/callback",
        "ftp://127.0.0.1:8765/callback",
        "http://jackfield.example/callback",
        "http://127.0.0.1:99999/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1/callback?x=1",
        "http://0.0.0.0:8765/callback",
        "callback",
    ],
)
def test_only_what_can_be_listened_on_is_taken(at_work: Bench, uri: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        at_work.run(at_work.engine.configure("demo", {"redirect_uri": uri}))
    assert set(caught.value.fields) == {"redirect_uri"}
