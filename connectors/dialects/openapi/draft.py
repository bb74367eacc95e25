"""One method while it is put together: its form, and where each credential goes on a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.dialects.openapi.addresses import Base
from connectors.dialects.openapi.document import Document
from connectors.dialects.openapi.names import Form


class CannotError(Exception):
    """A way to sign in that cannot be carried out; the text is the reason."""


class Draft:
    """A method in the making. `document` and `base` are what it stands in."""

    def __init__(self, document: Document, base: Base) -> None:
        self.document = document
        self.base = base
        self.form = Form()
        for key, row in base.rows.items():
            self.form.add(key, row)
        self.apply: dict[str, dict[str, Any]] = {}
        self.sign: dict[str, str] = {}
        self.tls: dict[str, str] | None = None
        self.oauth: dict[str, Any] = {}
        self.titles: list[str] = []

    def put(self, part: str, name: str, template: str) -> None:
        """Puts a credential into a header, the query or a cookie. Raises CannotError when it is taken."""
        place = self.apply.setdefault(part, {})
        taken = {key.lower() for key in place} if part == "headers" else set(place)
        authorization = part == "headers" and name.lower() == "authorization"
        if (name.lower() if part == "headers" else name) in taken or (
            authorization and ("auth" in self.apply or self.sign)
        ):
            raise CannotError(f"two credentials would stand in the same place, {name}.")
        place[name] = template

    def authorize(self, auth: Mapping[str, Any]) -> None:
        """Takes the Authorization header. Raises CannotError when it is taken."""
        self._take_authorization()
        self.apply["auth"] = dict(auth)

    def sign_with(self, sign: Mapping[str, str]) -> None:
        """Proves every request in the Authorization header. Raises CannotError when it is taken."""
        self._take_authorization()
        self.sign = dict(sign)

    def _take_authorization(self) -> None:
        taken = any(name.lower() == "authorization" for name in self.apply.get("headers", {}))
        if taken or "auth" in self.apply or self.sign:
            raise CannotError("two credentials would stand in the same place, Authorization.")

    def table(self, name: str) -> dict[str, Any]:
        """The method as a definition has it."""
        found: dict[str, Any] = {"name": name, "type": "oauth2" if self.oauth else "apiKey"}
        found |= self.oauth
        places = {part: place for part, place in self.apply.items() if place}
        if places and places != {"auth": {"bearer": "{{access_token}}"}}:
            found["apply"] = places
        if self.sign:
            found["sign"] = self.sign
        if self.tls is not None:
            found["tls"] = self.tls
        if self.form.rows:
            found["auth"] = self.form.rows
        return found
