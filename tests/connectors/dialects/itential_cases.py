"""The adapter library's own requests for 68 configurations, and an adapter's files made from a case."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.standin import Reply, Seen, StandIn

Wire = list[tuple[str, str, dict[str, str], bytes]]
_FOLDER = Path(__file__).parent
CASES: list[dict[str, Any]] = [
    result
    for name in ("itential_oracle.json", "itential_more.json")
    for result in json.loads((_FOLDER / name).read_text(encoding="utf-8"))
]
# What every HTTP client adds by itself.
_OWN = {"host", "user-agent", "accept-encoding", "connection"}
_FIELD = {"type": "string", "parse": False, "encode": False, "encrypt": {"type": "AES", "key": ""}}
CALLS: dict[str, tuple[str, str, bytes | None]] = {
    "get": ("GET", "/api/thing", None),
    "getq": ("GET", "/api/thing?q=1", None),
    "post": ("POST", "/api/thing", b'{"name":"x"}'),
}


def expected(result: Mapping[str, Any]) -> Wire:
    """What the library sent."""
    return [(r["m"], r["u"], dict(r["h"]), r["b"].encode()) for r in result.get("wire", [])]


def sent(seen: list[Seen]) -> Wire:
    """What we sent, in the same shape."""
    return [
        (s.method, s.target, {k.lower(): v for k, v in s.headers if k.lower() not in _OWN}, s.body)
        for s in seen
    ]


def write_adapter(case: Mapping[str, Any], folder: Path, port: int, /, **properties: Any) -> Path:
    """The case as an adapter's folder: its configuration and entities/.system."""
    around = {"host": "127.0.0.1", "port": port, "protocol": "http", "base_path": "", "version": ""}
    around |= case.get("props", {})
    file = folder / "sampleProperties.json"
    file.write_text(
        json.dumps({"id": "case", "properties": {**around, **properties, "authentication": case["auth"]}})
    )
    system = folder / "entities" / ".system"
    system.mkdir(parents=True)
    token = {
        "name": "getToken",
        "protocol": "REST",
        "method": "POST",
        "entitypath": "/login",
        "requestSchema": "request.json",
        "responseSchema": "response.json",
        "requestDatatype": "JSON",
        "responseDatatype": "JSON",
        "headers": {},
        "responseObjects": [{"type": "default", "key": "", "mockFile": ""}],
        **case.get("getToken", {}),
    }
    asked = case.get("tokenReq") or {n: _FIELD | {"external_name": n} for n in ("username", "password")}
    told = case.get("tokenResp") or {"token": _FIELD | {"external_name": "token", "placement": "BODY"}}
    files = {
        "action.json": {"actions": [token, *case.get("extraActions", [])]},
        "request.json": {"type": "object", "properties": asked, "dynamicfields": "dynamic" in case},
        "response.json": {"type": "object", "properties": told},
        **case.get("sysFiles", {}),
    }
    for name, content in files.items():
        (system / name).write_text(json.dumps(content))
    return folder


def values_of(case: Mapping[str, Any]) -> dict[str, str]:
    """What a person fills in: everything of the configuration that could be asked for."""
    found = {k: v for k, v in case["auth"].items() if isinstance(v, str)}
    for step in case["auth"].get("multiStepAuthCalls", []):
        found |= {k: v for k, v in step["requestFields"].items() if "{" not in v}
    request = case.get("props", {}).get("request", {}).get("global_request", {})
    for part in ("authData", "uriOptions"):
        found |= request.get(part, {})
    found |= {k.lower().replace("-", "_"): v for k, v in request.get("addlHeaders", {}).items()}
    return found


class Service(StandIn):
    """Answers a case's token requests, numbered, and its own requests in turn."""

    def __init__(self) -> None:
        self.case: Mapping[str, Any] = {}
        super().__init__({"*": lambda seen: self._thing() if "/api/thing" in seen.path else self._token()})

    def begin(self, case: Mapping[str, Any]) -> None:
        """Forgets the case before."""
        self.case, self.number = case, 0
        self.requests.clear()
        self._replies: Iterator[Mapping[str, Any]] = iter(case.get("apiReplies", []))

    def _token(self) -> Reply:
        self.number += 1
        reply = self.case.get("tokenReply") or {"status": 200, "body": {"token": "T%n"}}
        soon = datetime.now(UTC) + timedelta(hours=1)
        text = json.dumps(reply["body"]).replace('"%ms"', str(int(soon.timestamp() * 1000)))
        body = json.loads(text.replace("%n", str(self.number)).replace("%soon", soon.isoformat()))
        headers = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in reply.get("headers", {}).items()
        }
        if "ct" in reply:
            headers["Content-Type"] = reply["ct"]
        return Reply(body, reply["status"], headers)

    def _thing(self) -> Reply:
        reply = next(self._replies, {"status": 200, "body": {}})
        return Reply(reply["body"], reply["status"])
