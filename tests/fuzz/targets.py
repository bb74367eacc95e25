"""What is fuzzed: everything that reads bytes which somebody else wrote.

Each target takes bytes and may end in no other way than its caller expects; whatever else happens is a
defect. `SEEDS` are where the search begins. The runner is `tests/fuzz/run.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from connectors.definition import Connector, Method, TokenAnswer, TokenRequest
from connectors.errors import ConnectorError, DefinitionError
from connectors.inputs import Inputs
from connectors.methods.operation import Operation
from connectors.methods.token_endpoint import judge_token_answer
from connectors.ports import Ports
from connectors.reading.lint import lint
from connectors.reading.loading import load_file
from connectors.reading.sources import Sources
from connectors.reading.table import Problems
from connectors.templates.template import parse
from connectors.wire.answers import Answer
from connectors.wire.token_answer import LONGEST_LIFETIME, read_token_answer
from desktop.engine.callback.http import Exchange, Limits, RefusedError
from desktop.engine.callback.parameters import Verdict, read_callback

Target = Callable[[bytes], None]
CATALOG = Path(__file__).resolve().parents[2] / "connectors" / "catalog"
HARD_CASES = Path(__file__).resolve().parents[1] / "connectors" / "hard_cases"
FOLDER = Path(__file__).resolve().parent  # with no definition in it
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATE = "the-state-of-this-attempt"
LIMITS = Limits()


def callback(data: bytes) -> None:
    """A request at the listener: a head or a refusal, and an answer only with the right state."""
    request = asyncio.run(_read(data))
    if request is None:
        return
    verdict, parameters = read_callback(urlsplit(request.target).query, STATE)
    assert (verdict is Verdict.ANSWER) == bool(parameters)
    assert verdict is not Verdict.ANSWER or parameters["state"] == STATE
    assert not {"code", "error"} <= parameters.keys()


async def _read(data: bytes) -> object | None:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    try:
        # Nothing is written while a head is read.
        return await Exchange(reader, None, LIMITS).read()  # type: ignore[arg-type]
    except RefusedError:
        return None


def template(data: bytes) -> None:
    """A template and a value, apart at the first NUL: text, or the sentence that names the mistake."""
    text, _, value = data.decode("utf-8", "replace").partition("\0")
    values = {"value": value, "data": _json(value), "token": "{{value}}", "list": [value, 1, None]}
    try:
        parsed = parse(text)
        filled = parsed.render(values)
        assert parsed.names is not None
    except ConnectorError:
        return
    assert isinstance(filled, str)
    if "{{" not in text:
        assert filled == text


def definition(data: bytes) -> None:
    """A definition file: a connector, or a problem that is an error. Never both, never neither."""
    path = FOLDER / "fuzzed.toml"
    sources = Sources()
    sources._contents[path] = data
    connector, problems = load_file(path, sources=sources)
    assert (connector is None) == any(problem.severity == "error" for problem in problems)
    assert all(problem.key and problem.reason.strip() for problem in problems)
    if connector is not None:
        lint(connector, Problems("fuzzed.toml"))


def token_answer(data: bytes) -> None:
    """What a token endpoint said, its status in the first byte: a credential within bounds, or a sentence."""
    status = (200, 201, 400, 401, 429, 500, 503, 302)[data[0] % 8] if data else 200
    kinds = ("application/json", "application/x-www-form-urlencoded", "text/html", "application/xml", "")
    headers = {"Content-Type": kinds[data[1] % 5] if len(data) > 1 else "", "Retry-After": "7"}
    answer = Answer(status=status, headers=httpx.Headers(headers), content=data[2:], host="service.example")
    for method in METHODS:
        operation = Operation(Inputs(connector=CONNECTOR, method=method, values={}, settings={}), PORTS)
        try:
            members = judge_token_answer(answer, operation, "refresh_token")
            credential = read_token_answer(members, method.token_answer, "Service", now=NOW)
        except ConnectorError as error:
            assert error.sentence.strip()
            continue
        assert credential.access_token
        assert credential.expires_in is None or 0 < credential.expires_in <= LONGEST_LIFETIME


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _method(**answer: object) -> Method:
    return Method(
        key="oauth2",
        type="oauth2",
        name="OAuth 2",
        request_access_token=TokenRequest(url="https://service.example/token"),
        token_answer=TokenAnswer(**answer),  # type: ignore[arg-type]
    )


METHODS = (
    _method(),
    _method(expires="auto", any_token_type=True, keep={"*": "*"}),
    _method(expires="epoch", access_token="data.token", scope="data.scope"),
    _method(expires="ms", default_expires_in=3600, margin=60),
)
CONNECTOR = Connector(key="service", name="Service", methods={"oauth2": METHODS[0]})
PORTS = Ports(client=None, browser=None)  # type: ignore[arg-type] - nothing is sent

TARGETS: dict[str, Target] = {
    "callback": callback,
    "template": template,
    "definition": definition,
    "token_answer": token_answer,
}


def seeds(target: str) -> Iterable[bytes]:
    """Good input to begin with."""
    match target:
        case "callback":
            head = f"GET /callback?code=a&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:1234\r\n\r\n"
            return [head.encode(), head.replace("code=a", "error=access_denied&code=b").encode()]
        case "template":
            words = (
                "Bearer {{value}}",
                "{{data.a[0].b | lower | default('x')}}\0" + '{"a": [{"b": "C"}]}',
                "{{value || token}}{{random(8)}}{{now('iso')}}{{value | hmac_sha256('k', 'hex')}}\0v",
                "{{(list | join(',')) | base64 | urlencode}}\0é",
            )
            return [word.encode() for word in words]
        case "definition":
            files = [*sorted(CATALOG.glob("*.toml")), *sorted(HARD_CASES.glob("*.toml"))]
            return [file.read_bytes() for file in files]
        case "token_answer":
            good = {"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "scope": "a b"}
            bodies: list[object] = [
                good,
                good | {"refresh_token": "r", "scope": ["a", "b"], "expires_in": "3600"},
                {"data": {"token": "t", "scope": "x,y"}, "expires_in": 1795000000, "token_type": "bearer"},
                {"error": "invalid_grant", "error_description": "gone"},
                {"ok": False, "errors": [{"message": "no"}]},
            ]
            answers = [bytes([0, 0]) + json.dumps(body).encode() for body in bodies]
            form = b"\0\1access_token=a&token_type=bearer&expires_in=60"
            xml = b"\0\3<r><access_token>a</access_token><token_type>bearer</token_type></r>"
            return [*answers, form, xml, b"\2\0" + answers[3][2:]]
    raise DefinitionError(f"There is no target {target}.")
