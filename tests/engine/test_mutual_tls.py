"""A certificate of the client's own: from the form to the wire, against servers that demand one."""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import msgspec
import pytest
import truststore

from connectors.errors import ConnectorError, InvalidInputError, MisconfiguredClientError, TemporaryError
from connectors.wire.certificates import ClientCertificate, client_certificate
from desktop.engine.network.presenting import MOST, CertificateWays
from desktop.engine.privacy.redaction import install_logging
from desktop.practice import Provider
from tests.engine.certificates import Authority
from tests.engine.client_certificates import DemandingStandIn, Pair, client_pair
from tests.engine.support import Bench, bench, define

BARE = """
key = "guarded"
name = "Guarded"
type = "apiKey"
base_url = "{url}"
validate = "{url}/me"

[tls]
"""
OPTIONAL = """
key = "guarded"
name = "Guarded"
type = "apiKey"
base_url = "{url}"
validate = "{url}/me"

[tls]

[auth.certificate]
type = "textarea"
format = "certificate"
required = false
"""
OAUTH = """
key = "guarded"
name = "Guarded"
type = "oauth2"
grant = "client_credentials"
client_auth = "tls_client_auth"
request_access_token = "{url}/token"
base_url = "{url}"

[tls]
"""


class Scene(NamedTuple):
    bench: Bench
    home: Path
    servers: Authority
    clients: Authority

    def defined(self, text: str, url: str) -> None:
        define(self.home, text, url=url)
        self.bench.run(self.bench.engine.reload_connectors())

    def refused(self, values: dict[str, str]) -> ConnectorError:
        with pytest.raises(ConnectorError) as caught:
            self.bench.connect("guarded", values)
        return caught.value


@pytest.fixture
def scene(home: Path, provider: Provider, tmp_path: Path) -> Iterator[Scene]:
    folders = [tmp_path / "servers", tmp_path / "clients"]
    for folder in folders:
        folder.mkdir()
    servers, clients = map(Authority, folders)
    with bench(home, provider) as running:
        trusting = msgspec.structs.replace(running.engine.preferences, ca_file=str(servers.file))
        running.engine.save_preferences(trusting)
        yield Scene(running, home, servers, clients)


@pytest.fixture
def guarded(scene: Scene) -> Iterator[DemandingStandIn]:
    with DemandingStandIn(scene.servers, scene.clients, {"*": {"id": 1}}) as standin:
        scene.defined(BARE, standin.url)
        yield standin


@pytest.mark.parametrize("form", ["two texts", "one text", "sealed key", "PKCS#12", "chain the other way"])
def test_the_right_certificate_opens_the_door(scene: Scene, guarded: DemandingStandIn, form: str) -> None:
    pair, sealing = client_pair(scene.clients), {"private_key_password": "pw ö"}
    values = {
        "two texts": pair.texts,
        "one text": {"certificate": pair.key + pair.certificate},
        "sealed key": {"certificate": pair.certificate, "private_key": pair.sealed_key("pw ö"), **sealing},
        "PKCS#12": {"certificate": base64.encodebytes(pair.pkcs12("pw ö")).decode(), **sealing},
        "chain the other way": {
            **pair.texts,
            "certificate": scene.clients.file.read_text() + pair.certificate,
        },
    }[form]
    row = scene.bench.connect("guarded", values)
    assert row.name == (
        "Guarded" if form == "PKCS#12" else "Authority of the tests" if "chain" in form else "amelia"
    )
    answer = scene.bench.run(scene.bench.engine.request(row.id, "GET", "/things"))
    assert answer.status == 200
    scene.bench.run(scene.bench.engine.test(row.id))
    assert [seen.path for seen in guarded.requests] == ["/me", "/things", "/me"]
    assert guarded.peers == ["amelia"] * 3 and guarded.refused == []


def test_each_account_presents_its_own(scene: Scene, guarded: DemandingStandIn) -> None:
    rows = [scene.bench.connect("guarded", client_pair(scene.clients, name).texts) for name in ("ann", "ben")]
    del guarded.peers[:]
    for row in (*rows, *reversed(rows)):
        scene.bench.run(scene.bench.engine.request(row.id, "GET", "/things"))
    assert guarded.peers == ["ann", "ben", "ben", "ann"]


def test_the_record_is_masked_like_any_secret(scene: Scene, guarded: DemandingStandIn) -> None:
    row = scene.bench.connect("guarded", client_pair(scene.clients).texts)
    view = scene.bench.run(scene.bench.engine.account(row.id))
    assert {"certificate", "private_key"} <= view.secret_fields


def test_what_is_presented_is_told_of_a_request_and_not_left_out_for_a_shell(
    scene: Scene, guarded: DemandingStandIn
) -> None:
    row = scene.bench.connect("guarded", client_pair(scene.clients).texts)
    preview = scene.bench.run(scene.bench.engine.request_preview(row.id))
    assert preview.credential == ("Client certificate amelia",)
    with pytest.raises(InvalidInputError, match="present a client certificate"):
        scene.bench.run(scene.bench.engine.as_curl(row.id, "GET", "/things"))


