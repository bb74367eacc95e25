"""What could keep an account from being connected: the same page that `jackfield doctor` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.settings.section import Section
from desktop.ui.widgets import Banner, Button, ButtonRow

if TYPE_CHECKING:
    from desktop.engine.doctor import Finding


class DoctorSection(Section):
    """Looks only when it is asked to; each finding is a banner in the colour of its outcome."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heading(self.tr("Check this computer"))
        self._bridge = bridge
        self.server = QLineEdit()
        self.server.setPlaceholderText("example.org")
        self.examine_button = Button(self.tr("Check this computer"))
        self.examine_button.clicked.connect(lambda: self.examine())
        self.findings = QWidget()
        self.banners: list[Banner] = []
        self._column = QVBoxLayout(self.findings)
        self._column.setContentsMargins(0, 6, 0, 0)
        self._column.setSpacing(6)
        self.add_row(
            self.tr("Compare the clock with"),
            self.server,
            self.tr("A server that is asked once. Without one, nothing leaves this computer."),
        )
        buttons = ButtonRow(self.examine_button)
        buttons.setFocusProxy(self.examine_button)
        self.add_row("", buttons, below=self.findings)

    def examine(self) -> None:
        """Looks over the computer."""
        self.examine_button.setEnabled(False)
        engine = self._bridge.engine
        self._bridge.run(engine.examine(self.server.text().strip()), self._show, self._failed, self)

    def _show(self, findings: tuple[Finding, ...]) -> None:
        self._empty()
        kinds = {"ok": "good", "warning": "soon", "problem": "bad", "unknown": "neutral"}
        for finding in findings:
            text = f"{finding.title}: {finding.sentence} {finding.hint}".strip()
            self._add(Banner(kinds[finding.outcome], text))  # type: ignore[arg-type]

    def _failed(self, failure: Failure) -> None:
        self._empty()
        self._add(Banner("bad", f"{failure.sentence} {failure.hint}".strip()))

    def _add(self, banner: Banner) -> None:
        self.banners.append(banner)
        self._column.addWidget(banner)

    def _empty(self) -> None:
        self.examine_button.setEnabled(True)
        for banner in self.banners:
            self._column.removeWidget(banner)
            banner.deleteLater()
        self.banners = []
