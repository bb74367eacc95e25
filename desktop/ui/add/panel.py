"""The chosen service: what it is, what will be asked for, and the button that begins."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from connectors.definition import Connector, Method
from connectors.tables import uses_browser
from desktop.ui.icons import service_pixmap
from desktop.ui.widgets import Dim, Heading, Label, PrimaryButton, Strong, TextButton


class ServicePanel(QWidget):
    """`connect_asked(key)`, and `link_asked(url)` for the service's own pages."""

    connect_asked = Signal(str)
    link_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._connector: Connector | None = None
        self.setProperty("surface", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.icon = QLabel()
        self.icon.setFixedSize(QSize(44, 44))
        self.name = Heading()
        self.name.setWordWrap(True)
        self.category = Dim()
        self.description = Label()
        self.needs_title = Strong(self.tr("What you need"))
        self.needs = Dim()
        self.homepage = TextButton(self.tr("About this service"), icon_name="external", accent=True)
        self.homepage.clicked.connect(lambda: self._ask("homepage"))
        self.register = TextButton(self.tr("Register an app or key"), icon_name="external", accent=True)
        self.register.clicked.connect(lambda: self._ask("register_url"))
        self.connect_button = PrimaryButton(self.tr("Connect"))
        self.connect_button.clicked.connect(lambda: self._connect())
        self._build()
        self.show_service(None)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.category)
        head.addLayout(names, 1)
        column.addLayout(head)
        column.addWidget(self.description)
        column.addSpacing(4)
        column.addWidget(self.needs_title)
        column.addWidget(self.needs)
        column.addWidget(self.register, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.homepage, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        column.addWidget(self.connect_button)

    def show_service(self, connector: Connector | None) -> None:
        """Shows a service, or the invitation to choose one."""
        self._connector = connector
        chosen = connector is not None
        for widget in (self.icon, self.category, self.needs_title, self.needs, self.connect_button):
            widget.setVisible(chosen)
        self.homepage.setVisible(connector is not None and bool(connector.homepage))
        self.register.setVisible(connector is not None and bool(connector.register_url))
        if connector is None:
            self.name.setText(self.tr("Choose a service"))
            self.description.setText(self.tr("What it needs is shown here before anything is asked for."))
            return
        self.icon.setPixmap(service_pixmap(connector, 44, self.devicePixelRatioF()))
        self.name.setText(connector.name)
        self.category.setText(connector.category)
        self.description.setText(connector.description)
        self.description.setVisible(bool(connector.description))
        self.needs.setText("\n".join(needed(connector)))
        self.connect_button.setAccessibleDescription(self.tr("Connect {0}").format(connector.name))

    def _ask(self, what: str) -> None:
        if self._connector is not None:
            self.link_asked.emit(getattr(self._connector, what))

    def _connect(self) -> None:
        if self._connector is not None:
            self.connect_asked.emit(self._connector.key)


def needed(connector: Connector) -> list[str]:
    """What a person should have at hand, one line for each way to connect."""
    lines = [_needed_for(connector, method) for method in connector.methods.values()]
    if len(lines) > 1:
        names = [method.name for method in connector.methods.values()]
        return [f"{name}: {line[0].lower()}{line[1:]}" for name, line in zip(names, lines, strict=True)]
    return lines


def _needed_for(connector: Connector, method: Method) -> str:
    asked = [
        field.name for field in method.fields if field.required and field.type not in ("notice", "hidden")
    ]
    own_app = method.type == "oauth2" and any(
        field.required and not field.default for field in connector.settings if field.key == "client_id"
    )
    parts = []
    if asked:
        parts.append(f"You will be asked for: {_listed(asked)}.")
    if method.grant == "device_code":
        parts.append("Any device with a browser, to enter a code there.")
    elif uses_browser(method):
        parts.append("Your browser, to sign in there.")
    if own_app:
        parts.append("The first time, the client id of an app that you register at the service.")
    return " ".join(parts) or "Nothing more than pressing Connect."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
