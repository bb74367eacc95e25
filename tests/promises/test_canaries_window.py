"""The promise about secrets (132) over one long session in the window, with everything logged.

Every way to sign in, failures that repeat what was sent, reveal and copy, an edit, an export, what people
copy to report a problem, and the lock. What the clipboard holds because a secret was copied is left out.
"""

from __future__ import annotations

import io
import logging
import tempfile
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.engine.events import AttemptChanged, Event
from desktop.engine.failures import explain
from desktop.engine.privacy.redaction import install_logging, redactor
from desktop.ui.connect.card import ConnectCard
from desktop.ui.connect.ending import FailedPanel
from tests.engine.support import DEADLINE, Events
from tests.oauth1_server import KEYS
from tests.promises.canary_service import CanaryService, OldService, files_below
from tests.standin import StandIn
from tests.ui.conftest import collector, empty_vault, home, light_theme, qapp_cls
from tests.ui.console import Console
from tests.ui.seeding import PASSPHRASE

__all__ = ["collector", "empty_vault", "home", "light_theme", "qapp_cls"]
KINDS = {
    "access_token", "refresh_token", "code", "code_verifier", "state", "client_secret", "id_token",
    "device_code", "cookie", "session", "password", "api_key", "site_secret", "Authorization",
    "consumer_secret", "oauth_signature", "oauth_token", "oauth_token_secret", "oauth_verifier",
    "edited", "passphrase", "export's passphrase",
}  # fmt: skip


