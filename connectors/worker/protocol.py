"""What a worker may say. It is untrusted: every line is bounded, typed, and refused when it fits nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from connectors.errors import ConnectorError, DefinitionError, InvalidTokenError, ServiceError, TemporaryError
from connectors.wire.answers import DEEPEST, Answer, depth_over

_Plain = str | int | float | bool


class Returned(msgspec.Struct, tag="returned", frozen=True, forbid_unknown_fields=True):
    """A call's result: data, nothing else."""

    value: Any


class Raised(msgspec.Struct, tag="raised", frozen=True, forbid_unknown_fields=True):
    """A call ended with an exception. `ref` says which of the app's own failures it is."""

    kind: Literal["service", "invalid_token", "temporary", "mistake", "refused", "memory"]
    message: str
    name: str
    ref: int | None = None
    status: int | None = None


class Http(msgspec.Struct, tag="http", frozen=True, forbid_unknown_fields=True):
    """A request that the worker asks for."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    url: str
    raise_for_status: bool
    authenticate: bool
    headers: dict[str, str] | None = None
    params: dict[str, _Plain | None] | None = None
    json: Any = None
    data: dict[str, _Plain | None] | None = None
    content: str | None = None
    binary: bool = False
    auth: tuple[str, str] | None = None

    def options(self) -> dict[str, Any]:
        """httpx's options."""
        names = ("headers", "params", "json", "data", "auth")
        found = {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.content is not None:
            found["content"] = self.content.encode("latin-1" if self.binary else "utf-8")
        return found


Message = Returned | Raised | Http
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


class BrokenWorkerError(DefinitionError):
    """The worker said what no worker may say, or took more than it may. It was ended."""


def decode(line: bytes, name: str) -> Message:
    """One line of a worker. Raises BrokenWorkerError."""
    try:
        message = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BrokenWorkerError(
            f"The program {name} was ended: it said something that makes no sense.",
            "This is a mistake in the definition, not in what you typed.",
        ) from error
    parts = [message.value] if isinstance(message, Returned) else []
    if isinstance(message, Http):
        parts = [message.json]
    if any(depth_over(part, DEEPEST) for part in parts):
        raise BrokenWorkerError(
            f"The program {name} was ended: its data is nested too deeply.",
            "This is a mistake in the definition, not in what you typed.",
        )
    return message


def call_message(path: tuple[str, ...], within_definition: bool, values: Mapping[str, Any]) -> bytes:
    """The line that asks for one step. Holds the account's own values and no others."""
    return _line(
        {
            "do": "call",
            "path": path,
            "within_definition": within_definition,
            "values": values,
            "moments": [name for name, value in values.items() if isinstance(value, datetime)],
        }
    )


def first_message(source: bytes, name: str, limits: Mapping[str, int]) -> bytes:
    """The line that a worker begins with: the very bytes that were approved, and its bounds."""
    return _line({"source": source.decode("utf-8"), "name": name, "limits": limits})


def describe_message() -> bytes:
    """The line that asks for the table which `definition` returns."""
    return _line({"do": "describe"})


def load_message() -> bytes:
    """The line that only has the file loaded."""
    return _line({"do": "load"})


def answer_message(answer: Answer) -> bytes:
    """What a service answered."""
    return _line(
        {
            "answer": {
                "status": answer.status,
                "headers": answer.headers.multi_items(),
                "content": answer.content,  # base64
                "text": answer.text,
                "host": answer.host,
            }
        }
    )


def failed_message(error: ConnectorError, ref: int) -> bytes:
    """Why a request has no answer."""
    kind = "service"
    if isinstance(error, InvalidTokenError):
        kind = "invalid_token"
    elif isinstance(error, TemporaryError):
        kind = "temporary"
    told = {"kind": kind, "sentence": error.sentence, "status": error.status, "ref": ref}
    return _line({"failed": told})


def kind_of_error(kind: str) -> type[ConnectorError]:
    """The error that a definition's function raised by one of the context's names."""
    return {"invalid_token": InvalidTokenError, "temporary": TemporaryError}.get(kind, ServiceError)


def _line(message: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(message, enc_hook=str) + b"\n"
