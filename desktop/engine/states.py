"""The state of an account as people see it: one word, one sentence."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.credential import utc_now
from desktop.engine.events import ShownState
from desktop.vault.records import AccountRow

SOON = timedelta(minutes=15)


def shown_state(
    row: AccountRow, now: datetime | None = None, refreshing: bool = False, lead: float = 0
) -> ShownState:
    """What to show for `row`. `lead` is the method's refresh_before_exp in seconds, where it is known."""
    now = now or utc_now()
    if refreshing:
        return "refreshing"
    if row.state != "connected":
        return row.state
    if row.expires_at is None:
        return "unknown_expiry" if row.has_token and row.renewable else "connected"
    if row.expires_at <= now and not row.renewable:
        return "needs_sign_in"
    if row.expires_at <= now + max(SOON, timedelta(seconds=lead)):
        return "expires_soon"
    return "connected"


def state_sentence(
    row: AccountRow,
    now: datetime | None = None,
    *,
    refreshing: bool = False,
    refresh_at: datetime | None = None,
) -> str:
    """The state in a sentence or two, moments in local time."""
    now = now or utc_now()
    if refreshing:
        return "The token is being refreshed."
    if row.state == "disabled":
        return "This account is disabled."
    if row.state != "connected":
        return row.state_reason or _WITHOUT_REASON[row.state]
    if row.expires_at is None:
        return (
            "The service did not say when this token expires." if row.has_token else "This does not expire."
        )
    if row.expires_at <= now:
        expired = f"Expired {moment(row.expires_at, now)}."
        if not row.renewable:
            return f"{expired} It cannot be renewed by itself: sign in again."
        return f"{expired} It will be refreshed the next time it is needed."
    ends = f"Expires in {duration(row.expires_at - now)}."
    if not row.renewable:
        return f"{ends} It cannot be renewed by itself; you will have to sign in again then."
    if refresh_at is None:
        return ends
    return f"{ends} It will be refreshed {moment(refresh_at, now) if refresh_at > now else 'shortly'}."


_WITHOUT_REASON = {
    "needs_sign_in": "The service no longer accepts this account's token. Sign in again.",
    "invalid": "The service does not accept this account's credentials.",
    "offline": "The service could not be reached. Nothing was changed; it will be tried again.",
}


def duration(span: timedelta) -> str:
    """A span in words, in the one or two units that matter: "12 minutes", "2 h 5 min", "3 days"."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return _count(seconds, "second")
    minutes = seconds // 60
    if minutes < 60:
        return _count(minutes, "minute")
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else _count(hours, "hour")
    return _count(hours // 24, "day")


def moment(at: datetime, now: datetime | None = None) -> str:
    """A moment in local time as part of a sentence: "at 14:48", "on 21 November 2026 at 14:48"."""
    local, today = at.astimezone(), (now or utc_now()).astimezone()
    clock = f"at {local:%H:%M}"
    # A few hours past midnight need no date either: nobody takes 00:03 for yesterday's.
    if local.date() == today.date() or today <= local < today + timedelta(hours=8):
        return clock
    return f"on {local.day} {local:%B %Y} {clock}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
