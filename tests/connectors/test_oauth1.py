"""OAuth 1.0a against oauthlib's server: every leg, every signature method, and what providers do wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.errors import (
    ConnectorError,
    DeclinedError,
    DefinitionError,
    InvalidInputError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
)
from connectors.methods import can_refresh, connect, revoke, validate
from connectors.ports import Ports
from connectors.reading.loading import check_paths
from connectors.wire.applying import CredentialAuth
from tests.connectors.support import (
    Stages,
    connect_it,
    definition,
    inputs_of,
    parameters_of,
    run,
)
from tests.oauth1_server import KEYS, OAuth1Service, Person, signed_in
from tests.standin import Reply, StandIn

TOML = """
name = "Example"
type = "oauth"
base_url = "{url}"
request_access_token = "{url}/access"
request_profile_info = "{url}/me?fields=all&q=it%27s%20me"
validate_access_token = "{url}/tokens/{{{{access_token}}}}"
revoke_access_token = {{ method = "DELETE", url = "{url}/tokens/{{{{access_token}}}}" }}
account_name_from_profile_info = "username"
email_from_profile_info = "email"
identity_from_profile_info = "id"
{more}

[token_answer]
keep = ["screen_name"]

[request_request_token]
url = "{url}/request"
params = {{ application_name = "Jack & field" }}

