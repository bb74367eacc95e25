"""The window: what is shown while the vault is missing, locked or open; the cards; the lock."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from desktop.ui.opening import OpeningPage

if TYPE_CHECKING:
    from desktop.engine.events import Failure, VaultChanged
    from desktop.ui.bridge import Bridge
    from desktop.ui.overlay import Overlay
    from desktop.ui.shell import Shell

_SIZE = QSize(1280, 760)
_SMALLEST = QSize(560, 380)


class MainWindow(QMainWindow):  # assistive technology then finds a window, not a filler
    """`painted` once, when the first picture is on the screen; `attach` then gives it the engine."""

    painted = Signal()
    closed = Signal(str)  # the geometry to keep, in base64
    state_shown = Signal()  # another page stands there: the vault was opened, or locked

    def __init__(self, geometry: str = "") -> None:
        super().__init__()
        self.setWindowTitle("Jackfield")
        self.setMinimumSize(_SMALLEST)
        self._bridge: Bridge | None = None
        self.shell: Shell | None = None  # while the vault is open
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        opening = OpeningPage()
        opening.painted.connect(self.painted)
        self._page: QWidget = opening
        self._stack.addWidget(self._page)
        self._overlay: Overlay | None = None
        self._restore(geometry)

    # The engine

    @property
    def attached(self) -> bool:
        """Whether the engine is there."""
        return self._bridge is not None

    @property
    def bridge(self) -> Bridge:
        """The engine; not before `attached`."""
        assert self._bridge is not None
        return self._bridge

    @property
    def has_card(self) -> bool:
        """Whether a card is shown that must not be replaced."""
        return self._overlay is not None and self._overlay.card is not None

    def attach(self, bridge: Bridge) -> None:
        """The engine is there: shows the page for the state of its vault."""
        from desktop.ui.away import watch
        from desktop.ui.idle import IdleLock
        from desktop.ui.overlay import Overlay
        from desktop.ui.toast import Toast

        self._bridge = bridge
        self._overlay = Overlay(self)
        self.toast = Toast(self)
        self.idle = IdleLock(lambda: bridge.engine.preferences.auto_lock_minutes, self)
        self.idle.expired.connect(self.lock)
        if (handle := self.windowHandle()) is not None:
            self.idle.watch(handle)
        self.away = watch(self)
        self.away.gone.connect(self._nobody_is_here)
        bridge.vault_changed.connect(self._on_vault)
        bridge.failed_unheard.connect(self.show_failure)
        self._show_state(bridge.engine.vault_state)
        if bridge.engine.preferences_problem:
            self.toast.say(bridge.engine.preferences_problem, "bad")
        # While somebody types their passphrase: the panes then come at once.
        QTimer.singleShot(0, self, lambda: import_module("desktop.ui.shell"))

    def lock(self) -> None:
        """Closes the vault; the page follows when the engine says that it is locked."""
        if self._bridge is not None and self._bridge.unlocked:
            self._bridge.run(self._bridge.engine.lock(), owner=self)

    def show_failure(self, failure: Failure) -> None:
        """Shows a failure that no page took care of."""
        self.toast.say(f"{failure.sentence} {failure.hint}".strip(), "bad")

    def _nobody_is_here(self) -> None:
        if self._bridge is not None and self._bridge.unlocked:
            self.lock()
        else:
            self.away.locked()

    def _on_vault(self, event: VaultChanged) -> None:
        self._show_state(event.state)
        if event.state != "open":
            self.away.locked()

    def _show_state(self, state: str) -> None:
        from desktop.ui.start.first_start import FirstStartPage
        from desktop.ui.start.unlock import UnlockPage

        assert self._bridge is not None
        self._leave()
        if state == "open":
            from desktop.ui.shell import Shell

            assert self._overlay is not None
            shell = Shell(self._bridge, self._overlay, self.toast)
            shell.navigation.lock_asked.connect(self.lock)
            self.idle.remaining.connect(shell.show_remaining)
            self.shell = shell
            self._show_page(shell)
            shell.open_first()
            self.idle.start()
            self.away.opened()
        else:
            self._show_page(FirstStartPage(self._bridge) if state == "missing" else UnlockPage(self._bridge))
        self.state_shown.emit()

    def _leave(self) -> None:
        """Nothing that was read from the vault stays in the window."""
        self.idle.stop()
        assert self._overlay is not None
        self._overlay.cancel_card()
        if self.shell is not None:
            self.shell.clear()
            self.shell = None

    def _show_page(self, page: QWidget) -> None:
        old, self._page = self._page, page
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self._stack.removeWidget(old)
        old.hide()
        old.deleteLater()
        self._overlay.raise_()
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    # Cards

    def show_card(self, card: QWidget) -> None:
        """Shows a card over the dimmed window."""
        assert self._overlay is not None
        self._overlay.show_card(card)

    def close_card(self) -> None:
        """Takes the card away."""
        if self._overlay is not None:
            self._overlay.close_card()

    # The window itself

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keeps size and place for the next time, and leaves no secret on the clipboard."""
        self.close_card()
        if self.shell is not None:
            self.shell.clipboard.clear()
        if self.attached:
            self.away.close()
        self.closed.emit(bytes(self.saveGeometry().toBase64().data()).decode())
        super().closeEvent(event)

    def _restore(self, geometry: str) -> None:
        room = (self.screen() or QGuiApplication.primaryScreen()).availableGeometry()
        self.resize(_SIZE.boundedTo(room.size()))
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
