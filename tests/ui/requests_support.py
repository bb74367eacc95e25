"""The requests page in the whole window, with a service of our own on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from PySide6.QtWidgets import QLabel

from connectors.operations import Operation
from desktop.ui.requests.page import RequestsPage
from tests.standin import StandIn
from tests.ui import seeding
from tests.ui.console import Console

DEFINITION = """key = "northwind"
name = "Northwind API"
type = "oauth2"
base_url = "{url}/v1"
auth_url = "{url}/authorize"
request_access_token = "{url}/token"

[request_headers]
Accept = "application/json"
"""


class Desk:
    """The page, the window around it and the service that answers."""

    def __init__(self, console: Console, service: StandIn) -> None:
        self.console, self.service = console, service

    @property
    def page(self) -> RequestsPage:
        """The page; it is made anew at every unlock."""
        page = self.console.shell._pages["requests"]
        assert isinstance(page, RequestsPage)
        return page

    def until(self, ready: object) -> None:
        """Lets events run until something is so."""
        self.console.until(ready)

    def open(self, account_id: str = "amelia") -> Desk:
        """Opens the page with an account, as the account's own button does."""
        self.console.shell.send_request(account_id)
        self.until(lambda: "Below" in self.page.editor.line.where.text())
        return self

    def fill(self, method: str, url: str, name: str = "") -> None:
        """Types the line of a request."""
        line = self.page.editor.line
        line.method.setCurrentText(method)
        line.url.setText(url)
        if name:
            self.page.editor.name.setText(name)

    def send(self) -> None:
        """Presses Send and waits until something came back."""
        self.console.press("Send")
        entry = self.page._book.current
        self.until(lambda: not self.page._running(entry))

    def save(self) -> None:
        """Presses Save and waits until nothing is unsaved."""
        self.console.press("Save the request")
        entry = self.page._book.current
        self.until(lambda: entry.saved is not None and not entry.dirty)

    def titles(self) -> list[str]:
        """The requests of the list as they are heard."""
        model = self.page.sources.saved.model
        return [model.data(model.index(row, 0), 0x000B) for row in range(model.rowCount())]

    def choose(self, title: str) -> None:
        """Chooses a request of the list by what is heard of it."""
        saved = self.page.sources.saved
        saved.list.setCurrentIndex(saved.model.index(self.titles().index(title), 0))
        entry = saved.model.entry(saved.list.currentIndex())
        self.until(lambda: self.page._book.current is entry and self.page.editor.draft == entry.draft)

    def says(self, text: str) -> bool:
        """Whether a visible label holds this text."""
        labels = self.console.window.findChildren(QLabel)
        return any(text in label.text() for label in labels if label.isVisible())


def define(home: Path, url: str, operations: tuple[Operation, ...] = ()) -> None:
    """Puts the service's definition into the home."""
    folder = home / "connectors"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "northwind.toml").write_text(DEFINITION.format(url=url))
    if operations:
        (folder / "northwind.operations.json").write_bytes(msgspec.json.encode(operations))


@contextmanager
def desk(console: Console, home: Path, operations: tuple[Operation, ...] = ()) -> Iterator[Desk]:
    """Two accounts of the service and one of another; the window is open."""
    with StandIn() as service:
        define(home, service.url, operations)
        seeding.add(home, "amelia", connector="northwind", name="Amelia Ortega")
        seeding.add(home, "bruno", connector="northwind", name="Bruno Keller")
        seeding.add(home, "carla", name="Carla Diaz", state="needs_sign_in", reason="It was revoked.")
        console.open()
        try:
            yield Desk(console, service)
        finally:
            console.close()
