"""Connector settings: the client id and secret of one's own OAuth app, and where it sends people back to."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from connectors.definition import Connector, Field, Method, Redirect
from connectors.errors import InvalidInputError, MisconfiguredClientError
from connectors.fields import check_values
from connectors.inputs import settings_for
from desktop.engine.connect.redirects import HTTPS_PORT, is_elsewhere, redirect_text
from desktop.engine.events import ConnectorsChanged

if TYPE_CHECKING:
    from desktop.engine.audit.noting import Noting
    from desktop.engine.core import Core

# What may be set for every connector, whether or not its definition lists it.
COMMON = {
    "client_id": Field(key="client_id", name="Client ID", required=False),
    "client_secret": Field(
        key="client_secret", name="Client secret", type="password", secret=True, required=False
    ),
    "redirect_uri": Field(key="redirect_uri", name="Redirect URI", required=False),
    "scope": Field(key="scope", name="Scope", required=False),
}


class Settings:
    """Reads and changes what all accounts of a connector share."""

    def __init__(self, core: Core, noting: Noting) -> None:
        self._core = core
        self._noting = noting

    def get(self, key: str) -> dict[str, str]:
        """What was configured, by setting. Raises DefinitionError for an unknown connector."""
        connector = self._core.definitions.catalog.get(key)
        self._core.settings(connector)  # the redactor learns the secret among them
        return self._core.vault.connector_settings(connector.key)

    def configure(self, key: str, changes: Mapping[str, str | None]) -> dict[str, str]:
        """Changes some settings; None or an empty text takes one away. All or none are saved.

        Raises InvalidInputError with a sentence for each setting that is wrong.
        """
        connector = self._core.definitions.catalog.get(key)
        known = COMMON | {field.key: field for field in connector.settings}
        wrong: dict[str, str] = {}
        settings = self._core.vault.connector_settings(connector.key)
        before = dict(settings)
        for name, value in changes.items():
            if name not in known:
                wrong[name] = _unknown(name, known)
            elif not value or not value.strip():
                settings.pop(name, None)
            else:
                try:
                    settings[name] = _checked(known[name], value)
                except InvalidInputError as error:
                    wrong[name] = error.fields.get(name, error.sentence)
        if wrong:
            raise InvalidInputError(" ".join(wrong.values()), "Nothing was saved.", fields=wrong)
        self._core.vault.set_connector_settings(connector.key, settings)
        self._core.settings(connector)
        different = [name for name in changes if before.get(name) != settings.get(name)]
        self._noting.configured(connector.key, different)
        self._core.emit(ConnectorsChanged(connector.key))
        return settings

    def redirect_uri(self, key: str) -> str:
        """The exact address to register with the service."""
        connector = self._core.definitions.catalog.get(key)
        stored = self._core.settings(connector) if self._core.session.state == "open" else {}
        return stored.get("redirect_uri") or redirect_text(connector.redirect)

    def redirect(self, connector: Connector) -> Redirect:
        """Where the browser is to come back to. Not for an address that is `elsewhere`."""
        configured = self._core.settings(connector).get("redirect_uri", "")
        return parse_redirect(configured) if configured else connector.redirect

    def configured_redirects(self) -> dict[str, Redirect]:
        """The loopback addresses that were configured, by connector; none while the vault is locked."""
        if self._core.session.state != "open":
            return {}
        stored = {
            c.key: self._core.settings(c).get("redirect_uri", "") for c in self._core.definitions.catalog
        }
        return {key: parse_redirect(uri) for key, uri in stored.items() if uri and not is_elsewhere(uri)}

    def elsewhere(self, connector: Connector) -> str:
        """The configured redirect address, if it is another host's; empty when this computer listens."""
        configured = self._core.settings(connector).get("redirect_uri", "")
        return configured if is_elsewhere(configured) else ""

    def require(self, connector: Connector, method: Method, values: Mapping[str, str]) -> None:
        """Raises MisconfiguredClientError when a setting is missing that this method cannot do without."""
        have = self._core.settings(connector)
        for field in settings_for(connector, method):
            if field.required and not have.get(field.key) and not values.get(field.key):
                raise MisconfiguredClientError(
                    f"{connector.name} needs its {field.name} ({field.key}) first.",
                    f"Register an app with the service and enter the {field.name} in the settings, "
                    f"or run: jackfield connectors configure {connector.key} --set {field.key}=…",
                )


def parse_redirect(uri: str) -> Redirect:
    """A configured redirect URI as a Redirect. Raises InvalidInputError: only loopback can be listened on."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _bad_redirect("it is not an address") from None
    if parts.scheme not in ("http", "https") or parts.username or parts.query or parts.fragment:
        raise _bad_redirect("it has to be a plain http or https address")
    # Without a port http means any (RFC 8252 7.3); with https it is the one that browsers take for it.
    ports = (port,) if port else (HTTPS_PORT,) if parts.scheme == "https" else ()
    scheme: Literal["http", "https"] = "https" if parts.scheme == "https" else "http"
    match host:
        case "127.0.0.1" | "localhost":
            return Redirect(scheme=scheme, host=host, ports=ports, path=parts.path or "/")
        case "::1":
            return Redirect(scheme=scheme, host="[::1]", ports=ports, path=parts.path or "/")
    raise _bad_redirect("its host has to be 127.0.0.1, localhost or [::1], or the address has to be https")


def _bad_redirect(why: str) -> InvalidInputError:
    sentence = f"This redirect URI cannot be used: {why}."
    return InvalidInputError(
        sentence, "Use an address such as http://127.0.0.1:8765/callback.", fields={"redirect_uri": sentence}
    )


def _checked(field: Field, value: str) -> str:
    value = value.strip()
    if field.key == "redirect_uri":
        if not is_elsewhere(value):
            parse_redirect(value)
        return value
    return check_values((field,), {field.key: value})[field.key]


def _unknown(name: str, known: Mapping[str, Field]) -> str:
    near = get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"There is no setting {name}.{meant} Settings are: {', '.join(sorted(known))}."
