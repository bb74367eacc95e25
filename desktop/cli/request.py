"""`jackfield request ID METHOD URL`: one request with the account's credential on it, typed or kept."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from desktop.cli.common import Subparsers, add_command, add_json, engine_for
from desktop.cli.exits import DONE, FAILED, NEEDS_SIGN_IN, UsageError
from desktop.cli.output import document, note
from desktop.cli.values import read_value, reads_stdin

if TYPE_CHECKING:
    from desktop.engine.engine import Engine
    from desktop.engine.results import Answer
    from desktop.vault.records import SavedRequest

Headers = list[tuple[str, str]]


class Wanted(NamedTuple):
    """The request to send; no body is None."""

    method: str
    url: str
    headers: Headers
    body: str | None


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the command to the grammar."""
    parser = add_command(commands, "request", request, "one authenticated request; the body goes to stdout")
    parser.add_argument("id", metavar="ID")
    method = parser.add_argument("method", metavar="METHOD", help="GET, POST …")
    url = parser.add_argument("url", metavar="URL", help="absolute, or relative to the connector's base")
    parser.add_argument(
        "-H", "--header", dest="headers", metavar="'NAME: VALUE'", action="append", default=[],
        help="a header; VALUE may be @FILE or -; may be given more than once",
    )  # fmt: skip
    parser.add_argument("-d", "--data", metavar="BODY", help="the body; may be @FILE or -")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument(
        "--saved", metavar="NAME", action=_Instead, instead_of=(method, url),
        help="send the account's saved request of this name, without METHOD and URL",
    )  # fmt: skip
    kept.add_argument("--save", metavar="NAME", help="also keep the request with the account, by this name")
    add_json(parser)


class _Instead(argparse.Action):
    """An option that takes the place of positional arguments, wherever it stands among them."""

    def __init__(self, *args: Any, instead_of: Sequence[argparse.Action], **options: Any) -> None:
        super().__init__(*args, **options)
        self._instead_of = instead_of

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, values)
        for positional in self._instead_of:
            positional.nargs, positional.required = "?", False


def request(args: argparse.Namespace) -> int:
    """request"""
    if args.saved is not None and (args.method or args.url):
        raise UsageError("--saved takes the place of METHOD and URL.")
    if args.saved is None and not (args.method.isascii() and args.method.isalpha()):
        raise UsageError(f"{args.method} is not an HTTP method.")
    headers, body = _headers_and_body(args.headers, args.data)
    with engine_for(args) as engine:
        wanted = (
            Wanted(args.method.upper(), args.url, headers, body)
            if args.saved is None
            else _kept(engine, args.id, args.saved, headers, body)
        )
        if args.save is not None:
            _keep(engine, args.id, args.save, wanted)
        content = None if wanted.body is None else wanted.body.encode()
        answer = engine.run(engine.request(args.id, wanted.method, wanted.url, wanted.headers, content))
        method = engine.run(engine.account(args.id)).method
    _print(answer, as_json=args.json)
    if method is not None and answer.status in method.invalid_token_status:
        note("jackfield: The service does not accept this account's credential. Sign in again.")
        return NEEDS_SIGN_IN
    return DONE if answer.status < 400 else FAILED


def _kept(engine: Engine, account_id: str, name: str, headers: Headers, body: str | None) -> Wanted:
    """The saved request; a header or a body that is given as well takes the place of its own."""
    from desktop.vault.errors import NotFoundError

    saved: list[SavedRequest] = engine.run(engine.saved_requests(account_id))
    for one in saved:
        if one.name == name:
            own = body if body is not None else one.body or None
            given = {header.lower() for header, _ in headers}
            left = [line for line in one.headers if line[0].lower() not in given]
            return Wanted(one.method, one.url, _typed([*left, *headers], own), own)
    known = ", ".join(one.name for one in saved)
    raise NotFoundError(
        f"This account has no saved request “{name}”.",
        f"It has: {known}." if known else "Keep one with --save.",
    )


def _keep(engine: Engine, account_id: str, name: str, wanted: Wanted) -> None:
    engine.run(
        engine.save_request(
            account_id,
            name=name,
            method=wanted.method,
            url=wanted.url,
            headers=wanted.headers,
            body=wanted.body or "",
        )
    )


def _headers_and_body(raw_headers: Sequence[str], data: str | None) -> tuple[Headers, str | None]:
    parts = [header.partition(":") for header in raw_headers]
    if any(not colon or not name.strip() for name, colon, _ in parts):
        raise UsageError("-H takes 'Name: value'.")
    raw = [(name.strip(), value.strip()) for name, _, value in parts]
    if reads_stdin([*(value for _, value in raw), data]) > 1:
        raise UsageError("Only one value can be read from stdin.")
    headers = [(name, read_value(value, f"the header {name}")) for name, value in raw]
    body = None if data is None else read_value(data, "the body")
    return _typed(headers, body), body


def _typed(headers: Headers, body: str | None) -> Headers:
    """The headers with the body's Content-Type, unless they name it."""
    if body is None or "content-type" in {name.lower() for name, _ in headers}:
        return headers
    kind = "application/json" if _is_json(body) else "application/x-www-form-urlencoded"
    return [*headers, ("Content-Type", kind)]


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def _print(answer: Answer, *, as_json: bool) -> None:
    if answer.truncated:
        whole = "" if answer.size is None else f" of {answer.size} bytes"
        note(f"The answer is larger than what is read of one: these are the first {len(answer.body)}{whole}.")
    if as_json:
        document(_shape(answer))
        return
    note(f"{answer.status} {answer.reason}".rstrip() + (" (after a refresh)" if answer.renewed else ""))
    sys.stdout.flush()
    sys.stdout.buffer.write(answer.body)
    if sys.stdout.isatty() and not answer.body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def _shape(answer: Answer) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "status": answer.status,
        "reason": answer.reason,
        "url": answer.url,
        "elapsed": round(answer.elapsed, 3),
        "renewed": answer.renewed,
        "truncated": answer.truncated,
        "size": answer.size,
        "headers": [{"name": name, "value": value} for name, value in answer.headers],
    }
    try:
        shape["body"] = answer.body.decode()
    except UnicodeDecodeError:
        shape["body_base64"] = base64.b64encode(answer.body).decode()
    return shape
