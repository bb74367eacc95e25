"""Which browser signs in, and which certificates are trusted besides the system's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from desktop.engine.events import Failure
from desktop.engine.preferences import Preferences
from desktop.ui.bridge import Bridge
from desktop.ui.settings.saving import NetworkSaved, change_network
from desktop.ui.settings.section import Section
from desktop.ui.widgets import Button, Dim, ErrorText, restyle


class NetworkSection(Section):
    """Both are tried before they are saved."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heading(self.tr("Browser and network"))
        self._bridge = bridge
        self._saved = Preferences()
        self.browser = QLineEdit()
        self.browser.setPlaceholderText(self.tr("The system’s browser"))
        self.browser_problem = ErrorText()
        self.ca_file = QLineEdit()
        self.ca_file.setPlaceholderText(self.tr("None"))
        self.ca_problem = ErrorText()
        self.choose = Button(self.tr("Choose…"), name=self.tr("Choose certificate file"))
        self.choose.clicked.connect(lambda: self._ask_file())
        self.save = Button(self.tr("Save"))
        self.discard = Button(self.tr("Discard"))
        self.outcome = Dim()
        self.browser.setAccessibleName(self.tr("Browser command"))
        self.add_row(
            self.tr("Browser command"),
            self.browser,
            self.tr("Such as firefox -P work. The sign-in address is added at its end."),
            below=self.browser_problem,
        )
        self.ca_file.setAccessibleName(self.tr("Own certificate file"))
        self.add_row(
            self.tr("Own certificate file"),
            self._file_row(),
            self.tr("A PEM file with authorities to trust besides the system’s."),
            below=self.ca_problem,
        )
        self.add_row("", self._buttons())
        for box in (self.browser, self.ca_file):
            box.textChanged.connect(lambda: self._edited())
            box.returnPressed.connect(self._save)
        self.save.clicked.connect(lambda: self._save())
        self.discard.clicked.connect(lambda: self.show_preferences(self._saved))
        self._edited()

    def _file_row(self) -> QWidget:
        holder = QWidget()
        holder.setFocusProxy(self.ca_file)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.ca_file, 1)
        row.addWidget(self.choose)
        return holder

    def _buttons(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.save)
        row.addWidget(self.discard)
        row.addWidget(self.outcome, 1)
        return holder

    def show_preferences(self, preferences: Preferences) -> None:
        """The saved choices."""
        self._saved = preferences
        self.browser.setText(preferences.browser_command)
        self.ca_file.setText(preferences.ca_file)
        self._show_problems({})
        self._edited()

    def _edited(self) -> None:
        typed = (self.browser.text().strip(), self.ca_file.text().strip())
        differs = typed != (self._saved.browser_command, self._saved.ca_file)
        self.save.setEnabled(differs)
        self.discard.setEnabled(differs)
        self.outcome.setText(self.tr("Not saved yet") if differs else "")

    def _show_problems(self, problems: dict[str, str]) -> None:
        for key, box, label in (
            ("browser_command", self.browser, self.browser_problem),
            ("ca_file", self.ca_file, self.ca_problem),
        ):
            label.set_reason(problems.get(key, ""))
            restyle(box, "wrong", key in problems)

    def _save(self) -> None:
        change = change_network(self._bridge.engine, self.browser.text().strip(), self.ca_file.text().strip())
        self._bridge.run(change, self._was_saved, self._failed, self)

    def _was_saved(self, saved: NetworkSaved) -> None:
        if saved.problems:
            self._show_problems(saved.problems)
        else:
            self.show_preferences(saved.preferences)
            self.outcome.setText(self.tr("Saved"))

    def _failed(self, failure: Failure) -> None:
        self.outcome.setText(failure.sentence)

    def _ask_file(self) -> None:
        start = str(Path(self.ca_file.text()).parent) if self.ca_file.text() else ""
        dialog = QFileDialog(
            self,
            self.tr("Own certificate file"),
            start,
            self.tr("Certificates (*.pem *.crt *.cer);;All files (*)"),
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    def _take_file(self, path: str) -> None:
        self.ca_file.setText(path)
        self._edited()
