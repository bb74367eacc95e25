"""A request table with values becomes an HTTP request; an answer becomes a result or a sentence."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import httpx

from connectors.definition import Apply, Encoding, Request, Success
from connectors.errors import InvalidInputError, ServiceError
from connectors.templates.paths import look_up
from connectors.templates.template import render
from connectors.wire.answers import Answer, error_message, passing_failure, transport_failure
from connectors.wire.body_members import BODYLESS, add_members
from connectors.wire.digest import wants_digest
from connectors.wire.urls import check_url, render_url
from connectors.wire.xml_data import write_xml

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
Values = Mapping[str, Any]


class RefusedError(ServiceError):
    """The service answered and said no. `answer` is what it said, for the method to judge."""

    def __init__(self, sentence: str, answer: Answer, message: str) -> None:
        super().__init__(sentence, status=answer.status)
        self.answer = answer
        self.message = message


def _header_value(_: str, value: str) -> str:
    if any(c in value for c in "\r\n\0"):
        raise InvalidInputError(
            "A value that goes into a request header holds a line break.",
            "Paste the value again, on one line.",
        )
    return value


def render_headers(headers: Mapping[str, str], values: Values) -> list[tuple[bytes, bytes]]:
    """Header lines; one whose value comes out empty is left out. No value can end a line."""
    lines: list[tuple[bytes, bytes]] = []
    for name, template in headers.items():
        header = render(name, values).strip()
        value = render(template, values, _header_value).strip()
        if not _HEADER_NAME.fullmatch(header):
            raise InvalidInputError(f"“{header[:60]}” cannot be the name of a request header.")
        if value:
            lines.append((header.encode("ascii"), value.encode("utf-8")))
    return lines


def render_auth(auth: Mapping[str, str], values: Values) -> str:
    """The Authorization header for `{user, password}` (RFC 7617, in UTF-8) or `{bearer}` (RFC 6750)."""
    if wants_digest(auth):
        return ""  # answers a challenge, see digest.py
    if "bearer" in auth:
        token = render(auth["bearer"], values, _header_value).strip()
        return f"Bearer {token}" if token else ""
    user, password = render(auth.get("user", ""), values), render(auth.get("password", ""), values)
    if ":" in user:
        raise InvalidInputError("A user name for this service must not hold a colon.")
    if not user and not password:
        return ""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def render_pairs(pairs: Mapping[str, str], values: Values) -> dict[str, str]:
    """Names and filled values; what comes out empty is left out."""
    filled = {render(name, values): render(text, values) for name, text in pairs.items()}
    return {name: text for name, text in filled.items() if text}


def _fill(body: Any, values: Values) -> Any:
    match body:
        case str():
            return render(body, values)
        case Mapping():
            return {key: _fill(value, values) for key, value in body.items()}
        case list() | tuple():
            return [_fill(value, values) for value in body]
        case _:
            return body


def _text_body(body: str, encoding: Encoding, values: Values) -> dict[str, Any]:
    match encoding:
        case "json":
            kind, text = "application/json", render(body, values, lambda _, v: json.dumps(v)[1:-1])
        case "xml":
            kind, text = "application/xml", render(body, values, lambda _, v: escape(v, {'"': "&quot;"}))
        case _:
            kind = "application/x-www-form-urlencoded"
            text = render(body, values, lambda _, v: quote(v, safe="!*'()"))
    return {"content": text.encode(), "headers": {"Content-Type": kind}}


def _encoded(body: Mapping[str, Any], encoding: Encoding) -> dict[str, Any]:
    """A filled body as httpx's options."""
    match encoding:
        case "json":
            return {"json": body}
        case "multipart":
            return {"files": {key: (None, str(value)) for key, value in body.items()}}
        case "query":
            return {}
        case "xml":
            return {"content": write_xml(body).encode(), "headers": {"Content-Type": "application/xml"}}
        case _:
            return {"data": {key: value for key, value in body.items() if value != ""}}


