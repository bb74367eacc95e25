"""What can be done about a damaged vault: the newest good backup, what can be read of it, another file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.ui import times
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Banner, Button, ButtonRow, Dim, Strong, show_if

if TYPE_CHECKING:
    from desktop.engine.backups.report import Backups
    from desktop.vault.rescue.rescue import Rescued

_MOST_LINES = 6


class WaysBack(QWidget):
    """Hidden until it is needed. The page around it has the passphrase; each act asks for it by a signal."""

    restore_asked = Signal(object)  # the backup's path
    rescue_asked = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._newest: Path | None = None
        self._saved: Path | None = None
        self.heading = Strong(self.tr("What you can do"))
        self.sentence = Dim()
        self.restore = Button(self.tr("Restore this backup"))
        self.rescue = Button(self.tr("Save what can be read"))
        self.choose = Button(self.tr("Choose a backup file…"))
        self.note = Dim(
            self.tr(
                "Each needs the passphrase above. The damaged vault is kept whatever you choose;"
                " saving what can be read does not touch it."
            )
        )
        self.outcome = Banner("neutral")
        self.use = Button(self.tr("Restore what was saved"))
        self.use.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(10)
        for widget in (
            self.heading,
            self.sentence,
            ButtonRow(self.restore, self.rescue),
            ButtonRow(self.choose),
            self.note,
            self.outcome,
            ButtonRow(self.use),
        ):
            column.addWidget(widget)
        self.restore.clicked.connect(lambda: self.restore_asked.emit(self._newest))
        self.use.clicked.connect(lambda: self.restore_asked.emit(self._saved))
        self.rescue.clicked.connect(lambda: self.rescue_asked.emit())
        self.choose.clicked.connect(lambda: self._choose())
        self.hide()

    @property
    def last(self) -> QWidget:
        """What stands lowest of that which says how it ended."""
        return self.outcome if self.use.isHidden() else self.use

    def offer(self) -> None:
        """Looks for backups and shows itself."""
        self.outcome.show_message("neutral", "")
        self.use.hide()
        self._bridge.run(self._bridge.engine.backups(), self._found, self._failed, self)

    def set_busy(self, what: str) -> None:
        """Says what is done; nothing says that it is over."""
        for button in (self.restore, self.rescue, self.choose, self.use):
            button.setEnabled(not what)
        if what:
            self.outcome.show_message("neutral", what)

    def show_rescued(self, rescued: Rescued) -> None:
        """What was saved, what was lost; whether that is more than the backup has is the person's to say."""
        self.set_busy("")
        count = rescued.accounts
        saved = (
            self.tr("1 account was saved.")
            if count == 1
            else self.tr("{0} accounts were saved.").format(count)
        )
        lost = list(rescued.lost[:_MOST_LINES])
        if len(rescued.lost) > _MOST_LINES:
            lost.append(self.tr("And {0} more.").format(len(rescued.lost) - _MOST_LINES))
        text = "\n".join([saved, *(lost or [self.tr("Nothing was lost.")])])
        self.outcome.show_message("soon" if rescued.lost else "good", text)
        self._saved = rescued.path
        self.use.show()

    def show_failure(self, failure: Failure) -> None:
        """Why it did not go."""
        self.set_busy("")
        self._failed(failure)

    def _found(self, report: Backups) -> None:
        newest = report.newest_good
        self._newest = newest.path if newest else None
        show_if(self.restore, newest is not None)
        if newest is None:
            self.sentence.setText(self.tr("There is no good backup beside the vault."))
        else:
            text = self.tr("The newest good backup is of {0}. What was saved after that is not in it.")
            self.sentence.setText(text.format(times.local_text(newest.made_at)))
        self.show()

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a backup"), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.restore_asked.emit(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _failed(self, failure: Failure) -> None:
        self.outcome.show_message("bad", f"{failure.sentence} {failure.hint}".strip())
