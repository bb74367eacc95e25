"""`jackfield connectors import` of documents, and requests to the operations that they list."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest

from connectors.operations import operations_of
from connectors.reading.loading import load_file
from tests.cli.runner import Jackfield
from tests.standin import Reply, Seen, StandIn

DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Acme Things"},
    "security": [{"key": []}],
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "kerberos": {"type": "http", "scheme": "negotiate"},
        }
    },
    "paths": {"/things": {"get": {"summary": "List things"}}},
}


def _answer(seen: Seen) -> Reply:
    return Reply({"things": 2}) if seen.header("X-Key") == "k-1" else Reply({"message": "no"}, 401)


def test_a_file_becomes_a_definition_and_an_account_makes_requests(jackfield: Jackfield) -> None:
    with StandIn({"GET /api/things": _answer}) as service:
        document = DOCUMENT | {"servers": [{"url": f"{service.url}/api"}]}
        told = jackfield(
            "connectors", "import", jackfield.file("acme.json", json.dumps(document)), "--json"
        ).json
        assert told == {
            "key": "acme-things",
            "name": "Acme Things",
            "base_url": f"{service.url}/api",
            "methods": [{"key": "key", "type": "apiKey", "name": "API key"}],
            "operations": 1,
            "warnings": ["kerberos: is declared, and no operation asks for it."],
            "dropped": [
                {
                    "step": "kerberos",
                    "reason": "HTTP Negotiate (Kerberos) authentication is not carried out by this app.",
                }
            ],
        }
        account = jackfield("connect", "acme-things", "--set", "key=k-1", "--json").json
        answer = jackfield("request", account["id"], "GET", "/things", "--json").json
    assert (answer["status"], json.loads(answer["body"])) == (200, {"things": 2})


OAUTH = {
    "swagger": "2.0",
    "info": {"title": "Acme Tokens"},
    "securityDefinitions": {
        "login": {"type": "oauth2", "flow": "password", "tokenUrl": "", "scopes": {"read": "Read things"}}
    },
    "security": [{"login": ["read"]}],
    "paths": {"/things": {"get": {}}},
}


def test_a_token_is_fetched_when_the_record_has_none_or_an_ended_one(jackfield: Jackfield) -> None:
    numbers = count(1)

    def token(seen: Seen) -> Reply:
        assert seen.form["client_id"] == "app"
        assert seen.form.get("scope") == (None if "refresh_token" in seen.form else "read")
        number = next(numbers)
        record = {"access_token": f"at-{number}", "refresh_token": f"rt-{number}", "expires_in": 3600}
        return Reply(record | {"token_type": "Bearer"})

    def things(seen: Seen) -> Reply:
        return Reply({"with": seen.header("Authorization")})

    with StandIn({"POST /token": token, "POST /renew": token, "GET /api/things": things}) as service:
        jackfield("connectors", "import", jackfield.file("acme.json", json.dumps(OAUTH)))
        values = {"base_url": f"{service.url}/api", "token_url": f"{service.url}/token"}
        values |= {"refresh_url": f"{service.url}/renew", "client_id": "app", "client_secret": "shh"}
        values |= {"username": "amelia", "password": "pw"}
        given = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
        account = jackfield("connect", "acme-tokens", *given, "--json").json["id"]

        def sent_with() -> str:
            body = jackfield("request", account, "GET", "things", "--json").json["body"]
            return str(json.loads(body)["with"])

        assert sent_with() == "Bearer at-1"
        jackfield("accounts", "edit", account, "--set", "access_token=pasted")
        assert sent_with() == "Bearer pasted"
        jackfield("accounts", "edit", account, "--set", "access_token=")
        assert sent_with() == "Bearer at-2", "by the refresh token, at the refresh URL"
        jackfield("accounts", "edit", account, "--set", "expires_at=2020-01-01T00:00:00Z")
        assert sent_with() == "Bearer at-3"
        jackfield("accounts", "edit", account, "--set", "access_token=", "--set", "refresh_token=")
        assert sent_with() == "Bearer at-4", "by the password again"
        grants = [(seen.path, seen.form["grant_type"]) for seen in service.requests if seen.method == "POST"]
    renewal = ("/renew", "refresh_token")
    assert grants == [("/token", "password"), renewal, renewal, ("/token", "password")]


def test_operations_come_along_and_go_when_the_document_is_imported_again(bare: Jackfield) -> None:
    file = bare.file("acme.json", json.dumps(DOCUMENT))
    bare("connectors", "import", file, "--key", "acme", unlocked=False)
    definition = bare.home / "connectors" / "acme.toml"
    connector, _ = load_file(definition)
    assert connector is not None
    assert [(o.method, o.path, o.summary) for o in operations_of(connector)] == [
        ("GET", "/things", "List things")
    ]
    shown = bare("connectors", "show", "acme", "--json", unlocked=False).json
    assert shown["operations"] == [{"method": "GET", "path": "/things", "summary": "List things"}]
    assert "GET /things  List things" in bare("connectors", "show", "acme", unlocked=False).out
    bare.file("acme.json", json.dumps(DOCUMENT | {"paths": {}}))
    bare("connectors", "import", file, "--key", "acme", unlocked=False)
    assert operations_of(connector) == ()
    assert {path.name for path in definition.parent.iterdir()} == {"acme.toml"}


def test_an_address_is_fetched_and_relative_servers_stand_below_it(bare: Jackfield) -> None:
    with StandIn({"GET /docs/openapi.json": DOCUMENT | {"servers": [{"url": "../api"}]}}) as service:
        service.answer("GET /moved", Reply("", 302, {"Location": "https://docs.example/openapi.json"}))
        told = bare("connectors", "import", f"{service.url}/docs/openapi.json", "--json", unlocked=False).json
        assert told["base_url"] == f"{service.url}/api"
        moved = bare("connectors", "import", f"{service.url}/moved", unlocked=False, code=1)
        assert "was not followed" in moved.err and "https://docs.example/openapi.json" in moved.err
        missing = bare("connectors", "import", f"{service.url}/nothing", unlocked=False, code=1)
        assert "status 404" in missing.err
    assert (
        "without encryption" in bare("connectors", "import", "http://a.example/x", unlocked=False, code=1).err
    )


def test_a_document_called_like_a_built_in_connector_does_not_take_its_place(bare: Jackfield) -> None:
    file = bare.file("x.json", json.dumps(DOCUMENT | {"info": {"title": "GitHub"}}))
    assert bare("connectors", "import", file, "--json", unlocked=False).json["key"] == "github-api"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("page.yaml", "<html><body>Docs</body></html>", "page.yaml was not imported. This is a web page"),
        (
            "cut.json",
            '{"openapi": "3.0.0",',
            "cut.json was not imported. The JSON ends too early, in line 1.",
        ),
        ("open.yml", "openapi: 3.0.0\ninfo: {title: Open}\n", "declares no way to sign in"),
    ],
)
def test_a_refusal_is_a_sentence(bare: Jackfield, name: str, text: str, said: str) -> None:
    done = bare("connectors", "import", bare.file(name, text), unlocked=False, code=1)
    assert said in done.err
    assert not list((bare.home / "connectors").glob("*")) if (bare.home / "connectors").exists() else True


def test_wrong_usage(bare: Jackfield, tmp_path: Path) -> None:
    assert "no file" in bare("connectors", "import", tmp_path / "no.json", unlocked=False, code=2).err
    file = bare.file("acme.json", json.dumps(DOCUMENT))
    assert "small letters" in bare("connectors", "import", file, "--key", "A b", unlocked=False, code=2).err
