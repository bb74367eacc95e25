"""The page Settings: sections in one column."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.engine.events import VaultChanged
from desktop.ui.bridge import Bridge
from desktop.ui.settings.about import AboutSection
from desktop.ui.settings.appearance import AppearanceSection
from desktop.ui.settings.doctor import DoctorSection
from desktop.ui.settings.history import HistorySection
from desktop.ui.settings.network import NetworkSection
from desktop.ui.settings.privacy import PrivacySection
from desktop.ui.settings.vault import VaultSection
from desktop.ui.widgets import Heading, Line

_WIDTH = 720
_NARROW = 560


class SettingsPage(QWidget):
    """Reads what is saved whenever it is opened."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.appearance = AppearanceSection(bridge)
        self.privacy = PrivacySection(bridge)
        self.vault = VaultSection(bridge)
        self.history = HistorySection(bridge)
        self.network = NetworkSection(bridge)
        self.doctor = DoctorSection(bridge)
        self.about = AboutSection()
        saved = (self.appearance, self.privacy, self.vault, self.history, self.network)
        self._sections = (*saved, self.doctor, self.about)
        self._build()
        bridge.vault_changed.connect(self._vault_changed)

    def _build(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(28, 18, 28, 28)
        column.setSpacing(20)
        column.addWidget(Heading(self.tr("Settings")))
        for number, section in enumerate(self._sections):
            if number:
                column.addWidget(Line())
            column.addWidget(section)
        column.addStretch(1)
        narrow = QWidget()
        narrow.setLayout(column)
        narrow.setMaximumWidth(_WIDTH)
        inside = QWidget()
        inside.setProperty("scrolled", True)
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(narrow, 1)
        row.addStretch(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names stand above their controls where both do not fit beside each other."""
        super().resizeEvent(event)
        for section in self._sections:
            section.set_narrow(self.width() < _NARROW)

    def showEvent(self, event: QShowEvent) -> None:
        """Shows what is saved now."""
        super().showEvent(event)
        preferences = self._bridge.engine.preferences
        for section in (self.appearance, self.privacy, self.history, self.network):
            section.show_preferences(preferences)
        if self._bridge.unlocked:
            self.vault.load()

    def _vault_changed(self, event: VaultChanged) -> None:
        if event.state == "open":
            if self.isVisible():
                self.vault.load()
        else:
            self.vault.forget()