class Visitor:
    """Follows every link on a thread of its own, as a browser does."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def __call__(self, url: str) -> None:
        thread = threading.Thread(
            target=lambda: httpx.get(url, follow_redirects=True, trust_env=False, timeout=DEADLINE)
        )
        self._threads.append(thread)
        thread.start()

    def leave(self) -> None:
        for thread in self._threads:
            thread.join(DEADLINE)


class Session:
    """The window on a home of its own, its services, and all that was said."""

    def __init__(self, console: Console, service: CanaryService, old: OldService) -> None:
        self.console, self.service, self.old, self.canaries = console, service, old, service.canaries
        self.said: dict[str, str] = {}
        self.events = Events()
        console.engine.subscribe(self.events)

    def run(self, coroutine: object) -> object:
        return self.console.engine.run(coroutine, DEADLINE)  # type: ignore[arg-type]

    def connect(self, key: str, **values: str) -> str:
        """Connects through the engine, and returns the account's id."""
        engine = self.console.engine

        async def whole() -> str:
            return (await (await engine.begin_connect(key, None, values)).wait()).id

        return str(self.run(whole()))

    def fails(self, name: str, coroutine: object) -> None:
        """Runs what has to fail, and keeps all that such an error says of itself."""
        with pytest.raises(Exception) as caught:
            self.run(coroutine)
        error = caught.value
        self.said[f"the error of {name}"] = f"{error!r} {error} {explain(error)!r}"
        self.said[f"the trace of {name}"] = "".join(traceback.format_exception(error))

    def fails_in_a_card(self, key: str, **typed: str) -> None:
        """A card that ends badly; its details are copied for a report."""
        console = self.console
        console.shell.connect_service(key)
        card = console.window.findChild(ConnectCard)
        console.until(lambda: card.state == "form")
        for name, value in typed.items():
            console.find(QLineEdit, name.replace("_", " "), card).setText(value)
        console.press("Connect" if typed else "Sign in with browser", card)
        console.until(lambda: card.state == "failed")
        panel = card.findChild(FailedPanel)
        panel.copy.click()
        copied = QGuiApplication.clipboard().text()
        self.said[f"the card of {key} {len(self.said)}"] = f"{panel.cause.text} {panel.hint.text()} {copied}"
        card.cancel()
        console.until(lambda: not isValid(card))


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def session(
    home: Path, qtbot: QtBot, stream: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    visitor = Visitor()
    with CanaryService() as service, StandIn() as standin:
        old = OldService(standin)
        service.define(home / "connectors", old)
        console = Console(home, qtbot, visitor)
        console.open()
        install_logging(logging.DEBUG, stream)
        yield Session(console, service, old)
        console.close()
        visitor.leave()
        redactor.forget_all()


def without_link(event: Event) -> Event:
    """The window shows the link of a sign-in under way, for a browser of the person's own choice."""
    return msgspec.structs.replace(event, link="") if isinstance(event, AttemptChanged) else event


def test_132_one_long_session_in_the_window(
    session: Session, home: Path, tmp_path: Path, stream: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    console, service, canaries = session.console, session.service, session.canaries
    engine, mint = console.engine, canaries.mint
    canaries.take("passphrase", PASSPHRASE)
    # Every way to sign in.
    for key in ("canary-oidc", "canary-device"):
        session.run(engine.configure(key, {"client_id": "app", "client_secret": mint("client_secret")}))
    session.run(engine.configure("canary-old", KEYS))
    oidc = session.connect("canary-oidc")
    session.connect("canary-device")
    old = session.connect("canary-old")
    login = session.connect("canary-session", username="amelia", password=mint("password"))
    key = session.connect("canary-key", api_key=mint("api_key"), site_secret=mint("site_secret"))
    # Using them, looking at them, changing them.
    for account in (oidc, old, login, key):
        session.run(engine.refresh(account) if account == oidc else engine.request(account, "GET", "/things"))
    console.until(lambda: console.shell.accounts.model.rowCount() == 5)
    console.show(oidc, "Token")
    console.press("Reveal access_token")
    console.press("Copy refresh_token")
    console.press("Hide access_token")
    session.run(engine.edit(oidc, {"access_token": mint("edited")}))
    console.show(oidc, "History")
    session.said["the history"] = console.texts()
    # Services that repeat what they were sent.
    service.refusing = "page"
    session.fails("a page", engine.refresh(oidc))
    service.refusing = "declined"
    session.fails_in_a_card("canary-oidc")
    service.refusing = "echo"
    session.fails_in_a_card("canary-oidc")
    session.fails("a refresh", engine.refresh(oidc))
    session.fails("a test", engine.test(key))
    session.fails_in_a_card("canary-key", Api_key=mint("api_key"), Site_secret=mint("site_secret"))
    session.said["the accounts"] = console.texts()
    service.refusing = ""
    session.run(engine.export(home / "out.jackfield", mint("export's passphrase")))
    session.run(engine.export_metadata(home / "list.json"))
    # What happened, entry by entry, as it is copied for a report.
    console.shell.show_page("activity")
    page = console.shell._pages["activity"]
    console.until(lambda: bool(page.chain.words.text()))
    for row in range(page.model.rowCount()):
        page.list.setCurrentIndex(page.model.index(row, 0))
        console.press("Copy as text")
        session.said[f"entry {row}"] = QGuiApplication.clipboard().text()
    session.said["the activity"] = console.texts()
    console.press("Lock now")
    console.until(lambda: console.window.shell is None)
    session.said["after the lock"] = console.texts() + QGuiApplication.clipboard().text()
    session.said["the log"] = stream.getvalue()
    session.said["the streams"] = "".join(capfd.readouterr())
    session.said["the events"] = repr([without_link(event) for event in session.events.all])

    service.collect()
    session.old.collect(canaries)
    assert set(canaries.kinds.values()) >= KINDS, KINDS - set(canaries.kinds.values())
    assert len(session.said["the log"]) > 20_000 and "httpcore" in session.said["the log"]
    places = {name: text.encode() for name, text in session.said.items()}
    places |= {str(path): content for path, content in files_below(home, tmp_path / "tmp")}
    found = {place: hits for place, text in places.items() if (hits := canaries.found_in(text))}
    assert found == {}, "\n".join(f"{place}: {sorted(hits)}" for place, hits in found.items())
