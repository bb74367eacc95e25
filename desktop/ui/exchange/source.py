"""Which file is imported, and its passphrase."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.ui.start.passphrase_box import PassphraseBox
from desktop.ui.widgets import Button, Dim, Label


class SourcePanel(QWidget):
    """`submitted` when Enter was pressed in the passphrase. A file may be dropped anywhere on it."""

    submitted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.path = QLineEdit()
        self.choose = Button(self.tr("Choose file…"))
        self.passphrase = PassphraseBox(self.tr("Passphrase of the export"))
        label = Label(self.tr("File"))
        label.setBuddy(self.path)
        self.path.setAccessibleName(self.tr("File"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.path, 1)
        row.addWidget(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(Dim(self.tr("Or drop the file here.")))
        column.addSpacing(8)
        column.addWidget(self.passphrase)
        self.choose.clicked.connect(lambda: self._ask_file())
        self.path.returnPressed.connect(self.passphrase.setFocus)
        self.passphrase.submitted.connect(self.submitted)
        self.setFocusProxy(self.path)

    @property
    def file(self) -> Path:
        """The file, as it was typed or chosen."""
        return Path(self.path.text().strip()).expanduser()

    def take(self, path: str) -> None:
        """A file was chosen or dropped: its passphrase is what is asked for next."""
        self.path.setText(path)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def problem(self) -> str:
        """What is still missing; the box that it is about has the focus then."""
        if not self.path.text().strip():
            self.path.setFocus()
            return self.tr("Choose the file of the export first.")
        if not self.passphrase.text():
            self.passphrase.set_problem(self.tr("Enter the passphrase of the export."))
            self.passphrase.setFocus()
            return self.tr("Enter the passphrase of the export.")
        return ""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file is welcome."""
        if _file_of(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Takes the file."""
        path = _file_of(event)
        if path is not None:
            event.acceptProposedAction()
            self.take(path)

    def _ask_file(self) -> None:
        kinds = self.tr("Exports (*.jackfield-export);;All files (*)")
        dialog = QFileDialog(self, self.tr("Import accounts"), str(Path.home()), kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take)
        dialog.open()


def _file_of(event: QDropEvent) -> str | None:
    urls = event.mimeData().urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else None
