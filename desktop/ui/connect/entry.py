"""The first step: which way to connect, the app's settings where they are missing, and the form."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from connectors.definition import Connector, Field, Method
from connectors.inputs import settings_for
from connectors.tables import uses_browser
from desktop.ui.connect.begin import Facts
from desktop.ui.connect.client import ClientBox
from desktop.ui.connect.texts import masked
from desktop.ui.forms.form import Form
from desktop.ui.widgets import Label, Line, TextButton, show_if


class EntryPanel(QWidget):
    """Keeps what was typed, for each method apart. `submitted` on Enter; `link_asked(url)` for help pages."""

    submitted = Signal()
    link_asked = Signal(str)
    method_changed = Signal()

    def __init__(self, connector: Connector, method: Method) -> None:
        super().__init__()
        self.connector = connector
        self.method = method
        self.settings: dict[str, str] = {}
        self._redirect_uri = ""
        self._typed: dict[str, str] = {}
        self.form: Form | None = None
        self.client: ClientBox | None = None
        self._line = Line()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(16)
        self._column.addWidget(self._method_choice())
        self.promise = Label()
        self._column.addWidget(self.promise)
        self._column.addWidget(self._known_client())
        self._column.addWidget(self._line)

    def _method_choice(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        label = Label(self.tr("How to connect"))
        self.methods = QComboBox()
        self.methods.setAccessibleName(label.text())
        for method in self.connector.methods.values():
            self.methods.addItem(method.name, method.key)
        self.methods.setCurrentIndex(self.methods.findData(self.method.key))
        self.methods.activated.connect(self._choose_method)
        label.setBuddy(self.methods)
        column.addWidget(label)
        column.addWidget(self.methods)
        show_if(holder, len(self.connector.methods) > 1)
        return holder

    def _known_client(self) -> QWidget:
        self.known_client = QWidget()
        row = QHBoxLayout(self.known_client)
        row.setContentsMargins(0, 0, 0, 0)
        self.client_summary = Label()
        change = TextButton(self.tr("Change"), name=self.tr("Change app settings"))
        change.clicked.connect(self._change_client)
        row.addWidget(self.client_summary, 1)
        row.addWidget(change)
        self.known_client.hide()
        return self.known_client

    @property
    def _in_browser(self) -> bool:
        return uses_browser(self.method)

    def client_fields(self) -> tuple[Field, ...]:
        """The settings that all accounts share, as far as this method uses and does not ask for."""
        return settings_for(self.connector, self.method)

    def client_missing(self) -> bool:
        """Whether a setting is needed that nobody entered yet."""
        return any(
            field.required and not self.settings.get(field.key) and not field.default
            for field in self.client_fields()
        )

    def show_facts(self, facts: Facts) -> None:
        """What is kept already: opens the form of the app's settings when one is missing."""
        self.settings = dict(facts.settings)
        self._redirect_uri = facts.redirect_uri
        self._typed = dict(facts.values)
        if facts.method in self.connector.methods:  # an account stays with its method
            self.method = self.connector.methods[facts.method]
            self.methods.setCurrentIndex(self.methods.findData(facts.method))
            self.methods.setEnabled(False)
        self._build()

    def show_client(self, wanted: bool) -> None:
        """Opens or closes the form of the app's settings."""
        if self.client is not None:
            self.client.set_values(self.settings)
            show_if(self.client, wanted)
        self._summarise()

    def _build(self) -> None:
        """Makes the forms of the method; what was typed under the same keys stays."""
        if self.form is not None:
            self._typed |= self.form.all_values()
            self._drop(self.form)
        if self.client is not None:
            self.settings |= self.client.form.all_values() if self.client.isVisibleTo(self) else {}
            self._drop(self.client)
            self.client = None
        fields = self.client_fields()
        asks_itself = self._in_browser and any(field.key == "client_id" for field in self.method.fields)
        if fields or asks_itself:
            redirect = self._redirect_uri if self._in_browser else ""
            self.client = ClientBox(self.connector, fields, redirect)
            self.client.submitted.connect(self.submitted)
            self.client.link_asked.connect(self.link_asked)
            self._column.insertWidget(self._column.indexOf(self._line), self.client)
            self.client.set_values(self.settings)
            show_if(self.client, asks_itself or self.client_missing())
        self.form = Form(self.method.fields, self._typed)
        self.form.submitted.connect(self.submitted)
        self.form.link_asked.connect(self.link_asked)
        self._column.addWidget(self.form)
        show_if(self.form, bool(self.method.fields))
        self._summarise()
        self._promise()

    def _promise(self) -> None:
        """What pressing the button will do, and what the service will be asked for."""
        show_if(self.promise, self._in_browser)
        page = self.tr("The sign-in page of {0} opens in your browser; your password is entered there only.")
        asked = self.settings.get("scope") or ", ".join(s.value for s in self.method.scopes if s.default)
        generic = any(field.key == "client_id" for field in self.method.fields)
        text = page.format(self.tr("the service") if generic else self.connector.name)
        self.promise.setText(f"{text} {self.tr('It asks for: {0}.').format(asked)}" if asked else text)

    def check(self) -> tuple[dict[str, str], dict[str, str]] | None:
        """The form's values and the settings to save (none if they are kept already); None: not yet."""
        assert self.form is not None, "asked before the settings were read"
        opened = self.client is not None and self.client.isVisibleTo(self)
        values = self.form.check()
        # Checked last because it stands first: its refused field is the one that gets the focus.
        settings = self.client.form.check() if self.client is not None and opened else {}
        return None if values is None or settings is None else (values, settings)

    def keep(self, settings: Mapping[str, str]) -> None:
        """The settings are on their way to the vault: their form can close."""
        if settings:
            self.settings |= settings
            self.show_client(False)

    def has_fields(self) -> bool:
        """Whether there is anything that a person could change here."""
        return bool(self.connector.settings or self.method.fields or len(self.connector.methods) > 1)

    def focus_first(self) -> bool:
        """Puts the cursor where something is to be entered; False when nothing is."""
        opened = self.client is not None and self.client.isVisibleTo(self)
        if opened and self.client_missing() and len(self.connector.methods) > 1 and self.methods.isEnabled():
            self.methods.setFocus(Qt.FocusReason.OtherFocusReason)  # another way may need no app at all
            return True
        # An app that is described in the form below leaves nothing to enter above it.
        if opened and self.client is not None and self.client.form.focus_first():
            return True
        return self.form is not None and self.form.focus_first()

    def summary(self) -> str:
        """The first step in a line, without a secret."""
        defaults = {field.key: field.default for field in self.connector.settings}
        client_id = self.settings.get("client_id") or defaults.get("client_id", "")
        if self.form is not None and (typed := self.form.values().get("client_id")):
            client_id = typed
        if client_id and self.method.type == "oauth2":
            return self.tr("Your app: client id {0}").format(masked(client_id))
        return self.tr("Your details")

    def _summarise(self) -> None:
        defaults = {field.key: field.default for field in self.connector.settings}
        known = self.settings.get("client_id") or defaults.get("client_id", "")
        closed = self.client is not None and not self.client.isVisibleTo(self)
        self.client_summary.setText(self.tr("Your app: client id {0}").format(masked(known)))
        show_if(self.known_client, closed and bool(known) and self.method.type == "oauth2")
        opened = self.client is not None and self.client.isVisibleTo(self)
        show_if(self._line, opened and bool(self.method.fields))

    def _choose_method(self) -> None:
        self.method = self.connector.methods[self.methods.currentData(Qt.ItemDataRole.UserRole)]
        self._build()
        self.method_changed.emit()

    def _change_client(self) -> None:
        self.show_client(True)
        self.focus_first()

    def _drop(self, widget: QWidget) -> None:
        self._column.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
