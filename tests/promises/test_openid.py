"""The promises about discovery and ID tokens (2, 11, 52, 54, 74-86), with a signer of our own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from connectors.credential import Credential
from connectors.errors import (
    ConnectorError,
    DeclinedError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
    UnsafeUrlError,
)
from connectors.methods import Connected, Inputs, refresh, revoke, validate
from tests.connectors.support import PromptBrowser, connect_it, definition, inputs_of, run
from tests.standin import Reply, Seen, StandIn

KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "ES384": ECKey.generate_key("P-384", {"kid": "ec-384"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
DROP = object()  # a claim that is to be missing


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
        return self.sign({k: v for k, v in claims.items() if v is not DROP})

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

    async def authorize(self, url: str, state: str) -> Mapping[str, str]:
        answer = await super().authorize(url, state)
        self.provider.nonce = self.asked.get("nonce", "")
        return answer


@pytest.fixture
def provider() -> Any:
    with Provider() as running:
        yield running


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


def test_an_issuer_is_all_that_a_definition_needs(tmp_path: Path, provider: Provider) -> None:
    inputs, person = inputs_for(tmp_path, provider), Person(provider)
    connected = connect_it(inputs, person)
    assert (connected.name, connected.email, connected.identity) == (
        "Amelia",
        "amelia@practice.example",
        "u-1",
    )
    assert person.opened[0].startswith(f"{provider.url}/authorize?")
    assert person.asked["code_challenge_method"] == "S256"
    credential = connected.credential
    renewed = run(lambda ports: refresh(inputs, credential, ports))
    assert renewed.refresh_token == "rt-1"
    assert run(lambda ports: validate(inputs, credential, ports)) == ""
    assert run(lambda ports: revoke(inputs, credential, ports)) is True
    assert [seen.form["token"] for seen in provider.asked("/revoke")] == ["rt-1", "at-1"]


def test_the_document_of_rfc_8414_is_looked_for_as_well(tmp_path: Path, provider: Provider) -> None:
    provider.issuer = f"{provider.url}/tenant"
    provider.metadata["issuer"] = provider.issuer
    provider.publish("/.well-known/oauth-authorization-server/tenant")
    assert sign_in(tmp_path, provider).name == "Amelia"
    assert provider.requests[0].path == "/tenant/.well-known/openid-configuration"


def test_what_the_first_document_lacks_may_stand_in_the_second(tmp_path: Path, provider: Provider) -> None:
    inputs = inputs_for(tmp_path, provider)
    credential = connect_it(inputs, Person(provider)).credential
    full = dict(provider.metadata)
    del provider.metadata["revocation_endpoint"]
    assert run(lambda ports: revoke(inputs, credential, ports)) is False
    provider.answer("GET /.well-known/oauth-authorization-server", full)
    assert run(lambda ports: revoke(inputs, credential, ports)) is True
    strange = full | {"issuer": "https://evil.example"}
    provider.answer("GET /.well-known/oauth-authorization-server", strange)
    with pytest.raises(ServiceError, match="another issuer"):
        run(lambda ports: revoke(inputs, credential, ports))


def test_without_a_profile_address_the_id_token_names_the_account(tmp_path: Path, provider: Provider) -> None:
    del provider.metadata["userinfo_endpoint"]
    provider.claims = {"name": "Amelia of the token", "email": "amelia@token.example"}
    connected = sign_in(tmp_path, provider)
    assert (connected.name, connected.identity) == ("Amelia of the token", "u-1")
    assert connected.profile["email"] == "amelia@token.example"


@pytest.mark.parametrize(
    "change", [lambda i: i + "/", lambda i: i.upper(), lambda i: "https://evil.example", lambda i: None]
)
def test_54_an_issuer_is_compared_letter_by_letter(
    tmp_path: Path, provider: Provider, change: Callable[[str], Any]
) -> None:
    provider.metadata["issuer"] = change(provider.url)
    with pytest.raises(ServiceError, match="another issuer"):
        sign_in(tmp_path, provider)
    assert {seen.path for seen in provider.requests} == {"/.well-known/openid-configuration"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"token_endpoint": "http://login.example/token"}, UnsafeUrlError),
        ({"authorization_endpoint": "javascript:alert(1)"}, UnsafeUrlError),
        ({"jwks_uri": "file:///etc/passwd"}, UnsafeUrlError),
        ({"userinfo_endpoint": "https://169.254.169.254/me"}, UnsafeUrlError),
        ({"token_endpoint": "https://a.example/{{client_secret}}"}, ServiceError),
        ({"token_endpoint": None}, ServiceError),
        ({"authorization_endpoint": 7}, ConnectorError),
    ],
)
def test_56_addresses_out_of_discovery_are_checked_like_all_others(
    tmp_path: Path, provider: Provider, change: dict[str, Any], error: type[ConnectorError]
) -> None:
    provider.metadata |= change
    person = Person(provider)
    with pytest.raises(error):
        connect_it(inputs_for(tmp_path, provider), person)
    assert not person.opened


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply("<html>", 200), ServiceError),
        (Reply("[]", 200), ServiceError),
        (Reply("", 404), ServiceError),
        (Reply("", 503), TemporaryError),
        (Reply("", 302, {"Location": "https://evil.example"}), ServiceError),
    ],
)
def test_56_a_document_that_is_none(
    tmp_path: Path, provider: Provider, reply: Reply, error: type[ConnectorError]
) -> None:
    provider.answer("GET /.well-known/openid-configuration", reply)
    with pytest.raises(error):
        sign_in(tmp_path, provider)


def test_2_a_service_that_knows_only_plain_is_refused(tmp_path: Path, provider: Provider) -> None:
    provider.metadata["code_challenge_methods_supported"] = ["plain"]
    person = Person(provider)
    with pytest.raises(ServiceError, match="PKCE with S256"):
        connect_it(inputs_for(tmp_path, provider), person)
    assert not person.opened


def test_the_way_in_which_the_service_takes_a_secret(tmp_path: Path, provider: Provider) -> None:
    provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_basic"]
    sign_in(tmp_path, provider)
    (seen,) = provider.asked("/token")
    assert seen.header("Authorization").startswith("Basic ")
    assert "client_secret" not in seen.form


@pytest.mark.parametrize("iss", ["https://evil.example", "", "{issuer}/", "{ISSUER}"])
def test_52_an_answer_of_another_issuer_is_dropped(tmp_path: Path, provider: Provider, iss: str) -> None:
    given = iss.format(issuer=provider.issuer, ISSUER=provider.issuer.upper())
    with pytest.raises(ServiceError, match="did not come from"):
        connect_it(inputs_for(tmp_path, provider), Person(provider, iss=given))
    assert not provider.asked("/token")
    with pytest.raises(ServiceError, match="did not come from"):
        connect_it(inputs_for(tmp_path, provider), Person(provider, iss=given, error="access_denied"))


def test_52_the_right_issuer_is_taken_and_a_promised_one_must_come(
    tmp_path: Path, provider: Provider
) -> None:
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    assert connect_it(inputs_for(tmp_path, provider), Person(provider, iss=provider.issuer)).name == "Amelia"
    with pytest.raises(ServiceError, match="did not come from"):
        sign_in(tmp_path, provider)
    with pytest.raises(DeclinedError):
        more = {"iss": provider.issuer, "error": "access_denied"}
        connect_it(inputs_for(tmp_path, provider), Person(provider, **more))


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
    ("iat", int(time.time()) + HOUR, "not valid yet"),
    ("nbf", int(time.time()) + HOUR, "not valid yet"),
    ("exp", DROP, "when it ends"),
    ("exp", int(time.time()) - HOUR, "ended already"),
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
        {"exp": int(time.time()) - 60},
        {"iat": int(time.time()) + 60},
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


PUSH = 'pushed_authorization_url = "{url}/par"'


@pytest.mark.parametrize("required", [False, True])
def test_11_only_a_reference_goes_through_the_browser(
    tmp_path: Path, provider: Provider, required: bool
) -> None:
    references = iter(f"urn:ietf:params:oauth:request_uri:{n}" for n in range(9))
    provider.answer("POST /par", lambda _: Reply({"request_uri": next(references), "expires_in": 60}, 201))
    if required:
        provider.metadata |= {
            "pushed_authorization_request_endpoint": f"{provider.url}/par",
            "require_pushed_authorization_requests": True,
        }
    inputs = inputs_for(tmp_path, provider, "" if required else PUSH.format(url=provider.url))
    seen = []
    for _ in range(2):
        person = Reader(provider)
        assert connect_it(inputs, person).name == "Amelia"
        assert person.asked.keys() == {"client_id", "request_uri"}
        seen.append(person.asked["request_uri"])
    assert len(set(seen)) == 2, "a reference is good for one attempt"
    first, second = provider.asked("/par")
    for pushed in (first, second):
        assert pushed.form["response_type"] == "code"
        assert pushed.form["client_secret"] == "s"
        assert {"state", "code_challenge", "nonce", "redirect_uri", "scope"} <= pushed.form.keys()
    (exchange, _) = provider.asked("/token")
    assert exchange.form["redirect_uri"] == first.form["redirect_uri"]


class Reader(PromptBrowser):
    """Signs in with what was pushed: the address itself holds nothing."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(lambda asked: {"code": "code-1"})
        self.provider = provider

    async def authorize(self, url: str, state: str) -> Mapping[str, str]:
        self.opened.append(url)
        pushed = self.provider.asked("/par")[-1].form
        assert pushed["state"] == state
        self.provider.nonce = pushed["nonce"]
        return {"code": "code-1"}


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"error": "invalid_client"}, 401), MisconfiguredClientError),
        (Reply({"error": "invalid_request"}, 400), ServiceError),
        (Reply({"expires_in": 60}, 201), ServiceError),
        (Reply({}, 503), TemporaryError),
    ],
)
def test_11_a_request_that_was_not_taken_opens_nothing(
    tmp_path: Path, provider: Provider, reply: Reply, error: type[ConnectorError]
) -> None:
    provider.answer("POST /par", reply)
    person = Reader(provider)
    with pytest.raises(error):
        connect_it(inputs_for(tmp_path, provider, PUSH.format(url=provider.url)), person)
    assert not person.opened
