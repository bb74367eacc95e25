"""The question that comes with a definition's Python file: shut in, with one's own rights, or not at all."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.announce import announce
from desktop.ui.widgets import Banner, Button, ButtonRow, Dim, TextButton, show_if


class CodeQuestion(QWidget):
    """Hidden until `ask`. Each answer hides it again and says the definition's path."""

    shut_in = Signal(Path)
    with_my_rights = Signal(Path)
    declined = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._path = Path()
        self.question = Banner("soon")
        self.meaning = Dim()
        self.confine = Button(self.tr("Run it shut in"), icon_name="lock")
        self.confine.clicked.connect(lambda: self._answer(self.shut_in))
        self.allow = Button(self.tr("Run it with my rights"), danger=True)
        self.allow.clicked.connect(lambda: self._answer(self.with_my_rights))
        self.decline = TextButton(self.tr("Do not run it"))
        self.decline.clicked.connect(lambda: self._answer(self.declined))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.question)
        column.addWidget(self.meaning)
        column.addWidget(ButtonRow(self.confine, self.allow, self.decline))
        self.hide()

    def ask(self, path: Path, why_not_shut_in: str) -> None:
        """Asks about the Python file beside the definition. `why_not_shut_in` is empty where that works."""
        self._path = path
        self.question.show_message(
            "soon",
            self.tr(
                "{0} has a Python file beside it, {1}. Read it first; let it run only if you trust whoever"
                " wrote it."
            ).format(path.name, path.with_suffix(".py").name),
        )
        rights = self.tr("With your rights, it may do all that you may do: read your files, for example.")
        closed = self.tr(
            "Shut in, it sees none of your files, not the vault and no network; the app sends its requests,"
            " and only to the definition's own hosts."
        )
        cannot = self.tr("It cannot be shut in on this computer. {0}").format(why_not_shut_in)
        self.meaning.setText(f"{cannot if why_not_shut_in else closed}\n{rights}")
        show_if(self.confine, not why_not_shut_in)
        show_if(self, True)
        announce(self.question, f"{self.question.text} {self.meaning.text()}")

    def _answer(self, signal: SignalInstance) -> None:
        show_if(self, False)
        signal.emit(self._path)
