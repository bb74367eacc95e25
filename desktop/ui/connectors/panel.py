"""The right side of the page: the chosen connector, its settings, Save and Discard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from connectors.definition import Connector
from connectors.errors import InvalidInputError
from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.connectors.secret_logging import SecretLogging
from desktop.ui.connectors.settings import ConnectorSettings
from desktop.ui.icons import service_pixmap
from desktop.ui.links import open_link
from desktop.ui.widgets import (
    Banner,
    Button,
    Dim,
    Heading,
    Label,
    Line,
    PrimaryButton,
    show_if,
    tab_in_reading_order,
)

if TYPE_CHECKING:
    from desktop.engine.engine import Engine


class Saved(NamedTuple):
    """The settings after a Save, or the sentences that say why nothing was saved."""

    settings: dict[str, str]
    problems: dict[str, str]


async def configure(engine: Engine, key: str, changes: Mapping[str, str | None]) -> Saved:
    """Saves on the engine's loop; a refused value comes back with its sentence, to stand beside its box."""
    try:
        return Saved(await engine.configure(key, changes), {})
    except InvalidInputError as error:
        return Saved({}, error.fields or {"": error.sentence})


class ConnectorPanel(QWidget):
    """Keeps what was typed for a connector while another one is looked at."""

    connect_asked = Signal(str)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._connector: Connector | None = None
        self._drafts: dict[str, dict[str, str]] = {}
        self._kept: dict[str, str] = {}
        self.settings: ConnectorSettings | None = None
        self.setProperty("surface", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.icon = QLabel()
        self.icon.setFixedSize(QSize(44, 44))
        self.name = Heading()
        self.name.setWordWrap(True)
        self.kind = Dim()
        self.description = Label()
        self.problem = Banner("bad")
        self.secret_logging = SecretLogging(bridge)
        self.source = Dim()
        self.source.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.saved = Dim()
        self.discard = Button(self.tr("Discard"))
        self.discard.clicked.connect(lambda: self._discard())
        self.save = PrimaryButton(self.tr("Save"))
        self.save.clicked.connect(lambda: self._save())
        self._build()
        self.show_connector(None)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.kind)
        head.addLayout(names, 1)
        inside = QWidget()
        inside.setProperty("scrolled", True)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(20, 18, 20, 18)
        self._column.setSpacing(14)
        self._column.addLayout(head)
        self._column.addWidget(self.problem)
        self._column.addWidget(self.secret_logging.warning)
        self._column.addWidget(self.description)
        self._column.addStretch(1)
        self._column.addWidget(self.secret_logging)
        self._column.addWidget(self.source)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        self.foot = QWidget()
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addWidget(Line())
        buttons = QHBoxLayout()
        buttons.setContentsMargins(20, 12, 20, 12)
        buttons.setSpacing(10)
        buttons.addWidget(self.saved, 1)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.save)
        foot.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addWidget(self.foot)

    def show_connector(self, connector: Connector | None) -> None:
        """Shows a connector; None when none is chosen."""
        self._keep_draft()
        self._connector = connector
        if self.settings is not None:
            self._column.removeWidget(self.settings)
            self.settings.hide()
            self.settings.deleteLater()
            self.settings = None
        self.problem.show_message("bad", "")
        self.secret_logging.show_connector(connector)
        self.saved.setText("")
        for widget in (self.icon, self.kind, self.source):
            show_if(widget, connector is not None)
        show_if(self.foot, False)
        if connector is None:
            self.name.setText(self.tr("Choose a connector"))
            self.description.setText(self.tr("Its app settings, scopes and redirect URI are shown here."))
            return
        self.icon.setPixmap(service_pixmap(connector, 44, self.devicePixelRatioF()))
        self.name.setText(connector.name)
        ways = ", ".join(method.name for method in connector.methods.values())
        self.kind.setText(f"{connector.category} · {ways}")
        self.description.setText(connector.description)
        show_if(self.description, bool(connector.description))
        own = connector.origin == "own" and connector.source is not None
        self.source.setText(self.tr("Your own definition: {0}").format(connector.source) if own else "")
        show_if(self.source, own)
        read = self._bridge.engine.connector_settings(connector.key)
        key = connector.key
        self._bridge.run(read, lambda kept: self._settings_read(key, kept), self._failed, self)

    def forget(self) -> None:
        """The vault is locked: nothing that was typed stays."""
        self.settings, settings = None, self.settings
        self._drafts.clear()
        self._kept = {}
        if settings is not None:
            for box in settings.secret_boxes():
                box.clear()
            settings.deleteLater()
        self.show_connector(None)

    def _settings_read(self, key: str, kept: dict[str, str]) -> None:
        if self._connector is None or self._connector.key != key or self.settings is not None:
            return
        self._kept = kept
        self.settings = ConnectorSettings(self._connector)
        self.settings.show_values(kept, self._drafts.get(key))
        self.settings.changed.connect(self._changed)
        self.settings.revealed.connect(lambda name: self._note_revealed(key, name))
        self.settings.link_asked.connect(lambda url: open_link(self._bridge, url, self._say, self))
        self._column.insertWidget(self._column.indexOf(self.description) + 1, self.settings)
        self.settings.show()  # a layout would do so only later, and the focus cannot wait for that
        show_if(self.foot, bool(self._connector.settings or self.settings.redirect))
        tab_in_reading_order(self)
        self._changed()

    def _note_revealed(self, key: str, name: str) -> None:
        self._bridge.run(self._bridge.engine.note_settings(key, "revealed", [name]), owner=self)

    def _changed(self) -> None:
        differs = self.settings is not None and bool(self.settings.changes())
        self.save.setEnabled(differs)
        self.discard.setEnabled(differs)
        if differs:
            self.saved.setText(self.tr("Not saved yet"))
        elif self.saved.text() != self.tr("Saved"):
            self.saved.setText("")

    def _keep_draft(self) -> None:
        if self._connector is None or self.settings is None:
            return
        if self.settings.changes():
            self._drafts[self._connector.key] = self.settings.values()
        else:
            self._drafts.pop(self._connector.key, None)

    def _discard(self) -> None:
        if self.settings is not None and self._connector is not None:
            self._drafts.pop(self._connector.key, None)
            self.settings.show_values(self._kept)
            self.settings.show_problems({})
            self._changed()

    def _save(self) -> None:
        if self.settings is None or self._connector is None:
            return
        key = self._connector.key
        save = configure(self._bridge.engine, key, self.settings.changes())
        self._bridge.run(save, lambda saved: self._was_saved(key, saved), self._failed, self)

    def _was_saved(self, key: str, saved: Saved) -> None:
        if self._connector is None or self._connector.key != key or self.settings is None:
            return
        self.settings.show_problems(saved.problems)
        if saved.problems:
            others = [text for name, text in saved.problems.items() if name not in self.settings.values()]
            self._say(" ".join(others))
            return
        self._kept = saved.settings
        self._say("")
        self.settings.show_values(saved.settings)
        self._changed()
        self.saved.setText(self.tr("Saved"))

    def _failed(self, failure: Failure) -> None:
        self._say(f"{failure.sentence} {failure.hint}".strip())

    def _say(self, sentence: str) -> None:
        self.problem.show_message("bad", sentence)
