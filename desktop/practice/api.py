"""What programs call: the token, revocation and userinfo endpoints, an API key and a password service."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request

from desktop.practice.authorization import PracticeServer, protector
from desktop.practice.people import PEOPLE, by_api_key, check_password
from desktop.practice.store import Grant, Store

# Tokens of the password service live beside the OAuth ones but belong to no OAuth client.
PASSWORD_SERVICE = "password-service"  # noqa: S105 - a name

# What each scope lets the profile say (OpenID Connect 5.4).
CLAIMS = {"profile": "name", "email": "email"}

Answer = Response | tuple[Response, int]


def blueprint(server: PracticeServer, store: Store) -> Blueprint:
    """The endpoints, bound to one store."""
    routes = Blueprint("api", __name__)
    guard = protector(store)

    @routes.post("/oauth/token")
    def token() -> Response:
        # One at a time: with rotation, looking a refresh token up and spending it is one step.
        with store.lock:
            return server.create_token_response()

    @routes.post("/oauth/revoke")
    def revoke() -> Response:
        with store.lock:
            return server.create_endpoint_response("revocation")

    @routes.get("/oauth/userinfo")
    def userinfo() -> Answer:
        with guard.acquire() as token:
            if token.grant.client_id == PASSWORD_SERVICE:
                return refused("invalid_token", "This token belongs to the password service.")
            if server.knobs.profile is not None:
                return jsonify(dict(server.knobs.profile))
            granted = {"sub", *(CLAIMS.get(word, "") for word in token.get_scope().split())}
            profile = PEOPLE[token.get_user()].profile
            return jsonify({key: value for key, value in profile.items() if key in granted})

    @routes.get("/key/me")
    def key_me() -> Answer:
        person = by_api_key(request.headers.get("X-Api-Key", ""))
        if person is None:
            return refused("invalid_key", "This API key is not known.")
        return jsonify(person.profile)

    @routes.post("/password/login")
    def login() -> Answer:
        data: Any = request.get_json(silent=True)
        if not isinstance(data, dict) or not all(
            isinstance(data.get(key), str) for key in ("username", "password")
        ):
            return refused("invalid_request", "Send username and password as JSON.", 400)
        person = check_password(data["username"], data["password"])
        if person is None:
            return refused("invalid_credentials", "The username or password is not right.")
        lifetime = server.knobs.token_lifetime
        value = f"practice-session-{secrets.token_urlsafe(24)}"
        grant = Grant(PASSWORD_SERVICE, person.username)
        store.add_token({"access_token": value}, grant, scope="", lifetime=lifetime)
        return jsonify({"token": value, "expiresIn": lifetime})

    @routes.get("/password/me")
    def password_me() -> Answer:
        with guard.acquire() as token:
            if token.grant.client_id != PASSWORD_SERVICE:
                return refused("invalid_token", "Sign in at /password/login first.")
            return jsonify(PEOPLE[token.get_user()].profile)

    return routes


def refused(error: str, message: str, status: int = 401) -> Answer:
    """An error in the plain shape that many services use: a word for programs and a sentence."""
    return jsonify({"error": error, "message": message}), status
