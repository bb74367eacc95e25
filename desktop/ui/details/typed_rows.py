"""Typed fields: moments in local time, whole seconds, scopes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.ui import times
from desktop.ui.details.rows import FieldRow
from desktop.ui.theme import Kind
from desktop.ui.widgets import Chips, show_if

_LONGEST = 100 * 365 * 24 * 3600  # seconds


class MomentRow(FieldRow):
    """A date and time, typed and shown in local time; UTC and how far away it is stand below."""

    def __init__(self, name: str, label: str = "", *, live: bool = False) -> None:
        super().__init__(name, label)
        self._live = live

    def display(self, value: Any) -> str:
        """Local time."""
        return times.local_text(value) if isinstance(value, datetime) else ""

    def wire(self) -> str:
        """ISO 8601 in UTC. What was not touched goes back as it came, with its fraction of a second."""
        if not self.dirty and isinstance(self._value, datetime):
            return _iso(self._value)
        text = self.box.text().strip()
        return _iso(times.parse_moment(text)) if text else ""

    def say_hint(self) -> str:
        """The same moment in UTC, and how far away it is."""
        text = self.box.text().strip()
        if not text:
            return self.tr("Never, or the service did not say.") if self._live else ""
        try:
            moment = self._value if not self.dirty else times.parse_moment(text)
        except ValueError:
            return ""
        parts = [times.utc_text(moment)]
        if self._live:
            away = times.relative(moment)
            parts.append(away if moment > times.now() else self.tr("expired {0}").format(away))
        return ", ".join(parts)


class SecondsRow(FieldRow):
    """Whole seconds, 0 or more."""

    def wire(self) -> str:
        """The digits. Raises ValueError."""
        text = self.box.text().strip().replace(" ", "").replace(" ", "")
        if not text:
            return ""
        if not (text.isascii() and text.isdigit()):
            raise ValueError(self.tr("This is a number of seconds, whole and not negative, such as 3600."))
        if len(text) > 12 or int(text) > _LONGEST:
            raise ValueError(self.tr("This is longer than a hundred years."))
        return text

    def say_hint(self) -> str:
        """The same in hours and minutes; what a change does to expires_at."""
        try:
            text = self.wire()
        except ValueError:
            return ""
        if not text:
            return ""
        length = times.span(timedelta(seconds=int(text)))
        if self.dirty:
            return self.tr("{0}. Saving sets expires_at to so long after created_at.").format(length)
        return length if int(text) >= 60 else ""


class ScopeRow(FieldRow):
    """Scopes, typed with spaces between and shown as chips that can be taken away."""

    def __init__(self, name: str, label: str = "", asked: Sequence[str] = ()) -> None:
        super().__init__(name, label)
        self._asked = tuple(asked)
        self.chips = Chips(removable=True)
        self.chips.removed.connect(self._remove)
        self._below.insertWidget(0, self.chips)
        self.box.setPlaceholderText(self.tr("Scopes, with spaces between"))

    def set_asked(self, asked: Sequence[str]) -> None:
        """What was asked for at the sign-in."""
        self._asked = tuple(asked)

    def words(self) -> list[str]:
        """The scopes as they stand in the box."""
        return list(dict.fromkeys(self.box.text().replace(",", " ").split()))

    def wire(self) -> str:
        """The scopes with one space between; untouched, as the service wrote them."""
        return " ".join(self.words()) if self.dirty else self._shown

    def say_hint(self) -> str:
        """How many of those asked for were granted."""
        words = self.words()
        chips: list[str | tuple[str, Kind]] = [
            (word, "neutral" if not self._asked or word in self._asked else "accent") for word in words
        ]
        if tuple(words) != self.chips.words:
            self.chips.set_words(chips)
            show_if(self.chips, len(words) > 1)
            for before, after in pairwise(self.stops()):
                QWidget.setTabOrder(before, after)
        if not self._asked:
            return ""
        granted = sum(word in words for word in self._asked)
        if granted == len(self._asked):
            return self.tr("All scopes asked for were granted.")
        return self.tr("{0} of {1} scopes asked for were granted").format(granted, len(self._asked))

    def stops(self) -> list[QWidget]:
        """Field, Copy, then the crosses of the chips below."""
        return [self.box, self.copy_button, *self.chips.crosses]

    def _remove(self, word: str) -> None:
        self.box.setText(" ".join(other for other in self.words() if other != word))
        self.box.setFocus()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
