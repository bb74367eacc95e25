"""Discovery, ID tokens, registration and the grants without a browser against django-oauth-toolkit."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import (
    DeclinedError,
    InvalidTokenError,
    MisconfiguredClientError,
    WrongCredentialsError,
)
from connectors.ports import DeviceCode
from desktop.engine.engine import Engine
from desktop.engine.events import AttemptChanged, Event
from desktop.vault.records import AccountRow
from tests.practice.person import Person
from tests.real.test_toolkit import Visitor
from tests.real.toolkit import Toolkit

DEADLINE = 60.0
OPENID = """
key = "openid"
name = "Toolkit by its issuer"
type = "oauth2"
issuer = "{url}/o"
{more}
account_name_from_profile_info = "sub"
"""
PLAIN = """
key = "toolkit"
name = "Toolkit"
type = "oauth2"
grant = "{grant}"
scope = ["read"]
request_access_token = "{url}/o/token/"
{profile}
account_name_from_profile_info = "{name}"
{more}
"""


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


def add(engine: Engine, folder: Path, toml: str) -> str:
    """Adds a definition and returns its key."""
    key = toml.split('key = "')[1].split('"')[0]
    path = folder / f"{key}.toml"
    path.write_text(toml)
    engine.run(engine.add_connector(path), DEADLINE)
    return key


def connected(engine: Engine, key: str, **values: str) -> AccountRow:
    attempt = engine.run(engine.begin_connect(key, None, values), DEADLINE)
    row: AccountRow = engine.run(attempt.wait(), DEADLINE)
    return row


@pytest.mark.parametrize("register", [False, True])
def test_an_issuer_is_enough_and_the_app_may_register_itself(
    engine: Engine, toolkit: Toolkit, tmp_path: Path, register: bool
) -> None:
    # An app that registered itself there gets no key to sign ID tokens with.
    alone = f'scope = "read"\nregister_client = true\nrequest_profile_info = "{toolkit.url}/me"'
    more = alone if register else 'scope = ["openid", "read"]'
    key = add(engine, tmp_path, OPENID.format(url=toolkit.url, more=more))
    if not register:
        engine.run(engine.configure(key, {"client_id": toolkit.told["openid_client_id"]}), DEADLINE)
    row = connected(engine, key)
    assert row.identity == row.name == "1"
    view = engine.run(engine.account(row.id), DEADLINE)
    assert ("registration_access_token" in view.credential.extra) == register
    renewed = engine.run(engine.refresh(row.id), DEADLINE)
    assert renewed.generation > row.generation
    assert engine.run(engine.disconnect(row.id), DEADLINE).revoked


def machine(toolkit: Toolkit, auth: str) -> str:
    more = f'client_auth = "{auth}"'
    return PLAIN.format(grant="client_credentials", url=toolkit.url, profile="", name="app", more=more)


@pytest.mark.parametrize("auth", ["body", "basic"])
def test_client_credentials(engine: Engine, toolkit: Toolkit, tmp_path: Path, auth: str) -> None:
    key = add(engine, tmp_path, machine(toolkit, auth))
    settings = {"client_id": toolkit.told["machine_client_id"]}
    settings["client_secret"] = toolkit.told["machine_client_secret"]
    engine.run(engine.configure(key, settings), DEADLINE)
    row = connected(engine, key)
    first = engine.run(engine.token(row.id, "access_token"), DEADLINE)
    engine.run(engine.refresh(row.id), DEADLINE)
    assert engine.run(engine.token(row.id, "access_token"), DEADLINE) != first
    engine.run(engine.configure(key, {"client_secret": "wrong"}), DEADLINE)
    with pytest.raises(MisconfiguredClientError):
        engine.run(engine.refresh(row.id), DEADLINE)


def test_the_legacy_grant(engine: Engine, toolkit: Toolkit, tmp_path: Path) -> None:
    toml = PLAIN.format(
        grant="password",
        url=toolkit.url,
        profile=f'request_profile_info = "{toolkit.url}/me"',
        name="name",
        more="",
    )
    key = add(engine, tmp_path, toml)
    settings = {"client_id": toolkit.told["legacy_client_id"]}
    settings["client_secret"] = toolkit.told["legacy_client_secret"]
    engine.run(engine.configure(key, settings), DEADLINE)
    row = connected(engine, key, username=toolkit.user, password=toolkit.password)
    assert row.name == toolkit.name
    for _ in range(2):
        engine.run(engine.refresh(row.id), DEADLINE)
    with pytest.raises(WrongCredentialsError):
        connected(engine, key, username=toolkit.user, password="wrong")
    engine.run(engine.edit(row.id, {"refresh_token": "used-up", "password": "wrong"}), DEADLINE)
    with pytest.raises(InvalidTokenError):
        engine.run(engine.refresh(row.id), DEADLINE)


@pytest.mark.parametrize("choice", ["Accept", "Deny"])
def test_a_code_for_another_device(
    engine: Engine, toolkit: Toolkit, visitor: Visitor, tmp_path: Path, choice: str
) -> None:
    more = (
        f'client_auth = "none"\nrequest_device_code = "{toolkit.url}/o/device-authorization/"\n'
        f'verification_url = "{toolkit.url}/o/device/"'
    )
    toml = PLAIN.format(
        grant="device_code",
        url=toolkit.url,
        profile=f'request_profile_info = "{toolkit.url}/me"',
        name="name",
        more=more,
    )
    key = add(engine, tmp_path, toml)
    engine.run(engine.configure(key, {"client_id": toolkit.told["device_client_id"]}), DEADLINE)
    codes: queue.Queue[DeviceCode] = queue.Queue()

    def listen(event: Event) -> None:
        if isinstance(event, AttemptChanged) and event.code is not None:
            codes.put(event.code)

    engine.subscribe(listen)
    attempt: Any = engine.run(engine.begin_connect(key), DEADLINE)
    code = codes.get(timeout=DEADLINE)
    assert code.verification_uri == f"{toolkit.url}/o/device/", "the toolkit itself says null"
    with Person() as person:
        person.open(code.verification_uri)
        person.press("Log in", Username=toolkit.user, Password=toolkit.password)
        person.press("Verify", **{"User code": code.user_code})
        person.press(choice)
    if choice == "Deny":
        with pytest.raises(DeclinedError):
            engine.run(attempt.wait(), DEADLINE)
        return
    row = engine.run(attempt.wait(), DEADLINE)
    assert row.name == toolkit.name
    engine.run(engine.refresh(row.id), DEADLINE)
