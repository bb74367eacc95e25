"""What an account is called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.methods import Connected, connect
from tests.connectors.support import Stages, definition, inputs_of, run, shipped
from tests.standin import StandIn

KEY = "sk-1234567890abcd"


def named(folder: Path, standin: StandIn, profile: Any, rules: str, python: str = "") -> Connected:
    standin.answer("GET /me", profile)
    toml = f"""
name = "Named"
type = "apiKey"
request_profile_info = "{standin.url}/me"
{rules}
[auth.site]
name = "Site"
[auth.api_key]
name = "Key"
[apply]
auth = {{ bearer = "{{{{api_key}}}}" }}
"""
    inputs = inputs_of(definition(folder, toml, python), {"site": "acme", "api_key": KEY})
    return run(lambda ports: connect(inputs, ports, Stages()))


PROFILE = {
    "id": 7,
    "first": "Amelia",
    "last": "Ortega",
    "emails": [{"value": "a@b.example"}],
    "blank": " ",
} | {"joined": "👨‍👩‍👧 \u202eمی‌خواهم\n"}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ('"first"', "Amelia"),
        ('"emails.0.value"', "a@b.example"),
        ('"emails[0].value"', "a@b.example"),
        ('["missing", "blank", "last"]', "Ortega"),
        ('"{{profile_info.first}} {{profile_info.last}} ({{site}})"', "Amelia Ortega (acme)"),
        ('["{{profile_info.missing}}", "site"]', "acme"),
        ('"id"', "7"),
        ('"{{api_key | mask(3, 4)}}"', "sk-••••abcd"),
        ('"missing"', "acme"),
        ('"joined"', "👨‍👩‍👧 می‌خواهم"),
        ('"api_key"', "••••abcd"),
        ('"Key {{api_key}}!"', "Key ••••abcd!"),
    ],
)
def test_rules(tmp_path: Path, standin: StandIn, rule: str, name: str) -> None:
    connected = named(tmp_path, standin, PROFILE, f"account_name_from_profile_info = {rule}")
    assert connected.name == name
    assert KEY not in repr((connected.name, connected.email, connected.identity))


def test_functions_may_name_it(tmp_path: Path, standin: StandIn) -> None:
    python = """
def account_name_from_profile_info(context):
    return context.profile_info["first"].upper() + "@" + context.site

async def email_from_profile_info(context):
    return context.profile_info["emails"][0]["value"]
"""
    connected = named(tmp_path, standin, PROFILE, "", python)
    assert (connected.name, connected.email, connected.identity) == ("AMELIA@acme", "a@b.example", "7")


@pytest.mark.parametrize(
    ("profile", "name", "email", "identity"),
    [
        ({"sub": "s", "name": "Amelia", "email": "a@b.example"}, "Amelia", "a@b.example", "s"),
        ({"login": "amelia", "id": 0}, "amelia", "", "0"),
        ({"email": "a@b.example"}, "a@b.example", "a@b.example", ""),
        ({"data": {"gid": "9", "email": "a@b.example"}}, "a@b.example", "a@b.example", "9"),
        ({}, "acme", "", ""),
        ([{"name": "First of a list"}], "First of a list", "", ""),
        ({"name": "Evil\u202e\x00\nname" + "x" * 999}, "Evilname"[:4] + " name" + "x" * 290 + "…", "", ""),
        ({"name": KEY}, "••••abcd", "", ""),
    ],
)
def test_without_rules(
    tmp_path: Path, standin: StandIn, profile: Any, name: str, email: str, identity: str
) -> None:
    connected = named(tmp_path, standin, profile, "")
    assert (connected.name, connected.email, connected.identity) == (name, email, identity)


@pytest.mark.parametrize(
    ("key", "values", "name"),
    [
        ("generic-bearer", {"token": KEY}, "Token ••••abcd"),
        ("generic-bearer", {"token": KEY, "base_url": "https://api.example/v1/"}, "api.example/v1"),
        ("generic-bearer", {"token": KEY, "name": " Mine "}, "Mine"),
        ("generic-header-key", {"header_value": KEY}, "X-Api-Key ••••abcd"),
        ("generic-header-key", {"header_value": "short"}, "X-Api-Key ••••"),
    ],
)
def test_generic_accounts(key: str, values: dict[str, str], name: str) -> None:
    inputs = inputs_of(shipped().get(key), values)
    assert run(lambda ports: connect(inputs, ports, Stages())).name == name


def test_without_a_profile_a_user_name_says_more_than_the_address_before_it(tmp_path: Path) -> None:
    toml = """
name = "Named"
type = "apiKey"
[auth.region]
name = "Region"
[auth.username]
name = "User name"
[auth.password]
name = "Password"
[apply]
auth = { user = "{{username}}", password = "{{password}}" }
"""
    inputs = inputs_of(definition(tmp_path, toml), {"region": "eu", "username": "amelia", "password": "p"})
    assert run(lambda ports: connect(inputs, ports, Stages())).name == "amelia"
