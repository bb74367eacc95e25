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


BAD_SIGNATURES: dict[int, dict[str, Callable[[dict[str, Any]], str]]] = {
    74: {
        "none": lambda c: unsigned(c, "none"),
        "NONE": lambda c: unsigned(c, "NONE"),
        "none with a kid": lambda c: encode(c).rpartition(".")[0] + ".",
        "no algorithm": lambda c: unsigned(c, ""),
    },
    75: {
        "tampered": tampered,
        "another key": lambda c: encode(c, "RS256", STRANGER),
        "the app's secret": lambda c: encode(c, "HS256", OctKey.import_key("s" * 32), kid="rsa"),
        "the public key as a secret": lambda c: with_secret(c, KEYS["RS256"].as_pem(private=False)),
        "no token": lambda c: "not.a.token",
        "no token at all": lambda c: "x" * 100,
        "too many parts": lambda c: encode(c) + ".more",
        "an empty signature": lambda c: encode(c).rpartition(".")[0] + ".AA",
    },
    83: {
        "an unknown kid": lambda c: encode(c, kid="nobody"),
        "a kid that is none": lambda c: encode(c, kid=""),
    },
}


def is_not_believed(folder: Path, provider: Provider, sign: Callable[[dict[str, Any]], str]) -> None:
    provider.sign = sign
    with pytest.raises(ServiceError, match="ID token of Example was refused"):
        sign_in(folder, provider)
    assert not provider.asked("/me"), "nothing is done with the token"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("how", BAD_SIGNATURES[74])
def test_74_no_signature_is_no_signature(tmp_path: Path, provider: Provider, how: str) -> None:
    is_not_believed(tmp_path, provider, BAD_SIGNATURES[74][how])


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("how", BAD_SIGNATURES[75])
def test_75_a_bad_signature_is_refused(tmp_path: Path, provider: Provider, how: str) -> None:
    is_not_believed(tmp_path, provider, BAD_SIGNATURES[75][how])


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("how", BAD_SIGNATURES[83])
def test_83_a_kid_that_nobody_has_is_refused(tmp_path: Path, provider: Provider, how: str) -> None:
    is_not_believed(tmp_path, provider, BAD_SIGNATURES[83][how])


def test_83_without_a_kid_the_only_key_is_taken(tmp_path: Path, provider: Provider) -> None:
    provider.keys(KEYS["RS256"])
    provider.sign = lambda claims: encode(claims, "RS256", kid=DROP)
    assert sign_in(tmp_path, provider).identity == "u-1"


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
# The claim, what it says, and the word in the refusal.
BAD_CLAIMS: dict[int, list[tuple[str, Any, str]]] = {
    77: [
        ("iss", "https://evil.example", "iss"),
        ("iss", DROP, "iss"),
        ("iss", ["x"], "iss"),
        ("iss", "", "iss"),
    ],
    78: [
        ("aud", DROP, "aud"),
        ("aud", "another-app", "aud"),
        ("aud", [], "aud"),
        ("aud", ["another-app"], "aud"),
        ("aud", {"app": 1}, "aud"),
        ("azp", "another-app", "azp"),
    ],
    79: [
        ("nonce", "wrong", "nonce"),
        ("nonce", DROP, "nonce"),
        ("nonce", 7, "nonce"),
        ("nonce", "", "nonce"),
    ],
    80: [
        ("sub", DROP, "sub"),
        ("sub", "", "sub"),
        ("sub", "x" * 256, "sub"),
        ("sub", 42, "sub"),
        ("sub", None, "sub"),
    ],
    81: [
        ("iat", DROP, "when it was issued"),
        ("iat", "today", "when it was issued"),
        ("iat", InSeconds(HOUR), "not valid yet"),
        ("nbf", InSeconds(HOUR), "not valid yet"),
    ],
    82: [
        ("exp", DROP, "when it ends"),
        ("exp", InSeconds(-HOUR), "ended already"),
        ("exp", float("1e308") * 10, ""),
        ("exp", True, ""),
    ],
    85: [("at_hash", "bm90IHRoZSBoYXNo", "at_hash"), ("at_hash", 7, "at_hash"), ("at_hash", "", "at_hash")],
}


def is_refused(folder: Path, provider: Provider, claim: str, value: Any, said: str) -> None:
    """Nothing is stored: there is no credential, and nobody was asked for a profile with it."""
    provider.claims = {claim: value}
    with pytest.raises(ServiceError) as caught:
        sign_in(folder, provider)
    assert "ID token of Example was refused" in caught.value.sentence
    assert said in caught.value.sentence
    assert not provider.asked("/me")


@pytest.mark.parametrize(("claim", "value", "said"), BAD_CLAIMS[77])
def test_77_another_issuer_is_refused(
    tmp_path: Path, provider: Provider, claim: str, value: Any, said: str
) -> None:
    is_refused(tmp_path, provider, claim, value, said)


@pytest.mark.parametrize(("claim", "value", "said"), BAD_CLAIMS[78])
def test_78_another_audience_is_refused(
    tmp_path: Path, provider: Provider, claim: str, value: Any, said: str
) -> None:
    is_refused(tmp_path, provider, claim, value, said)


@pytest.mark.parametrize(("claim", "value", "said"), BAD_CLAIMS[79])
def test_79_another_nonce_is_refused(
    tmp_path: Path, provider: Provider, claim: str, value: Any, said: str
) -> None:
    is_refused(tmp_path, provider, claim, value, said)


@pytest.mark.parametrize(("claim", "value", "said"), BAD_CLAIMS[80])
def test_80_nobody_it_is_about_is_refused(
    tmp_path: Path, provider: Provider, claim: str, value: Any, said: str
) -> None:
    is_refused(tmp_path, provider, claim, value, said)


@pytest.mark.parametrize(("claim", "value", "said"), BAD_CLAIMS[81])
def test_81_no_moment_of_issue_is_refused(
    tmp_path: Path, provider: Provider, claim: str, value: Any, said: str
) -> None:
    is_refused(tmp_path, provider, claim, value, said)


@pytest.mark.parametrize(("claim", "value", "said"), BAD_CLAIMS[82])
def test_82_an_end_that_has_passed_is_refused(
    tmp_path: Path, provider: Provider, claim: str, value: Any, said: str
) -> None:
    is_refused(tmp_path, provider, claim, value, said)


@pytest.mark.parametrize(("claim", "value", "said"), BAD_CLAIMS[85])
def test_85_another_access_tokens_hash_is_refused(
    tmp_path: Path, provider: Provider, claim: str, value: Any, said: str
) -> None:
    is_refused(tmp_path, provider, claim, value, said)


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