TLS = pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])


@TLS
@pytest.mark.parametrize(
    ("authority", "cause"), [("Somebody else", "authority"), ("Authority of the tests", "signature")]
)
def test_a_certificate_of_another_authority_is_refused_in_words(
    scene: Scene, tmp_path: Path, newest: ssl.TLSVersion, authority: str, cause: str
) -> None:
    stranger = Authority(tmp_path, authority)
    with DemandingStandIn(scene.servers, scene.clients, newest=newest) as standin:
        scene.defined(BARE, standin.url)
        error = scene.refused(client_pair(stranger).texts)
        assert standin.requests == [] and len(standin.refused) == 1
    assert isinstance(error, TemporaryError)
    assert error.sentence.startswith("127.0.0.1 does not accept the client certificate: ")
    assert cause in error.sentence and "sign in again" in error.hint


@TLS
def test_without_a_certificate_the_service_is_said_to_want_one(scene: Scene, newest: ssl.TLSVersion) -> None:
    with DemandingStandIn(scene.servers, scene.clients, newest=newest) as standin:
        scene.defined(OPTIONAL, standin.url)
        error = scene.refused({})
        assert standin.requests == [] and standin.refused == ["PEER_DID_NOT_RETURN_A_CERTIFICATE"]
    assert "127.0.0.1" in error.sentence
    if newest is ssl.TLSVersion.TLSv1_3:
        assert "wants a certificate of the client's own" in error.sentence
    else:  # which has no word for it
        assert "demands a client certificate" in error.hint


def test_what_is_wrong_with_it_is_said_in_the_form_before_anything_is_sent(
    scene: Scene, guarded: DemandingStandIn
) -> None:
    good, other = client_pair(scene.clients), client_pair(scene.clients, "other")
    expired = client_pair(scene.clients, begins=-20, ends=-2)
    early = client_pair(scene.clients, begins=2, ends=20)
    sealed = good.sealed_key("right")
    packed = base64.b64encode(good.pkcs12("right")).decode()
    cases: list[tuple[dict[str, str], str, str]] = [
        ({}, "certificate", "is needed"),
        ({"certificate": "text"}, "certificate", "neither PEM text"),
        ({"certificate": good.certificate[:200]}, "certificate", "damaged or cut short"),
        ({"certificate": good.certificate[:200] + good.certificate[260:]}, "certificate", "damaged"),
        (expired.texts, "certificate", "expired on "),
        (early.texts, "certificate", "not valid before "),
        ({"certificate": good.certificate}, "private_key", "is needed"),
        ({**good.texts, "private_key": "text"}, "private_key", "not a private key in PEM"),
        ({**good.texts, "private_key": good.key[:100]}, "private_key", "damaged"),
        ({**good.texts, "private_key": other.key}, "private_key", "does not belong"),
        ({**good.texts, "private_key": sealed}, "private_key_password", "protected by a password"),
        (
            {**good.texts, "private_key": sealed, "private_key_password": "wrong"},
            "private_key_password",
            "does not open",
        ),
        ({"certificate": packed}, "private_key_password", "needs its password"),
        ({"certificate": packed, "private_key_password": "wrong"}, "private_key_password", "does not open"),
    ]
    for values, field, said in cases:
        error = scene.refused(values)
        assert isinstance(error, InvalidInputError), error.sentence
        assert list(error.fields) == [field], (field, said, error.fields)
        assert said in error.fields[field], error.fields
        assert not any(line in error.fields[field] for line in good.key.splitlines() if "--" not in line)
    assert guarded.peers == guarded.refused == []


def test_an_app_proves_itself_by_its_certificate_alone(scene: Scene) -> None:
    token = {"access_token": "bound-token", "token_type": "Bearer", "expires_in": 3600}
    with DemandingStandIn(scene.servers, scene.clients, {"POST /token": token, "*": {"id": 1}}) as standin:
        scene.defined(OAUTH, standin.url)
        settings = {"client_id": "app-1"}
        scene.bench.run(scene.bench.engine.configure("guarded", settings))
        missing = scene.refused({})
        assert isinstance(missing, MisconfiguredClientError) and "certificate" in missing.sentence
        pair = client_pair(scene.clients, "app")
        scene.bench.run(scene.bench.engine.configure("guarded", pair.texts))
        row = scene.bench.connect("guarded")
        asked = standin.requests[0].form
        assert asked == {"grant_type": "client_credentials", "client_id": "app-1"}
        assert standin.requests[0].header("Authorization") == ""
        scene.bench.run(scene.bench.engine.request(row.id, "GET", "/things"))
        assert standin.requests[-1].header("Authorization") == "Bearer bound-token"
        scene.bench.run(scene.bench.engine.refresh(row.id))
        assert set(standin.peers) == {"app"} and len(standin.peers) == len(standin.requests) >= 3
        other = client_pair(scene.clients, "other")
        scene.bench.run(scene.bench.engine.configure("guarded", {"private_key": other.key}))
        with pytest.raises(MisconfiguredClientError, match="does not belong"):
            scene.bench.run(scene.bench.engine.refresh(row.id))
    assert scene.bench.run(scene.bench.engine.account(row.id)).row.state == "connected"


