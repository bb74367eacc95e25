"""When the vault locks by itself, and how long secrets stay on the screen and in the clipboard."""

from __future__ import annotations

from desktop.engine.preferences import Preferences
from desktop.ui.bridge import Bridge
from desktop.ui.settings.number_choice import NumberChoice
from desktop.ui.settings.section import Section
from desktop.ui.widgets import ErrorText

_MINUTES = (1, 2, 5, 10, 15, 30, 60, 0)
_SECONDS = (10, 20, 30, 60, 120, 0)


class PrivacySection(Section):
    """Each choice is saved as it is made."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heading(self.tr("Locking"))
        self.problem = ErrorText()
        self.auto_lock = NumberChoice(bridge, "auto_lock_minutes", _MINUTES, self._minutes, self.problem)
        self.reveal = NumberChoice(bridge, "reveal_seconds", _SECONDS, self._seconds, self.problem)
        self.clipboard = NumberChoice(bridge, "clipboard_seconds", _SECONDS, self._seconds, self.problem)
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

    def show_preferences(self, preferences: Preferences) -> None:
        """The saved choices."""
        self.auto_lock.show_value(preferences.auto_lock_minutes)
        self.reveal.show_value(preferences.reveal_seconds)
        self.clipboard.show_value(preferences.clipboard_seconds)

    def _minutes(self, minutes: int) -> str:
        if minutes == 0:
            return self.tr("Never")
        return self.tr("1 minute") if minutes == 1 else self.tr("{0} minutes").format(minutes)

    def _seconds(self, seconds: int) -> str:
        if seconds == 0:
            return self.tr("Never; at the lock")
        return self.tr("{0} seconds").format(seconds)
