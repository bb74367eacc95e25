"""Opens the console. What the first window does not need is imported after it is on the screen."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop.engine.preferences import load_preferences
from desktop.ui.collecting import Collector
from desktop.ui.opened.arrivals import Arrivals
from desktop.ui.single import SingleWindow, bring_to_front
from desktop.ui.theme import apply_theme
from desktop.ui.window import MainWindow

if TYPE_CHECKING:
    from desktop.engine.connect.browser import Opener
    from desktop.engine.engine import Engine
    from desktop.engine.events import Failure
    from desktop.practice import Provider

    Prepare = Callable[[Engine], Coroutine[Any, Any, None]]


def run(
    home: Path,
    *,
    prepare: Prepare | None = None,
    practice: Provider | None = None,
    opener: Opener | None = None,
    words: Sequence[str] = (),
) -> int:
    """Shows the window until it is closed; returns the exit code. A window that is there comes to the front.

    `words` are links and files to open, in this window or in the one that is there.

    `prepare` runs on the engine before the window asks for anything, e.g. to make a vault that is thrown
    away. `practice` is the running practice provider, which the window tells about and the caller stops.
    `opener` stands in for the browser.
    """
    app = make_app()
    collector = Collector(app)
    single = SingleWindow(home)
    if not single.claim():
        if single.hand_over(words):
            return 0
        if not single.claimed:
            sys.stderr.write(f"jackfield: A window on {home} is open already, but it does not answer.\n")
            return 1
    preferences, _problem = load_preferences(home)
    apply_theme(app, preferences.theme)
    window = MainWindow(preferences.window_geometry)
    session = Session(home, window, opener=opener, prepare=prepare, practice=practice)
    arrivals = Arrivals(window)
    arrivals.take(words)
    single.called.connect(lambda token: bring_to_front(window, token))
    single.opened.connect(arrivals.take)
    window.painted.connect(session.begin, Qt.ConnectionType.QueuedConnection)
    signals = UnixSignals(app)
    window.show()
    try:
        return app.exec()
    finally:
        signals.close()
        session.end()
        single.close()
        collector.release()


def make_app() -> QApplication:
    """The application object, with the names that desktops know it by."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Jackfield")
    app.setApplicationDisplayName("Jackfield")
    app.setDesktopFileName("jackfield")
    return app


class Session(QObject):
    """The engine behind one window: started after the first paint, stopped after the last."""

    def __init__(
        self,
        home: Path,
        window: MainWindow,
        *,
        opener: Opener | None = None,
        prepare: Prepare | None = None,
        practice: Provider | None = None,
    ) -> None:
        super().__init__()
        self._home, self._window, self._opener = home, window, opener
        self._prepare, self._practice = prepare, practice
        self._ended = False
        self._window.closed.connect(self._keep_geometry)

    def begin(self) -> None:
        """Starts the engine and gives it to the window, in steps between which the window answers."""
        from desktop.ui.icons import app_icon

        QApplication.setWindowIcon(app_icon())
        self._next(lambda: import_module("desktop.engine.engine"), self._start)

    def _next(self, *steps: Callable[[], object]) -> None:
        first, *rest = steps

        def step() -> None:
            if not self._ended:
                first()
                if rest:
                    self._next(*rest)

        QTimer.singleShot(0, self, step)

    def _start(self) -> None:
        from desktop.engine.engine import Engine
        from desktop.engine.privacy.redaction import install_logging
        from desktop.ui.bridge import Bridge

        install_logging()
        sys.excepthook = self._unexpected
        self.engine = Engine(self._home, actor="window", opener=self._opener)
        self.engine.start()
        self.bridge = Bridge(self.engine, self)
        if self._prepare is None:
            self._next(self._attach)
        else:
            self.bridge.run(
                self._prepare(self.engine), lambda _result: self._attach(), self._not_prepared, self
            )

    def end(self) -> None:
        """Stops the engine; what it is saving is saved."""
        self._ended = True
        if hasattr(self, "engine"):
            self.bridge.close()
            self.engine.stop()
            sys.excepthook = sys.__excepthook__

    def _attach(self) -> None:
        self._window.attach(self.bridge)
        if self._practice is not None:
            self._window.toast.say(
                self.tr(
                    "The practice provider runs at {0}. Its sign-in page says as whom to sign in."
                ).format(self._practice.url)
            )

    def _not_prepared(self, failure: Failure) -> None:
        self._attach()
        self._window.show_failure(failure)

    def _keep_geometry(self, geometry: str) -> None:
        if hasattr(self, "engine") and not self._ended:
            self.engine.save_preferences(
                msgspec.structs.replace(self.engine.preferences, window_geometry=geometry)
            )

    def _unexpected(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """A mistake in the window itself: a sentence on the screen, the rest in the redacted log."""
        from desktop.engine.failures import explain

        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        self._window.show_failure(explain(error.with_traceback(trace)))


class UnixSignals(QObject):
    """Ctrl+C and SIGTERM end the program properly, although Qt's loop runs no Python by itself."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ours, theirs = socket.socketpair()
        self._theirs = theirs
        self._ours.setblocking(False)
        theirs.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, _only_wake) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._came)

    def _came(self) -> None:
        self._ours.recv(64)
        QApplication.quit()

    def close(self) -> None:
        """Gives the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._ours.close()
        self._theirs.close()


def _only_wake(_number: int, _frame: object) -> None:
    """Runs in the middle of anything, even of a paint event: the loop quits when it gets to the byte."""
