"""The engine against django-oauth-toolkit: connect, rotate, revoke, decline, and what can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.credential import Credential
from connectors.errors import DeclinedError, InvalidTokenError, MisconfiguredClientError, ServiceError
from desktop.engine.engine import Engine
from desktop.vault.records import AccountRow
from tests.practice.person import Person
from tests.real.toolkit import Toolkit

KEY = "generic-oauth2"


class Visitor:
    """The person at the browser: an opener that logs in on another thread and presses what it was told."""

    def __init__(self, toolkit: Toolkit) -> None:
        self.toolkit = toolkit
        self.choice = "Authorize"
        self.landed: Future[httpx.Response] | None = None
        self._pool = ThreadPoolExecutor(1)

    def __call__(self, url: str) -> None:
        self.landed = self._pool.submit(self._visit, url)

    def _visit(self, url: str) -> httpx.Response:
        with Person() as person:
            person.open(url)
            person.press("Log in", Username=self.toolkit.user, Password=self.toolkit.password)
            person.press(self.choice)
            return person.client.get(person.callback, follow_redirects=True)

    def close(self) -> None:
        """Wait for the last visit."""
        self._pool.shutdown()


@pytest.fixture
def visitor(toolkit: Toolkit) -> Iterator[Visitor]:
    visitor = Visitor(toolkit)
    yield visitor
    visitor.close()


@pytest.fixture
def engine(tmp_path: Path, visitor: Visitor) -> Iterator[Engine]:
    with Engine(tmp_path / "home", opener=visitor, scheduled=False) as engine:
        engine.run(engine.create_vault("a passphrase for the tests"))
        yield engine


def connect(engine: Engine, form: dict[str, str], **how: Any) -> AccountRow:
    """The account that comes of it, or the error."""

    async def whole() -> AccountRow:
        attempt = await engine.begin_connect(KEY, None, form, **how)
        return await attempt.wait()

    return engine.run(whole(), timeout=60)


def credential(engine: Engine, account_id: str) -> Credential:
    return engine.run(engine.account(account_id)).credential


def answers(toolkit: Toolkit, access_token: str) -> bool:
    """Whether the service itself still takes this token."""
    headers = {"Authorization": f"Bearer {access_token}"}
    return httpx.get(f"{toolkit.url}/me", headers=headers, trust_env=False).status_code == 200


@pytest.mark.parametrize("confidential", [False, True])
def test_an_account_is_connected(
    engine: Engine, toolkit: Toolkit, visitor: Visitor, confidential: bool
) -> None:
    row = connect(engine, toolkit.form(confidential=confidential))
    assert (row.email, row.state) == (toolkit.email, "connected")
    assert row.name in (toolkit.name, toolkit.email)
    assert row.scope_granted.split() == ["read", "email"]
    assert row.expires_at is not None
    assert row.renewable
    assert answers(toolkit, credential(engine, row.id).access_token)
    assert visitor.landed is not None
    assert visitor.landed.result(30).status_code == 200


def test_refreshing_rotates_both_tokens_and_keeps_the_old_generation(
    engine: Engine, toolkit: Toolkit
) -> None:
    row = connect(engine, toolkit.form())
    before = credential(engine, row.id)
    engine.run(engine.refresh(row.id))
    after = credential(engine, row.id)
    assert after.access_token != before.access_token
    assert after.refresh_token != before.refresh_token
    assert answers(toolkit, after.access_token)
    assert not answers(toolkit, before.access_token)
    history = engine.run(engine.history(row.id))
    assert [entry.generation.source for entry in history] == ["refresh", "connect"]


def test_many_refreshes_at_once_do_not_trip_reuse_detection(engine: Engine, toolkit: Toolkit) -> None:
    row = connect(engine, toolkit.form(confidential=True))

    async def all_at_once() -> None:
        await asyncio.gather(*(engine.refresh(row.id) for _ in range(12)))

    engine.run(all_at_once(), timeout=120)
    assert engine.run(engine.refresh(row.id)).state == "connected"
    assert answers(toolkit, credential(engine, row.id).access_token)


def test_a_reused_refresh_token_ends_the_grant_and_signing_in_again_mends_it(
    engine: Engine, toolkit: Toolkit
) -> None:
    row = connect(engine, toolkit.form())
    engine.run(engine.refresh(row.id))
    engine.run(engine.restore(row.id, 1))
    with pytest.raises(InvalidTokenError):
        engine.run(engine.refresh(row.id))
    assert engine.run(engine.account(row.id)).row.state == "needs_sign_in"

    again = connect(engine, toolkit.form(), reconnect=row.id)
    assert (again.id, again.state) == (row.id, "connected")
    assert answers(toolkit, credential(engine, row.id).access_token)


@pytest.mark.parametrize("confidential", [False, True])
def test_disconnecting_revokes_at_the_service(engine: Engine, toolkit: Toolkit, confidential: bool) -> None:
    form = toolkit.form(confidential=confidential)
    row = connect(engine, form)
    token = credential(engine, row.id)
    result = engine.run(engine.disconnect(row.id))
    assert result.revoked, result.sentence
    assert not answers(toolkit, token.access_token)
    renewal = {"grant_type": "refresh_token", "refresh_token": token.refresh_token}
    client = {key: form[key] for key in ("client_id", "client_secret") if key in form}
    answer = httpx.post(form["token_endpoint"], data=renewal | client, trust_env=False)
    assert answer.json()["error"] == "invalid_grant"
    assert engine.run(engine.accounts()) == []


def test_declining_is_told_apart_and_leaves_nothing(
    engine: Engine, toolkit: Toolkit, visitor: Visitor
) -> None:
    visitor.choice = "Cancel"
    with pytest.raises(DeclinedError):
        connect(engine, toolkit.form())
    assert engine.run(engine.accounts()) == []


def test_a_wrong_client_secret_is_named_as_that(engine: Engine, toolkit: Toolkit) -> None:
    form = toolkit.form(confidential=True) | {"client_secret": "not-the-secret"}
    with pytest.raises(MisconfiguredClientError) as caught:
        connect(engine, form)
    assert "not-the-secret" not in str(caught.value)
    assert engine.run(engine.accounts()) == []


def test_a_page_instead_of_a_token_is_a_sentence(engine: Engine, toolkit: Toolkit) -> None:
    form = toolkit.form() | {"token_endpoint": f"{toolkit.url}/accounts/login/"}
    with pytest.raises(ServiceError) as caught:
        connect(engine, form)
    assert "<" not in caught.value.sentence
    assert engine.run(engine.accounts()) == []


def test_a_request_goes_out_with_the_token(engine: Engine, toolkit: Toolkit) -> None:
    row = connect(engine, toolkit.form())
    answer = engine.run(engine.request(row.id, "GET", f"{toolkit.url}/me", {}, None))
    assert answer.status == 200
    assert toolkit.email.encode() in answer.body
