"""The promise about tokens that are bound to a key (105). PyJWT checks the proofs; it did not make them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from connectors.credential import Credential, decode, encode
from connectors.errors import ConnectorError, InvalidTokenError, ServiceError
from connectors.methods import Inputs, refresh, validate
from connectors.ports import Ports
from connectors.wire.applying import CredentialAuth
from desktop.engine.core import secret_names
from tests.connectors.support import connect_it, definition, inputs_of, run
from tests.standin import Reply, Seen, StandIn

TOML = """
name = "Example"
type = "oauth2"
dpop = true
auth_url = "{url}/authorize"
request_access_token = "{url}/token"
request_profile_info = "{url}/me?full=1"
account_name_from_profile_info = "name"
{more}
"""


class Service(StandIn):
    """Takes requests only with a good proof, of one and the same key; demands `nonces` where it has some."""

    def __init__(self) -> None:
        super().__init__()
        self.nonces: dict[str, str] = {}
        self.token_type = "DPoP"
        self.keys: set[str] = set()
        self.proof_ids: set[str] = set()
        self.issued = 0
        self.answer("POST /token", self._token)
        self.answer("*", self._resource)

    def _proof(self, seen: Seen) -> tuple[dict[str, Any], Reply | None]:
        proof = seen.header("DPoP")
        header = jwt.get_unverified_header(proof)
        assert header["typ"] == "dpop+jwt"
        assert "d" not in header["jwk"], "the private half stays here"
        key = jwt.PyJWK(header["jwk"], algorithm="ES256").key
        claims = jwt.decode(proof, key, algorithms=["ES256"])
        assert claims["htm"] == seen.method
        assert claims["htu"] == self.url + seen.path, "without the query"
        assert claims["jti"] not in self.proof_ids, "no proof comes twice"
        self.proof_ids.add(claims["jti"])
        self.keys.add(json.dumps(header["jwk"], sort_keys=True))
        wanted = self.nonces.get(seen.path, "")
        if claims.get("nonce", "") == wanted:
            return claims, None
        status = 400 if seen.path == "/token" else 401
        return claims, Reply({"error": "use_dpop_nonce"}, status, {"DPoP-Nonce": wanted})

    def _token(self, seen: Seen) -> Reply:
        claims, refusal = self._proof(seen)
        assert "ath" not in claims
        if refusal is not None:
            return refusal
        self.issued += 1
        return Reply(
            {
                "access_token": f"at-{self.issued}",
                "refresh_token": "rt",
                "token_type": self.token_type,
                "expires_in": 60,
            }
        )

    def _resource(self, seen: Seen) -> Reply:
        claims, refusal = self._proof(seen)
        token = f"at-{self.issued}"
        assert seen.header("Authorization") == f"DPoP {token}"
        digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        assert claims["ath"] == digest
        return refusal or Reply({"name": "Amelia"})


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        yield running


def inputs_for(folder: Path, service: Service, more: str = "") -> Inputs:
    return inputs_of(
        definition(folder, TOML.format(url=service.url, more=more)),
        settings={"client_id": "app", "client_secret": "s"},
    )


def send(inputs: Inputs, credential: Credential, method: str, url: str, **options: Any) -> httpx.Response:
    async def work(ports: Ports) -> httpx.Response:
        request = ports.client.build_request(method, url, **options)
        return await ports.client.send(request, auth=CredentialAuth(inputs, credential))

    return run(work)


@pytest.mark.parametrize("nonces", [{}, {"/token": "n-1", "/me": "n-2", "/things": "n-3"}])
def test_105_every_request_proves_one_key_with_the_nonce_that_is_demanded(
    tmp_path: Path, service: Service, nonces: dict[str, str]
) -> None:
    service.nonces = nonces
    inputs = inputs_for(tmp_path, service)
    connected = connect_it(inputs)
    assert connected.name == "Amelia"
    credential = decode(encode(connected.credential))  # as the vault gives it back
    assert credential.token_type == "DPoP"
    assert run(lambda ports: validate(inputs, credential, ports)) == ""
    assert send(inputs, credential, "POST", f"{service.url}/things?a=1", json={"b": 2}).status_code == 200
    renewed = run(lambda ports: refresh(inputs, credential, ports))
    assert send(inputs, renewed, "GET", f"{service.url}/things").status_code == 200
    assert len(service.keys) == 1
    tries = 2 if nonces else 1
    assert len(service.asked("/token")) == 2 * tries
    assert len(service.asked("/things")) == 2 * tries
    assert [seen.json for seen in service.asked("/things") if seen.body] == [{"b": 2}] * tries


def test_105_each_account_has_its_own_key_and_it_is_a_secret(tmp_path: Path, service: Service) -> None:
    inputs = inputs_for(tmp_path, service)
    credential = connect_it(inputs).credential
    connect_it(inputs)
    assert len(service.keys) == 2
    assert "dpop_key" in secret_names(credential, inputs.method)


def test_105_a_service_that_never_takes_a_nonce_is_not_asked_forever(
    tmp_path: Path, service: Service
) -> None:
    stubborn = Reply({"error": "use_dpop_nonce"}, 400, {"DPoP-Nonce": "another"})
    service.answer("POST /token", stubborn)
    with pytest.raises(ServiceError):
        connect_it(inputs_for(tmp_path, service))
    assert len(service.asked("/token")) == 2


def test_a_401_without_a_nonce_is_an_answer_like_any_other(tmp_path: Path, service: Service) -> None:
    inputs = inputs_for(tmp_path, service)
    credential = connect_it(inputs).credential
    service.answer("GET /gone", {}, status=401)
    assert send(inputs, credential, "GET", f"{service.url}/gone").status_code == 401
    assert len(service.asked("/gone")) == 1


def test_a_service_that_gives_bearer_tokens_after_all(tmp_path: Path, service: Service) -> None:
    service.token_type = "Bearer"
    service.answer("GET /me", {"name": "Amelia"})
    connect_it(inputs_for(tmp_path, service))
    assert service.asked("/me")[0].header("Authorization") == "Bearer at-1"
    assert not service.asked("/me")[0].header("DPoP")


def test_other_types_and_types_that_nobody_asked_for_are_refused(tmp_path: Path, service: Service) -> None:
    service.token_type = "mac"
    with pytest.raises(ServiceError, match="cannot be used safely"):
        connect_it(inputs_for(tmp_path, service))
    plain = definition(tmp_path, TOML.format(url=service.url, more="").replace("dpop = true", ""))
    service.answer("POST /token", {"access_token": "at", "token_type": "DPoP"})
    with pytest.raises(ServiceError, match="cannot be used safely"):
        connect_it(inputs_of(plain, settings={"client_id": "app"}))


@pytest.mark.parametrize("key", [None, "", "no key", "{}"])
def test_an_account_whose_key_is_gone_needs_a_new_sign_in(
    tmp_path: Path, service: Service, key: str | None
) -> None:
    inputs = inputs_for(tmp_path, service)
    extra = {"dpop_key": key} if key is not None else {}
    credential = Credential(access_token="at-1", token_type="DPoP", extra=extra)
    with pytest.raises(InvalidTokenError, match="cannot be read"):
        send(inputs, credential, "GET", f"{service.url}/me")
    error: type[ConnectorError] = InvalidTokenError
    with pytest.raises(error):
        run(lambda ports: validate(inputs, credential, ports))


def test_tokens_of_another_grant_keep_their_key(tmp_path: Path, service: Service) -> None:
    more = 'grant = "client_credentials"'
    toml = TOML.format(url=service.url, more=more).replace(f'auth_url = "{service.url}/authorize"\n', "")
    inputs = inputs_of(definition(tmp_path, toml), settings={"client_id": "app", "client_secret": "s"})
    credential = connect_it(inputs).credential
    renewed = run(lambda ports: refresh(inputs, credential, ports))
    assert renewed.extra["dpop_key"] == credential.extra["dpop_key"]
    assert len(service.keys) == 1
