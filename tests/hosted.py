"""A service that sends the browser to a page of somebody else's at the end."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx

from tests.standin import StandIn

HOSTED = """
key = "hosted"
name = "Hosted"
type = "oauth2"
auth_url = "{url}/authorize"
request_access_token = "{url}/token"
"""
PAGE = "https://jackfield.example/back"


def hosted_service() -> StandIn:
    """The service; to be entered."""
    return StandIn({"POST /token": {"access_token": "at-1", "token_type": "Bearer"}})


def ended_on(link: str) -> str:
    """Where the browser ends after a sign-in at this link."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    return str(httpx.URL(asked["redirect_uri"], params={"state": asked["state"], "code": "code-1"}))
