"""Takes the pictures of the README: light and dark, from a throw-away home.

xvfb-run -s "-screen 0 1280x800x24" python resources/screenshots/make.py [folder]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

import demo  # noqa: E402
from PySide6.QtCore import QEventLoop, QSize, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from desktop.ui.app import Session, make_app  # noqa: E402
from desktop.ui.theme import apply_theme  # noqa: E402
from desktop.ui.window import MainWindow  # noqa: E402

SIZE = QSize(1280, 760)
PATIENCE = 15_000  # milliseconds
STEP = 30


def main(folder: Path) -> None:
    """Writes every picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    app = make_app()
    apply_theme(app, "light")
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        demo.seed(home)
        window = MainWindow()
        session = Session(home, window)
        window.resize(SIZE)
        window.show()
        session.begin()
        try:
            Camera(app, window, session, folder).take_all()
        finally:
            window.close()
            session.end()


class Camera:
    """Goes through the window and takes each picture in both themes."""

    def __init__(self, app: QApplication, window: MainWindow, session: Session, folder: Path) -> None:
        self._app, self._window, self._session, self._folder = app, window, session, folder

    def take_all(self) -> None:
        """Every page once."""
        self.take("unlock")
        self._session.bridge.run(self._session.engine.unlock(demo.PASSPHRASE))
        self.wait(lambda: self._window.shell is not None)
        shell = self._window.shell
        table, details = shell.accounts.table, shell.details
        table.choose(_id_of(shell, "Northwind Workspace"))
        details.show_account(table.current_id())
        self.wait(lambda: details.header.name.text() == "Northwind Workspace")
        for number, name in enumerate(("overview", "token", "history", "activity")):
            details.tabs.setCurrentIndex(number)
            self.settle()
            self.take(f"account-{name}")
        details.tabs.setCurrentIndex(1)
        table.choose(_id_of(shell, "Contoso Ltd"))
        self.settle()
        self.take("needs-sign-in")
        for page in ("add", "connectors", "activity", "settings"):
            shell.show_page(page)
            self.settle()
            self.take(page)
        shell.show_page("accounts")
        shell.connect_service("github")
        self.settle()
        self.take("connect")
        self._window.close_card()

    def take(self, name: str) -> None:
        """One picture in each theme."""
        for theme in ("light", "dark"):
            apply_theme(self._app, theme)
            self.settle()
            self._window.grab().save(str(self._folder / f"{name}-{theme}.png"))

    def settle(self) -> None:
        """Lets answers of the engine arrive and be painted."""
        loop = QEventLoop()
        QTimer.singleShot(400, loop.quit)
        loop.exec()

    def wait(self, ready: Callable[[], bool]) -> None:
        """Runs the event loop until something is so. Raises TimeoutError."""
        left = PATIENCE
        while not ready():
            if left <= 0:
                raise TimeoutError("The window did not get there in time.")
            loop = QEventLoop()
            QTimer.singleShot(STEP, loop.quit)
            loop.exec()
            left -= STEP
        self.settle()


def _id_of(shell: object, name: str) -> str:
    model = shell.accounts.model
    return next(model.account(row).id for row in range(model.rowCount()) if model.account(row).name == name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "screenshots")
