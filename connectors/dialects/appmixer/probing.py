"""Where a module's functions put the credential: they are tried with marks for values; nothing is sent."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.dialects.appmixer.calling import finish
from connectors.dialects.appmixer.isolate import Isolate
from connectors.errors import DefinitionError
from connectors.fields import looks_secret

SECONDS = 5.0
_ANSWER = {"status": 200, "statusText": "OK", "headers": [["content-type", "application/json"]], "answer": 1}
# Headers that say something about the request and not about who sends it.
_ABOUT_THE_REQUEST = {"accept", "content-type", "host", "user-agent", "content-length"}


def place_of_credential(
    isolate: Isolate, steps: list[str], fields: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, Any]:
    """An `[apply]` table from the first request that carries a field; empty when none does.

    `fields` are ours by key, `names` the module's names with the keys that they have here.
    """
    marks = {key: f"mark{number}of{len(fields)}field" for number, key in enumerate(fields)}
    values = {name: _sample(fields[key], marks[key]) for name, key in names.items() if key in fields}
    secret = {k for k, f in fields.items() if f.get("type") == "password" or looks_secret(k)} or set(fields)
    for step in steps:
        for seen in _requests(isolate, step, values):
            if found := _read(seen, marks, secret):
                return found
    return {}


def _sample(field: Mapping[str, Any], mark: str) -> Any:
    match field.get("type"):
        case "select":
            return field["options"][0]["value"]
        case "number":
            return "1"
        case "checkbox":
            return "true"
    return mark


def _requests(isolate: Isolate, step: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a step wants to send, with an empty object as the answer to each request."""
    seen: list[dict[str, Any]] = []

    async def notice(effect: dict[str, Any]) -> dict[str, Any]:
        seen.append(effect)
        return {"value": {**_ANSWER, "body": base64.b64encode(b"{}").decode()}}

    async def run() -> None:
        isolate.begin(f"probe-{step}", step, json.dumps(values))
        async with asyncio.timeout(SECONDS):
            await finish(isolate, f"probe-{step}", notice)

    try:
        asyncio.run(run())
    except (DefinitionError, TimeoutError):
        return seen  # it went as far as it goes without a service
    return seen


def _read(request: Mapping[str, Any], marks: Mapping[str, str], secret: set[str]) -> dict[str, Any]:
    def template(text: str) -> str:
        for key, mark in marks.items():
            text = text.replace(mark, "{{" + key + "}}")
        return text

    found: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for name, value in request["headers"]:
        if name.lower() == "authorization" and (pair := _basic(value)) is not None:
            user, _, password = template(pair).partition(":")
            if "{{" in user + password:
                found["auth"] = {"user": user, "password": password}
        elif name.lower() not in _ABOUT_THE_REQUEST and "{{" in template(value):
            headers[name] = template(value)
    if headers:
        found["headers"] = headers
    pairs = parse_qsl(urlsplit(request["url"]).query)
    query = {n: template(v) for n, v in pairs if any(marks[key] in v for key in secret)}
    if query:
        found["query"] = query
    holes = str(found)
    return found if any("{{" + key + "}}" in holes for key in secret) else {}


def _basic(value: str) -> str | None:
    scheme, _, code = value.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(code, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
