"""How many earlier records of each account are kept, and for how long."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from desktop.engine.preferences import Preferences
from desktop.ui.bridge import Bridge
from desktop.ui.settings.saving import change_preferences
from desktop.ui.settings.section import Section
from desktop.ui.widgets import ErrorText

_COUNTS = (10, 20, 50, 100, 500, 0)
_DAYS = (30, 90, 180, 365, 730, 0)


class HistorySection(Section):
    """Each choice is saved as it is made, and counts from the next record on."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heading(self.tr("History"))
        self._bridge = bridge
        self.count = QComboBox()
        self.days = QComboBox()
        self.problem = ErrorText()
        self.add_row(self.tr("History keeps"), self.count)
        self.add_row(
            self.tr("History goes back"),
            self.days,
            self.tr(
                "The current record and the one before it are always kept. Others go when a new one is saved."
            ),
            below=self.problem,
        )
        self.count.activated.connect(lambda: self._save("history_count", self.count))
        self.days.activated.connect(lambda: self._save("history_days", self.days))

    def show_preferences(self, preferences: Preferences) -> None:
        """The saved choices; one that is not in the list (it was set in the file) is added to it."""
        self._fill(self.count, _COUNTS, preferences.history_count)
        self._fill(self.days, _DAYS, preferences.history_days)

    def _fill(self, box: QComboBox, choices: tuple[int, ...], value: int) -> None:
        words = self._records if box is self.count else self._span
        box.clear()
        for choice in [*sorted({*choices, value} - {0}), 0]:
            box.addItem(words(choice), choice)
        box.setCurrentIndex(box.findData(value))

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

    def _save(self, name: str, box: QComboBox) -> None:
        self._bridge.run(
            change_preferences(self._bridge.engine, **{name: box.currentData()}),
            lambda _: self.problem.set_reason(""),
            lambda failure: self.problem.set_reason(failure.sentence),
            self,
        )
