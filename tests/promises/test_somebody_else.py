"""The promise about signing in again (89): another `sub` never writes over an account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from connectors.errors import WrongAccountError
from desktop.engine.engine import Engine
from tests.engine.conftest import at_work, cheap_derivation, home, provider
from tests.engine.support import DEADLINE, PASSPHRASE, define, make_home
from tests.engine.test_somebody_else import amelia
from tests.engine.test_somebody_else import (
    test_a_lock_drops_what_was_not_decided as test_89_a_lock_drops_what_was_not_decided,
)
from tests.engine.test_somebody_else import (
    test_cancel_keeps_nothing_and_gives_the_grant_back as test_89_cancel_gives_the_grant_back,
)
from tests.engine.test_somebody_else import (
    test_nothing_is_kept_until_somebody_decides as test_89_nothing_is_kept_until_somebody_decides,
)
from tests.engine.test_somebody_else import (
    test_replace_is_a_generation_and_restoring_brings_the_person_back as test_89_replace_can_be_undone,
)
from tests.openid_provider import Provider

__all__ = [
    "amelia",
    "at_work",
    "cheap_derivation",
    "home",
    "provider",
    "test_89_a_lock_drops_what_was_not_decided",
    "test_89_cancel_gives_the_grant_back",
    "test_89_nothing_is_kept_until_somebody_decides",
    "test_89_replace_can_be_undone",
]

SERVICE = """
key = "example"
name = "Example"
type = "oauth2"
issuer = "{issuer}"
scope = ["openid", "email"]
"""


class OpenId:
    """An engine with one connector, and a provider at which whoever `be` says signs in."""

    def __init__(self, engine: Engine, provider: Provider) -> None:
        self.engine, self.provider = engine, provider

    def be(self, sub: str, name: str) -> None:
        # The e-mail stays the same: an address can be handed on, the `sub` cannot.
        self.provider.claims = {"sub": sub}
        self.provider.access_token = f"at-{sub}"
        self.provider.answer("GET /me", {"sub": sub, "name": name, "email": "team@practice.example"})

    def connect(self, **options: Any) -> Any:
        async def whole() -> Any:
            attempt = await self.engine.begin_connect("example", **options)
            return await attempt.wait()

        return self.engine.run(whole(), DEADLINE)

    def credential(self, account_id: str) -> Any:
        return self.engine.run(self.engine.account(account_id), DEADLINE).credential


@pytest.fixture
def openid(tmp_path: Path) -> Iterator[OpenId]:
    folder = make_home(tmp_path / "openid")
    with Provider() as running:
        define(folder, SERVICE, issuer=running.issuer)

        def browser(url: str) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
            running.nonce = asked["nonce"]
            back = {"code": "code-1", "state": asked["state"]}
            httpx.get(asked["redirect_uri"], params=back, trust_env=False, follow_redirects=True)

        with Engine(folder, opener=browser, scheduled=False) as engine:
            engine.run(engine.unlock(PASSPHRASE), DEADLINE)
            engine.run(engine.configure("example", {"client_id": "app", "client_secret": "s" * 32}), DEADLINE)
            yield OpenId(engine, running)


def test_89_another_sub_never_writes_over_an_account(openid: OpenId) -> None:
    openid.be("u-1", "Amelia")
    row = openid.connect()
    assert row.identity == "u-1"
    before = openid.credential(row.id)
    openid.be("u-2", "Ben")
    with pytest.raises(WrongAccountError, match="You signed in as Ben, but this account is Amelia"):
        openid.connect(reconnect=row.id)
    assert openid.credential(row.id) == before
    assert "/revoke" in [seen.path for seen in openid.provider.requests]
    both = openid.connect(reconnect=row.id, on_other="keep_both")
    assert (both.identity, both.id == row.id) == ("u-2", False)
    replaced = openid.connect(reconnect=row.id, on_other="replace")
    assert (replaced.id, replaced.identity, replaced.name) == (row.id, "u-2", "Ben")
    restored = openid.engine.run(openid.engine.restore(row.id, 1), DEADLINE)
    assert (restored.identity, restored.name) == ("u-1", "Amelia")
    assert openid.credential(row.id).access_token == before.access_token


def test_89_the_same_sub_is_the_same_account_whatever_else_changed(openid: OpenId) -> None:
    openid.be("u-1", "Amelia")
    row = openid.connect()
    openid.be("u-1", "Amelia Ortega-Lind")
    assert openid.connect(reconnect=row.id).generation == 2
    assert openid.connect(on_same="update").id == row.id
