"""The way out (141) and a way out that is missing (142)."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from connectors.errors import TemporaryError, UnsafeUrlError
from desktop.engine.engine import Engine
from desktop.engine.events import ActivityAdded
from desktop.engine.refreshing import backoff
from desktop.vault.records import AccountQuery
from tests.engine.certificates import Authority
from tests.engine.support import DEADLINE, PASSPHRASE, Events, define, make_home
from tests.promises.scene import Opener, Scene, running
from tests.standin import StandIn
from tests.tls_standin import TlsStandIn
from tests.tunnel import Tunnel

USER, PASSWORD = "amelia", "pr0xy p@ss"
CREDENTIALS = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
BEHIND = """key = "behind"
name = "Behind"
type = "oauth2"
auth_url = "{page}/authorize"
request_access_token = "https://service.example/token"
request_profile_info = "https://service.example/me"
revoke_access_token = "https://service.example/revoke"
"""


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def beyond(tmp_path: Path) -> Iterator[TlsStandIn]:
    """service.example, which is reached by whoever knows the way."""
    with TlsStandIn(Authority(tmp_path).server("service.example")) as service:
        service.answer("POST /token", {"access_token": "at", "refresh_token": "rt", "token_type": "Bearer"})
        service.answer("GET /me", {"sub": "1", "name": "Amelia"})
        service.answer("POST /revoke", {})
        yield service


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that this computer looked up by itself."""
    names: list[str] = []
    real = socket.getaddrinfo

    def noted(host: object, *args: object, **kwargs: object) -> object:
        names.append(str(host))
        return real(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    return names


def behind(scene: Scene, folder: Path) -> None:
    define(scene.engine.home, BEHIND, page=scene.service.url)
    trusting = msgspec.structs.replace(scene.engine.preferences, ca_file=str(folder / "authority.pem"))
    scene.engine.save_preferences(trusting)
    scene.run(scene.engine.reload_connectors())
    scene.run(scene.engine.configure("behind", {"client_id": "app"}))


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_141_services_are_reached_through_the_proxy_and_loopback_is_not(
    tmp_path: Path,
    service: StandIn,
    beyond: TlsStandIn,
    looked_up: list[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    """Everything that an account does, with a password at the proxy; the callback comes in directly."""
    with Tunnel({"service.example:443": beyond.port}, credentials=CREDENTIALS) as proxy:
        address = f"http://{USER}:pr0xy%20p%40ss@127.0.0.1:{proxy.port}"
        monkeypatch.setenv(variable, address)
        monkeypatch.setenv("HTTP_PROXY", address)
        for scene in running(make_home(tmp_path / "home", service.url), service):
            behind(scene, tmp_path)
            row = scene.account("behind")
            scene.run(scene.engine.test(row.id))
            scene.run(scene.engine.refresh(row.id))
            scene.run(scene.engine.disconnect(row.id))
            assert [seen.path for seen in beyond.requests] == [
                "/token", "/me", "/me", "/token", "/revoke", "/revoke",
            ]  # fmt: skip
            assert set(proxy.asked) == {"CONNECT service.example:443 HTTP/1.1"}
            assert "service.example" not in looked_up, "it is the proxy that looks names up"
            before = len(proxy.asked)
            scene.account()  # a service on this computer
            assert len(proxy.asked) == before and service.asked("/oauth/token")


@pytest.mark.parametrize("refusal", ["407", "403 Forbidden", "502 Bad Gateway"])
def test_141_a_proxy_that_refuses_is_told(
    tmp_path: Path, service: StandIn, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    wanted = {"credentials": "Basic x"} if refusal == "407" else {"refuses": refusal}
    with Tunnel({}, **wanted) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{USER}:pr0xy%20p%40ss@127.0.0.1:{proxy.port}")
        for scene in running(make_home(tmp_path / "home", service.url), service):
            behind_without_authority(scene)
            error = scene.refusal("behind")
            assert isinstance(error, TemporaryError)
            assert "The proxy refused the connection to service.example" in error.sentence
            assert refusal[:3] in error.sentence and "HTTPS_PROXY" in error.hint
            assert "pr0xy" not in error.sentence + error.hint
            assert len(proxy.asked) == 1


def behind_without_authority(scene: Scene) -> None:
    define(scene.engine.home, BEHIND, page=scene.service.url)
    scene.run(scene.engine.reload_connectors())
    scene.run(scene.engine.configure("behind", {"client_id": "app"}))


@pytest.mark.parametrize("exception", ["service.example", ".example", "*"])
def test_141_exceptions_from_the_proxy_are_honoured(
    tmp_path: Path, service: StandIn, looked_up: list[str], monkeypatch: pytest.MonkeyPatch, exception: str
) -> None:
    with Tunnel({}) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", exception)
        for scene in running(make_home(tmp_path / "home", service.url), service):
            behind_without_authority(scene)
            scene.refusal("behind")
            assert proxy.asked == [] and "service.example" in looked_up


def test_22_no_proxy_leads_into_the_own_network(
    tmp_path: Path, service: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Tunnel({}) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        for scene in running(make_home(tmp_path / "home", service.url), service):
            for host in ("10.0.0.5", "169.254.169.254", "metadata.google.internal", "0xa9fea9fe"):
                text = BEHIND.replace("https://service.example/token", "{{{{place}}}}/token")
                define(
                    scene.engine.home,
                    text + '\n[settings.place]\nname = "Place"\n' + f'default = "https://{host}"\n',
                    page=service.url,
                )
                scene.run(scene.engine.reload_connectors())
                scene.run(scene.engine.configure("behind", {"client_id": "app"}))
                assert isinstance(scene.refusal("behind"), UnsafeUrlError)
            assert proxy.asked == []


ACCOUNTS = 12


def test_142_without_a_network_everything_stays_as_it_was_known(
    tmp_path: Path, service: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schedule finds twelve accounts due and nobody there; when the service is back, all goes on."""
    monkeypatch.setattr(backoff, "FIRST", 3600.0)  # not half a minute, which a slow computer could need here
    token = {"access_token": "at-1", "refresh_token": "rt", "token_type": "Bearer", "expires_in": 1}
    service.answer("POST /oauth/token", token)
    home = make_home(tmp_path / "home", service.url)
    for scene in running(home, service):
        scene.connect(ACCOUNTS)
    port = service.port
    with socket.socket() as nobody:  # holds the port without listening: whoever connects is refused
        nobody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        text = (home / "connectors" / "demo.toml").read_text()
        nobody.bind(("127.0.0.1", 0))
        gone = nobody.getsockname()[1]
        (home / "connectors" / "demo.toml").write_text(text.replace(f":{port}/", f":{gone}/"))
        events = Events()
        with Engine(home, opener=Opener()) as engine:
            engine.subscribe(events)
            engine.run(engine.unlock(PASSPHRASE), DEADLINE)
            rows = engine.run(engine.accounts(AccountQuery()), DEADLINE)
            assert len(rows) == ACCOUNTS and {row.state for row in rows} == {"connected"}
            events.wait(
                lambda _: len({event.account_id for event in events.of(ActivityAdded)} - {""}) == ACCOUNTS
            )
            rows = engine.run(engine.accounts(AccountQuery()), DEADLINE)
            assert len(rows) == ACCOUNTS
            assert {row.state for row in rows} <= {"connected", "offline"}, (
                "nobody has to sign in again for this"
            )
            # Looked at again and again, nobody is asked again before the pause is over.
            for _ in range(5):
                for row in rows:
                    with pytest.raises(TemporaryError):
                        engine.run(engine.token(row.id), DEADLINE)
            assert refreshes(engine) == ACCOUNTS, "one line for each account, and no storm"
            # The service is back, and so are all accounts, without a new start.
            service.answer("POST /oauth/token", token | {"access_token": "at-2", "expires_in": 3600})
            (home / "connectors" / "demo.toml").write_text(text)
            engine.run(engine.reload_connectors(), DEADLINE)
            for row in rows:
                assert engine.run(engine.refresh(row.id), DEADLINE).state == "connected"
                assert engine.run(engine.token(row.id), DEADLINE) == "at-2"


def refreshes(engine: Engine) -> int:
    """How many lines the activity has about refreshes."""
    entries = engine.run(engine.activity(None, 500), DEADLINE)
    return len([entry for entry in entries if entry.action == "refreshed"])
