"""When a token is renewed: before it ends, and never twice in one lifetime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.credential import Credential
from desktop.engine.refreshing.due import is_due, refresh_moment

BORN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def token(lifetime: float, born: datetime | None = BORN) -> Credential:
    return Credential(access_token="t", created_at=born, expires_at=BORN + timedelta(seconds=lifetime))


def test_by_its_lead_before_the_end() -> None:
    assert refresh_moment(token(3600), 300) == BORN + timedelta(seconds=3300)


@pytest.mark.parametrize("lead", [5, 300, 10**6])
def test_a_lead_as_long_as_the_life_waits_for_the_last_fifth(lead: float) -> None:
    assert refresh_moment(token(5), lead) == BORN + timedelta(seconds=4)
    assert not is_due(token(5), lead, BORN)
    assert is_due(token(5), lead, BORN + timedelta(seconds=4))


def test_without_a_birthday_the_lead_alone_counts() -> None:
    assert refresh_moment(token(3600, None), 300) == BORN + timedelta(seconds=3300)


def test_unknown_expiry_is_never_due() -> None:
    assert refresh_moment(Credential(access_token="t"), 300) is None
    assert not is_due(Credential(access_token="t"), 300, BORN)


def test_a_token_that_is_over_at_once_is_only_renewed_on_use() -> None:
    assert refresh_moment(token(0), 300) is None
    assert is_due(token(0), 300, BORN)


def test_an_expired_token_is_due() -> None:
    assert is_due(token(3600), 0, BORN + timedelta(hours=2))
