"""`jackfield connectors import` with an adapter's configuration, to the request that it was imported for."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.engine.engine import Engine
from tests.cli.runner import Jackfield
from tests.connectors.dialects.itential_cases import CASES, Service, write_adapter

CASE = next(r["case"] for r in CASES if r["case"]["name"] == "403 with default invalid_token_error")


def test_from_the_configuration_to_a_request(jackfield: Jackfield, tmp_path: Path) -> None:
    with Service() as service:
        service.begin({**CASE, "apiReplies": []})
        folder = write_adapter(CASE, tmp_path, service.port)
        told = jackfield("connectors", "import", str(folder), unlocked=False)
        assert (
            "  left for the form: password. No secret was written into the definition."
            in told.out.splitlines()
        )
        account = jackfield("connect", "case", "--set", "password=p", "--json").json["id"]
        answer = jackfield("request", account, "GET", "/api/thing", "--json").json
        assert answer["status"] == 200
    # Each command is a process of its own as far as memory goes, so each signs in.
    assert [r.path for r in service.requests] == ["/login", "/login", "/api/thing"]
    assert service.requests[-1].header("authorization") == "Bearer T2"


def test_a_configuration_apart_from_its_adapter(bare: Jackfield, tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    folder = write_adapter(CASE, adapter, 1)
    apart = tmp_path / "instance.json"
    apart.write_text(json.dumps({"name": "My System", "properties": {"authentication": CASE["auth"]}}))
    system = str(folder / "entities" / ".system")
    told = bare("connectors", "import", str(apart), "--system", system, "--json", unlocked=False)
    assert told.json["key"] == "my-system"
    assert told.json["methods"] == [{"key": "session", "type": "session", "name": "User name and password"}]
    assert (told.json["left_for_the_form"], told.json["warnings"]) == (["password"], [])
    alone = bare("connectors", "import", str(apart), "--key", "alone", "--json", unlocked=False)
    assert "Without action.json" in alone.json["warnings"][0]


def test_what_cannot_be_imported_is_said_in_a_sentence(bare: Jackfield, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"authentication": ')
    told = bare("connectors", "import", str(file), "--format", "itential", unlocked=False, code=1)
    assert "broken.json cannot be read at line 1" in told.err
    file.write_text('{"authentication": {"auth_method": "basic_user_password"}}')
    told = bare("connectors", "import", str(file), unlocked=False, code=1)
    assert "is not one of: basic user_password" in told.err


def test_an_adapter_called_like_a_built_in_connector_stands_beside_it(
    bare: Jackfield, tmp_path: Path
) -> None:
    file = tmp_path / "instance.json"
    file.write_text(json.dumps({"name": "Freshdesk", "properties": {"authentication": CASE["auth"]}}))
    told = bare("connectors", "import", str(file), "--json", unlocked=False)
    assert told.json["key"] == "freshdesk-adapter"


def test_the_window_takes_one_where_it_takes_documents(tmp_path: Path) -> None:
    folder = write_adapter(CASE, tmp_path, 1)
    with Engine(tmp_path / "home", scheduled=False) as engine:
        key, told = engine.run(engine.import_document(str(folder / "sampleProperties.json")))
        assert (key, told.methods, engine.catalog.get(key).origin) == ("case", ("request_token",), "own")
    assert told.warnings == ("Left for the form: password. No secret was written into the definition.",)
