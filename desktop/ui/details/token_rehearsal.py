"""The menu Rehearse: lets a token fail on purpose, to see what happens then."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from desktop.engine.results import AccountView
from desktop.ui.widgets import Button, show_if


class RehearseButton(Button):
    """`asked(what)` with the engine's word for the failure."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("RehearseButton", "Rehearse"), parent)
        self.setToolTip(self.tr("Lets this token fail on purpose. The record before stays in History."))
        self.setAccessibleDescription(self.toolTip())
        self._menu = QMenu(self)
        texts = {
            "expire": self.tr("Expire now"),
            "forget_access_token": self.tr("Forget access token"),
            "break_refresh_token": self.tr("Break refresh token"),
        }
        # Made here and not by the menu: what C++ makes may lose its Python side while it still lives.
        self.actions_by_name = {name: QAction(text, self) for name, text in texts.items()}
        self._menu.addActions(list(self.actions_by_name.values()))
        for name, action in self.actions_by_name.items():
            action.triggered.connect(lambda _checked=False, name=name: self.asked.emit(name))
        self.setMenu(self._menu)

    def show_view(self, view: AccountView | None) -> None:
        """What there is to spoil. A key without a token has nothing."""
        token = view is not None and bool(view.credential.access_token)
        refresh = view is not None and bool(view.credential.refresh_token)
        self.actions_by_name["expire"].setEnabled(token)
        self.actions_by_name["forget_access_token"].setEnabled(token)
        self.actions_by_name["break_refresh_token"].setEnabled(refresh)
        show_if(self, token or refresh)
