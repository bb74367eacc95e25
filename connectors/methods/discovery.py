"""What a service says of itself: OpenID Connect Discovery 1.0 and RFC 8414."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from connectors.definition import AuthUrl, Method, Request, Server, TokenRequest
from connectors.errors import ServiceError
from connectors.inputs import Inputs, template_values
from connectors.ports import Ports
from connectors.templates.paths import exact_text_at
from connectors.wire.answers import passing_failure
from connectors.wire.request import send
from connectors.wire.urls import check_url, render_url

_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "device_authorization_endpoint",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
    "jwks_uri",
)


async def completed(inputs: Inputs, ports: Ports, *wanted: str) -> Inputs:
    """The inputs with the steps that the definition leaves to discovery; the same without an `issuer`.

    `wanted` names members for which the second document is read as well, if the first lacks them.

    Raises ServiceError when what the service says cannot be used, UnsafeUrlError or TemporaryError.
    """
    if not inputs.method.issuer:
        return inputs
    issuer = render_url(inputs.method.issuer, template_values(inputs))
    if not issuer:
        return inputs
    found = await _metadata(issuer, inputs.connector.name, ports, wanted)
    method = _filled(inputs.method, found, issuer, inputs.connector.name)
    return msgspec.structs.replace(inputs, method=method)


async def _metadata(issuer: str, service: str, ports: Ports, wanted: tuple[str, ...]) -> Mapping[str, Any]:
    openid, oauth = _addresses(check_url(issuer, "The issuer"))
    found = await _document(openid, issuer, service, ports)
    if found is None or any(name not in found for name in wanted):
        # Some services say in the document of RFC 8414 only what OpenID Connect has no word for.
        more = await _document(oauth, issuer, service, ports)
        found = {**(more or {}), **(found or {})} or None
    if found is None:
        raise ServiceError(
            f"{service} does not say of itself where people sign in: there is no document below “{issuer}”.",
            "Check the issuer, or use a definition that names the addresses.",
        )
    return found


async def _document(url: str, issuer: str, service: str, ports: Ports) -> dict[str, Any] | None:
    """What the service says at one address; None when there is nothing."""
    request = ports.client.build_request("GET", url, headers={"Accept": "application/json"})
    answer = await send(ports.client, request)
    if passing := passing_failure(answer, service):
        raise passing
    if not answer.ok:
        return None
    data = answer.json()
    # Byte by byte: anybody can serve a document that names somebody else (RFC 8414 3.3).
    if not isinstance(data, Mapping) or data.get("issuer") != issuer:
        raise ServiceError(
            f"What {service} says of itself cannot be used: it names another issuer than “{issuer}”.",
            "Enter the issuer exactly as the service's documentation gives it, to the last slash.",
        )
    return dict(data)


def _addresses(issuer: str) -> tuple[str, ...]:
    parts = urlsplit(issuer)
    if parts.query or parts.fragment:
        raise ServiceError("An issuer has no query and no fragment.", "Enter the bare address.")
    path = parts.path.rstrip("/")
    openid = parts._replace(path=f"{path}/.well-known/openid-configuration")
    oauth = parts._replace(path=f"/.well-known/oauth-authorization-server{path}")
    return urlunsplit(openid), urlunsplit(oauth)


def _filled(method: Method, found: Mapping[str, Any], issuer: str, service: str) -> Method:
    if method.tls is not None:  # RFC 8705 5: where connections that present a certificate go
        aliases = found.get("mtls_endpoint_aliases")
        found = {**found, **(aliases if isinstance(aliases, Mapping) else {})}
    urls = {name: _endpoint(found, name, service) for name in _ENDPOINTS}
    _check_pkce(method, found, service)
    changes: dict[str, Any] = {
        "server": Server(
            issuer=issuer,
            jwks_uri=urls["jwks_uri"],
            pushed_authorization=urls["pushed_authorization_request_endpoint"],
            registration=urls["registration_endpoint"],
            pushed_required=found.get("require_pushed_authorization_requests") is True,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        ),
        "client_auth": _client_auth(method, found),
    }
    token, page, device = (
        urls[f"{name}_endpoint"] for name in ("token", "authorization", "device_authorization")
    )
    if method.request_access_token is None:
        if not token:
            raise ServiceError(f"{service} does not say where a token is had.", "Check the issuer.")
        changes["request_access_token"] = TokenRequest(url=token)
    if method.auth_url is None and method.grant == "authorization_code":
        if not page:
            raise ServiceError(f"{service} does not say where people sign in.", "Check the issuer.")
        changes["auth_url"] = AuthUrl(url=page)
    if method.request_device_code is None and method.grant == "device_code":
        if not device:
            raise ServiceError(f"{service} does not offer codes for other devices.", "Sign in another way.")
        changes["request_device_code"] = TokenRequest(url=device)
    if method.request_profile_info is None and urls["userinfo_endpoint"]:
        changes["request_profile_info"] = Request(url=urls["userinfo_endpoint"])
    if method.revoke_access_token is None and urls["revocation_endpoint"]:
        changes["revoke_access_token"] = Request(url=urls["revocation_endpoint"], method="POST")
    return msgspec.structs.replace(method, **changes)


def _endpoint(found: Mapping[str, Any], name: str, service: str) -> str:
    url = exact_text_at(found, name)
    if not url:
        return ""
    if "{{" in url:  # it would be read as a template, and so could ask for a secret
        raise ServiceError(f"{service} gives an address ({name}) that is none.")
    return check_url(url, f"The address that {service} gives ({name})")


def _check_pkce(method: Method, found: Mapping[str, Any], service: str) -> None:
    known = found.get("code_challenge_methods_supported")
    if method.grant == "authorization_code" and method.pkce == "S256" and known and "S256" not in known:
        raise ServiceError(
            f"{service} does not offer PKCE with S256, which protects the sign-in. Nothing was opened.",
            'If it cannot be helped, its definition can say pkce = "none".',
        )


def _client_auth(method: Method, found: Mapping[str, Any]) -> str:
    """Basic where the service takes a secret in no other way; it is what a service that is silent means."""
    taken = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if method.client_auth == "body" and "client_secret_post" not in taken and "client_secret_basic" in taken:
        return "basic"
    return method.client_auth
