"""The OAuth 2.0 side, on Authlib's server: authorization code with PKCE, refresh, revocation.

RFC 6749, 6750, 7009, 7636 (S256 is required), 8252 7.3 (any port on loopback), 9700 4.14.2 (refresh token
rotation and reuse detection).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, Response

from desktop.practice.knobs import Knobs
from desktop.practice.people import CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, PUBLIC_CLIENT
from desktop.practice.store import Code, Grant, Store, Token

SCOPES = {
    "profile": "See your name",
    "email": "See your e-mail address",
    "offline_access": "Stay connected while you are away",
}
DEFAULT_SCOPE = "profile email"
AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post"]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Client(ClientMixin):
    """An OAuth app. Without a secret it is a public client (RFC 6749 2.1)."""

    client_id: str
    name: str
    secret: str = ""

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        known = [word for word in (scope or DEFAULT_SCOPE).split() if word in SCOPES]
        return " ".join(known) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Any port and path on this machine, and nothing else (RFC 8252 7.3)."""
        try:
            parts = urlsplit(redirect_uri)
            port_is_a_number = parts.port is None or parts.port > 0
        except ValueError:
            return False
        own = parts.scheme == "http" and parts.hostname in LOOPBACK and port_is_a_number
        return own and "@" not in parts.netloc and "#" not in redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret) and hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") is not bool(self.secret)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


CLIENTS = {
    PUBLIC_CLIENT: Client(PUBLIC_CLIENT, "Jackfield"),
    CONFIDENTIAL_CLIENT: Client(CONFIDENTIAL_CLIENT, "Jackfield (confidential)", CONFIDENTIAL_SECRET),
}


class RequiredS256(CodeChallenge):
    """PKCE that cannot be left out and knows no `plain` (RFC 9700 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with code_challenge_method=S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)


class PracticeServer(AuthorizationServer):
    """The authorization server with its store and its knobs, which the grants below reach through it."""

    def __init__(self, app: Flask, store: Store, knobs: Knobs) -> None:
        self.store = store
        self.knobs = knobs
        app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
        super().__init__(app, CLIENTS.get, self.keep_token)
        self.register_grant(CodeGrant, [RequiredS256(required=True)])
        self.register_grant(RefreshGrant)
        self.register_endpoint(Revocation)

    def keep_token(self, answer: dict[str, Any], request: OAuth2Request) -> None:
        """Called by Authlib with what it is about to send."""
        came_from: Code | Token = request.authorization_code or request.refresh_token
        lifetime = self.knobs.token_lifetime
        self.store.add_token(answer, came_from.grant, scope=answer["scope"], lifetime=lifetime)

    def handle_response(self, status: int, payload: Any, headers: Any) -> Response:
        """Called by Authlib for every answer; the knobs bend the one that carries a token."""
        if isinstance(payload, dict) and "access_token" in payload:
            payload = self.knobs.token_answer(payload)
        return super().handle_response(status, payload, headers)


class CodeGrant(grants.AuthorizationCodeGrant):
    """RFC 6749 4.1."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        data = request.payload.data
        kept = Code(
            code,
            Grant(request.client.get_client_id(), request.user),
            request.payload.redirect_uri,
            request.scope,
            data["code_challenge"],
            data["code_challenge_method"],
        )
        self.server.store.add_code(kept)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.server.store.usable_code(code, client.client_id)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        authorization_code.spent = True

    def authenticate_user(self, authorization_code: Code) -> str:
        return authorization_code.grant.username


class RefreshGrant(grants.RefreshTokenGrant):
    """RFC 6749 6, with rotation as the knob says."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    @property
    def INCLUDE_NEW_REFRESH_TOKEN(self) -> bool:
        return self.server.knobs.rotate

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        return self.server.store.usable_refresh_token(refresh_token)

    def authenticate_user(self, refresh_token: Token) -> str:
        return refresh_token.grant.username

    def revoke_old_credential(self, refresh_token: Token) -> None:
        refresh_token.revoked = True
        knobs: Knobs = self.server.knobs
        refresh_token.refresh_spent = knobs.rotate and not knobs.omit_refresh_token


class Revocation(RevocationEndpoint):
    """RFC 7009: a refresh token takes its whole grant with it, an access token only itself."""

    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, token: str, token_type_hint: str | None) -> Token | None:
        store: Store = self.server.store
        return store.by_refresh_token(token) or store.by_access_token(token)

    def revoke_token(self, token: Token, request: OAuth2Request) -> None:
        if request.form["token"] == token.refresh_token:
            token.grant.revoked = True
        else:
            token.revoked = True


class _StoredTokens(BearerTokenValidator):
    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    def authenticate_token(self, token_string: str) -> Token | None:
        return self.store.by_access_token(token_string)


def protector(store: Store) -> ResourceProtector:
    """Lets requests with a living access token through (RFC 6750)."""
    guard = ResourceProtector()
    guard.register_token_validator(_StoredTokens(store))
    return guard
