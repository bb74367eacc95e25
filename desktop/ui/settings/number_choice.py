"""A list of numbers to choose from, each in words; every choice is saved as it is made."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox

from desktop.ui.bridge import Bridge
from desktop.ui.settings.saving import change_preferences
from desktop.ui.widgets import ErrorText


class NumberChoice(QComboBox):
    """`name` is the preference, 0 stands last and means without end; a refusal is said in `problem`."""

    def __init__(
        self,
        bridge: Bridge,
        name: str,
        choices: tuple[int, ...],
        words: Callable[[int], str],
        problem: ErrorText,
    ) -> None:
        super().__init__()
        self._bridge, self._name, self._problem = bridge, name, problem
        self._choices, self._words = choices, words
        self.activated.connect(self._save)

    def show_value(self, value: int) -> None:
        """The saved choice; one that is not in the list (it was set in the file) is added to it."""
        self.clear()
        for choice in [*sorted({*self._choices, value} - {0}), 0]:
            self.addItem(self._words(choice), choice)
        self.setCurrentIndex(self.findData(value))

    def _save(self) -> None:
        self._bridge.run(
            change_preferences(self._bridge.engine, **{self._name: self.currentData()}),
            lambda _: self._problem.set_reason(""),
            lambda failure: self._problem.set_reason(failure.sentence),
            self,
        )
