"""When the vault locks by itself, and how long secrets stay on the screen and in the clipboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox

from desktop.engine.preferences import Preferences
from desktop.ui.bridge import Bridge
from desktop.ui.settings.saving import change_preferences
from desktop.ui.settings.section import Section
from desktop.ui.widgets import ErrorText

_MINUTES = (1, 2, 5, 10, 15, 30, 60, 0)
_SECONDS = (10, 20, 30, 60, 120, 0)


class PrivacySection(Section):
    """Each choice is saved as it is made."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heading(self.tr("Locking"))
        self._bridge = bridge
        self.auto_lock = QComboBox()
        self.reveal = QComboBox()
        self.clipboard = QComboBox()
        self.problem = ErrorText()
        self.add_row(
            self.tr("Lock by itself after"),
            self.auto_lock,
            self.tr("Counted from the last key or movement of the mouse in this window."),
        )
        self.add_row(self.tr("Hide a revealed secret after"), self.reveal)
        self.add_row(
            self.tr("Empty the clipboard after"),
            self.clipboard,
            self.tr("Only while it still holds the secret that was copied here."),
            below=self.problem,
        )
        self.auto_lock.activated.connect(lambda: self._save("auto_lock_minutes", self.auto_lock))
        self.reveal.activated.connect(lambda: self._save("reveal_seconds", self.reveal))
        self.clipboard.activated.connect(lambda: self._save("clipboard_seconds", self.clipboard))

    def show_preferences(self, preferences: Preferences) -> None:
        """The saved choices; one that is not in the list (it was set in the file) is added to it."""
        self._fill(self.auto_lock, _MINUTES, preferences.auto_lock_minutes, self._minutes)
        self._fill(self.reveal, _SECONDS, preferences.reveal_seconds, self._seconds)
        self._fill(self.clipboard, _SECONDS, preferences.clipboard_seconds, self._seconds)

    def _fill(
        self, box: QComboBox, choices: tuple[int, ...], value: int, words: Callable[[int], str]
    ) -> None:
        box.clear()
        every = [*sorted({*choices, value} - {0}), 0]
        for choice in every:
            box.addItem(words(choice), choice)
        box.setCurrentIndex(box.findData(value))

    def _minutes(self, minutes: int) -> str:
        if minutes == 0:
            return self.tr("Never")
        return self.tr("1 minute") if minutes == 1 else self.tr("{0} minutes").format(minutes)

    def _seconds(self, seconds: int) -> str:
        if seconds == 0:
            return self.tr("Never; at the lock")
        return self.tr("{0} seconds").format(seconds)

    def _save(self, name: str, box: QComboBox) -> None:
        self._bridge.run(
            change_preferences(self._bridge.engine, **{name: box.currentData()}),
            lambda _: self.problem.set_reason(""),
            lambda failure: self.problem.set_reason(failure.sentence),
            self,
        )
