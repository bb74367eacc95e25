"""Whose answer an answer is (36, 40, 59): codes and errors that belong to somebody else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from connectors.errors import CancelledAttemptError, ConnectorError, DeclinedError, ServiceError
from desktop.engine.connect.attempt import Attempt
from desktop.engine.events import AttemptChanged
from desktop.practice import Provider
from desktop.practice import start as practice
from desktop.vault.records import AccountQuery
from tests.connectors.support import shipped
from tests.engine.support import DEADLINE, bench, define, make_home
from tests.practice.person import sign_in
from tests.promises.scene import Scene, parameters
from tests.standin import StandIn


def follow(url: str) -> httpx.Response:
    """As a browser goes there."""
    return httpx.get(url, trust_env=False, timeout=DEADLINE, follow_redirects=True)


def callback(link: str, path: str = "", **answer: str) -> str:
    """The address that a browser with this link comes back to, with this answer."""
    asked = parameters(link)
    parts = urlsplit(asked["redirect_uri"])
    return urlunsplit(
        parts._replace(path=path or parts.path, query=urlencode({"state": asked["state"], **answer}))
    )


def begin(scene: Scene, key: str) -> tuple[Attempt, str]:
    """An attempt that waits for the browser, and its link."""
    attempt = scene.run(scene.engine.begin_connect(key, open_browser=False))
    event = scene.events.wait(
        lambda event: isinstance(event, AttemptChanged) and event.attempt_id == attempt.id and event.link
    )
    assert isinstance(event, AttemptChanged)
    return attempt, event.link


@pytest.fixture
def provider() -> Provider:
    with practice() as running:
        yield running


def test_36_a_code_of_another_session_is_refused_by_its_proof(tmp_path: Path, provider: Provider) -> None:
    """Somebody puts a code that they stole into our callback; the service asks for the verifier of theirs."""
    home = make_home(tmp_path / "home", provider.url)
    with bench(home, provider) as at_work:

        async def link_of_another() -> tuple[Attempt, str]:
            attempt = await at_work.engine.begin_connect("demo", open_browser=False)
            return attempt, ""

        other, _ = at_work.run(link_of_another())
        event = at_work.events.wait(lambda event: isinstance(event, AttemptChanged) and event.link)
        assert isinstance(event, AttemptChanged)
        stolen = parse_qs(urlsplit(sign_in(event.link)).query)["code"][0]

        def inject(came: str) -> str:
            parts = urlsplit(came)
            mine = {name: values[0] for name, values in parse_qs(parts.query).items()}
            return urlunsplit(parts._replace(query=urlencode({**mine, "code": stolen})))

        at_work.person.alter = inject
        with pytest.raises(ServiceError, match="could not be verified") as caught:
            at_work.connect()
        assert caught.value.hint == "Try to sign in again."
        assert at_work.run(at_work.engine.accounts(AccountQuery())) == []
        assert at_work.token_requests("authorization_code") == 1
        other.cancel()


@pytest.mark.parametrize("state", ["", "wrong", "other"])
@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>"])
def test_40_an_error_that_is_not_ours_ends_nothing(scene: Scene, state: str, error: str) -> None:
    attempt, link = begin(scene, "demo")
    other, other_link = begin(scene, "demo")
    given = {"": None, "wrong": "x" * 43, "other": parameters(other_link)["state"]}[state]
    answer = {"error": error} | ({"state": given} if given else {})
    asked = parameters(link)
    page = follow(f"{asked['redirect_uri']}?{urlencode(answer)}")
    assert page.status_code == 400 and "could not be verified" in page.text
    assert not attempt.last.ended and not other.last.ended
    follow(callback(link, code="good"))
    assert scene.run(attempt.wait()).state == "connected"
    other.cancel()
    with pytest.raises(CancelledAttemptError):
        scene.run(other.wait())


def test_40_an_error_of_another_issuer_is_no_decline(scene: Scene) -> None:
    """Error responses name their issuer as well (RFC 9207 2)."""
    url = scene.service.url
    said = {"issuer": url, "authorization_endpoint": f"{url}/a", "token_endpoint": f"{url}/oauth/token"}
    scene.service.answer("GET /.well-known/openid-configuration", said)
    define(scene.engine.home, f'key = "own"\nname = "Own"\ntype = "oauth2"\nissuer = "{url}"\n')
    scene.run(scene.engine.reload_connectors())
    scene.run(scene.engine.configure("own", {"client_id": "app"}))
    for iss, error in (
        ("https://evil.example", ServiceError),
        (url + "/", ServiceError),
        (url, DeclinedError),
    ):
        attempt, link = begin(scene, "own")
        follow(callback(link, error="access_denied", iss=iss))
        with pytest.raises(ConnectorError) as caught:
            scene.run(attempt.wait())
        assert type(caught.value) is error
        assert ("did not come from Own" in caught.value.sentence) == (error is ServiceError)


OTHER = """key = "other"
name = "Other"
type = "oauth2"
auth_url = "{url}/authorize"
request_access_token = "{url}/token"
"""


def test_59_one_services_answer_does_not_come_in_as_anothers(scene: Scene) -> None:
    """Without `iss` only the address tells two services apart (RFC 9700 4.4.2.2).

    The first service is the attacker's: it has the second one answer, at whatever address of this computer.
    """
    with StandIn({"*": {"access_token": "at", "token_type": "Bearer"}}) as honest:
        define(scene.engine.home, OTHER, url=honest.url)
        scene.run(scene.engine.reload_connectors())
        scene.run(scene.engine.configure("other", {"client_id": "app"}))
        attempt, link = begin(scene, "demo")
        other, other_link = begin(scene, "other")
        path, other_path = (urlsplit(parameters(one)["redirect_uri"]).path for one in (link, other_link))
        assert path != other_path
        # What the honest service would take for its client's address, whatever the port, leads nowhere here.
        assert follow(callback(link, other_path, code="of-the-honest-one")).status_code == 404
        # And with the state of its own attempt it is at the wrong door.
        strange = callback(link, code="of-the-honest-one", state=parameters(other_link)["state"])
        assert follow(strange).status_code == 400
        assert not attempt.last.ended and not other.last.ended
        assert scene.exchanges == [] and honest.requests == []
        follow(callback(other_link, code="its-own"))
        assert scene.run(other.wait()).state == "connected"
        assert [seen.form["code"] for seen in honest.asked("/token")] == ["its-own"]
        attempt.cancel()


def test_59_every_connector_that_ships_has_an_address_of_its_own() -> None:
    paths = [connector.redirect.path for connector in shipped()]
    assert len(paths) == len(set(paths))
