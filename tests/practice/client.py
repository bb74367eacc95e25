"""A small OAuth client that shares no code with the application."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.practice.person import TLS, sign_in

VERIFIER = "a-verifier-of-more-than-forty-three-characters-0"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "http://127.0.0.1:49152/callback"


class ClientApp:
    """Asks for a code, exchanges it, renews, revokes. Parameters can be replaced or dropped with None."""

    def __init__(self, provider_url: str) -> None:
        self.url = provider_url
        self.http = httpx.Client(base_url=provider_url, trust_env=False, timeout=30, verify=TLS)

    def __enter__(self) -> ClientApp:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def authorize_url(self, **changes: str | None) -> str:
        """The address that the browser opens."""
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "jackfield-practice",
            "redirect_uri": REDIRECT,
            "scope": "profile email",
            "state": "a-state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        asked |= changes
        return f"{self.url}/oauth/authorize?" + urlencode({k: v for k, v in asked.items() if v is not None})

    def code(self, user: str = "amelia", **changes: str | None) -> str:
        """A fresh authorization code that this person allowed."""
        answer = parse_qs(urlsplit(sign_in(self.authorize_url(**changes), user)).query)
        assert answer["state"] == ["a-state"]
        return answer["code"][0]

    def exchange(self, code: str, **changes: str | None) -> httpx.Response:
        """The token request for a code."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": "jackfield-practice",
            "code_verifier": VERIFIER,
        }
        form |= changes
        return self.http.post("/oauth/token", data={k: v for k, v in form.items() if v is not None})

    def connect(self, user: str = "amelia") -> dict[str, Any]:
        """The token answer for this person."""
        answer = self.exchange(self.code(user))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def renew(self, refresh_token: str) -> httpx.Response:
        """The token request for a refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.http.post("/oauth/token", data={**form, "client_id": "jackfield-practice"})

    def revoke(self, token: str) -> httpx.Response:
        """RFC 7009."""
        return self.http.post("/oauth/revoke", data={"token": token, "client_id": "jackfield-practice"})

    def userinfo(self, access_token: str) -> httpx.Response:
        """The profile of whoever the token belongs to."""
        return self.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {access_token}"})
