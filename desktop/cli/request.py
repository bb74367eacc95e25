"""`jackfield request ID METHOD URL`: one request with the account's credential on it."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from desktop.cli.common import Subparsers, add_command, add_json, engine_for
from desktop.cli.exits import DONE, FAILED, NEEDS_SIGN_IN, UsageError
from desktop.cli.output import document, note
from desktop.cli.values import read_value, reads_stdin

if TYPE_CHECKING:
    from desktop.engine.results import Answer


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the command to the grammar."""
    parser = add_command(commands, "request", request, "one authenticated request; the body goes to stdout")
    parser.add_argument("id", metavar="ID")
    parser.add_argument("method", metavar="METHOD", help="GET, POST …")
    parser.add_argument("url", metavar="URL", help="absolute, or relative to the connector's base")
    parser.add_argument(
        "-H", "--header", dest="headers", metavar="'NAME: VALUE'", action="append", default=[],
        help="a header; VALUE may be @FILE or -",
    )  # fmt: skip
    parser.add_argument("-d", "--data", metavar="BODY", help="the body; may be @FILE or -")
    add_json(parser)


def request(args: argparse.Namespace) -> int:
    """request"""
    if not args.method.isascii() or not args.method.isalpha():
        raise UsageError(f"{args.method} is not an HTTP method.")
    headers, body = _headers_and_body(args.headers, args.data)
    with engine_for(args) as engine:
        answer = engine.run(engine.request(args.id, args.method.upper(), args.url, headers, body))
        method = engine.run(engine.account(args.id)).method
    if args.json:
        document(_shape(answer))
    else:
        note(f"{answer.status} {answer.reason}".rstrip() + (" (after a refresh)" if answer.renewed else ""))
        sys.stdout.flush()
        sys.stdout.buffer.write(answer.body)
        if sys.stdout.isatty() and not answer.body.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    if method is not None and answer.status in method.invalid_token_status:
        note("jackfield: The service does not accept this account's credential. Sign in again.")
        return NEEDS_SIGN_IN
    return DONE if answer.status < 400 else FAILED


def _headers_and_body(raw_headers: Sequence[str], data: str | None) -> tuple[dict[str, str], bytes | None]:
    parts = [header.partition(":") for header in raw_headers]
    if any(not colon or not name.strip() for name, colon, _ in parts):
        raise UsageError("-H takes 'Name: value'.")
    raw = {name.strip(): value.strip() for name, _, value in parts}
    if reads_stdin([*raw.values(), data]) > 1:
        raise UsageError("Only one value can be read from stdin.")
    headers = {name: read_value(value, f"the header {name}") for name, value in raw.items()}
    if data is None:
        return headers, None
    body = read_value(data, "the body")
    if "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = (
            "application/json" if _is_json(body) else "application/x-www-form-urlencoded"
        )
    return headers, body.encode()


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def _shape(answer: Answer) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "status": answer.status,
        "reason": answer.reason,
        "url": answer.url,
        "elapsed": round(answer.elapsed, 3),
        "renewed": answer.renewed,
        "headers": [{"name": name, "value": value} for name, value in answer.headers],
    }
    try:
        shape["body"] = answer.body.decode()
    except UnicodeDecodeError:
        shape["body_base64"] = base64.b64encode(answer.body).decode()
    return shape
