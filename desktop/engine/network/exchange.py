"""What went over the wire during one operation, step by step, with nothing secret in it.

Only where somebody turned that on is it kept as it was: closed (`InClear`), for the redaction point to open.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from desktop.engine.events import Failure
from desktop.engine.network.exchange_shape import MASK, headers_of, shape_of, text_of
from desktop.engine.privacy.in_clear import InClear
from desktop.engine.privacy.redaction import redactor

if TYPE_CHECKING:
    import httpx

Step = dict[str, Any]
MOST_STEPS = 50
_SENT_ONCE = frozenset({"client_secret", "code", "code_verifier", "device_code", "password"})

log = logging.getLogger(__name__)
_steps: ContextVar[list[Step] | None] = ContextVar("exchange_steps", default=None)
_with_headers: ContextVar[bool] = ContextVar("exchange_with_headers", default=False)
_in_full: ContextVar[bool] = ContextVar("exchange_in_full", default=False)
_in_clear: ContextVar[bool] = ContextVar("exchange_in_clear", default=False)


@contextmanager
def collecting(*, in_full: bool = False, in_clear: bool = False) -> Iterator[list[Step]]:
    """Collects the requests that this task, and those it starts, send: method, host, path, status, ms.

    With `in_full` also their headers and bodies, without values; these are logged too. With `in_clear` also
    everything as it was, closed; that is never logged.
    """
    steps: list[Step] = []
    token, full, clear = _steps.set(steps), _in_full.set(in_full), _in_clear.set(in_clear)
    try:
        yield steps
    finally:
        _steps.reset(token)
        _in_full.reset(full)
        _in_clear.reset(clear)


@contextmanager
def noting_headers() -> Iterator[None]:
    """Inside, the steps also hold the names in the query and the headers, those that may be secret masked."""
    token = _with_headers.set(True)
    try:
        yield
    finally:
        _with_headers.reset(token)


def with_steps(failure: Failure, steps: list[Step]) -> Failure:
    """The failure with the exchange behind it among its details, a line for each request."""
    lines = [
        f"{step['method']} {step['url']}: {step['status'] or 'no answer'}"
        + (f" after {step['ms']} ms" if step["ms"] is not None else "")
        for step in steps
    ]
    return msgspec.structs.replace(failure, detail="\n".join([*filter(None, [failure.detail]), *lines]))


async def note_request(request: httpx.Request) -> None:
    """The client's request hook. The query is left out: some services want secrets in it."""
    await _learn(request)
    steps = _steps.get()
    if steps is None or len(steps) >= MOST_STEPS:
        return
    url = request.url
    host = url.host if url.port is None else f"{url.host}:{url.port}"
    step: Step = {
        "method": request.method,
        "url": redactor.redact(f"{host}{url.path}"),
        "status": None,
        "ms": None,
    }
    request.extensions["jackfield_step"] = (step, perf_counter())
    steps.append(step)
    if _with_headers.get():
        step["sent"] = {"query": _names_in(url), "headers": headers_of(request.headers)}
    if _in_full.get():
        body = shape_of(await request.aread(), request.headers.get("content-type", ""))
        step["sent"] = {"query": _names_in(url), "headers": headers_of(request.headers), "body": body}
        log.info("sent %s %s %s", request.method, step["url"], step["sent"])
    if _in_clear.get():
        step["in_clear"] = InClear(text_of(f"{request.method} {url}", request.headers, await request.aread()))


async def _learn(request: httpx.Request) -> None:
    """What is sent once and held nowhere becomes known here: a service may repeat it in its answer."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return
    for name, value in parse_qsl((await request.aread()).decode("latin-1")):
        if name in _SENT_ONCE:
            redactor.register(value)


def _names_in(url: httpx.URL) -> list[str]:
    return [f"{name}={MASK}" for name, _ in url.params.multi_items()]


async def note_response(response: httpx.Response) -> None:
    """The client's response hook: completes the step that the request began."""
    begun = response.request.extensions.get("jackfield_step")
    if begun is None:
        return
    step, started = begun
    step["status"] = response.status_code
    step["ms"] = round((perf_counter() - started) * 1000)
    if _with_headers.get():
        step["answered"] = {"headers": headers_of(response.headers)}
    if _in_full.get():
        body = shape_of(await response.aread(), response.headers.get("content-type", ""))
        step["answered"] = {"headers": headers_of(response.headers), "body": body}
        log.info("answered %s %s %s", response.status_code, step["url"], step["answered"])
    sent = step.get("in_clear")
    if isinstance(sent, InClear):
        head = f"{response.status_code} {response.reason_phrase}".rstrip()
        step["in_clear"] = sent.followed_by(text_of(head, response.headers, await response.aread()))
