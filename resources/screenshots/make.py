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
import demo_requests  # noqa: E402
from PySide6.QtCore import QEventLoop, QSize, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from desktop.engine.requests.reading import readable  # noqa: E402
from desktop.ui.app import Session, make_app  # noqa: E402
from desktop.ui.connect.card import ConnectCard  # noqa: E402
from desktop.ui.requests.page import RequestsPage  # noqa: E402
from desktop.ui.theme import apply_theme  # noqa: E402
from desktop.ui.window import MainWindow  # noqa: E402

SIZE = QSize(1280, 760)
PATIENCE = 15_000  # milliseconds
STEP = 30


def main(folder: Path, everything: bool) -> None:
    """Writes the pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    app = make_app()
    apply_theme(app, "light")
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        demo.seed(home)
        window = MainWindow()
        session = Session(home, window, opener=lambda _url: None)
        window.resize(SIZE)
        window.show()
        session.begin()
        try:
            camera = Camera(app, window, session, folder)
            camera.unlock()
            camera.take_readme()
            if everything:
                camera.take_the_rest()
        finally:
            window.close()
            session.end()


class Camera:
    """Goes through the window and takes each picture in both themes."""

    def __init__(self, app: QApplication, window: MainWindow, session: Session, folder: Path) -> None:
        self._app, self._window, self._session, self._folder = app, window, session, folder

    def unlock(self) -> None:
        """Opens the vault."""
        self.wait(lambda: self._window.attached)
        self._session.bridge.run(self._session.engine.unlock(demo.PASSPHRASE))
        self.wait(lambda: self._window.shell is not None)

    def take_readme(self) -> None:
        """The account, its token, its history; adding one; a request; waiting for the browser."""
        details = self._window.shell.details
        self.choose("Northwind Workspace")
        for number, name in ((1, "main"), (0, "overview"), (2, "history")):
            details.tabs.setCurrentIndex(number)
            self.settle()
            self.take(name)
        details.tabs.setCurrentIndex(1)
        self._window.shell.show_page("add")
        self.settle()
        self.take("add")
        self.take_requests()
        self.choose("Northwind Workspace")
        self._window.shell.connect_service("github")
        card = self._window.findChild(ConnectCard)
        self.wait(lambda: card.state == "form")
        card.primary.click()
        self.wait(lambda: card.waiting.isVisible())
        self.take("connect")
        card.cancel()

    def take_requests(self) -> None:
        """A request that was picked and answered."""
        shell = self._window.shell
        self.choose("Northwind Orders")
        shell.send_request(shell.details.account_id)
        page = shell.findChild(RequestsPage)
        saved = page.sources.saved
        self.wait(lambda: saved.model.rowCount() > 2)
        titles = [saved.model.index(row, 0).data() for row in range(saved.model.rowCount())]
        saved.list.setCurrentIndex(saved.model.index(titles.index("Newest orders"), 0))
        self.wait(lambda: page.editor.name.text() == "Newest orders")
        answer = demo_requests.answer()
        page.outcome.show_answer(answer, readable(answer), refused=False)
        self.settle()
        self.take("requests")

    def take_the_rest(self) -> None:
        """The other pages."""
        shell = self._window.shell
        shell.details.tabs.setCurrentIndex(3)
        self.settle()
        self.take("account-activity")
        self.choose("Contoso Ltd")
        self.take("needs-sign-in")
        for page in ("connectors", "activity", "settings"):
            shell.show_page(page)
            self.settle()
            self.take(page)
        self._window.lock()
        self.wait(lambda: self._window.shell is None)
        self.take("unlock")

    def choose(self, name: str) -> None:
        """Chooses an account by its name."""
        shell = self._window.shell
        model = shell.accounts.model
        found = (model.account(row) for row in range(model.rowCount()))
        shell.select_account(next(row.id for row in found if row.name == name))
        self.wait(lambda: shell.details.header.name.text() == name)

    def take(self, name: str) -> None:
        """One picture in each theme."""
        for theme in ("light", "dark"):
            apply_theme(self._app, theme)
            self.settle()
            self._window.grab().save(str(self._folder / f"{name}-{theme}.png"), "PNG", 0)

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


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--all"]
    main(Path(given[0]) if given else ROOT / "resources" / "screenshots", "--all" in sys.argv)
