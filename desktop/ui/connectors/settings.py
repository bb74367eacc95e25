"""One connector's settings: its app's id and secret, its scopes, and the address to register."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from connectors.definition import Connector, Scope
from connectors.tables import uses_browser
from desktop.engine.connect.redirects import redirect_text
from desktop.ui.connect.client import RedirectRow, StepTexts
from desktop.ui.connectors.scopes import ScopeBoxes
from desktop.ui.forms.form import Form
from desktop.ui.widgets import Dim, ErrorText, Label, Strong, TextButton


class ConnectorSettings(QWidget):
    """The form of a connector. `changes()` is what Save has to write; None takes a setting away."""

    changed = Signal()
    link_asked = Signal(str)
    revealed = Signal(str)  # the key of a kept secret that somebody looks at

    def __init__(self, connector: Connector) -> None:
        super().__init__()
        self.connector = connector
        self._kept: dict[str, str] = {}
        self._in_browser = [method for method in connector.methods.values() if uses_browser(method)]
        self._default_redirect = redirect_text(connector.redirect)
        self.redirect: RedirectRow | None = None
        self.scopes: ScopeBoxes | None = None
        self.form = Form(connector.settings)
        self.form.changed.connect(self.changed)
        self.form.link_asked.connect(self.link_asked)
        self.form.uncovered.connect(self._uncovered)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        if connector.register_steps or connector.register_url:
            self._add_registration(column)
        if self._in_browser:
            self._add_redirect(column)
        if connector.settings:
            column.addSpacing(4)
            column.addWidget(Strong(self.tr("Your app") if self._in_browser else self.tr("Settings")))
            column.addWidget(self.form)
        else:
            self.form.hide()
        if scopes := self._all_scopes():
            column.addSpacing(4)
            self.scopes = ScopeBoxes(scopes)
            self.scopes.changed.connect(self.changed)
            column.addWidget(self.scopes)
        if not (connector.settings or self._in_browser):
            column.addWidget(
                Label(self.tr("Nothing to set here: each account brings what it needs in its own form."))
            )

    def _add_registration(self, column: QVBoxLayout) -> None:
        column.addWidget(Strong(self.tr("At {0}").format(self.connector.name)))
        if self.connector.register_steps:
            column.addWidget(StepTexts(self.connector.register_steps))
        if self.connector.register_url:
            words = self.tr("Register an app") if self._in_browser else self.tr("Get a key")
            link = TextButton(words, icon_name="external", accent=True)
            link.clicked.connect(lambda: self.link_asked.emit(self.connector.register_url))
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_redirect(self, column: QVBoxLayout) -> None:
        self.redirect = RedirectRow(self._default_redirect)
        self.redirect.box.setReadOnly(False)
        self.redirect.box.textChanged.connect(lambda: self._redirect_edited())
        self.redirect_problem = ErrorText()
        column.addWidget(self.redirect)
        column.addWidget(self.redirect_problem)
        column.addWidget(
            Dim(self.tr("Change it only where the service wants a fixed port, localhost or another path."))
        )

    def _uncovered(self, key: str) -> None:
        if self._kept.get(key) and self.form.all_values().get(key) == self._kept[key]:
            self.revealed.emit(key)  # what was typed just now is no news to anybody

    def _redirect_edited(self) -> None:
        self.redirect_problem.set_reason("")
        self.changed.emit()

    def _all_scopes(self) -> list[Scope]:
        found: dict[str, Scope] = {}
        for method in self._in_browser:
            for scope in method.scopes:
                found.setdefault(scope.value, scope)
        return list(found.values())

    def show_values(self, kept: Mapping[str, str], draft: Mapping[str, str] | None = None) -> None:
        """What is kept in the vault, and over it what was typed and not saved yet."""
        self._kept = dict(kept)
        with QSignalBlocker(self):
            self._show_values(draft)

    def _show_values(self, draft: Mapping[str, str] | None) -> None:
        shown = self._kept if draft is None else draft
        defaults = {field.key: field.default for field in self.connector.settings}
        self.form.set_values(defaults | dict(shown))
        if self.redirect is not None:
            self.redirect.set_redirect_uri(shown.get("redirect_uri") or self._default_redirect)
        if self.scopes is not None:
            self.scopes.set_value(shown.get("scope", ""))

    def values(self) -> dict[str, str]:
        """Everything as it stands, saved or not."""
        values = self.form.all_values()
        if self.redirect is not None:
            typed = self.redirect.box.text().strip()
            values["redirect_uri"] = "" if typed == self._default_redirect else typed
        if self.scopes is not None:
            values["scope"] = self.scopes.value()
        return values

    def changes(self) -> dict[str, str | None]:
        """What differs from the vault."""
        defaults = {field.key: field.default for field in self.connector.settings}
        return {
            key: value or None
            for key, value in self.values().items()
            if value != (self._kept.get(key) or defaults.get(key, ""))
        }

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """The sentences of a refused Save, beside what they are about."""
        self.form.show_problems(problems)
        if self.redirect is not None:
            self.redirect_problem.set_reason(problems.get("redirect_uri", ""))

    def secret_boxes(self) -> list[QLineEdit]:
        """The masked boxes, so that a lock can empty them."""
        return [box for box in self.findChildren(QLineEdit) if box.echoMode() != QLineEdit.EchoMode.Normal]
