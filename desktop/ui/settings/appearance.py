"""The theme: the system's, light or dark."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QComboBox

from desktop.engine.preferences import Preferences
from desktop.ui.bridge import Bridge
from desktop.ui.settings.saving import change_preferences
from desktop.ui.settings.section import Section
from desktop.ui.theme import ThemeChoice, apply_theme
from desktop.ui.widgets import ErrorText


class AppearanceSection(Section):
    """The theme counts at once and is saved at once."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heading(self.tr("Appearance"))
        self._bridge = bridge
        self.theme = QComboBox()
        for word, choice in (
            (self.tr("System"), "system"),
            (self.tr("Light"), "light"),
            (self.tr("Dark"), "dark"),
        ):
            self.theme.addItem(word, choice)
        self.problem = ErrorText()
        self.add_row(self.tr("Theme"), self.theme, below=self.problem)
        self.theme.activated.connect(lambda: self._choose(self.theme.currentData()))

    def show_preferences(self, preferences: Preferences) -> None:
        """The saved choice."""
        self.theme.setCurrentIndex(self.theme.findData(preferences.theme))

    def _choose(self, choice: ThemeChoice) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, choice)
        save = change_preferences(self._bridge.engine, theme=choice)
        self._bridge.run(
            save,
            lambda _: self.problem.set_reason(""),
            lambda failure: self.problem.set_reason(failure.sentence),
            self,
        )
