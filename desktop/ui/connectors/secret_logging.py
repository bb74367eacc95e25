"""The switch that lets a connector's exchanges stand readable in Activity, and the banner while it is on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from connectors.definition import Connector
from desktop.engine.events import Failure
from desktop.ui import times
from desktop.ui.announce import announce
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Banner, Button, ButtonRow, Dim, TextButton, show_if


class SecretLogging(QWidget):
    """At first a link; pressed, it says what is risked and asks. While it is on, `warning` ends it.

    The warning is laid out by whoever shows this, where nobody can miss it.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._connector: Connector | None = None
        self.ask = TextButton(self.tr("Log secrets for an hour…"))
        self.ask.clicked.connect(lambda: self._ask())
        self.risk = Dim()
        self.begin = Button(self.tr("Log secrets for an hour"), danger=True)
        self.begin.clicked.connect(lambda: self._switch(True))
        self.cancel = TextButton(self.tr("Leave it off"))
        self.cancel.clicked.connect(lambda: self._show_question(False))
        self.warning = Banner("bad")
        self.warning.acted.connect(lambda: self._switch(False))
        self.problem = Banner("bad")
        self._buttons = ButtonRow(self.begin, self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.problem)
        column.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.risk)
        column.addWidget(self._buttons)
        bridge.connectors_changed.connect(lambda _event: self._read())
        self.show_connector(None)

    def show_connector(self, connector: Connector | None) -> None:
        """Shows how it stands with a connector; nothing for None."""
        self._connector = connector
        self.problem.show_message("bad", "")
        self._show_until(None)
        show_if(self, connector is not None)
        self._read()

    def _read(self) -> None:
        if self._connector is None or not self._bridge.unlocked:
            return
        key = self._connector.key
        read = self._bridge.engine.secrets_logged()
        self._bridge.run(read, lambda until: self._was_read(key, until.get(key)), self._failed, self)

    def _was_read(self, key: str, until: datetime | None) -> None:
        if self._connector is not None and self._connector.key == key:
            self._show_until(until)

    def _show_until(self, until: datetime | None) -> None:
        text = ""
        if until is not None and self._connector is not None:
            text = self.tr("Until {0} the passwords and tokens of {1} are written readable into Activity.")
            text = text.format(times.short_moment(until), self._connector.name)
        self.warning.show_message("bad", text, self.tr("Turn off") if text else "")
        self._show_question(False)
        show_if(self.ask, not text)

    def _ask(self) -> None:
        name = self._connector.name if self._connector is not None else ""
        self.risk.setText(
            self.tr(
                "For finding out why a sign-in fails: requests and answers of {0} then stand in Activity as"
                " they were, with passwords, tokens and cookies. Whoever unlocks the vault or looks at the"
                " screen can read and use them; a backup that is made meanwhile keeps them. They are written"
                " into the vault only, to no log and no other file, and are taken out of it after an hour,"
                " when the window is locked or closed, or when you turn this off."
            ).format(name)
        )
        self._show_question(True)
        announce(self.risk, self.risk.text())
        self.cancel.setFocus()

    def _show_question(self, asked: bool) -> None:
        show_if(self.ask, not asked)
        show_if(self.risk, asked)
        show_if(self._buttons, asked)

    def _switch(self, on: bool) -> None:
        if self._connector is None:
            return
        key = self._connector.key
        switch = self._bridge.engine.log_secrets(key, on)
        self._bridge.run(switch, lambda until: self._was_read(key, until), self._failed, self)

    def _failed(self, failure: Failure) -> None:
        self.problem.show_message("bad", f"{failure.sentence} {failure.hint}".strip())
