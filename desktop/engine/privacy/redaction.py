"""The one redaction point: every log line and every error text passes through `redactor`.

Two nets. Known secrets are registered and found in the forms they take on the way (plain, percent, base64,
JSON, hex). Patterns find what nobody registered: Authorization headers, token and password parameters, JWTs,
user names in addresses, cookies. Both take linear time, because the text may come from a hostile server.
"""

from __future__ import annotations

import base64
import json
import logging
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO
from urllib.parse import quote, quote_plus

from desktop.engine.privacy import logs
from desktop.engine.privacy.in_clear import InClear
from desktop.engine.privacy.patterns import MASK, is_secret_name, redact_patterns

# Shorter ones would blot out ordinary words and so tell where they stand; the patterns still cover them.
MIN_SECRET = 6
MAX_SECRETS = 10_000
# Of one account: tokens of five seconds are a thousand in an hour, nearly all of them dead.
MAX_OF_ONE = 32
MAX_DEPTH = 64
_SHOWN = 4
_MIN_TO_SHOW = 12


def mask(value: str) -> str:
    """How a secret is shown while hidden: "••••1a2b". Nothing of a value under 12 characters."""
    return MASK + value[-_SHOWN:] if len(value) >= _MIN_TO_SHOW else MASK


class Redactor:
    """Takes secrets out of text. Safe to use from any thread."""

    def __init__(self, capacity: int = MAX_SECRETS) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._secrets: dict[str, str] = {}  # with their owners; the oldest goes first
        self._owned: dict[str, dict[str, None]] = {}  # owner -> its secrets, the same way
        self._uses: Counter[str] = Counter()  # a form may belong to two secrets
        self._forms: dict[str, tuple[str, ...]] = {}  # first MIN_SECRET characters -> forms, longest first

    def register(self, secret: str, owner: str = "") -> None:
        """Remembers a secret so that it is found wherever it turns up. Under 6 characters: ignored.

        Of one `owner` (an account's id) the newest 32 are remembered; without one, as long as there is room.
        """
        if len(secret) < MIN_SECRET:
            return
        with self._lock:
            self._own(secret, owner)
            if secret in self._secrets:
                return
            self._secrets[secret] = owner
            self._index(secret)
            if len(self._secrets) > self._capacity:
                self._drop(next(iter(self._secrets)))

    def _own(self, secret: str, owner: str) -> None:
        before = self._secrets.get(secret, owner)
        if before != owner:
            # Whoever else holds it, it is not to go with this owner's old ones.
            self._owned.get(before, {}).pop(secret, None)
            self._secrets[secret] = ""
        elif owner:
            owned = self._owned.setdefault(owner, {})
            owned.pop(secret, None)
            owned[secret] = None  # the newest again
            if len(owned) > MAX_OF_ONE:
                self._drop(next(iter(owned)))

    def forget_all(self) -> None:
        """Forgets every registered secret, as when the vault is locked."""
        with self._lock:
            self._secrets = {}
            self._owned = {}
            self._uses = Counter()
            self._forms = {}

    def redact(self, text: str) -> str:
        """The text without secrets. What stood there reads "••••"."""
        return redact_patterns(self._redact_known(text))

    def redact_known(self, text: str) -> str:
        """The text without the secrets that were registered; what merely looks like one stays."""
        return self._redact_known(text)

    def redact_data(self, obj: Any) -> Any:
        """The same for plain data (dict, list, str, bytes …). Values under a secret's name go wholly."""
        return self._redact_data(obj, 0)

    def opened(self, texts: Iterable[InClear | None], allowed: bool) -> list[str]:
        """What was said not to be redacted: the texts if that is `allowed` now, else nothing.

        For the vault alone. Everything else that is handed an `InClear` leaves it out.
        """
        return [text.open() if text is not None else "" for text in texts] if allowed else []

    def _index(self, secret: str) -> None:
        for form in _forms(secret):
            self._uses[form] += 1
            if self._uses[form] == 1:
                known = (*self._forms.get(form[:MIN_SECRET], ()), form)
                self._forms[form[:MIN_SECRET]] = tuple(sorted(known, key=len, reverse=True))

    def _drop(self, secret: str) -> None:
        owned = self._owned.get(self._secrets.pop(secret), {})
        owned.pop(secret, None)
        for form in _forms(secret):
            self._uses[form] -= 1
            if not self._uses[form]:
                del self._uses[form]
                left = tuple(other for other in self._forms[form[:MIN_SECRET]] if other != form)
                if left:
                    self._forms[form[:MIN_SECRET]] = left
                else:
                    del self._forms[form[:MIN_SECRET]]

    def _redact_known(self, text: str) -> str:
        forms = self._forms
        if not forms:
            return text
        kept: list[str] = []
        done = at = 0
        last = len(text) - MIN_SECRET
        while at <= last:
            found = forms.get(text[at : at + MIN_SECRET])
            form = next((f for f in found if text.startswith(f, at)), None) if found else None
            if form is None:
                at += 1
                continue
            kept += (text[done:at], MASK)
            at = done = at + len(form)
        return "".join((*kept, text[done:])) if kept else text

    def _redact_data(self, obj: Any, depth: int) -> Any:
        if isinstance(obj, str):
            return self.redact(obj)
        if isinstance(obj, bytes | bytearray | memoryview):
            return self.redact(bytes(obj).decode("utf-8", "replace"))
        if obj is None or isinstance(obj, bool | int | float):
            return obj
        if depth >= MAX_DEPTH:
            return "…"
        if isinstance(obj, Mapping):
            return {
                self.redact(str(key)): self._redact_value(str(key), value, depth + 1)
                for key, value in obj.items()
                if not isinstance(value, InClear)
            }
        if isinstance(obj, list | tuple | set | frozenset):
            return [self._redact_data(item, depth + 1) for item in obj]
        return self.redact(str(obj))

    def _redact_value(self, name: str, value: Any, depth: int) -> Any:
        if value is not None and not isinstance(value, bool | Mapping) and is_secret_name(name, value):
            return MASK
        return self._redact_data(value, depth)


