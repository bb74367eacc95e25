"""What a method is asked to work with, what it hands back, and the names that templates see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from connectors.chain_tables import secret_kept_names
from connectors.credential import TOKEN_FIELDS, Credential
from connectors.definition import Connector, Field, Method
from connectors.templates.template import names_in

# Names that stand for something in every template, apart from the definition's own fields and settings.
STANDING_NAMES = frozenset(
    {
        *TOKEN_FIELDS,
        "id_token",
        "profile_info",
        "callback_url",
        "authorization_code",
        "code_verifier",
        "code_challenge",
        "state",
        "nonce",
        "client_id",
        "client_secret",
        "token",
        "token_type_hint",
        # OAuth 1
        "consumer_key",
        "consumer_secret",
        "request_token",
        "request_token_secret",
        "oauth_verifier",
        "access_token_secret",
        # signed statements
        "private_key",
        "key_id",
    }
)


# What an app is known by belongs to its kind of sign-in alone.
_APP_SETTINGS = {
    "client_id": "oauth2",
    "client_secret": "oauth2",
    "consumer_key": "oauth",
    "consumer_secret": "oauth",
}


_SHARED = frozenset({"private_key"})  # which other kinds of sign-in read too


def settings_for(connector: Connector, method: Method) -> tuple[Field, ...]:
    """The settings that a method reads and its form does not ask for."""
    asked = {field.key for field in method.fields}
    own = certificate_names(method)
    others = {name for other in connector.methods.values() for name in certificate_names(other)} - _SHARED
    return tuple(
        field
        for field in connector.settings
        if field.key not in asked
        and _APP_SETTINGS.get(field.key, method.type) == method.type
        and not _needless(field.key, method)
        and not (field.key in others and field.key not in own)
    )


def certificate_names(method: Method) -> frozenset[str]:
    """The fields and settings that the method's `[tls]` reads."""
    if method.tls is None:
        return frozenset()
    texts = (method.tls.certificate, method.tls.private_key, method.tls.private_key_password)
    return frozenset(name for text in texts for name in names_in(text))


def _needless(key: str, method: Method) -> bool:
    """Whether another of the service's OAuth methods has this setting for itself."""
    if key in certificate_names(method):
        return False
    if method.type == "oauth":
        return key in {"private_key", "key_id"} and method.oauth1.signature_method != "RSA-SHA1"
    if method.type != "oauth2":
        return False
    if key in {"private_key", "key_id"}:
        return method.client_auth != "private_key_jwt" and method.grant != "jwt_bearer"
    nameless = method.grant == "jwt_bearer" and method.client_auth == "none"
    return nameless and key in {"client_id", "client_secret"}


class Inputs(msgspec.Struct, frozen=True):
    """A method of a connector with the values of its form and of the connector's settings."""

    connector: Connector
    method: Method
    values: Mapping[str, str] = {}
    settings: Mapping[str, str] = {}

    def setting(self, key: str) -> str:
        """A form value, else a setting, else the setting's default; empty when there is none."""
        for source in (self.values, self.settings):
            if source.get(key):
                return source[key]
        return next((f.default for f in self.connector.settings if f.key == key), "")


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """A connect that worked. `identity` is the service's own stable id, or empty when it gives none."""

    credential: Credential
    name: str
    email: str = ""
    identity: str = ""
    profile: Mapping[str, Any] = {}
    scope_asked: str = ""
    scope_granted: str = ""


def with_stored(inputs: Inputs, credential: Credential) -> Inputs:
    """The same inputs, with the form values that were stored with the account where none are given."""
    return Inputs(inputs.connector, inputs.method, {**credential.fields, **inputs.values}, inputs.settings)


def template_values(inputs: Inputs, credential: Credential | None = None) -> dict[str, Any]:
    """All names that templates see. What a service sent never hides a form value or a setting."""
    values: dict[str, Any] = dict(credential.extra) if credential else {}
    values |= {f.key: f.default for f in inputs.connector.settings if f.default or f.key not in values}
    values |= {key: value for key, value in inputs.settings.items() if value}
    values |= {f.key: f.default for f in inputs.method.fields}
    values |= inputs.values
    if credential:
        values |= {
            key: value for key in TOKEN_FIELDS if (value := getattr(credential, key)) not in ("", None)
        }
    return values


def secret_values(inputs: Inputs, credential: Credential | None = None) -> set[str]:
    """Every secret text that is in play, so that none of them becomes a name or a message."""
    secret_keys = {f.key for f in (*inputs.method.fields, *inputs.connector.settings) if f.secret}
    found = {source.get(key, "") for key in secret_keys for source in (inputs.values, inputs.settings)}
    if credential:
        found |= {credential.access_token, credential.refresh_token}
        kept = secret_kept_names(inputs.method)
        found |= {
            v
            for k, v in credential.extra.items()
            if isinstance(v, str) and ("token" in k.lower() or k in kept)
        }
        found |= {credential.fields.get(key, "") for key in secret_keys}
    return found - {""}
