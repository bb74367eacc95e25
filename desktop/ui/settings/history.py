"""How many earlier records of each account are kept, and for how long."""

from __future__ import annotations

from desktop.engine.preferences import Preferences
from desktop.ui.bridge import Bridge
from desktop.ui.settings.number_choice import NumberChoice
from desktop.ui.settings.section import Section
from desktop.ui.widgets import ErrorText

_COUNTS = (10, 20, 50, 100, 500, 0)
_DAYS = (30, 90, 180, 365, 730, 0)


class HistorySection(Section):
    """Each choice is saved as it is made, and counts from the next record on."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heading(self.tr("History"))
        self.problem = ErrorText()
        self.count = NumberChoice(bridge, "history_count", _COUNTS, self._records, self.problem)
        self.days = NumberChoice(bridge, "history_days", _DAYS, self._span, self.problem)
        self.add_row(self.tr("History keeps"), self.count)
        self.add_row(
            self.tr("History goes back"),
            self.days,
            self.tr(
                "The current record and the one before it are always kept. Others go when a new one is saved."
            ),
            below=self.problem,
        )

    def show_preferences(self, preferences: Preferences) -> None:
        """The saved choices."""
        self.count.show_value(preferences.history_count)
        self.days.show_value(preferences.history_days)

    def _records(self, count: int) -> str:
        if count == 0:
            return self.tr("Every record")
        return self.tr("1 record") if count == 1 else self.tr("{0} records").format(count)

    def _span(self, days: int) -> str:
        if days == 0:
            return self.tr("To the beginning")
        if days % 365 == 0:
            years = days // 365
            return self.tr("1 year") if years == 1 else self.tr("{0} years").format(years)
        return self.tr("1 day") if days == 1 else self.tr("{0} days").format(days)