def _forms(secret: str) -> set[str]:
    """Every form in which a secret may stand in a text."""
    return {form for form in _all_forms(secret) if len(form) >= MIN_SECRET}


def _all_forms(secret: str) -> Iterator[str]:
    data = secret.encode("utf-8", "surrogatepass")
    yield secret
    for encoded in (quote(data, safe=""), quote(data, safe="/"), quote_plus(data)):
        yield encoded
        yield "".join(_lower_hex(encoded))
    for ascii_only in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")
    yield repr(secret)[1:-1]
    yield data.hex()
    yield from _base64_forms(data)


def _lower_hex(encoded: str) -> Iterator[str]:
    head, *rest = encoded.split("%")
    yield head
    for part in rest:
        yield "%" + part[:2].lower() + part[2:]


def _base64_forms(data: bytes) -> Iterator[str]:
    """Base64 of something that holds `data`: one form for each of the three places it can begin at."""
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + data).decode().rstrip("=")
        # The first and last characters also hold bits of the neighbours.
        inner = encoded[(0, 2, 3)[offset] :]
        if (offset + len(data)) % 3:
            inner = inner[:-1]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")


redactor = Redactor()
"""The application's own. Whoever gets hold of a secret registers it here."""


def redact(text: str) -> str:
    """`redactor.redact`."""
    return redactor.redact(text)


def install_logging(level: int | str = logging.WARNING, stream: TextIO | None = None) -> logging.Handler:
    """Sends every log line of the process, redacted, to `stream` (or stderr); uncaught exceptions too."""
    logs.install_excepthooks()
    return logs.install(redactor.redact, level, stream or sys.stderr)