[auth_url]
url = "{url}/authorize"
params = {{ name = "Jackfield", scope = "read,write" }}
"""


def example(folder: Path, standin: StandIn, more: str = "") -> Connector:
    return definition(folder, TOML.format(url=standin.url, more=more))


@pytest.fixture
def service() -> Any:
    with StandIn() as standin:
        yield OAuth1Service(standin)


def pem_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return private, public


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("HMAC-SHA1", "header"),
        ("HMAC-SHA1", "query"),
        ("HMAC-SHA256", "header"),
        ("HMAC-SHA256", "query"),
        ("RSA-SHA1", "header"),
        ("RSA-SHA1", "query"),
        ("PLAINTEXT", "header"),  # in a query oauthlib decodes a signature twice
    ],
)
def test_109_every_signature_method_from_the_request_token_to_the_revocation(
    tmp_path: Path, service: OAuth1Service, method: str, place: str
) -> None:
    settings = dict(KEYS)
    if method == "RSA-SHA1":
        settings["private_key"], service.validator.rsa_key = pem_pair()
    more = f'signature_method = "{method}"\nsignature_place = "{place}"'
    inputs = inputs_of(example(tmp_path, service.standin, more), settings=settings)
    person = Person(signed_in(service))
    connected = connect_it(inputs, person)
    credential = connected.credential
    assert (connected.name, connected.email, connected.identity) == (
        "Amelia Ortega",
        "amelia@practice.example",
        "77",
    )
    assert credential.access_token in service.validator.access_tokens
    assert credential.extra["screen_name"] == "amelia"
    assert credential.token_type == "OAuth"
    assert set(service.validator.methods) == {method}
    assert person.asked.keys() == {"oauth_token", "name", "scope"}
    assert service.standin.asked("/request")[0].form == {"application_name": "Jack & field"}
    assert run(lambda ports: validate(inputs, credential, ports)) == ""
    assert run(lambda ports: revoke(inputs, credential, ports)) is True
    assert service.standin.requests[-1].method == "DELETE"
    assert not can_refresh(inputs.method, credential)
    nonces = [nonce for _, nonce in service.validator.nonces]
    assert len(nonces) == len(set(nonces)) == len(service.validator.methods), "no nonce came twice"


@pytest.mark.parametrize(
    ("method", "url", "options"),
    [
        ("GET", "/anything?b=2&a=1&a=0&empty=", {}),
        ("GET", "/q?text=it's [here] $1 & more+less%2B", {}),
        ("POST", "/form?in=query", {"data": {"status": "Grüße & 100 % – it's*(me)!", "a": "b c"}}),
        ("POST", "/json", {"json": {"not": "signed"}}),
        ("PUT", "/bytes", {"content": b"\x00\xff"}),
    ],
)
def test_requests_are_signed_as_they_go_out(
    tmp_path: Path, service: OAuth1Service, method: str, url: str, options: dict[str, Any]
) -> None:
    token, secret = service.add_access_token()
    credential = Credential(access_token=token, extra={"access_token_secret": secret})
    inputs = inputs_of(example(tmp_path, service.standin), settings=KEYS)

    async def send(ports: Ports) -> httpx.Response:
        request = ports.client.build_request(method, service.standin.url + url, **options)
        return await ports.client.send(request, auth=CredentialAuth(inputs, credential))

    assert run(send).status_code == 200
    changed = Credential(access_token=token, extra={"access_token_secret": secret + "x"})
    inputs_changed = inputs

    async def send_wrong(ports: Ports) -> httpx.Response:
        request = ports.client.build_request(method, service.standin.url + url, **options)
        return await ports.client.send(request, auth=CredentialAuth(inputs_changed, changed))

    assert run(send_wrong).status_code == 401, "the server does check"


@pytest.mark.parametrize(
    ("url", "body", "error"),
    [
        ("/me?oauth_token=another", None, DefinitionError),
        ("/me", b"a=%zz", InvalidInputError),
    ],
)
def test_what_cannot_be_signed_is_not_sent(
    tmp_path: Path, service: OAuth1Service, url: str, body: bytes | None, error: type[ConnectorError]
) -> None:
    inputs = inputs_of(example(tmp_path, service.standin), settings=KEYS)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}

    async def send(ports: Ports) -> httpx.Response:
        address = service.standin.url + url
        request = ports.client.build_request(
            "POST" if body else "GET", address, content=body, headers=headers
        )
        return await ports.client.send(request, auth=CredentialAuth(inputs, Credential(access_token="a")))

    with pytest.raises(error):
        run(send)
    assert not service.standin.requests


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ({"denied": "whatever"}, DeclinedError, "declined"),
        ({"oauth_problem": "user_refused"}, DeclinedError, "declined"),
        ({"oauth_problem": "consumer_key_unknown"}, ServiceError, "consumer_key_unknown"),
        ({"oauth_token": "foreign", "oauth_verifier": "v"}, ServiceError, "another sign-in"),
        ({"oauth_verifier": "v"}, ServiceError, "another sign-in"),
        (None, ServiceError, "without a verifier"),
    ],
)
def test_109_what_the_browser_may_come_back_with(
    tmp_path: Path,
    service: OAuth1Service,
    answer: dict[str, str] | None,
    error: type[ConnectorError],
    said: str,
) -> None:
    inputs = inputs_of(example(tmp_path, service.standin), settings=KEYS)
    person = Person(lambda asked: answer if answer is not None else {"oauth_token": asked["oauth_token"]})
    with pytest.raises(error, match=said):
        connect_it(inputs, person)
    assert not service.standin.asked("/access"), "nothing is exchanged"


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        (b"oauth_token=t&oauth_token_secret=s", ServiceError, "did not confirm"),
        (
            b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false",
            ServiceError,
            "did not confirm",
        ),
        (b"oauth_callback_confirmed=true", ServiceError, "without a request token"),
        (b"<html>Sorry</html>", ServiceError, "web page"),
        (Reply("Invalid signature", 401), MisconfiguredClientError, "Invalid signature"),
        (
            Reply("oauth_problem=consumer_key_rejected", 401),
            MisconfiguredClientError,
            "consumer_key_rejected",
        ),
        (Reply("", 503), TemporaryError, "503|moment|later"),
    ],
)
def test_109_what_a_request_token_must_be(
    tmp_path: Path, service: OAuth1Service, reply: Any, error: type[ConnectorError], said: str
) -> None:
    service.standin.answer("POST /request", reply)
    person = Person()
    with pytest.raises(error, match=said):
        connect_it(inputs_of(example(tmp_path, service.standin), settings=KEYS), person)
    assert not person.opened


def test_a_wrong_secret_is_the_apps_mistake_and_a_wrong_verifier_the_sign_ins(
    tmp_path: Path, service: OAuth1Service
) -> None:
    connector = example(tmp_path, service.standin)
    with pytest.raises(MisconfiguredClientError, match="does not accept this app"):
        connect_it(inputs_of(connector, settings=KEYS | {"consumer_secret": "wrong"}), Person())
    forged = Person(lambda asked: {"oauth_token": asked["oauth_token"], "oauth_verifier": "x" * 30})
    with pytest.raises(ServiceError, match="could not be verified"):
        connect_it(inputs_of(connector, settings=KEYS), forged)


def test_missing_settings_are_named_before_anything_is_sent(tmp_path: Path, service: OAuth1Service) -> None:
    connector = example(tmp_path, service.standin, 'signature_method = "RSA-SHA1"')
    assert [f.key for f in connector.settings] == ["consumer_key", "private_key"]
    with pytest.raises(MisconfiguredClientError, match="Consumer key and Private key are not set"):
        connect_it(inputs_of(connector), Person())
    with pytest.raises(MisconfiguredClientError, match="no private key that can be used"):
        connect_it(inputs_of(connector, settings=KEYS | {"private_key": "not a key"}), Person())
    assert not service.standin.requests


def test_a_provider_of_oauth_1_0_without_confirmation_and_verifier(tmp_path: Path) -> None:
    with StandIn() as standin:
        standin.answer("POST /request", b"oauth_token=rt&oauth_token_secret=rs")
        standin.answer("POST /access", b"oauth_token=at&oauth_token_secret=as&expires_in=3600")
        standin.answer("GET /me", {"id": 1, "username": "Old"})
        standin.answer("GET /tokens/at", {})
        connector = example(tmp_path, standin, "callback_confirmed = false\nverifier = false")
        person = Person(lambda asked: {"oauth_token": asked["oauth_token"]})
        credential = connect_it(inputs_of(connector, settings=KEYS), person).credential
    callback = person.asked["oauth_callback"]
    assert callback.startswith(f"{person.redirect_uri}?state=")
    assert "oauth_callback" not in standin.requests[0].header("Authorization")
    assert (credential.access_token, credential.extra["access_token_secret"]) == ("at", "as")
    assert credential.expires_in == 3600


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ('type = "oauth"', "request_request_token"),
        (
            'type = "apiKey"\nrequest_request_token = "https://a.example"\nauth.key.name = "Key"',
            "request_request_token",
        ),
        ('type = "oauth"\nsignature_method = "HMAC-MD5"', "signature_method"),
        ('type = "oauth"\npkce = "S256"', "pkce"),
        (
            'type = "oauth"\nauth_url = { url = "https://a.example", params = { oauth_token = "x" } }',
            "oauth_token",
        ),
        ('type = "oauth"\nrequest_request_token = "http://a.example/request"', "request_request_token.url"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, toml: str, key: str) -> None:
    (tmp_path / "wrong.toml").write_text(f'name = "Wrong"\n{toml}\n')
    assert any(key in problem.key for problem in check_paths([tmp_path]))


def test_the_random_value_may_have_another_name(tmp_path: Path, service: OAuth1Service) -> None:
    inputs = inputs_of(example(tmp_path, service.standin, 'callback.state = "sid"'), settings=KEYS)
    connect_it(inputs, Person(signed_in(service)))
    header = service.standin.asked("/request")[0].header("Authorization")
    assert "callback%3Fsid%3D" in header


def test_the_callback_address_is_new_each_time(tmp_path: Path, service: OAuth1Service) -> None:
    inputs = inputs_of(example(tmp_path, service.standin), settings=KEYS)
    states: set[str] = set()

    class Watching(Person):
        async def authorize(self, url: str, state: str) -> Mapping[str, str]:
            token = parameters_of(url)["oauth_token"]
            assert service.validator.request_tokens[token].callback == f"{self.redirect_uri}?state={state}"
            states.add(state)
            return await super().authorize(url, state)

    for _ in range(20):
        run(lambda ports: connect(inputs, ports, Stages()), Watching(signed_in(service)))
    assert len(states) == 20
    assert min(map(len, states)) >= 43
