"""Whom secrets are sent to (71): TLS with a certificate that is good, and nobody else."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from connectors.errors import TemporaryError
from connectors.reading.loading import check_paths
from desktop.engine.callback.certificate import callback_context
from tests.engine.certificates import Authority
from tests.engine.support import define
from tests.promises.scene import Scene
from tests.tls_standin import TlsStandIn

SECURE = """key = "secure"
name = "Secure"
type = "oauth2"
auth_url = "{page}/authorize"
request_access_token = "{url}/token"
request_profile_info = "{url}/me"
"""


def connect_to(scene: Scene, context: ssl.SSLContext, ca_file: Path | None) -> None:
    """Signs in where only the page is without TLS; code and client secret would go to the server."""
    chosen = msgspec.structs.replace(scene.engine.preferences, ca_file=str(ca_file) if ca_file else "")
    scene.engine.save_preferences(chosen)
    with TlsStandIn(context) as server:
        server.answer("POST /token", {"access_token": "at", "token_type": "Bearer"})
        server.answer("GET /me", {"sub": "1", "name": "Amelia"})
        define(scene.engine.home, SECURE, page=scene.service.url, url=server.url)
        scene.run(scene.engine.reload_connectors())
        scene.run(scene.engine.configure("secure", {"client_id": "app", "client_secret": "s"}))
        try:
            scene.account("secure")
        except TemporaryError:
            assert server.requests == [], "no request, and so no secret"
            raise
        assert [seen.path for seen in server.requests] == ["/token", "/me"]


def old_versions_only(context: ssl.SSLContext) -> ssl.SSLContext:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def between(folder: Path) -> tuple[ssl.SSLContext, Path | None]:
    """The certificate of an authority that the server does not send along; the one above it is trusted."""
    (folder / "below").mkdir()
    return Authority(folder / "below", "Authority between").server(), Authority(folder).file


BAD: dict[str, tuple[Callable[[Path], tuple[ssl.SSLContext, Path | None]], str]] = {
    "nobody's": (lambda folder: (Authority(folder).server(), None), "unable to get local issuer certificate"),
    "its own": (lambda folder: (callback_context(folder), None), "self-signed certificate"),
    "another host": (lambda folder: ((a := Authority(folder)).server("a.example"), a.file), "mismatch"),
    "another address": (lambda folder: ((a := Authority(folder)).server("127.0.0.2"), a.file), "mismatch"),
    "expired": (lambda folder: ((a := Authority(folder)).server(expired=True), a.file), "has expired"),
    "nothing between": (between, "unable to get local issuer certificate"),
    "old versions": (
        lambda folder: (old_versions_only((a := Authority(folder)).server()), a.file),
        "protocol version|unsupported protocol|no protocols",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_71_nothing_is_sent_to_a_server_that_cannot_be_told(scene: Scene, tmp_path: Path, kind: str) -> None:
    make, reason = BAD[kind]
    context, ca_file = make(tmp_path)
    with pytest.raises(TemporaryError, match=reason) as caught:
        connect_to(scene, context, ca_file)
    assert "127.0.0.1" in caught.value.sentence, "whose certificate it is"
    assert scene.run(scene.engine.accounts()) == []


def test_71_nothing_is_heard_by_it(scene: Scene, tmp_path: Path) -> None:
    """What the server sees of a sign-in that is refused, of a refresh and of a request: no request at all."""
    authority = Authority(tmp_path)
    with TlsStandIn(authority.server(expired=True)) as server:
        define(scene.engine.home, SECURE, page=scene.service.url, url=server.url)
        scene.run(scene.engine.reload_connectors())
        scene.run(scene.engine.configure("secure", {"client_id": "app", "client_secret": "s"}))
        scene.refusal("secure")
        row = scene.account()
        with pytest.raises(TemporaryError):
            scene.run(scene.engine.request(row.id, "GET", f"{server.url}/x", {}, None))
        assert server.requests == []


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_71_an_authority_of_ones_own_is_trusted_when_its_file_is_named(
    scene: Scene, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    authority = Authority(tmp_path)
    context = authority.server()
    context.minimum_version = context.maximum_version = version
    connect_to(scene, context, authority.file)
    (row,) = scene.run(scene.engine.accounts())
    assert row.name == "Amelia"


@pytest.mark.parametrize("trusted", [True, False])
def test_71_the_environment_may_name_it_as_everywhere(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    """SSL_CERT_FILE takes the place of the system's authorities, on the command line too."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    if trusted:
        connect_to(scene, authority.server(), None)
        return
    (tmp_path / "other").mkdir()
    with pytest.raises(TemporaryError, match="unable to get local issuer certificate"):
        connect_to(scene, Authority(tmp_path / "other").server(), None)


@pytest.mark.parametrize(
    "key", ["verify", "verify_ssl", "verify_tls", "insecure", "tls_verify", "ssl", "strict_ssl"]
)
def test_71_no_definition_can_turn_it_off(tmp_path: Path, key: str) -> None:
    plain = SECURE.format(page="https://a.example", url="https://a.example")
    table = plain.replace('"https://a.example/me"', f'{{ url = "https://a.example/me", {key} = false }}')
    token = plain.replace(
        '"https://a.example/token"', f'{{ url = "https://a.example/token", {key} = false }}'
    )
    for text in (f"{plain}{key} = false\n", table, token):
        file = tmp_path / "own.toml"
        file.write_text(text)
        problems = [p for p in check_paths([file]) if p.severity == "error"]
        assert problems and key in problems[0].key
