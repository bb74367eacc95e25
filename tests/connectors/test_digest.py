"""HTTP Digest: the challenge is answered, on requests and while connecting; the password is never sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.errors import ServiceError, WrongCredentialsError
from connectors.reading.loading import load_file
from connectors.wire.applying import CredentialAuth
from tests.connectors.support import connect_it, definition, inputs_of
from tests.standin import Reply, Seen, StandIn

VALUES = {"username": "ameliä", "password": "pä:ss"}


def guarded(digest: Callable[[bytes], str], word: str, qop: str = "auth") -> Callable[[Seen], Reply]:
    """A service that asks for Digest and computes the answer by itself (RFC 7616 3.4)."""

    def hashed(text: str) -> str:
        return digest(text.encode())

    def answer(seen: Seen) -> Reply:
        challenge = f'Digest realm="acme", nonce="n-1", qop="{qop}", algorithm={word}, opaque="o"'
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', seen.header("Authorization").removeprefix("Digest ")))
        first = hashed(f"{VALUES['username']}:acme:{VALUES['password']}")
        second = hashed(f"{seen.method}:{seen.target}")
        numbers = f"{given.get('nonce')}:{given.get('nc')}:{given.get('cnonce')}:auth"
        if given.get("response") != hashed(f"{first}:{numbers}:{second}"):
            return Reply({"message": "no"}, 401, {"WWW-Authenticate": challenge})
        return Reply({"name": "Amelia"})

    return answer


def md5(raw: bytes) -> str:
    return hashlib.md5(raw, usedforsecurity=False).hexdigest()


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


@pytest.fixture
def connector(tmp_path: Path) -> Connector:
    toml = """
        name = "Acme"
        type = "apiKey"
        request_profile_info = "{{base}}/me?x=1"
        [auth.base]
        [auth.username]
        [auth.password]
        type = "password"
        [apply]
        auth = { user = "{{username}}", password = "{{password}}", digest = true }
    """
    return definition(tmp_path, toml)


@pytest.mark.parametrize(("digest", "word"), [(md5, "MD5"), (sha256, "SHA-256")])
def test_the_challenge_is_answered(connector: Connector, digest: Callable[[bytes], str], word: str) -> None:
    with StandIn({"GET /me": guarded(digest, word), "POST /things": guarded(digest, word)}) as service:
        values = {**VALUES, "base": service.url}
        connected = connect_it(inputs_of(connector, values))
        assert connected.name == "Amelia"
        auth = CredentialAuth(inputs_of(connector), Credential(fields=values))
        with httpx.Client(trust_env=False) as client:
            assert client.post(f"{service.url}/things?a=b", content=b"{}", auth=auth).status_code == 200
        assert [len(service.asked(path)) for path in ("/me", "/things")] == [2, 2]
        assert all("p%C3%A4" not in seen.header("Authorization") for seen in service.requests)
        assert [seen.body for seen in service.asked("/things")] == [b"{}", b"{}"]


def test_a_wrong_password_is_told_after_one_answer(connector: Connector) -> None:
    with StandIn({"GET /me": guarded(md5, "MD5")}) as service:
        values = {**VALUES, "password": "wrong", "base": service.url}
        with pytest.raises(WrongCredentialsError):
            connect_it(inputs_of(connector, values))
        assert len(service.asked("/me")) == 2


@pytest.mark.parametrize(("word", "qop"), [("MD5", "auth-int"), ("SNAKE", "auth")])
def test_an_unknown_kind_is_refused(connector: Connector, word: str, qop: str) -> None:
    with (
        StandIn({"GET /me": guarded(md5, word, qop)}) as service,
        pytest.raises(ServiceError, match="not known"),
    ):
        connect_it(inputs_of(connector, {**VALUES, "base": service.url}))


def test_digest_belongs_to_apply_alone(tmp_path: Path) -> None:
    toml = """
        name = "Acme"
        type = "apiKey"
        auth.key.name = "Key"
        [validate]
        url = "https://api.acme.example"
        auth = { user = "{{key}}", password = "x", digest = true }
    """
    path = tmp_path / "acme.toml"
    path.write_text(toml)
    connector, problems = load_file(path)
    assert connector is None
    assert [problem.key for problem in problems] == ["validate.auth.digest"]
