"""The service's app settings inside the card: entered once, right where they are missed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from connectors.definition import Connector, Field
from desktop.ui.forms.form import Form
from desktop.ui.widgets import CopyButton, Dim, Label, Strong, TextButton


class ClientBox(QWidget):
    """What the service wants to know of one's own app, and what the app wants to know of the service."""

    changed = Signal()
    submitted = Signal()
    link_asked = Signal(str)

    def __init__(self, connector: Connector, fields: tuple[Field, ...], redirect_uri: str) -> None:
        super().__init__()
        self.form = Form(fields)
        self.form.changed.connect(self.changed)
        self.form.submitted.connect(self.submitted)
        self.form.link_asked.connect(self.link_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Strong(self.tr("Your app at {0}").format(connector.name)))
        column.addWidget(
            Dim(
                self.tr(
                    "{0} wants to know which app is asking. Register one there and enter what it gives you."
                    " This is needed once; all your accounts of this service share it."
                ).format(connector.name)
            )
        )
        for number, step in enumerate(connector.register_steps, start=1):
            column.addWidget(numbered(number, step))
        if connector.register_url:
            link = TextButton(
                self.tr("Register an app at {0}").format(connector.name), icon_name="external", accent=True
            )
            link.clicked.connect(lambda: self.link_asked.emit(connector.register_url))
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        if redirect_uri:
            column.addWidget(RedirectRow(redirect_uri))
        column.addWidget(self.form)

    def set_values(self, values: Mapping[str, str]) -> None:
        """What is kept already."""
        self.form.set_values(values)


class RedirectRow(QWidget):
    """The exact address to register at the service, to read and to copy."""

    def __init__(self, redirect_uri: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        label = Label(self.tr("Redirect URI to register"))
        self.box = QLineEdit(redirect_uri)
        self.box.setReadOnly(True)
        self.box.setCursorPosition(0)
        self.box.setAccessibleName(label.text())
        label.setBuddy(self.box)
        self.copy = CopyButton(self.tr("Copy"), self.box.text, name=self.tr("Copy redirect URI"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.box, 1)
        row.addWidget(self.copy)
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(Dim(self.tr("Register it exactly as it stands here, to the last sign.")))

    def set_redirect_uri(self, redirect_uri: str) -> None:
        """Another connector's address."""
        self.box.setText(redirect_uri)
        self.box.setCursorPosition(0)


def numbered(number: int, text: str) -> QWidget:
    """A step of a list in words; the text wraps beside its number."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(Dim(f"{number}.", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Label(text), 1)
    return holder
