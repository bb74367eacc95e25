"""The page of a locked vault."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.start.frame import MiddleColumn
from desktop.ui.start.passphrase_box import PassphraseBox
from desktop.ui.start.ways_back import WaysBack
from desktop.ui.widgets import Banner, Button, Dim, PrimaryButton, show_if
from desktop.vault.errors import ThrottledError

if TYPE_CHECKING:
    from desktop.engine.engine import Engine
    from desktop.vault.rescue.rescue import Rescued
    from desktop.vault.vault import SlotInfo


# Reasons with which the vault cannot be opened as it lies there.
_DAMAGED = ("damaged", "missing_key_slot")


async def try_unlock(engine: Engine, passphrase: str | None) -> float:
    """Unlocks, or says for how many seconds no passphrase is tried. Raises VaultError."""
    try:
        await engine.unlock(passphrase)
    except ThrottledError as error:
        return error.wait_seconds
    return 0.0


async def restore_and_unlock(engine: Engine, path: Path, passphrase: str | None) -> None:
    """Puts a backup in the vault's place and opens it. In one: the page may be another one in between."""
    await engine.restore_backup(path, passphrase)
    await engine.unlock(passphrase)


class UnlockPage(QWidget):
    """Opens the vault. The engine's VaultChanged says that it is open; this page says nothing of its own."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._seconds_left = 0
        self._frame = MiddleColumn(
            self.tr("Vault locked"), self.tr("Enter your passphrase to open your accounts and their tokens.")
        )
        self.problem = Banner("bad")
        self.passphrase = PassphraseBox(self.tr("Passphrase"))
        self.waiting = Dim()
        self.waiting.hide()
        self.unlock = PrimaryButton(self.tr("Unlock"))
        self.keychain = Button(self.tr("Unlock with keychain"))
        self.keychain.hide()
        self.ways_back = WaysBack(bridge)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._count_down)
        self._build()
        self.setFocusProxy(self.passphrase)  # whoever shows this page, the cursor is where one types
        self.passphrase.submitted.connect(self._unlock)
        self.unlock.clicked.connect(lambda: self._unlock())
        self.keychain.clicked.connect(lambda: self._try(None))
        self.ways_back.restore_asked.connect(self.restore)
        self.ways_back.rescue_asked.connect(self._rescue)

    def _build(self) -> None:
        column = self._frame.column
        for widget in (self.problem, self.passphrase, self.waiting):
            column.addWidget(widget)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addStretch(1)
        foot.addWidget(self.keychain)
        foot.addWidget(self.unlock)
        column.addLayout(foot)
        column.addWidget(self.ways_back)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._frame)

    def showEvent(self, event: QShowEvent) -> None:
        """Empty and ready to type in; what the vault can be opened with is asked anew."""
        super().showEvent(event)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        self._bridge.run(self._bridge.engine.slots(), self._slots_known, self._failed, self)

    def _slots_known(self, slots: list[SlotInfo]) -> None:
        kinds = {slot.kind for slot in slots}
        show_if(self.keychain, "keychain" in kinds)
        show_if(self.passphrase, "passphrase" in kinds)
        show_if(self.unlock, "passphrase" in kinds)
        if "passphrase" not in kinds:
            self._frame.sentence.setText(self.tr("This vault is opened with this computer’s keychain."))

    def _unlock(self) -> None:
        if self._tick.isActive():
            return
        if not self.passphrase.text():
            self.passphrase.set_problem(self.tr("Enter your passphrase first."))
            self.passphrase.setFocus()
            return
        self._try(self.passphrase.text())

    def _try(self, passphrase: str | None) -> None:
        self._set_busy(True)
        self.problem.show_message("bad", "")
        attempt = try_unlock(self._bridge.engine, passphrase)
        self._bridge.run(attempt, self._answered, self._failed, self)

    def _answered(self, wait: float) -> None:
        if wait <= 0:
            self.passphrase.clear()
            self.ways_back.hide()
            self._set_busy(False)
            return
        self._seconds_left = math.ceil(wait)
        self._say_wait()
        self._tick.start()

    def _count_down(self) -> None:
        self._seconds_left -= 1
        if self._seconds_left > 0:
            self._say_wait()
            return
        self._tick.stop()
        self.waiting.hide()
        self._try(self.passphrase.text())

    def _say_wait(self) -> None:
        text = self.tr("After several wrong passphrases there is a pause. This one is tried in {0} s.")
        self.waiting.setText(text.format(self._seconds_left))
        self.waiting.show()

    def _failed(self, failure: Failure) -> None:
        self._set_busy(False)
        if failure.reason == "wrong_passphrase":
            self.passphrase.set_problem(failure.sentence)
            self.passphrase.line.selectAll()
        else:
            self.problem.show_message("bad", f"{failure.sentence} {failure.hint}".strip())
        if failure.reason in _DAMAGED:
            self.problem.show_message("bad", failure.sentence)
            self.ways_back.offer()
        self.passphrase.setFocus()

    def restore(self, path: Path) -> None:
        """Puts a backup in the vault's place and opens it."""
        if (passphrase := self._given()) == "":
            return
        self._act(self.tr("Restoring…"))
        restored = restore_and_unlock(self._bridge.engine, path, passphrase)
        self._bridge.run(restored, lambda _: self._restored(), self._not_done, self)

    def _rescue(self) -> None:
        if (passphrase := self._given()) == "":
            return
        self._act(self.tr("Reading what can be read…"))
        rescue = self._bridge.engine.rescue(None, passphrase)
        self._bridge.run(rescue, self._rescued, self._not_done, self)

    def _given(self) -> str | None:
        """The passphrase that was typed; None where the keychain opens the vault; empty: it was asked for."""
        if self.passphrase.isHidden():
            return None
        if not self.passphrase.text():
            self.passphrase.set_problem(self.tr("Enter your passphrase first."))
            self.passphrase.setFocus()
        return self.passphrase.text()

    def _act(self, what: str) -> None:
        self._set_busy(True)
        self.unlock.set_text(self.tr("Unlock"))  # something else is being done
        self.ways_back.set_busy(what)

    def _restored(self) -> None:
        self.passphrase.clear()
        self.problem.show_message("bad", "")
        self.ways_back.set_busy("")
        self.ways_back.hide()
        self._set_busy(False)

    def _rescued(self, rescued: Rescued) -> None:
        self._set_busy(False)
        self.ways_back.show_rescued(rescued)
        self._show_outcome()

    def _not_done(self, failure: Failure) -> None:
        self._set_busy(False)
        self.ways_back.show_failure(failure)
        self._show_outcome()

    def _show_outcome(self) -> None:
        """In a low window it stands below the edge. Not before the page has found room for it."""
        QTimer.singleShot(0, self, lambda: self._frame.ensureWidgetVisible(self.ways_back.last, 0, 24))

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.passphrase, self.unlock, self.keychain):
            widget.setEnabled(not busy)
        self.unlock.set_text(self.tr("Unlocking…") if busy else self.tr("Unlock"), name=self.tr("Unlock"))
