"""Form fields: what is secret, what is shown, what is refused and what is tidied."""

from __future__ import annotations

import pytest

from connectors.definition import Choice, Field
from connectors.errors import InvalidInputError
from connectors.fields import check_values, looks_secret, visible_fields


@pytest.mark.parametrize(
    "key",
    [
        "apiKey",
        "api_key",
        "key",
        "secret",
        "clientSecret",
        "client_secret",
        "token",
        "accessToken",
        "apikey",
        "password",
        "pwd",
        "passphrase",
        "cert_private",
        "privateKey",
        "authtoken",
        "botTokens",
        "api_credentials",
    ],
)
def test_keys_that_look_secret(key: str) -> None:
    assert looks_secret(key)


@pytest.mark.parametrize(
    "key",
    [
        "token_endpoint",
        "tokenUrl",
        "token_type",
        "key_id",
        "domain",
        "username",
        "publicKey",
        "keyboard",
        "secret_name",
        "api_key_header",
        "access_key_id",
        "monkey",
        "client_id",
        "cert",
        "tokenExpires",
    ],
)
def test_keys_that_do_not(key: str) -> None:
    assert not looks_secret(key)


def one(**options: object) -> Field:
    return Field(key="f", name="Thing", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "typed", "used"),
    [
        (one(), "  x ", "x"),
        (one(default="d"), "", "d"),
        (one(required=False), "", ""),
        (one(required=False, default="d"), "", ""),
        (one(required=False, default="d", type="select", options=(Choice("D", "d"),)), "", "d"),
        (one(type="checkbox"), "yes", "true"),
        (one(type="checkbox", required=False), "", "false"),
        (one(type="checkbox", default="true"), "", "true"),
        (one(type="number"), " -1.5 ", "-1.5"),
        (one(type="select", options=(Choice("A", "a"),)), "a", "a"),
        (one(type="textarea"), "a\nb\n", "a\nb"),
        (one(format="hostname"), "https://acme.example:8443/", "acme.example:8443"),
        (one(format="hostname"), "localhost", "localhost"),
        (one(format="url"), "https://acme.example/x?y", "https://acme.example/x?y"),
        (one(format="url"), "http://127.0.0.1:8910", "http://127.0.0.1:8910"),
        (one(format="email"), "a@b.example", "a@b.example"),
        (one(format="uuid"), "123E4567-e89b-12d3-a456-426614174000", "123E4567-e89b-12d3-a456-426614174000"),
        (one(prefix="https://", suffix=".acme.example"), "https://shop.acme.example/", "shop"),
        (one(prefix="https://", suffix=".acme.example"), "shop", "shop"),
        (one(suffix=".acme.example"), "https://shop.acme.example/", "shop"),
        (one(pattern="[a-z]+"), " ab ", "ab"),
    ],
)
def test_what_is_accepted(field: Field, typed: str, used: str) -> None:
    assert check_values([field], {"f": typed}) == {"f": used}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (one(), " ", "Thing is needed."),
        (one(), "a\nb", "line break"),
        (one(), "x" * 70_000, "too long"),
        (one(type="checkbox"), "perhaps", "on or off"),
        (one(type="number"), "1e5", "must be a number"),
        (one(type="number"), "nan", "must be a number"),
        (one(type="select", options=(Choice("A", "a"),)), "b", "one of: a"),
        (one(format="hostname"), "acme.example/path", "host name"),
        (one(format="hostname"), "a b", "host name"),
        (one(format="hostname"), "-acme.example", "host name"),
        (one(format="url"), "acme.example", "does not begin with https://"),
        (one(format="url"), "http://acme.example", "not encrypted"),
        (one(format="url"), "javascript:alert(1)", "javascript:"),
        (one(format="email"), "a@b", "e-mail"),
        (one(format="uuid"), "123", "UUID"),
        (one(pattern="[a-z]+"), "A", "expected form"),
        (one(pattern="[a-z]+", pattern_message="Small letters, please."), "A", "Small letters, please."),
    ],
)
def test_what_is_refused(field: Field, typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        check_values([field], {"f": typed})
    assert sentence in raised.value.fields["f"]
    assert sentence in raised.value.sentence


def test_a_password_keeps_its_blanks() -> None:
    field = Field(key="password", type="password", name="Password")
    assert check_values([field], {"password": " two  blanks "}) == {"password": " two  blanks "}
    key = Field(key="api_key", type="password", name="Key")
    assert check_values([key], {"api_key": " pasted \n"}) == {"api_key": "pasted"}


FORM = (
    Field(key="kind", type="select", name="Kind", options=(Choice("Cloud", "cloud"), Choice("Own", "own"))),
    Field(key="host", name="Host", show_when={"kind": "own"}),
    Field(key="expert", type="checkbox", name="Expert", required=False),
    Field(key="port", type="number", name="Port", show_when={"kind": ("own", "other"), "expert": "true"}),
    Field(key="source", type="hidden", name="Source", default="desktop", required=False),
    Field(key="hint", type="notice", name="Hint", required=False),
)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, ["kind", "expert", "hint"]),
        ({"kind": "own"}, ["kind", "host", "expert", "hint"]),
        ({"kind": "own", "expert": "on"}, ["kind", "host", "expert", "port", "hint"]),
        ({"kind": "cloud", "expert": "true"}, ["kind", "expert", "hint"]),
    ],
)
def test_which_fields_are_shown(values: dict[str, str], shown: list[str]) -> None:
    assert [f.key for f in visible_fields(FORM, values)] == shown


def test_a_field_that_is_not_shown_is_neither_needed_nor_used() -> None:
    cleaned = check_values(FORM, {"kind": "cloud", "host": "left over"})
    assert cleaned == {"kind": "cloud", "expert": "false", "source": "desktop"}


def test_an_unknown_field_is_named_with_the_nearest() -> None:
    with pytest.raises(InvalidInputError) as raised:
        check_values(FORM, {"kind": "cloud", "hots": "x"})
    assert "Did you mean “host”?" in raised.value.fields["hots"]
    assert "kind, host, expert, port, source" in raised.value.fields["hots"]


def test_every_mistake_is_said_at_once() -> None:
    with pytest.raises(InvalidInputError) as raised:
        check_values(FORM, {"kind": "own", "expert": "true", "port": "x"})
    assert set(raised.value.fields) == {"host", "port"}
