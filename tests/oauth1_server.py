"""An OAuth 1.0a provider whose checks are oauthlib's, which shares no code with what signs the requests."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from oauthlib.oauth1 import RequestValidator, ResourceEndpoint, WebApplicationServer

from tests.connectors.support import PromptBrowser
from tests.standin import Reply, Seen, StandIn

CONSUMER_KEY = "consumer-key-for-trying"
CONSUMER_SECRET = "consumer-secret/with+signs&%"  # every sign that has to be escaped somewhere
KEYS = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}
PERSON = {"id": "77", "username": "Amelia Ortega", "email": "amelia@practice.example", "dateExpires": None}


@dataclass
class Token:
    """A request token or an access token."""

    secret: str
    callback: str = ""
    verifier: str = ""


@dataclass
class Validator(RequestValidator):  # type: ignore[misc]  # oauthlib has no types
    """Keeps tokens in memory; knows one app."""

    rsa_key: str = ""  # the app's public half
    request_tokens: dict[str, Token] = field(default_factory=dict)
    access_tokens: dict[str, Token] = field(default_factory=dict)
    nonces: set[tuple[str, str]] = field(default_factory=set)
    methods: list[str] = field(default_factory=list)
    fixed_verifier: str = ""  # a PIN that is good for every sign-in

    enforce_ssl = False  # it is on loopback
    allowed_signature_methods = ("HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT")
    dummy_client = "dummy-client-that-nobody"
    dummy_request_token = dummy_access_token = "dummy-token-that-nobody-has"
    safe_characters = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    client_key_length = request_token_length = access_token_length = nonce_length = (20, 64)

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == CONSUMER_KEY

    def validate_request_token(self, client_key: str, token: str, request: Any) -> bool:
        return token in self.request_tokens

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token in self.access_tokens

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **_: Any
    ) -> bool:
        self.methods.append(request.signature_method)
        fresh = (timestamp, nonce) not in self.nonces
        self.nonces.add((timestamp, nonce))
        return fresh

    def validate_redirect_uri(self, client_key: str, redirect_uri: str, request: Any) -> bool:
        return redirect_uri == "oob" or redirect_uri.startswith("http://127.0.0.1:")

    def validate_requested_realms(self, *_: Any) -> bool:
        return True

    def validate_realms(self, *_: Any, **__: Any) -> bool:
        return True

    def validate_verifier(self, client_key: str, token: str, verifier: str, request: Any) -> bool:
        return bool(verifier) and verifier in (self.request_tokens[token].verifier, self.fixed_verifier)

    def verify_request_token(self, token: str, request: Any) -> bool:
        return token in self.request_tokens

    def invalidate_request_token(self, client_key: str, token: str, request: Any) -> None:
        del self.request_tokens[token]

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return CONSUMER_SECRET

    def get_request_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return self.request_tokens[token].secret if token in self.request_tokens else "none"

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return self.access_tokens[token].secret if token in self.access_tokens else "none"

    def get_rsa_key(self, client_key: str, request: Any) -> str:
        return self.rsa_key

    def get_default_realms(self, client_key: str, request: Any) -> list[str]:
        return []

    def get_realms(self, token: str, request: Any) -> list[str]:
        return []

    def get_redirect_uri(self, token: str, request: Any) -> str:
        return self.request_tokens[token].callback

    def save_request_token(self, token: dict[str, str], request: Any) -> None:
        self.request_tokens[token["oauth_token"]] = Token(
            token["oauth_token_secret"], str(request.redirect_uri or "")
        )

    def save_verifier(self, token: str, verifier: dict[str, str], request: Any) -> None:
        self.request_tokens[token].verifier = verifier["oauth_verifier"]

    def save_access_token(self, token: dict[str, str], request: Any) -> None:
        self.access_tokens[token["oauth_token"]] = Token(token["oauth_token_secret"])


class OAuth1Service:
    """The provider on a stand-in: /request, /authorize, /access, and anything else as a signed resource."""

    def __init__(self, standin: StandIn, *, rsa_key: str = "") -> None:
        self.standin = standin
        self.validator = Validator(rsa_key=rsa_key)
        self._server = WebApplicationServer(self.validator)
        self._resource = ResourceEndpoint(self.validator)
        standin.answer("POST /request", self.request_token)
        standin.answer("GET /authorize", self.authorize)
        standin.answer("POST /access", self.access_token)
        standin.answer("*", self.resource)

    def _as_asked(self, seen: Seen) -> tuple[str, str, str, dict[str, str]]:
        host = seen.header("Host")
        scheme = "http" if host.startswith("127.0.0.1:") else "https"  # as whoever signed it knows the place
        return f"{scheme}://{host}{seen.target}", seen.method, seen.body.decode("latin-1"), dict(seen.headers)

    def request_token(self, seen: Seen) -> Reply:
        """RFC 5849 2.1."""
        headers, body, status = self._server.create_request_token_response(*self._as_asked(seen))
        return Reply((body or "").encode(), status, headers)

    def authorize(self, seen: Seen) -> Reply:
        """RFC 5849 2.2; the person agrees at once."""
        headers, body, status = self._server.create_authorization_response(*self._as_asked(seen))
        return Reply((body or "").encode(), status, headers)

    def access_token(self, seen: Seen) -> Reply:
        """RFC 5849 2.3."""
        headers, body, status = self._server.create_access_token_response(
            *self._as_asked(seen), credentials={"screen_name": "amelia", "user_id": "77"}
        )
        return Reply((body or "").encode(), status, headers)

    def resource(self, seen: Seen) -> Reply:
        """Any other address: the profile, if the signature covers what arrived."""
        good, _ = self._resource.validate_protected_resource_request(*self._as_asked(seen), realms=[])
        return Reply(PERSON) if good else Reply({"message": "the signature is wrong"}, 401)

    def add_access_token(self) -> tuple[str, str]:
        """An access token that was given before."""
        token, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.validator.access_tokens[token] = Token(secret)
        return token, secret


def signed_in(service: OAuth1Service) -> Callable[[dict[str, str]], dict[str, str]]:
    """What the browser comes back with after the person has agreed on the provider's page."""

    def answer(asked: dict[str, str]) -> dict[str, str]:
        target = f"/authorize?oauth_token={asked['oauth_token']}"
        reply = service.authorize(Seen("GET", "/authorize", asked, [], b"", target))
        query = parse_qs(urlsplit(reply.headers["Location"]).query, strict_parsing=True)
        return {name: values[0] for name, values in query.items()}

    return answer


class Person(PromptBrowser):
    """Signs in at the provider; `state` stands in the callback address, as OAuth 1 has none of its own."""

    async def authorize(self, url: str, state: str) -> Mapping[str, str]:
        self.opened.append(url)
        callback = dict(self._answer(self.asked))
        assert callback.pop("state", state) == state, "the provider hands the callback's own query back"
        return callback
