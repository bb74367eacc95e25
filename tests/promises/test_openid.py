"""The promises about ID tokens (74-88), with a signer of our own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from joserfc.jwk import OctKey

from connectors.credential import Credential
from connectors.errors import (
    ServiceError,
)
from connectors.methods import refresh
from tests.connectors.support import connect_it, run
from tests.openid_provider import (
    DROP,
    KEYS,
    STRANGER,
    InSeconds,
    Person,
    Provider,
    encode,
    inputs_for,
    sign_in,
)
from tests.standin import Reply


@pytest.fixture
def provider() -> Any:
    with Provider() as running:
        yield running


def test_without_a_profile_address_the_id_token_names_the_account(tmp_path: Path, provider: Provider) -> None:
    del provider.metadata["userinfo_endpoint"]
    provider.claims = {"name": "Amelia of the token", "email": "amelia@token.example"}
    connected = sign_in(tmp_path, provider)
    assert (connected.name, connected.identity) == ("Amelia of the token", "u-1")
    assert connected.profile["email"] == "amelia@token.example"


@pytest.mark.parametrize("algorithm", KEYS)
def test_75_signatures_that_are_good(tmp_path: Path, provider: Provider, algorithm: str) -> None:
    provider.sign = lambda claims: encode(claims, algorithm)
    assert sign_in(tmp_path, provider).identity == "u-1"


def unsigned(claims: Mapping[str, Any], algorithm: str) -> str:
    parts = ({"alg": algorithm}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."
    )


def tampered(claims: dict[str, Any]) -> str:
    head, _, signature = encode(claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "admin"}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def with_secret(claims: Mapping[str, Any], secret: bytes) -> str:
    """HS256, made by hand: no library signs with a public key."""
    signing_input = unsigned(claims, "HS256").rstrip(".")
    digest = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    return signing_input + "." + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


BAD_SIGNATURES: dict[str, Callable[[dict[str, Any]], str]] = {
    "74 none": lambda c: unsigned(c, "none"),
    "74 None": lambda c: unsigned(c, "NONE"),
    "75 tampered": tampered,
    "75 another key": lambda c: encode(c, "RS256", STRANGER),
    "75 the app's secret": lambda c: encode(c, "HS256", OctKey.import_key("s" * 32), kid="rsa"),
    "75 the public key as a secret": lambda c: with_secret(c, KEYS["RS256"].as_pem(private=False)),
    "83 an unknown kid": lambda c: encode(c, kid="nobody"),
    "no token": lambda c: "not.a.token",
    "no token at all": lambda c: "x" * 100,
    "too many parts": lambda c: encode(c) + ".more",
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("how", BAD_SIGNATURES)
def test_74_75_83_signatures_that_are_not(tmp_path: Path, provider: Provider, how: str) -> None:
    provider.sign = BAD_SIGNATURES[how]
    with pytest.raises(ServiceError, match="ID token of Example was refused"):
        sign_in(tmp_path, provider)
    assert not provider.asked("/me"), "nothing is done with the token"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_83_without_a_kid_every_key_of_the_kind_is_tried(
    tmp_path: Path, provider: Provider, algorithm: str
) -> None:
    bare = {"kty": "RSA", "n": "AQAB", "e": "!"}
    keys = [key.as_dict(private=False) for key in (STRANGER, *KEYS.values())]
    for key in keys:
        key.pop("kid")
    provider.answer("GET /jwks", {"keys": [bare, "junk", {"kty": "new"}, *keys]})
    provider.sign = lambda claims: encode(claims, algorithm, kid=DROP)
    assert sign_in(tmp_path, provider).identity == "u-1"


HOUR = 3600
BAD_CLAIMS: list[tuple[str, Any, str]] = [
    ("iss", "https://evil.example", "iss"),
    ("iss", DROP, "iss"),
    ("aud", DROP, "aud"),
    ("aud", "another-app", "aud"),
    ("aud", [], "aud"),
    ("aud", ["another-app"], "aud"),
    ("aud", {"app": 1}, "aud"),
    ("azp", "another-app", "azp"),
    ("nonce", "wrong", "nonce"),
    ("nonce", DROP, "nonce"),
    ("nonce", 7, "nonce"),
    ("sub", DROP, "sub"),
    ("sub", "", "sub"),
    ("sub", "x" * 256, "sub"),
    ("sub", 42, "sub"),
    ("iat", DROP, "when it was issued"),
    ("iat", "today", "when it was issued"),
    ("iat", InSeconds(HOUR), "not valid yet"),
    ("nbf", InSeconds(HOUR), "not valid yet"),
    ("exp", DROP, "when it ends"),
    ("exp", InSeconds(-HOUR), "ended already"),
    ("exp", float("1e308") * 10, ""),
    ("exp", True, ""),
    ("at_hash", "bm90IHRoZSBoYXNo", "at_hash"),
    ("at_hash", 7, "at_hash"),
]


@pytest.mark.parametrize(("claim", "value", "said"), BAD_CLAIMS)
def test_77_to_85_claims_that_are_refused(
    tmp_path: Path, provider: Provider, claim: str, value: Any, said: str
) -> None:
    provider.claims = {claim: value}
    with pytest.raises(ServiceError) as caught:
        sign_in(tmp_path, provider)
    assert "ID token of Example was refused" in caught.value.sentence
    assert said in caught.value.sentence
    assert not provider.asked("/me")


def half_hash(token: str, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["app"]},
        {"aud": ["other", "app"], "azp": "app"},
        {"exp": InSeconds(-60)},
        {"iat": InSeconds(60)},
        {"at_hash": half_hash("at-1")},
        {"sub": "u-1", "sid": [1, 2, {"a": None}]},
    ],
)
def test_78_82_88_claims_that_are_good(tmp_path: Path, provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    assert sign_in(tmp_path, provider).identity == "u-1"


@pytest.mark.parametrize(("days", "said"), [(1, "1440 minutes ahead"), (-1, "1440 minutes behind")])
def test_88_a_clock_that_is_wrong_is_named(
    tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch, days: int, said: str
) -> None:
    wrong = SimpleNamespace(time=lambda: time.time() + days * 86400)
    monkeypatch.setattr("connectors.methods.openid.time", wrong)
    with pytest.raises(ServiceError, match=said) as caught:
        sign_in(tmp_path, provider)
    assert caught.value.hint == "Set the clock."


def test_86_a_profile_of_somebody_else_is_dropped(tmp_path: Path, provider: Provider) -> None:
    provider.answer("GET /me", {"sub": "u-2", "name": "Somebody else"})
    with pytest.raises(ServiceError, match="somebody else than the one who signed in"):
        sign_in(tmp_path, provider)


def test_an_id_token_that_was_asked_for_must_come(tmp_path: Path, provider: Provider) -> None:
    provider.answer("POST /token", {"access_token": "at", "token_type": "Bearer"})
    with pytest.raises(ServiceError, match="it sent none"):
        sign_in(tmp_path, provider)


def test_a_refresh_may_omit_it_but_not_change_the_person(tmp_path: Path, provider: Provider) -> None:
    inputs = inputs_for(tmp_path, provider)
    stored = connect_it(inputs, Person(provider)).credential
    provider.claims = {"nonce": DROP, "iat": int(time.time())}
    assert run(lambda ports: refresh(inputs, stored, ports)).access_token == "at-1"
    provider.claims = {"nonce": DROP, "sub": "u-2"}
    with pytest.raises(ServiceError, match="somebody else than before"):
        run(lambda ports: refresh(inputs, stored, ports))
    provider.answer("POST /token", {"access_token": "at-2", "token_type": "Bearer"})
    renewed: Credential = run(lambda ports: refresh(inputs, stored, ports))
    assert (renewed.access_token, renewed.extra["id_token"]) == ("at-2", stored.extra["id_token"])


@pytest.mark.parametrize("reply", [Reply("<html>"), Reply({"keys": {}}), Reply("", 404), Reply({"keys": []})])
def test_keys_that_cannot_be_read(tmp_path: Path, provider: Provider, reply: Reply) -> None:
    provider.answer("GET /jwks", reply)
    with pytest.raises(ServiceError):
        sign_in(tmp_path, provider)
