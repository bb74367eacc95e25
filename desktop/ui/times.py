"""Moments and spans as people read them, in local time and in the words of the system's locale."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate, QLocale

_MOMENT = "d MMM yyyy"
_LONGEST_IN_WORDS = timedelta(days=60)


def now() -> datetime:
    """The present moment in UTC. Tests replace it."""
    return datetime.now(UTC)


def span(length: timedelta) -> str:
    """A length of time, short: "8 s", "12 min", "2 h 5 min", "3 days"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes and hours < 6 else f"{hours} h"
    days = hours // 24
    return f"{days} day" if days == 1 else f"{days} days"


def relative(at: datetime, present: datetime | None = None) -> str:
    """A moment seen from the present: "in 12 min", "just now", "2 h ago", or its date when it is far."""
    away = at - (present or now())
    if abs(away) > _LONGEST_IN_WORDS:
        return date_text(at)
    if away >= timedelta(0):
        return f"in {span(away)}"
    return "just now" if -away < timedelta(seconds=45) else f"{span(-away)} ago"


def short_moment(at: datetime, present: datetime | None = None) -> str:
    """As short as it can be told: "14:48" today, "Tue 09:14" within a week, else the date."""
    local, today = at.astimezone(), (present or now()).astimezone()
    clock = f"{local:%H:%M}"
    if local.date() == today.date():
        return clock
    if abs(local.date() - today.date()) < timedelta(days=7):
        weekday = QLocale().dayName(local.isoweekday(), QLocale.FormatType.ShortFormat)
        return f"{weekday} {clock}"
    return date_text(at)


def date_text(at: datetime) -> str:
    """The local date: "20 Nov 2026"."""
    local = at.astimezone()
    return QLocale().toString(QDate(local.year, local.month, local.day), _MOMENT)


def local_text(at: datetime) -> str:
    """The whole moment in local time: "20 Nov 2026, 14:53:10". `parse_moment` reads it back."""
    return f"{date_text(at)}, {at.astimezone():%H:%M:%S}"


def utc_text(at: datetime, beside: datetime | None = None) -> str:
    """The same moment in UTC; without its date where that is the local one as well."""
    utc = at.astimezone(UTC)
    same_day = utc.date() == at.astimezone().date()
    date = "" if same_day else QLocale().toString(QDate(utc.year, utc.month, utc.day), _MOMENT) + ", "
    return f"{date}{utc:%H:%M:%S} UTC"


def parse_moment(text: str) -> datetime:
    """A typed moment as UTC: as `local_text` writes it, or ISO 8601 (without an offset it is local time).

    Raises ValueError whose text is a sentence for people.
    """
    typed = " ".join(text.split())
    try:
        return _iso(typed)
    except ValueError:
        found = _spoken(typed)
    if found is None:
        example = local_text(now())
        raise ValueError(f"This is not a date. Write it like {example} or 2026-11-20T13:53:10Z.")
    return found


def _iso(typed: str) -> datetime:
    return datetime.fromisoformat(typed).astimezone(UTC)


def _spoken(typed: str) -> datetime | None:
    match = re.fullmatch(
        r"(?P<date>.+?),? (?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?( ?(?P<utc>UTC|Z))?", typed
    )
    if match is None:
        return None
    for locale in (QLocale(), QLocale.c()):
        date = locale.toDate(match["date"].rstrip(","), _MOMENT)
        if date.isValid():
            break
    else:
        return None
    try:
        moment = datetime(
            date.year(), date.month(), date.day(), int(match["h"]), int(match["m"]), int(match["s"] or 0)
        )
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if match["utc"] else moment.astimezone(UTC)
