"""Which hosts are reached at all (22): a definition cannot point the app into the network that it runs in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.errors import TemporaryError, UnsafeUrlError
from connectors.reading.loading import check_paths
from desktop.engine.network.http import make_client
from tests.engine.certificates import Authority
from tests.engine.support import define
from tests.promises.scene import Scene
from tests.tls_standin import TlsStandIn

PRIVATE = [
    "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.254", "0.0.0.0",
    "[fd12:3456::1]", "[fc00::1]", "[::ffff:10.0.0.5]", "[64:ff9b::a00:5]", "[2002:a00:5::1]", "[::]",
    "[fec0::1]", "0x0a000005", "167772165", "10.5", "10.0.0.5.",
]  # fmt: skip
NEVER = [
    "169.254.169.254", "169.254.1.1", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]",
    "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.43518", "169.254.169.254.",
    "metadata.google.internal", "[64:ff9b::a9fe:a9fe]",
]  # fmt: skip
KEYED = """key = "{key}"
name = "Keyed"
type = "apiKey"
{more}

[auth.api_key]
type = "password"
name = "API key"

[validate]
url = "{address}/me"
headers = {{ X-Key = "{{{{api_key}}}}" }}
"""
FORM = '\n[auth.address]\nname = "Address"\ndefault = "{default}"\n'


@pytest.fixture
def leads_to(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str]]]:
    """Where names lead, in this process: each list is used up answer by answer, and its last one stays."""
    names: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in names:
            return real(host, *args, **kwargs)
        answers = names[name]
        return real(answers.pop(0) if len(answers) > 1 else answers[0], *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield names


def keyed(scene: Scene, address: str, *, key: str = "keyed", more: str = "", form: str | None = None) -> None:
    """A definition that sends its key to this address, or to one that the form asks for."""
    text = KEYED if form is None else KEYED.replace("[validate]", FORM.format(default=form) + "\n[validate]")
    define(scene.engine.home, text, key=key, more=more, address=address)
    scene.run(scene.engine.reload_connectors())


@pytest.fixture
def inside(tmp_path: Path, scene: Scene) -> Iterator[TlsStandIn]:
    """A service with a certificate for nas.example, whose authority the person trusts."""
    authority = Authority(tmp_path)
    preferences = msgspec.structs.replace(scene.engine.preferences, ca_file=str(authority.file))
    scene.engine.save_preferences(preferences)
    with TlsStandIn(authority.server("nas.example")) as service:
        service.answer("*", {"ok": True})
        yield service


@pytest.mark.parametrize("host", [*PRIVATE, "012.0.0.5", *NEVER])
def test_22_an_address_of_a_private_network_is_refused_when_it_is_read(tmp_path: Path, host: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(KEYED.format(key="own", more="", address=f"https://{host}:8443"))
    (problem,) = check_paths([file])
    assert problem.key == "validate.url" and problem.severity == "error"
    assert "private network" in problem.reason or "link-local" in problem.reason
    file.write_text(KEYED.format(key="own", more="local = true", address=f"https://{host}:8443"))
    assert bool(check_paths([file])) == (host in NEVER), (
        "local = true is for private networks, never for those"
    )


@pytest.mark.parametrize("host", PRIVATE)
def test_22_and_when_it_comes_later(scene: Scene, host: str) -> None:
    """Out of a default that nobody typed, a select, a service's answer."""
    address = f"https://{host}"
    keyed(scene, "{{address}}", form=address)
    assert "nobody typed it" in refused(scene, "keyed", {"api_key": "k"})
    keyed(scene, "{{address}}", form=f'{address}"\ntype = "select"\noptions = ["{address}"]\nplaceholder = "')
    assert "nobody typed it" in refused(scene, "keyed", {"api_key": "k", "address": address})
    said = {"issuer": scene.service.url, "authorization_endpoint": f"{scene.service.url}/a"}
    scene.service.answer(
        "GET /.well-known/openid-configuration", said | {"token_endpoint": f"{address}/token"}
    )
    define(
        scene.engine.home, f'key = "found"\nname = "Found"\ntype = "oauth2"\nissuer = "{scene.service.url}"\n'
    )
    scene.run(scene.engine.reload_connectors())
    scene.run(scene.engine.configure("found", {"client_id": "app"}))
    assert "nobody typed it" in refused(scene, "found")


def refused(scene: Scene, key: str, values: dict[str, str] | None = None) -> str:
    """The sentence that says that nothing was sent."""
    error = scene.refusal(key, values)
    assert isinstance(error, UnsafeUrlError), error
    assert "othing was sent" in error.sentence or "was not used" in error.sentence
    return error.sentence


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["10.0.0.5"], ["::1"], ["fd12::1"], ["93.184.215.14", "127.0.0.1"]]
)
def test_22_a_name_that_leads_inside_is_refused(
    scene: Scene, inside: TlsStandIn, leads_to: dict[str, list[str]], answers: list[str]
) -> None:
    """Also one that leads elsewhere only until it was checked (DNS rebinding)."""
    leads_to["nas.example"] = answers
    keyed(scene, f"https://nas.example:{inside.port}")
    assert "is in a private network, and nobody typed it" in refused(scene, "keyed", {"api_key": "k"})
    assert inside.requests == []


