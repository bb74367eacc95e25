"""An OpenID provider with a signer of our own, and somebody who signs in there."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from connectors.methods import Connected, Inputs
from tests.connectors.support import PromptBrowser, connect_it, definition, inputs_of
from tests.standin import Reply, Seen, StandIn

KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "ES384": ECKey.generate_key("P-384", {"kid": "ec-384"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
DROP = object()  # a claim that is to be missing


@dataclass
class InSeconds:
    """A moment that is so far from when the token is made."""

    seconds: int


def encode(claims: Mapping[str, Any], algorithm: str = "RS256", key: Any = None, **header: Any) -> str:
    signer = key or KEYS[algorithm]
    full = {"alg": algorithm, "kid": signer.kid, **header}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode(
            {k: v for k, v in full.items() if v is not DROP and v is not None},
            dict(claims),
            signer,
            algorithms=[algorithm],
        )


class Provider(StandIn):
    """An OpenID provider. `claims` changes those of the next ID tokens, `sign` how they are signed."""

    def __init__(self) -> None:
        super().__init__()
        self.claims: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = encode
        self.nonce = ""
        self.access_token = "at-1"
        self.issuer = self.url
        self.metadata = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/me",
            "revocation_endpoint": f"{self.url}/revoke",
            "jwks_uri": f"{self.url}/jwks",
            "code_challenge_methods_supported": ["plain", "S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        self.publish("/.well-known/openid-configuration")
        self.keys(*KEYS.values())
        self.answer("POST /token", self._token)
        self.answer("POST /revoke", {})
        self.answer("GET /me", {"sub": "u-1", "name": "Amelia", "email": "amelia@practice.example"})

    def publish(self, path: str) -> None:
        self.answer(f"GET {path}", self.metadata)

    def keys(self, *keys: Any) -> None:
        self.answer("GET /jwks", {"keys": [key.as_dict(private=False) for key in keys]})

    def id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": "app", "sub": "u-1", "iat": now, "exp": now + 300,
            "nonce": self.nonce, **self.claims,
        }  # fmt: skip
        times = {k: now + v.seconds for k, v in claims.items() if isinstance(v, InSeconds)}
        return self.sign({k: v for k, v in (claims | times).items() if v is not DROP})

    def _token(self, _: Seen) -> Reply:
        return Reply(
            {
                "access_token": self.access_token,
                "refresh_token": "rt-1",
                "token_type": "Bearer",
                "expires_in": 3600,
                "id_token": self.id_token(),
            }
        )


class Person(PromptBrowser):
    """Signs in at once; the provider takes the nonce down."""

    def __init__(self, provider: Provider, **more: str) -> None:
        super().__init__(lambda asked: {"code": "code-1", **more})
        self.provider = provider

    async def authorize(self, url: str, state: str, renew: Any = None) -> Mapping[str, str]:
        answer = await super().authorize(url, state, renew)
        self.provider.nonce = self.asked.get("nonce", "")
        return answer


TOML = """
name = "Example"
type = "oauth2"
issuer = "{issuer}"
scope = ["openid", "email"]
{more}
"""


def inputs_for(folder: Path, provider: Provider, more: str = "", issuer: str = "") -> Inputs:
    connector = definition(folder, TOML.format(issuer=issuer or provider.issuer, more=more))
    return inputs_of(connector, settings={"client_id": "app", "client_secret": "s"})


def sign_in(folder: Path, provider: Provider, more: str = "") -> Connected:
    return connect_it(inputs_for(folder, provider, more), Person(provider))
