"""Token requests in several steps: hosts out of answers, and requests without a body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.definition import Connector
from connectors.errors import ConnectorError, DefinitionError
from connectors.methods import Connected, connect
from tests.connectors.dialects.itential_support import TOKEN_AUTH, read, signed_in
from tests.connectors.support import EveryHost, Stages, inputs_of, run
from tests.standin import StandIn

STEPS = {
    "requestSchema": "step.json",
    "responseSchema": "step.json",
    "method": "POST",
    "entitypath": "/login",
}
STEP_FILES = {"step.json": {"properties": {}, "dynamicfields": True}}


def several(sso: dict[str, Any]) -> dict[str, Any]:
    """An adapter with two steps; the second is asked where `sso` says."""
    calls = [
        {
            "name": "first",
            "requestFields": {"user": "u"},
            "responseFields": {"host": "h", "port": "p", "id": "i"},
        },
        {"name": "second", "requestFields": {"id": "{first.responseFields.id}"}, "sso": sso},
    ]
    calls[1]["responseFields"] = {"token": "t"}
    auth = {**TOKEN_AUTH, "auth_method": "multi_step_authentication", "multiStepAuthCalls": calls}
    actions = [{**STEPS, "name": "MFA_Step_1"}, {**STEPS, "name": "MFA_Step_2", "entitypath": "/second"}]
    return {"auth": auth, "extraActions": actions, "sysFiles": STEP_FILES}


def connect_anywhere(connector: Connector, standin: StandIn) -> Connected:
    """Signs in; every https host leads to the stand-in."""
    inputs = inputs_of(connector, {"address": "https://system.example", "user": "u"})
    return run(lambda ports: connect(inputs, ports, Stages()), transport=EveryHost(standin))


@pytest.mark.parametrize("port", ["", "{first.responseFields.port}", "8443"])
def test_a_steps_host_that_an_earlier_answer_says(tmp_path: Path, port: str) -> None:
    told = {"h": "eu.system.example", "p": 9443, "i": "7"}
    with StandIn({"POST /login": told, "POST /second/7": {"t": "the-token"}}) as standin:
        host = {"host": "{first.responseFields.host}", "path": "/second/{first.responseFields.id}"}
        imported, connector = read(tmp_path, **several({**host, "protocol": "https", "port": port}))
        connected = connect_anywhere(connector, standin)
        (asked,) = standin.asked("/second/7")
    assert connected.credential.access_token == "the-token"
    ports = {"": "", "8443": ":8443"}
    assert asked.header("host") == "eu.system.example" + ports.get(port, ":9443")
    assert asked.json == {"id": "7"}
    assert any("which host this request goes to" in said for said in imported.warnings)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("169.254.169.254", "link-local"),
        ("good.example@evil.example/x", "is not a host name"),
        ("user:pw@evil.example", "is not a host name"),
        ("evil.example/path?", "is not a host name"),
        ("", "no host"),
    ],
)
def test_a_host_out_of_an_answer_obeys_the_rules(tmp_path: Path, host: str, reason: str) -> None:
    with StandIn({"POST /login": {"h": host, "p": 1, "i": "7"}}) as standin:
        _, connector = read(tmp_path, **several({"protocol": "https", "host": "{first.responseFields.host}"}))
        with pytest.raises(ConnectorError) as refused:
            connect_anywhere(connector, standin)
        assert len(standin.requests) == 1
    assert reason in str(refused.value), refused.value


def test_a_host_out_of_an_answer_is_never_asked_without_encryption(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="without encryption"):
        read(tmp_path, **several({"protocol": "http", "host": "{first.responseFields.host}"}))


@pytest.mark.parametrize("host", ["{other.responseFields.host}", "{second.responseFields.token}", "{host}"])
def test_a_host_that_refers_to_nothing_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(DefinitionError, match="refers to no field of an earlier step"):
        read(tmp_path, **several({"host": host, "protocol": "https"}))


@pytest.mark.parametrize("kind", ["XML", "PLAIN"])
def test_a_token_request_of_another_kind_works_where_it_has_no_body(tmp_path: Path, kind: str) -> None:
    action = {"datatype": kind, "requestDatatype": kind, "responseDatatype": "PLAIN"}
    action["headers"] = {"Authorization": "Basic {b64}{username}:{password}{/b64}"}
    told = {"token": {"placement": "BODY", "type": "string"}}
    with StandIn({"POST /login": "plain-token"}) as standin:
        connected = signed_in(tmp_path, standin, getToken=action, tokenResp=told)
        (seen,) = standin.requests
    assert connected.credential.access_token == "plain-token"
    assert (seen.body, seen.header("content-type")) == (
        b"",
        f"{'text' if kind == 'PLAIN' else 'application'}/{kind.lower()}",
    )
    (tmp_path / "again").mkdir()
    with pytest.raises(DefinitionError, match=f"sends {kind}, which cannot be made"):
        signed_in(tmp_path / "again", standin, getToken={"requestDatatype": kind})
