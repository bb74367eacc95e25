"""The authorization code flow, refresh with rotation, and revocation, as a client app sees them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from desktop.practice import Provider
from tests.practice.client import ClientApp
from tests.practice.person import Person, sign_in


def test_a_person_signs_in_and_the_app_reads_the_profile(app: ClientApp) -> None:
    token = app.connect()
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 3600
    assert token["scope"] == "profile email"
    assert app.userinfo(token["access_token"]).json() == {
        "sub": "u-1001",
        "name": "Amelia Ortega",
        "email": "amelia@practice.example",
    }


def test_the_profile_tells_what_the_scope_allows(app: ClientApp) -> None:
    token = app.exchange(app.code(scope="email")).json()
    assert set(app.userinfo(token["access_token"]).json()) == {"sub", "email"}


def test_declining_sends_the_browser_back_with_access_denied(app: ClientApp, provider: Provider) -> None:
    answer = parse_qs(urlsplit(sign_in(app.authorize_url(), press="Decline")).query)
    assert answer["error"] == ["access_denied"]
    assert answer["state"] == ["a-state"]
    assert "code" not in answer


def test_a_wrong_password_says_so_and_keeps_the_username(app: ClientApp) -> None:
    with Person() as person:
        person.open(app.authorize_url())
        page = person.press("Sign in", Username="amelia", Password="wrong")
        assert "The username or password is not right" in page.text
        assert page.forms[0].values["username"] == "amelia"
        assert person.callback == ""


def test_another_account_can_be_used_instead(app: ClientApp) -> None:
    with Person() as person:
        person.open(app.authorize_url())
        person.press("Sign in", Username="amelia", Password="practice-2026")
        person.press("Use another account")
        person.press("Sign in", Username="ben", Password="practice-2026")
        person.press("Allow")
        code = parse_qs(urlsplit(person.callback).query)["code"][0]
    token = app.exchange(code).json()
    assert app.userinfo(token["access_token"]).json()["name"] == "Ben Carter"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "too short"},
    ],
)
def test_pkce_with_s256_cannot_be_left_out(app: ClientApp, changes: dict[str, str | None]) -> None:
    with Person() as person:
        person.open(app.authorize_url(**changes))
        answer = parse_qs(urlsplit(person.callback).query)
    assert answer["error"] == ["invalid_request"]


@pytest.mark.parametrize("verifier", [None, "w" * 50])
def test_a_code_needs_its_verifier(app: ClientApp, verifier: str | None) -> None:
    answer = app.exchange(app.code(), code_verifier=verifier)
    assert answer.status_code == 400
    assert "access_token" not in answer.json()


def test_a_code_is_bound_to_its_redirect_uri(app: ClientApp) -> None:
    answer = app.exchange(app.code(), redirect_uri="http://127.0.0.1:49152/other")
    assert answer.json()["error"] == "invalid_grant"


def test_a_code_that_comes_twice_ends_what_it_gave(app: ClientApp) -> None:
    code = app.code()
    token = app.exchange(code).json()
    assert app.exchange(code).json()["error"] == "invalid_grant"
    assert app.userinfo(token["access_token"]).status_code == 401


@pytest.mark.parametrize(
    "uri",
    ["http://127.0.0.1:5/x/y", "http://localhost/cb", "http://[::1]:4000/callback", "http://127.0.0.1"],
)
def test_any_loopback_address_may_be_returned_to(app: ClientApp, uri: str) -> None:
    assert sign_in(app.authorize_url(redirect_uri=uri)).startswith(f"{uri}?code=")


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback",
        "http://evil.example/callback",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1.evil.example/",
        "https://127.0.0.1/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1/callback#part",
        "javascript:alert(1)",
        None,
    ],
)
def test_no_other_address_is_ever_redirected_to(app: ClientApp, uri: str | None) -> None:
    answer = app.http.get(app.authorize_url(redirect_uri=uri))
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_an_unknown_client_gets_a_page_and_no_redirect(app: ClientApp) -> None:
    answer = app.http.get(app.authorize_url(client_id="<script>"))
    assert answer.status_code == 400
    assert "not known to this provider" in answer.text
    assert "<script>" not in answer.text


def test_refresh_tokens_rotate_and_an_old_one_ends_the_grant(app: ClientApp) -> None:
    first = app.connect()
    second = app.renew(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert app.userinfo(first["access_token"]).status_code == 401
    assert app.userinfo(second["access_token"]).status_code == 200

    assert app.renew(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.userinfo(second["access_token"]).status_code == 401
    assert app.renew(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_of_many_refreshes_at_once_one_wins_and_the_grant_ends(app: ClientApp) -> None:
    token = app.connect()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(app.renew, [token["refresh_token"]] * 8))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert app.userinfo(winner["access_token"]).status_code == 401


def test_without_rotation_the_refresh_token_stays(app: ClientApp, provider: Provider) -> None:
    provider.knobs.rotate = False
    token = app.connect()
    for _ in range(2):
        answer = app.renew(token["refresh_token"]).json()
        assert "refresh_token" not in answer
        assert app.userinfo(answer["access_token"]).status_code == 200


def test_revoking_the_refresh_token_ends_all_of_it(app: ClientApp) -> None:
    token = app.connect()
    assert app.revoke(token["refresh_token"]).status_code == 200
    assert app.userinfo(token["access_token"]).status_code == 401
    assert app.renew(token["refresh_token"]).json()["error"] == "invalid_grant"


def test_revoking_the_access_token_leaves_the_refresh_token(app: ClientApp) -> None:
    token = app.connect()
    assert app.revoke(token["access_token"]).status_code == 200
    assert app.userinfo(token["access_token"]).status_code == 401
    assert app.renew(token["refresh_token"]).status_code == 200


def test_revoking_something_unknown_is_fine(app: ClientApp) -> None:
    assert app.revoke("never-issued").status_code == 200


def test_the_confidential_client_needs_its_secret(app: ClientApp) -> None:
    code = app.code(client_id="practice-confidential")
    refused = app.exchange(code, client_id="practice-confidential")
    assert refused.status_code == 401
    assert refused.json()["error"] == "invalid_client"
    wrong = app.exchange(code, client_id="practice-confidential", client_secret="guess")
    assert wrong.json()["error"] == "invalid_client"
    good = app.exchange(code, client_id="practice-confidential", client_secret="practice-secret")
    assert good.status_code == 200


def test_the_confidential_client_may_use_basic(app: ClientApp) -> None:
    code = app.code(client_id="practice-confidential")
    basic = httpx.BasicAuth("practice-confidential", "practice-secret")
    app.http.auth = basic
    assert app.exchange(code, client_id=None).status_code == 200


def test_a_code_of_one_client_is_nothing_to_another(app: ClientApp) -> None:
    code = app.code()
    answer = app.exchange(code, client_id="practice-confidential", client_secret="practice-secret")
    assert answer.json()["error"] == "invalid_grant"
