"""The whole definition for a configuration, as the table that becomes TOML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.dialects.itential.aws import aws_table
from connectors.dialects.itential.configuration import Configuration, address_of
from connectors.dialects.itential.form import Form
from connectors.dialects.itential.lifetime import lifetime_of
from connectors.dialects.itential.places import apply_of
from connectors.dialects.itential.requests import Requests
from connectors.dialects.itential.steps import ACCESS_TOKEN, one_request, refresh_step, several_requests
from connectors.dialects.itential.system import System
from connectors.wire.urls import problem_with

_FIELD = "header.headers.X-AUTH-TOKEN"  # the adapter library's own defaults
_FORMAT = "{token}"
_JWT_GRACE = 30  # seconds that the library adds to the life of a statement


class Definition:
    """Reads a configuration; `table` is the result, `form` tells what was asked for and left out."""

    def __init__(self, configuration: Configuration, system: System | None) -> None:
        self._configuration = configuration
        self._auth = configuration.authentication
        self._system = system
        self.form = Form()
        self._requests = Requests(configuration, self.form)

    def table(self, name: str) -> dict[str, Any]:
        """The definition. Raises DefinitionError with a sentence when it cannot be carried out."""
        auth, form = self._auth, self.form
        self._address()
        session = auth.method in {"request_token", "multi_step_authentication"}
        if auth.method == "aws_authentication" and auth.get("aws_iam_role"):
            session = True
        about: dict[str, Any] = {"name": name, "type": "session" if session else "apiKey"}
        about["local"] = True  # adapters stand beside what they speak to; the configuration is one's own
        about["base_url"] = "{{address | strip_slash}}" + self._configuration.base_path
        status = auth.integer("invalid_token_error", 401, 0, 1000)
        if status != 401:
            about["invalid_token_status"] = [status]
        if auth.method == "aws_authentication":
            about |= aws_table(auth, self._configuration, form)
        else:
            about |= self._session() if session else {"apply": self._applied()}
            if options := self._requests.options():
                about["apply"] = _with_options(about["apply"], options)
        about["request_headers"] = self._standing()
        if health := self._health():
            about["validate"] = health
        if about.get("keep_session") == "redis":
            form.notes.append("Enter where Redis is, and a shared secret: jackfield connectors configure")
        if self._configuration.table("ssl").get("accept_invalid_cert") is True:
            form.notes.append(
                "ssl.accept_invalid_cert is not taken over: certificates are always checked. An authority of"
                " your own can be named in Settings."
            )
        if auth.get("auth_logging") in {True, "true"}:
            about["log_exchange"] = True
            form.notes.append("auth_logging: exchanges go to Activity and the log, with all values masked.")
        return {**about, "auth": form.fields}

    def _address(self) -> None:
        configuration = self._configuration
        protocol = configuration.text("protocol") or "https"
        address = address_of(protocol, configuration.text("host"), configuration.properties.get("port"))
        if address and (reason := problem_with(address)):
            self.form.notes.append(f"The address {address} is not taken over: {reason}.")
            address = ""
        self.form.ask("address", address, secret=False)
        self.form.fields["address"] |= {"format": "url", "tooltip": "Scheme, host and port of the system."}

    def _session(self) -> dict[str, Any]:
        auth = self._auth
        if auth.method == "request_token":
            step = one_request(auth, self._system, self._requests, self.form)
            names, expiry, reusable = {"token": ACCESS_TOKEN, "tokenp2": "second_token"}, "expires_in", True
            steps = [step]
        else:
            steps, references, named = several_requests(auth, self._system, self._requests, self.form)
            names, expiry = {"token": ACCESS_TOKEN, **references}, "expires_in"
            reusable = named or "{token}" in "".join(self._formats())
        found: dict[str, Any] = {"request_session": steps if len(steps) > 1 else steps[0]}
        if refresh := refresh_step(auth, self._system, self._requests, self.form):
            found["refresh_session"] = refresh
        for name in ("username", "password"):
            if any(f"{{{name}}}" in text for text in self._formats()):
                self.form.ask(name, auth.get(name, ""))
                names[name] = name
        found |= lifetime_of(auth, says_expiry=expiry in steps[-1]["keep"], reusable=reusable)
        return found | {"apply": apply_of(self._places(), self._formats(), names, self._literal)}

    def _applied(self) -> dict[str, Any]:
        auth, form = self._auth, self.form
        if auth.method == "no_authentication":
            return {"nothing": True}
        needed = {"basic user_password": ("username", "password"), "jwt_token": ("username", "password")}
        names = {
            name: form.ask(name, auth.get(name, ""))
            for name in ("username", "password", "token")
            if name in needed.get(auth.method, ("token",)) or any(f"{{{name}}}" in f for f in self._formats())
        }
        if auth.method == "jwt_token":
            life = max(auth.integer("token_timeout", -1, -1, 86_400_000), 0) // 1000 + _JWT_GRACE
            names["token"] = f"jwt(username, password, {life})"
            form.fields.pop("token", None)
        return apply_of(self._places(), self._formats(), names, self._literal)

    def _literal(self, name: str, text: str) -> str:
        return self.form.constant(name, text, "request")

    def _places(self) -> tuple[str, ...]:
        return self._auth.texts("auth_field", _FIELD)

    def _formats(self) -> tuple[str, ...]:
        return self._auth.texts("auth_field_format", _FORMAT)

    def _standing(self) -> dict[str, str]:
        more = self._configuration.table("request", "global_request", "addlHeaders")
        own = {str(name): self.form.constant(str(name), value, "header") for name, value in more.items()}
        present = {name.lower() for name in own}
        kinds = {"Content-Type": "application/json", "Accept": "application/json"}
        return {**{n: v for n, v in kinds.items() if n.lower() not in present}, **own}

    def _health(self) -> dict[str, Any]:
        kind = self._configuration.table("healthcheck").get("type")
        action = (
            self._system.action("healthcheck", schemas=False)
            if self._system and kind in {"startup", "intermittent"}
            else None
        )
        if action is None:
            return {}
        step = self._requests.step(action, {})
        return {key: step[key] for key in ("url", "method", "headers") if key in step}


def _with_options(apply: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    placed = {key: value for key, value in apply.items() if key != "nothing"}
    return {**placed, "query": {**options, **placed.get("query", {})}}