def build(
    client: httpx.AsyncClient,
    request: Request,
    values: Values,
    *,
    parameters: Mapping[str, str] | None = None,
) -> httpx.Request:
    """The request as it goes out. Raises InvalidInputError, UnsafeUrlError or DefinitionError.

    `parameters` are final members of the body, in place of its own; they are not read as templates.
    """
    url = check_url(render_url(request.url, values))
    query = render_pairs(request.query, values)
    if parameters is None and isinstance(request.body, str):
        content = _text_body(request.body, request.encoding, values)
    else:
        body = parameters if parameters is not None else _fill(request.body, values)
        content = _encoded(body, request.encoding) if body is not None else {}
        if body is not None and request.encoding == "query":
            query |= {key: str(value) for key, value in body.items()}
    try:
        built = client.build_request(request.method, url, **content)
        if query:
            built.url = built.url.copy_merge_params(query)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise InvalidInputError(
            f"The address “{url.split('?')[0][:80]}” cannot be used.", "Check what was typed."
        ) from error
    built.headers["Accept"] = "application/json"
    put_headers(built, render_headers(request.headers, values))
    if authorization := render_auth(request.auth, values):
        built.headers["Authorization"] = authorization
    return built


def put_headers(request: httpx.Request, lines: list[tuple[bytes, bytes]]) -> None:
    """Sets the headers on the request, replacing those of the same name."""
    for name, value in lines:
        request.headers.pop(name.decode(), None)
        request.headers = httpx.Headers([*request.headers.raw, (name, value)])


def put_credential(request: httpx.Request, apply: Apply, values: Values) -> None:
    """Puts the credential on a request in the places that the definition names."""
    put_headers(request, render_headers(apply.headers, values))
    if authorization := render_auth(apply.auth, values):
        request.headers["Authorization"] = authorization
    if query := render_pairs(apply.query, values):
        own = [(name, text) for name, text in request.url.params.multi_items() if name not in query]
        request.url = request.url.copy_with(params=httpx.QueryParams([*query.items(), *own]))
    if prefix := render_url(apply.path, values).rstrip("/"):
        request.url = request.url.copy_with(raw_path=prefix.encode() + request.url.raw_path)
    if suffix := render_url(apply.path_end, values).rstrip("/"):
        path, mark, rest = request.url.raw_path.partition(b"?")
        request.url = request.url.copy_with(raw_path=path.rstrip(b"/") + suffix.encode() + mark + rest)
    if members := render_pairs(apply.body, values):
        if request.method in BODYLESS and apply == Apply(body=apply.body):
            raise InvalidInputError(
                f"The credential goes into the body, and a {request.method} request has none.",
                "Use a method that has a body.",
            )
        add_members(request, members)
    if cookies := render_pairs(apply.cookies, values):
        for name, value in cookies.items():
            if re.search(r"[\x00-\x20;,]", name + value):
                raise InvalidInputError(
                    "A value that goes into a cookie holds characters no cookie can hold."
                )
        line = "; ".join(f"{name}={value}" for name, value in cookies.items())
        previous = request.headers.get("Cookie")
        request.headers["Cookie"] = f"{previous}; {line}" if previous else line


def _succeeded(success: Success, answer: Answer) -> bool:
    if not (answer.status in success.status if success.status else answer.ok):
        return False
    if not success.path:
        return True
    found = look_up(answer.data(), success.path)
    if success.equals is None:
        return found not in (None, False, "")
    return bool(found == success.equals) or str(found) == success.equals


async def send(client: httpx.AsyncClient, request: httpx.Request) -> Answer:
    """Sends a request that may carry a secret: only over https or to this machine, never along a redirect.

    Raises UnsafeUrlError, TemporaryError or ServiceError.
    """
    check_url(str(request.url))
    host = request.url.host
    try:
        response = await client.send(request, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise transport_failure(error, host) from error
    return Answer(
        status=response.status_code,
        headers=response.headers,
        content=response.content,
        charset=response.charset_encoding or "utf-8",
        host=host,
    )


def judge(answer: Answer, service: str, success: Success | None = None, error_path: str = "") -> Answer:
    """Returns a good answer. Raises TemporaryError for 429 and 5xx, RefusedError for everything else."""
    success = success or Success()
    if answer.status not in success.status and (passing := passing_failure(answer, service)):
        raise passing
    if _succeeded(success, answer):
        return answer
    message = error_message(answer, error_path)
    if 300 <= answer.status <= 399:
        sentence = f"{service} answered with a redirect to another address, which is not followed."
    elif message:
        sentence = f"{service} refused the request: {message}."
    elif answer.ok:
        sentence = f"{service} answered, but not with what was expected."
    else:
        sentence = f"{service} refused the request (status {answer.status})."
    raise RefusedError(sentence, answer, message)