def test_the_key_never_lies_on_the_disk_in_the_clear(
    scene: Scene, guarded: DemandingStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, looked = client_pair(scene.clients), []
    load = truststore.SSLContext.load_cert_chain

    def looking(self: Any, path: Path, *args: Any, **options: Any) -> None:
        content = path.read_bytes()
        folder, mode = path.parent, stat.S_IMODE(path.stat().st_mode)
        looked.append((path, content, mode, stat.S_IMODE(folder.stat().st_mode), list(folder.iterdir())))
        load(self, path, *args, **options)

    monkeypatch.setattr(truststore.SSLContext, "load_cert_chain", looking)
    scene.bench.connect("guarded", pair.texts)
    ((path, content, mode, folder_mode, beside),) = looked
    assert (mode, folder_mode, beside) == (0o600, 0o700, [path])
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in content and b"BEGIN PRIVATE KEY" not in content
    der = base64.b64decode("".join(pair.key.splitlines()[1:-1]))
    for clear in (
        pair.secret_bytes,
        base64.b64encode(pair.secret_bytes),
        der,
        *pair.key.encode().split()[4:6],
    ):
        assert clear not in content
    assert not path.exists() and not path.parent.exists()


def test_nothing_of_the_key_leaks(
    scene: Scene,
    guarded: DemandingStandIn,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    pair = client_pair(scene.clients)
    install_logging(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        row = scene.bench.connect("guarded", pair.texts)
        scene.bench.run(scene.bench.engine.request(row.id, "GET", "/things"))
        scene.refused({**pair.texts, "certificate": client_pair(scene.clients).certificate})
        done = scene.bench.run(scene.bench.engine.activity())
    told = (repr(done) + caplog.text + "".join(capfd.readouterr())).encode()
    told += b"".join(repr(event).encode() for event in scene.bench.events.all)
    told += b"".join(file.read_bytes() for file in scene.home.rglob("*") if file.is_file())
    lines = [line for line in pair.key.splitlines() if "-----" not in line]
    for secret in (pair.key, *lines):
        raw = secret.encode()
        for form in (
            raw,
            secret.encode("utf-16-le"),
            base64.b64encode(raw),
            quote(secret).encode(),
            raw.hex().encode(),
        ):
            assert form not in told
    for raw in (pair.secret_bytes, base64.b64encode(pair.secret_bytes), pair.secret_bytes.hex().encode()):
        assert raw not in told


def test_few_ways_are_kept_and_none_after_the_vault_was_locked(
    scene: Scene, guarded: DemandingStandIn
) -> None:
    ways: CertificateWays = scene.bench.engine._parts.core.clients._certificates
    rows = [
        scene.bench.connect("guarded", client_pair(scene.clients, f"person {number}").texts)
        for number in range(MOST + 2)
    ]
    assert len(ways) == MOST
    assert scene.bench.run(scene.bench.engine.request(rows[0].id, "GET", "/things")).status == 200
    assert guarded.peers[-1] == "person 0" and len(ways) == MOST
    held = [way.transports for way in ways._ways.values()]
    assert all(held)
    scene.bench.run(scene.bench.engine.lock())
    assert len(ways) == 0 and not any(way for way in held if way)


class Held:
    """A certificate as an account presents it; `expired` from some moment on."""

    def __init__(self, pair: Pair) -> None:
        self.digest = pair.name.encode()
        self.expired = False
        self._pair = pair

    def load(self) -> ClientCertificate:
        if self.expired:
            raise InvalidInputError("It has expired.")
        return client_certificate(self._pair.certificate, self._pair.key)


class Closable(httpx.AsyncHTTPTransport):
    closed = False

    async def aclose(self) -> None:
        await super().aclose()
        self.closed = True


def test_a_way_in_use_is_closed_when_it_is_given_back(tmp_path: Path) -> None:
    held: Any = Held(client_pair(Authority(tmp_path)))

    async def whole() -> None:
        ways = CertificateWays(lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        way = await ways.take(held)
        way.transports["", False] = transport = Closable()
        assert await ways.take(held) is way
        await ways.forget()
        await way.release()
        assert not transport.closed
        await way.release()
        assert transport.closed and not way.transports

    asyncio.run(whole())


def test_a_certificate_that_expires_while_it_is_kept_is_not_presented_any_more(tmp_path: Path) -> None:
    held: Any = Held(client_pair(Authority(tmp_path)))

    async def whole() -> None:
        ways = CertificateWays(lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        way = await ways.take(held)
        way.ends, held.expired = datetime.now(UTC), True
        with pytest.raises(InvalidInputError, match="expired"):
            await ways.take(held)
        held.expired = False
        way.transports["", False] = transport = Closable()
        await way.release()
        assert await ways.take(held) is not way and transport.closed

    asyncio.run(whole())
