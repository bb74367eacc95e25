"""The program inside the worker: runs a definition's functions and asks the app for every HTTP request.

It stands alone, on the standard library: in the sandbox there is nothing else. One JSON text a line, both
ways. First comes the Python file with its limits, then one call after the other; while a call is under way
the worker may ask for HTTP, and ends it with `returned` or `raised`. The other side checks all of it.
"""

from __future__ import annotations

import binascii
import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

_MISTAKES = (NameError, TypeError, AttributeError, LookupError, ImportError, ArithmeticError, AssertionError)
_OPTIONS = ("headers", "params", "json", "data", "content", "auth")


class ServiceError(Exception):
    """The service answered, but not with what was asked for."""

    kind = "service"

    def __init__(self, sentence: str = "", hint: str = "", *, status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.hint, self.status = sentence, hint, status
        self.ref: int | None = None  # which failure of the app's this is, when it is one


class InvalidTokenError(ServiceError):
    """The service refuses this credential for good."""

    kind = "invalid_token"


class TemporaryError(ServiceError):
    """Passing: try again later."""

    kind = "temporary"


_KINDS = {error.kind: error for error in (ServiceError, InvalidTokenError, TemporaryError)}


class Headers(dict[str, str]):
    """Header lines by name, whatever its case."""

    def __init__(self, lines: list[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in lines:
            before = super().get(name.lower())
            self[name.lower()] = value if before is None else f"{before}, {value}"

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or `default`."""
        return super().get(name.lower(), default)


class Answer:
    """One answer: `status`, `headers`, `content`, `text`, `json()` and `members()`."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.status: int = told["status"]
        self.ok = 200 <= self.status <= 299
        self.headers = Headers(told["headers"])
        self.content = binascii.a2b_base64(told["content"])
        self.text: str = told["text"]
        self._host: str = told["host"]

    def json(self) -> Any:
        """The body read as JSON. Raises ServiceError when it is not."""
        try:
            return json.loads(self.text.removeprefix("\ufeff"))
        except ValueError:
            sentence = f"{self._host} answered with data that cannot be read as JSON."
            raise ServiceError(sentence, status=self.status) from None

    def json_or_none(self) -> Any:
        """`json()`, or None when the body cannot be read."""
        try:
            return self.json()
        except ServiceError:
            return None

    def members(self) -> dict[str, Any]:
        """The body as an object: JSON, or the form encoding that a few token endpoints still use."""
        kind = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind == "application/x-www-form-urlencoded" or (
            kind == "text/plain" and self.text.startswith(("access_token=", "error="))
        ):
            from urllib.parse import parse_qsl

            return dict(parse_qsl(self.text, keep_blank_values=True))
        data = self.json()
        if not isinstance(data, dict):
            sentence = f"{self._host} answered with something other than an object."
            raise ServiceError(sentence, status=self.status)
        return data


class Pipe:
    """Lines to and from the app. What a function prints goes nowhere: it must not stand between them."""

    def __init__(self) -> None:
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.dup(1)
        nowhere = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)

    def read(self) -> dict[str, Any]:
        """The next line. Ends the worker when the app is gone."""
        line = self._in.readline()
        if not line:
            os._exit(0)
        message: dict[str, Any] = json.loads(line)
        return message

    def write(self, message: dict[str, Any]) -> None:
        """Sends one line."""
        rest = json.dumps(message, default=_plain).encode() + b"\n"
        while rest:
            rest = rest[os.write(self._out, rest) :]


class Context:
    """The values as attributes, and the way to the network."""

    InvalidTokenError = InvalidTokenError
    ServiceError = ServiceError
    TemporaryError = TemporaryError

    def __init__(self, pipe: Pipe, values: dict[str, Any], scratch: dict[Any, Any]) -> None:
        self._pipe = pipe
        self._values = values
        self.scratch = scratch

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"the context has no “{name}”") from None

    def get(self, name: str, default: Any = "") -> Any:
        """A value that may be missing."""
        return self._values.get(name, default)

    async def http_request(
        self,
        method: str,
        url: str,
        *,
        raise_for_status: bool = True,
        authenticate: bool = False,
        **options: Any,
    ) -> Answer:
        """Has the app send a request. A status other than 200-299 raises unless told otherwise."""
        unknown = set(options) - set(_OPTIONS)
        if unknown:
            raise TypeError(f"http_request knows no {', '.join(sorted(unknown))}")
        if isinstance(content := options.get("content"), bytes):
            options["content"] = content.decode("latin-1")
            options["binary"] = True
        self._pipe.write(
            {
                "type": "http",
                "method": str(method),
                "url": str(url),
                "raise_for_status": bool(raise_for_status),
                "authenticate": bool(authenticate),
                **{name: value for name, value in options.items() if value is not None},
            }
        )
        told = self._pipe.read()
        if "answer" in told:
            return Answer(told["answer"])
        failed = told["failed"]
        error = _KINDS.get(failed["kind"], ServiceError)(failed["sentence"], status=failed["status"])
        error.ref = failed["ref"]
        raise error


class _Names:
    """The context while a definition is read: a name stands for its own template."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return "{{" + name + "}}"


class Program:
    """The person's Python file, and what its functions share within one operation."""

    def __init__(self, source: str, name: str) -> None:
        self._space: dict[str, Any] = {"__name__": "definition", "__file__": name}
        self._scratch: dict[Any, Any] = {}
        self._made: dict[str, Any] | None = None
        # Only a file that wants asyncio pays for it: it takes longer to import than all the rest.
        self._asyncio = "asyncio" in source
        exec(compile(source, name, "exec"), self._space)  # noqa: S102 - what this program is for

    def describe(self) -> dict[str, Any]:
        """The table that `definition` returns, with a mark for each function in it."""
        return {"table": _marked(self._space["definition"](_Names()))}

    def call(self, pipe: Pipe, message: dict[str, Any]) -> Any:
        """Runs one step."""
        values = message["values"]
        for name in message["moments"]:
            values[name] = datetime.fromisoformat(values[name])
        context = Context(pipe, values, self._scratch)
        step: Any
        if message["within_definition"]:
            if self._made is None:
                self._made = self._space["definition"](context)
            step = self._made
            for key in message["path"]:
                step = step[key]
            result = step(context) if _takes_something(step) else step()
        else:
            result = self._space[message["path"][0]](context)
        return self._awaited(result)

    def _awaited(self, result: Any) -> Any:
        if not hasattr(result, "__await__"):
            return result
        if self._asyncio:
            import asyncio

            async def whole() -> Any:
                return await result

            return asyncio.run(whole())
        waiting = result.__await__()
        try:
            next(waiting)
        except StopIteration as end:
            return end.value
        raise TypeError("a function awaited something other than context.http_request")


def _takes_something(step: Callable[..., Any]) -> bool:
    code = getattr(step, "__code__", None)
    return code is None or code.co_argcount > 0 or bool(code.co_flags & 0x04)


def _marked(value: Any) -> Any:
    if callable(value):
        return {"$function": True}
    if isinstance(value, dict):
        return {str(key): _marked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(inner) for inner in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return list(value)
    raise TypeError(f"a function returned something that is no data ({type(value).__name__})")


def _raised(error: BaseException) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "raised", "message": str(error)[:2000], "name": type(error).__name__}
    if isinstance(error, ServiceError):
        return told | {"kind": error.kind, "ref": error.ref, "status": error.status}
    if isinstance(error, MemoryError):
        return told | {"kind": "memory"}
    mistake = isinstance(error, (*_MISTAKES, SyntaxError, RecursionError))
    return told | {"kind": "mistake" if mistake else "refused"}


def limit(limits: dict[str, int]) -> None:
    """Bounds that hold from here on, for good: the hard limits go down with the soft ones."""
    for what, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_FSIZE, limits["files"]),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Reads the file to run, then answers calls until the app goes away."""
    pipe = Pipe()
    os.environ.clear()
    sys.dont_write_bytecode = True
    first = pipe.read()
    limit(first["limits"])
    program: Program | None = None
    while True:
        message = pipe.read()
        try:
            if program is None:
                program = Program(first["source"], first["name"])
            value = program.describe() if message["do"] == "describe" else None
            if message["do"] == "call":
                value = program.call(pipe, message)
            answer = {"type": "returned", "value": value}
            json.dumps(answer, default=_plain)
        except (Exception, SystemExit) as error:
            answer = _raised(error)
        pipe.write(answer)


if __name__ == "__main__":
    main()
