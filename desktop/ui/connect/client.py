"""The service's app settings inside the card: entered once, right where they are missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

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
        if fields:
            column.addWidget(Strong(self.tr("Your app at {0}").format(connector.name)))
            reason = self.tr(
                "{0} wants to know which app is asking. Register one there and enter what it gives you."
                " This is needed once; all your accounts of this service share it."
            ).format(connector.name)
        else:
            column.addWidget(Strong(self.tr("Your app")))
            reason = self.tr(
                "The service wants to know which app is asking. Register one there with this redirect URI,"
                " and enter below what it gives you."
            )
        column.addWidget(Dim(reason))
        if connector.register_steps:
            column.addWidget(StepTexts(connector.register_steps))
        if connector.register_url:
            link = TextButton(self.tr("Register an app"), icon_name="external", accent=True)
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


class StepTexts(QWidget):
    """Numbered steps in words; a text wraps beside its number."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for number, step in enumerate(steps, start=1):
            grid.addWidget(Dim(f"{number}.", wrap=False), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(step), number, 1)
