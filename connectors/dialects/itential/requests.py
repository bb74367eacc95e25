"""A token request as a step of a session, made from an action and its request schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.dialects.itential.configuration import Configuration, address_of
from connectors.dialects.itential.form import Form
from connectors.dialects.itential.formats import pairs, plain, template_of
from connectors.dialects.itential.system import Action
from connectors.errors import DefinitionError
from connectors.fields import looks_secret

KINDS = {"JSON": "json", "URLENCODE": "form", "URLQUERY": "query", "FORM": "multipart"}
_ACCEPT = {
    "PLAIN": "text/plain",
    "XML": "application/xml",
    "XML2JSON": "application/xml",
    "URLENCODE": "application/x-www-form-urlencoded",
}
_CREDENTIALS = ("username", "password", "client_id", "client_secret", "scope", "resource", "grant_type")


class Requests:
    """Makes the steps of one configuration; asks `form` for what they need."""

    def __init__(self, configuration: Configuration, form: Form) -> None:
        self._configuration = configuration
        self._form = form

    @property
    def protocol(self) -> str:
        """How the system is spoken to if nothing else is said."""
        return self._configuration.text("protocol") or "https"

    def credentials(self, action: Action | None, *, asked_for: bool = False) -> dict[str, str]:
        """What the library sends on a token request: name -> template, as far as the configuration has it.

        With `asked_for` user name and password also where it leaves them out: no schema says otherwise.
        """
        auth, form = self._configuration.authentication, self._form
        found: dict[str, str] = {}
        by_client = bool(auth.get("client_id"))
        for name in _CREDENTIALS:
            value = auth.get(name, "" if asked_for else None)
            if value is None or (action is not None and not action.outbound(name)):
                continue
            if value == "" and (name not in {"username", "password"} or by_client):
                continue
            if name in {"scope", "resource", "grant_type"}:
                found[name] = plain(str(value))
            else:
                found[name] = f"{{{{{form.ask(name, value)}}}}}"
        more = self._configuration.table("request", "global_request", "authData")
        return found | {name: form.constant(name, value, "request") for name, value in more.items()}

    def step(
        self,
        action: Action,
        values: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        path: str = "",
        address: str = "",
        sso: Mapping[str, Any] | None = None,
        renamed: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The request table. `values` are templates by the schema's names; `renamed` wins over the schema.

        `address` is a template that stands before the path in place of every other.
        """
        own = self._headers(action)
        step: dict[str, Any] = {
            "url": (address or self._address(action, sso)) + self._path(path or action.path, values),
            "method": action.method,
        }
        standing = {n: self._own(n, str(v)) for n, v in action.defaults.items() if n not in values}
        values = {**standing, **values}
        authorized = any(name.lower() == "authorization" for name in own)
        sent = {
            (renamed or {}).get(name) or action.outbound(name): text
            for name, text in values.items()
            if action.outbound(name) and not (authorized and name in {"username", "password"})
        }
        order = [(renamed or {}).get(name) or action.outbound(name) for name in action.request]
        sent = {name: sent[name] for name in [*order, *sent] if name in sent}
        asked = {**self.options(), **(query or {})}
        if action.method != "GET" and sent:
            if action.request_kind not in KINDS:
                raise DefinitionError(
                    f"{action.name} sends {action.request_kind}, which cannot be made from a schema.",
                    f"Known are {', '.join(KINDS)}.",
                )
            if KINDS[action.request_kind] == "query":
                asked |= sent
            elif action.request_kind == "JSON":
                step["json"] = _nested(sent)
            elif action.request_kind == "URLENCODE":
                step |= {"body": pairs(sent), "encoding": "form"}
            else:
                step |= {"body": sent, "encoding": KINDS[action.request_kind]}
        if asked:
            step["url"] += ("&" if "?" in step["url"] else "?") + pairs(asked)
        step["headers"] = {**own, **(headers or {})}
        return step

    def _headers(self, action: Action) -> dict[str, str]:
        names = {name: name for name in ("username", "password")}
        found: dict[str, str] = {}
        more = self._configuration.table("request", "global_request", "addlHeaders")
        for name, value in action.headers.items():
            for key in names:
                if f"{{{key}}}" in value and key not in self._form.fields:
                    self._form.ask(key, self._configuration.authentication.get(key, ""))
            placed = any(f"{{{key}}}" in value for key in names)
            what = f"The header {name} of {action.name}"
            found[name] = template_of(value, names, what) if placed else self._own(name, value)
        found |= {name: self._form.constant(name, value, "header") for name, value in more.items()}
        present = {name.lower() for name in found}
        kinds = {
            "URLENCODE": "application/x-www-form-urlencoded",
            "PLAIN": "text/plain",
            "XML": "application/xml",
        }
        if "content-type" not in present and action.request_kind != "FORM":
            found["Content-Type"] = kinds.get(action.request_kind, "application/json")
        if "accept" not in present:
            found["Accept"] = _ACCEPT.get(action.response_kind, "application/json")
        return {name: text for name, text in found.items() if text}

    def _own(self, name: str, value: str) -> str:
        """A value that the adapter itself brings along, the same for everybody."""
        secret = looks_secret(name) or name.lower() in {"authorization", "cookie"}
        return self._form.constant(name, value, "header") if secret else plain(value)

    def options(self) -> dict[str, str]:
        """What the configuration has on the address of every request."""
        options = self._configuration.table("request", "global_request", "uriOptions")
        return {name: self._form.constant(name, value, "option") for name, value in options.items()}

    def _address(self, action: Action, sso: Mapping[str, Any] | None) -> str:
        own = self._configuration.authentication.table("sso")
        for place in (sso or {}, own, action.sso):
            if host := str(place.get("host") or ""):
                if "{" in host:
                    raise DefinitionError(
                        f"{action.name}: the host “{host[:80]}” refers to no field of an earlier step."
                    )
                protocol = str(place.get("protocol") or self._configuration.text("protocol") or "https")
                port = place.get("port") or self._configuration.properties.get("port")
                key = "sign_in_address" if place is not sso else f"{action.name.lower()}_address"
                self._form.ask(key, address_of(protocol, host, port), secret=False)
                self._form.fields[key]["format"] = "url"
                return f"{{{{{key} | strip_slash}}}}"
        return "{{address | strip_slash}}"

    def _path(self, path: str, values: Mapping[str, str]) -> str:
        configuration = self._configuration
        base, version = configuration.text("base_path").strip("/"), configuration.text("version").strip("/")
        path = re.sub(r"/?\{base_path\}", f"/{base}" if base else "", path)
        path = re.sub(r"/?\{version\}", f"/{version}" if version else "", path)
        path = re.sub(r"/?\{pathv\d+\}|\{query\}", "", path)
        for name in ("username", "password"):
            path = path.replace(f"{{{name}}}", values.get(name, ""))
        return "/" + path.lstrip("/").rstrip("?")


def _nested(members: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in members.items():
        here, (*way, last) = found, name.split(".")
        for step in way:
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):
                raise DefinitionError(f"The request schema puts “{name[:80]}” into a value that is no table.")
            here = inner
        here[last] = text
    return found
