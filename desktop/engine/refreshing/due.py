"""When a token is to be renewed. One rule, used by the scheduler, by `token` and by the account's page."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.credential import Credential

# A lead that is as long as the token's life would renew it again the moment it came. Such a token is
# renewed late in its life instead, so that one lifetime never sees two refreshes.
LATE_IN_LIFE = 0.8
SHORTEST_LIFETIME = timedelta(seconds=1)


def refresh_moment(credential: Credential, lead: float) -> datetime | None:
    """The moment (UTC) from which `credential` should be renewed, `lead` seconds before its end.

    None: its expiry is unknown, or it lives for less than a second and is only renewed on use.
    """
    if credential.expires_at is None:
        return None
    born = credential.created_at
    if born is None:
        return credential.expires_at - timedelta(seconds=lead)
    lifetime = credential.expires_at - born
    if lifetime < SHORTEST_LIFETIME:
        return None
    if timedelta(seconds=lead) >= lifetime:
        return born + lifetime * LATE_IN_LIFE
    return credential.expires_at - timedelta(seconds=lead)


def is_due(credential: Credential, lead: float, now: datetime) -> bool:
    """Whether `credential` should be renewed before it is used for the next `lead` seconds."""
    if credential.expires_at is None:
        return False
    at = refresh_moment(credential, lead)
    return credential.expires_at <= now or (at is not None and at <= now)