def typed(scene: Scene, how: str, port: int) -> dict[str, str]:
    address = f"https://nas.example:{port}"
    match how:
        case "form":
            keyed(scene, "{{address}}", form="https://elsewhere.example")
            return {"api_key": "k", "address": address}
        case "bare host":
            keyed(scene, f"https://{{{{address}}}}:{port}", form="")
            return {"api_key": "k", "address": "NAS.example"}
        case "setting":
            keyed(scene, "{{place}}")
            file = scene.engine.home / "connectors" / "keyed.toml"
            file.write_text(file.read_text() + '\n[settings.place]\nname = "Place"\n')
            scene.run(scene.engine.reload_connectors())
            scene.run(scene.engine.configure("keyed", {"place": address}))
        case _:
            keyed(scene, address, more="local = true")
    return {"api_key": "k"}


@pytest.mark.parametrize("how", ["form", "bare host", "setting", "local"])
def test_22_what_somebody_typed_is_reached(
    scene: Scene, inside: TlsStandIn, leads_to: dict[str, list[str]], how: str
) -> None:
    leads_to["nas.example"] = ["127.0.0.1"]
    row = scene.account("keyed", typed(scene, how, inside.port))
    assert scene.run(scene.engine.test(row.id)) == ""  # and again later, with what is stored
    assert [seen.header("X-Key") for seen in inside.requests] == ["k", "k"]


@pytest.mark.parametrize("how", ["form", "local"])
def test_22_what_was_typed_leads_to_link_local_never(
    scene: Scene, inside: TlsStandIn, leads_to: dict[str, list[str]], how: str
) -> None:
    for address in ("169.254.169.254", "fe80::1", "fd00:ec2::254"):
        leads_to["nas.example"] = [address]
        assert "link-local" in refused(scene, "keyed", typed(scene, how, inside.port))
    for host in NEVER:
        keyed(scene, "{{address}}", form="")
        refused(scene, "keyed", {"api_key": "k", "address": f"https://{host}"})
    assert inside.requests == []


def test_22_a_connection_that_is_open_is_not_lent(
    scene: Scene, inside: TlsStandIn, leads_to: dict[str, list[str]]
) -> None:
    """One account may reach the host; a definition that only names it gets no use of that connection."""
    leads_to["nas.example"] = ["127.0.0.1"]
    row = scene.account("keyed", typed(scene, "form", inside.port))
    keyed(scene, f"https://nas.example:{inside.port}", key="other")
    with pytest.raises(UnsafeUrlError):
        scene.account("other", {"api_key": "k"})
    assert scene.run(scene.engine.test(row.id)) == ""


@pytest.mark.parametrize("way", ["request", "import"])
def test_22_an_address_that_is_asked_for_in_so_many_words(
    scene: Scene, inside: TlsStandIn, leads_to: dict[str, list[str]], way: str
) -> None:
    leads_to["nas.example"] = ["127.0.0.1"]
    url = f"https://nas.example:{inside.port}/x.json"
    if way == "request":
        row = scene.account()
        assert scene.run(scene.engine.request(row.id, "GET", url, {}, None)).status == 200
        return
    document = {
        "openapi": "3.0.0", "info": {"title": "Inside", "version": "1"}, "servers": [{"url": "https://10.0.0.5/v1"}],
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
        "security": [{"key": []}], "paths": {"/me": {"get": {"responses": {}}}},
    }  # fmt: skip
    inside.answer("GET /x.json", document)
    key, imported = scene.run(scene.engine.import_document(url))
    assert any("10.0.0.5: in a private network" in warning for warning in imported.warnings)
    assert scene.engine.catalog.get(key).local


def test_22_this_computers_own_literals_stay_open(scene: Scene) -> None:
    for host in ("127.0.0.1", "localhost"):
        keyed(scene, f"http://{host}:{scene.service.port}", key="here")
        scene.service.answer("GET /me", {"ok": True})
        assert scene.account("here", {"api_key": "k"}).state == "connected"


def test_22_a_name_that_leads_nowhere_is_a_network_problem(leads_to: dict[str, list[str]]) -> None:
    async def ask(url: str) -> None:
        async with make_client(deadline=3.0) as client:
            await client.get(url)

    failing: Callable[[str], None] = lambda url: asyncio.run(ask(url))  # noqa: E731
    with pytest.raises(TemporaryError, match="could not be found"):
        failing("https://nowhere.invalid/")
