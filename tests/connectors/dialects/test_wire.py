"""What a module sends here is what it sends under Node, letter by letter; recorded by wire/record.js."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("py_mini_racer", reason="the extra “appmixer” is not installed")

from connectors.definition import Connector
from connectors.dialects.appmixer import import_module
from connectors.methods import connect
from connectors.reading.loading import load_file
from tests.connectors.support import EveryHost, Stages, inputs_of, run
from tests.standin import Reply, Seen, StandIn

WIRE = Path(__file__).parent / "wire"
EXPECTED: dict[str, list[dict[str, Any]]] = json.loads((WIRE / "expected.json").read_text(encoding="utf-8"))
KEPT = re.compile(r"content-type|authorization|x-.*", re.IGNORECASE)


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory) -> Connector:
    folder = tmp_path_factory.mktemp("wire")
    found, problems = load_file(import_module(WIRE / "cases.js").write(folder))
    assert found is not None, problems
    return found


@pytest.fixture(scope="module")
def service() -> Iterator[StandIn]:
    with StandIn() as standin:
        standin.answer("*", answer)
        yield standin


def answer(seen: Seen) -> Reply:
    """The same answers as in record.js."""
    match seen.path.split("/")[1:]:
        case ["echo"]:
            return Reply({"ok": True, "n": "é"}, headers={"Content-Type": "application/json; charset=utf-8"})
        case ["text"]:
            return Reply("pläin")
        case ["status", status]:
            return Reply({"error": "bad", "m": [1]}, int(status))
        case ["redirect", status]:
            return Reply("", int(status), {"Location": "/landed?x=a%20b"})
        case ["rt" | "at"]:
            return Reply("oauth_token=tt&oauth_token_secret=ss&extra=1")
    return Reply({})


def comparable(method: str, target: str, headers: dict[str, str], body: str) -> tuple[Any, ...]:
    """Without what is new each time: an OAuth signature and its ingredients, a multipart boundary."""
    lines = {name.lower(): value for name, value in headers.items() if KEPT.fullmatch(name)}
    if "authorization" in lines:
        lines["authorization"] = re.sub(
            r'oauth_(nonce|timestamp|signature)="[^"]*"', r"\1", lines["authorization"]
        )
    return method, target, sorted(lines.items()), body


@pytest.mark.parametrize("case", EXPECTED)
def test_the_same_requests_as_under_node(case: str, connector: Connector, service: StandIn) -> None:
    service.requests.clear()
    inputs = inputs_of(connector, {"case": case}, {"base": "https://wire.example"})
    run(lambda ports: connect(inputs, ports, Stages()), None, EveryHost(service))
    seen = [comparable(s.method, s.target, dict(s.headers), s.body.decode()) for s in service.requests]
    expected = [comparable(e["method"], e["target"], e["headers"], e["body"]) for e in EXPECTED[case]]
    if case == "parallel":
        seen.sort()
    assert seen == expected
