"""What the pages show, what they refuse, and that nothing in them is taken for markup."""

from __future__ import annotations

import httpx
import pytest

from desktop.practice import PASSWORD, PEOPLE, Provider
from tests.practice.client import ClientApp
from tests.practice.person import Page, Person

MALLORY = PEOPLE["mallory"].name


def test_the_front_page_tells_everything_that_is_needed(provider: Provider) -> None:
    page = Page(httpx.get(provider.url).text)
    assert PASSWORD in page.text
    assert "jackfield-practice" in page.text
    for person in PEOPLE.values():
        assert person.username in page.text
        assert person.api_key in page.text


def test_a_hostile_name_is_shown_and_not_rendered(app: ClientApp) -> None:
    front = app.http.get("/")
    assert MALLORY in Page(front.text).text
    assert "script" not in Page(front.text).tags
    with Person() as person:
        person.open(app.authorize_url())
        page = person.press("Sign in", Username="mallory", Password=PASSWORD)
        assert MALLORY in page.text
        assert "script" not in page.tags
        assert page.tags.count("bdi") == 2  # the name's direction ends with the name


@pytest.mark.parametrize("path", ["/", "/oauth/authorize", "/nowhere", "/key/me", "/static/practice.css"])
def test_every_answer_carries_the_strict_headers(provider: Provider, path: str) -> None:
    headers = httpx.get(provider.url + path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


def test_pages_load_nothing_from_elsewhere(app: ClientApp) -> None:
    with Person() as person:
        pages = [app.http.get("/").text]
        person.open(app.authorize_url())
        assert person.response is not None
        pages.append(person.response.text)
        person.press("Sign in", Username="amelia", Password=PASSWORD)
        pages.append(person.response.text)
    for html in pages:
        for attribute in ("src=", "@import", "//cdn", "https://"):
            assert attribute not in html


def test_consent_lets_the_browser_return_to_this_app_only(app: ClientApp) -> None:
    with Person() as person:
        person.open(app.authorize_url())
        person.press("Sign in", Username="amelia", Password=PASSWORD)
        assert person.response is not None
        policy = person.response.headers["content-security-policy"]
    assert policy.endswith("form-action 'self' http://127.0.0.1:49152")


@pytest.mark.parametrize("csrf", ["", "guess"])
def test_consent_cannot_be_given_by_another_site(app: ClientApp, csrf: str) -> None:
    with Person() as person:
        person.open(app.authorize_url())
        person.press("Sign in", Username="amelia", Password=PASSWORD)
        answer = person.client.post(person.url, data={"csrf": csrf, "action": "allow"})
    assert answer.status_code == 400
    assert "out of date" in answer.text


def test_the_form_token_and_the_session_are_new_after_signing_in(app: ClientApp) -> None:
    with Person() as person:
        before = person.open(app.authorize_url()).forms[0].values["csrf"]
        cookie = person.client.cookies["jackfield_practice"]
        after = person.press("Sign in", Username="amelia", Password=PASSWORD).forms[0].values["csrf"]
        assert before != after
        assert person.client.cookies["jackfield_practice"] != cookie


def test_allow_without_signing_in_gives_nothing(app: ClientApp) -> None:
    with Person() as person:
        csrf = person.open(app.authorize_url()).forms[0].values["csrf"]
        answer = person.client.post(person.url, data={"csrf": csrf, "action": "allow"})
    assert answer.status_code == 400


def test_a_foreign_host_name_is_refused(provider: Provider) -> None:
    assert httpx.get(provider.url, headers={"Host": "evil.example"}).status_code == 421
    assert httpx.get(provider.url, headers={"Host": "localhost"}).status_code == 200
