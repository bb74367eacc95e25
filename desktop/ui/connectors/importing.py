"""Import of an OpenAPI document on the page Connectors: from a file, dropped, or by its address."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.ui.announce import announce
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Banner, Button, ButtonRow, Dim, Label, PrimaryButton, TextButton, show_if

if TYPE_CHECKING:
    from connectors.dialects.imported import ImportedDocument

_MOST = 100
_HIGHEST = 180  # pixels; more than that scrolls


class ImportPane(QWidget):
    """Hidden until `open`. `imported` says the key of the connector that a document became."""

    imported = Signal(str)
    definition = Signal(str)  # the file of a definition, which the page takes in

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._work: Future[Any] | None = None
        self.source = QLineEdit()
        self.source.setAccessibleName(self.tr("File or address"))
        self.source.setPlaceholderText("https://api.example.com/openapi.json")
        self.start = PrimaryButton(self.tr("Import"))
        self.choose = Button(self.tr("Choose file…"))
        self.close_button = TextButton(self.tr("Close"))
        self.told = Banner("neutral")
        self.lines = QScrollArea()
        self._build()
        self.source.returnPressed.connect(self._start)
        self.source.textChanged.connect(lambda: self._enable())
        self.start.clicked.connect(lambda: self._start())
        self.choose.clicked.connect(lambda: self._ask_file())
        self.close_button.clicked.connect(lambda: self.leave())
        self._enable()
        self.hide()

    def _build(self) -> None:
        self.lines.setWidgetResizable(True)
        self.lines.setFrameShape(QFrame.Shape.NoFrame)
        self.lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines.setMaximumHeight(_HIGHEST)
        self.lines.setAccessibleName(self.tr("What became of the document"))
        self.lines.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        about = self.tr(
            "An OpenAPI or Swagger document, or an Itential adapter's configuration: enter its address,"
            " choose the file, or drop it here."
        )
        column.addWidget(Dim(about))
        column.addWidget(self.source)
        column.addWidget(ButtonRow(self.start, self.choose, self.close_button))
        column.addWidget(self.told)
        column.addWidget(self.lines)

    def open(self) -> None:
        """Shows the pane, ready for an address."""
        show_if(self, True)
        self.source.setFocus()

    def offer(self, source: str) -> None:
        """Shows the pane with a file or an address entered; nothing is read before the button is pressed."""
        if self._work is not None:
            return
        self._finish("neutral", "")
        self.source.setText(source)
        show_if(self, True)
        self.start.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, source: str) -> None:
        """Imports a file or an address at once."""
        self.source.setText(source)
        show_if(self, True)
        self._start()

    def leave(self) -> None:
        """Stops what is under way and hides the pane."""
        if self._work is not None:
            self._work.cancel()
        self._finish("neutral", "")
        self.source.clear()
        show_if(self, False)

    def _enable(self) -> None:
        busy = self._work is not None
        self.start.setEnabled(not busy and bool(self.source.text().strip()))
        self.choose.setEnabled(not busy)
        self.source.setReadOnly(busy)
        self.close_button.set_text(self.tr("Cancel") if busy else self.tr("Close"))

    def _ask_file(self) -> None:
        kinds = self.tr("Documents (*.json *.yaml *.yml)")
        dialog = QFileDialog(self, self.tr("Import a document"), "", kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def _start(self) -> None:
        source = self.source.text().strip()
        if not source or self._work is not None:
            return
        if source.lower().endswith(".toml") and "://" not in source:
            self.leave()
            self.definition.emit(source)
            return
        self._finish("neutral", self.tr("Reading {0}…").format(Path(source).name))
        work = self._bridge.engine.import_document(source)
        self._work = self._bridge.run(work, self._done, self._refused, self)
        self._enable()

    def _done(self, result: tuple[str, ImportedDocument]) -> None:
        key, document = result
        ways, operations = len(document.methods), len(document.operations)
        sentence = self.tr("{0} was imported. Ways to connect: {1}. Operations: {2}.").format(
            document.name, ways, operations
        )
        left_out = self.tr("Left out: {0}: {1}")
        lines = [left_out.format(place, reason) for place, reason in document.dropped.items()]
        self._finish("good", sentence, [*lines, *document.warnings])
        self.source.clear()
        self.imported.emit(key)

    def _refused(self, failure: Failure) -> None:
        self._finish("bad", f"{failure.sentence} {failure.hint}".strip())

    def _finish(self, kind: Any, sentence: str, lines: list[str] | None = None) -> None:
        """Says how it stands; nothing is under way any more."""
        self._work = None
        self.told.show_message(kind, sentence)
        announce(self.told, sentence)
        rows = QWidget()
        rows.setProperty("scrolled", True)
        column = QVBoxLayout(rows)
        column.setContentsMargins(12, 4, 12, 4)
        for text in (lines or [])[:_MOST]:
            label = Label(text)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        column.addStretch(1)
        self.lines.setWidget(rows)
        show_if(self.lines, bool(lines))
        self._enable()
