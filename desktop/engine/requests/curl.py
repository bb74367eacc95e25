"""A request as a line for a shell, with `$(jackfield token …)` in the place of every secret."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from urllib.parse import quote

from connectors.errors import InvalidInputError
from connectors.inputs import secret_values, template_values, with_stored
from connectors.tables import effective_apply
from connectors.templates.template import names_in, render
from connectors.wire.applying import resolve_url, standing_headers
from connectors.wire.digest import wants_digest
from connectors.wire.dpop import is_bound
from connectors.wire.presenting import presented_by
from desktop.engine.core import Subject

_ONE_NAME = re.compile(r"\{\{\s*([\w-]+)\s*\}\}")
_IN_DOUBLE_QUOTES = re.compile(r'(["\\`$])')


def as_curl(subject: Subject, method: str, url: str, headers: Sequence[tuple[str, str]], body: str) -> str:
    """The line. Raises InvalidInputError where a shell could not do what the app does."""
    maker = _Maker(subject)
    if body and maker.changes_body:
        raise _cannot("its credential goes into the body")
    address, added = resolve_url(subject.inputs, subject.credential, url), maker.query()
    if added:
        address = shlex.quote(address + ("&" if "?" in address else "?")) + added
    else:
        address = shlex.quote(address)
    given = {name.lower() for name, _ in headers}
    standing = standing_headers(subject.inputs, subject.credential)
    lines = [(k, v) for k, v in standing.items() if k not in given] + list(headers)
    parts = ["curl", *(["-X", shlex.quote(method)] if method != "GET" or body else [])]
    parts += ["--globoff"] if any(sign in address for sign in "[]{}") else []
    parts.append(address)
    for name, value in lines:
        parts += ["-H", shlex.quote(f"{name}: {value}")]
    parts += maker.headers()
    if body:
        parts += ["--data-raw", shlex.quote(body)]
    return " ".join(parts)


class _Maker:
    """Turns the definition's `apply` into words of a shell."""

    def __init__(self, subject: Subject) -> None:
        inputs, credential = subject.inputs, subject.credential
        self._id = subject.row.id
        self._values = template_values(with_stored(inputs, credential), credential)
        self._secrets = secret_values(inputs, credential)
        apply = effective_apply(inputs.method, bool(credential.access_token))
        if inputs.method.type == "oauth" or inputs.method.sign is not None:
            raise _cannot("every request of this account is signed anew")
        if is_bound(inputs.method, self._values):
            raise _cannot("every request of this account proves its key (DPoP)")
        if presented_by(with_stored(inputs, credential)) is not None:
            raise _cannot("its connections present a client certificate")
        if apply is None or apply.path or apply.path_end:
            raise _cannot("its credential is part of the path")
        self._apply = apply
        self.changes_body = bool(apply.body)

    def headers(self) -> list[str]:
        """`-H`, `-u` and `-b` with their words."""
        auth, parts = self._apply.auth, []
        if "bearer" in auth:
            parts += ["-H", f'"Authorization: Bearer {self._filled(auth["bearer"])}"']
        elif auth:
            way = ["--digest"] if wants_digest(auth) else []
            user, password = self._filled(auth.get("user", "")), self._filled(auth.get("password", ""))
            parts += [*way, "-u", f'"{user}:{password}"']
        for name, text in self._apply.headers.items():
            parts += ["-H", f'"{self._filled(name)}: {self._filled(text)}"']
        if self._apply.cookies:
            line = "; ".join(f"{name}={self._filled(text)}" for name, text in self._apply.cookies.items())
            parts += ["-b", f'"{line}"']
        return parts

    def query(self) -> str:
        """What is added to the address, in double quotes; nothing where nothing is."""
        pairs = [f"{quote(name)}={self._filled(text)}" for name, text in self._apply.query.items()]
        return f'"{"&".join(pairs)}"' if pairs else ""

    def _filled(self, template: str) -> str:
        """The template with secrets as commands and the rest as it is, fit for double quotes."""
        if "{{" in _ONE_NAME.sub("", template):
            if self._reads_secret(template):
                raise _cannot("its credential is worked out for each request")
            return _quoted(render(template, self._values))
        done, at = "", 0
        for found in _ONE_NAME.finditer(template):
            done += _quoted(template[at : found.start()]) + self._value(found[1])
            at = found.end()
        return done + _quoted(template[at:])

    def _reads_secret(self, template: str) -> bool:
        return any(str(self._values.get(name, "")) in self._secrets for name in names_in(template))

    def _value(self, name: str) -> str:
        value = str(self._values.get(name, ""))
        if value not in self._secrets:
            return _quoted(value)
        field = "" if name == "access_token" else f" --field {shlex.quote(name)}"
        return f"$(jackfield token {shlex.quote(self._id)}{field})"


def _quoted(text: str) -> str:
    # A shell that is typed into takes ! for its history even there, unless it stands in single quotes.
    return _IN_DOUBLE_QUOTES.sub(r"\\\1", text).replace("!", "\"'!'\"")


def _cannot(why: str) -> InvalidInputError:
    return InvalidInputError(
        f"This request cannot be written for curl: {why}.",
        "Use `jackfield request`, which sends it as this window does.",
    )
