"""Editing a record by hand: typed, all or nothing, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from connectors.credential import Credential
from connectors.definition import Field, Method
from connectors.errors import InvalidInputError
from desktop.engine.editing import edited

BORN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TOKEN = Credential(
    access_token="at-1",
    refresh_token="rt-1",
    token_type="Bearer",
    expires_in=3600,
    expires_at=BORN + timedelta(hours=1),
    created_at=BORN,
    scope="read",
    extra={"instance_url": "https://acme.example"},
)
KEY_METHOD = Method(
    key="key",
    type="apiKey",
    name="Key",
    fields=(
        Field(key="domain", name="Domain", format="hostname"),
        Field(key="api_key", name="API key", type="password", secret=True),
    ),
)


def refused(
    changes: dict[str, str | None], credential: Credential = TOKEN, method: Method | None = None
) -> str:
    with pytest.raises(InvalidInputError) as caught:
        edited(credential, changes, method)
    assert set(caught.value.fields) <= set(changes)
    return caught.value.sentence


def test_text_is_taken_without_the_blanks_around_it() -> None:
    assert edited(TOKEN, {"access_token": "  at-2\n"}, None).access_token == "at-2"


def test_only_what_was_changed_changes() -> None:
    changed = edited(TOKEN, {"access_token": "at-2"}, None)
    assert changed.expires_at == TOKEN.expires_at
    assert changed.refresh_token == "rt-1"
    assert changed.extra == TOKEN.extra


@pytest.mark.parametrize("value", ["-1", "1.5", "soon", "1e9", "９９", "99999999999999"])
def test_a_lifetime_is_a_whole_number_of_seconds(value: str) -> None:
    assert "expires_in" in refused({"expires_in": value})


def test_a_new_lifetime_counts_from_the_creation() -> None:
    assert edited(TOKEN, {"expires_in": "60"}, None).expires_at == BORN + timedelta(seconds=60)
    assert edited(TOKEN, {"expires_in": "0"}, None).expires_at == BORN
    assert edited(TOKEN, {"expires_in": None}, None).expires_at is None


def test_a_new_lifetime_and_a_new_birthday_go_together() -> None:
    changed = edited(TOKEN, {"expires_in": "60", "created_at": "2026-12-01T00:00:00Z"}, None)
    assert changed.expires_at == datetime(2026, 12, 1, 0, 1, tzinfo=UTC)


def test_an_end_that_is_given_stands() -> None:
    changed = edited(TOKEN, {"expires_in": "60", "expires_at": "2030-01-01"}, None)
    assert changed.expires_at == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-20T14:48:00", datetime(2026, 11, 20, 14, 48, tzinfo=UTC)),
        ("2026-11-20T14:48:00Z", datetime(2026, 11, 20, 14, 48, tzinfo=UTC)),
        ("2026-11-20 16:48+02:00", datetime(2026, 11, 20, 14, 48, tzinfo=UTC)),
    ],
)
def test_moments_are_utc_unless_they_say_otherwise(text: str, utc: datetime) -> None:
    assert edited(TOKEN, {"expires_at": text}, None).expires_at == utc


@pytest.mark.parametrize("value", ["tomorrow", "2026-13-01", "20/11/2026", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_is_none_is_refused_with_an_example(value: str) -> None:
    assert "is a date and time such as" in refused({"created_at": value})


def test_a_token_with_a_line_break_inside_is_refused() -> None:
    assert "control character" in refused({"access_token": "at\r\nX-Injected: 1"})


def test_an_unknown_field_names_the_nearest_and_all() -> None:
    said = refused({"acces_token": "x"})
    assert "access_token" in said and "instance_url" in said


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        edited(TOKEN, {"expires_in": "-1", "expires_at": "x", "access_token": "good"}, None)
    assert set(caught.value.fields) == {"expires_in", "expires_at"}


def test_what_else_was_sent_can_be_changed_and_taken_away() -> None:
    assert (
        edited(TOKEN, {"instance_url": "https://b.example"}, None).extra["instance_url"]
        == "https://b.example"
    )
    assert edited(TOKEN, {"instance_url": None}, None).extra == {}


def test_the_forms_fields_are_checked_as_in_the_form() -> None:
    key = Credential(fields={"domain": "acme.example", "api_key": "k-1"})
    assert edited(key, {"api_key": "k-2"}, KEY_METHOD).fields == {"domain": "acme.example", "api_key": "k-2"}
    assert "API key is needed" in refused({"api_key": None}, key, KEY_METHOD)
    assert "host name" in refused({"domain": "not a host"}, key, KEY_METHOD)


def test_a_value_of_the_form_that_may_be_missing_can_be_emptied_although_it_has_a_default() -> None:
    again = Field(key="refresh_url", name="Refresh URL", required=False, default="https://acme.example/again")
    method = msgspec.structs.replace(KEY_METHOD, fields=(again,))
    stored = msgspec.structs.replace(TOKEN, fields={"refresh_url": again.default})
    assert edited(stored, {"refresh_url": ""}, method).fields == {"refresh_url": ""}
    assert edited(stored, {"access_token": "at-2"}, method).fields == {"refresh_url": again.default}
