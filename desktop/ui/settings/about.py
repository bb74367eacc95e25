"""What this program is, and in which version."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion

from desktop import __version__
from desktop.ui.settings.section import Section, with_button
from desktop.ui.widgets import CopyButton, Dim, Label


class AboutSection(Section):
    """The versions that a report about a mistake should name."""

    def __init__(self) -> None:
        super().__init__()
        self.heading(self.tr("About"))
        version = Label(self.versions())
        version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = CopyButton(self.tr("Copy"), self.versions, name=self.tr("Copy versions"))
        self.add_row(self.tr("Version"), with_button(version, copy))
        self.add_row(self.tr("Licence"), Dim("Apache-2.0"))

    @staticmethod
    def versions() -> str:
        """Program, Python, Qt and system in one line."""
        python = f"Python {platform.python_version()}"
        return " · ".join((f"Jackfield {__version__}", python, f"Qt {qVersion()}", platform.system()))
