"""What people do with a request and its answer beside sending it: copy, save, reveal, look it up, curl."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.host import Host
from desktop.ui.requests.curl_import import draft_from_curl
from desktop.ui.requests.draft import Draft
from desktop.ui.requests.editor import RequestEditor
from desktop.ui.requests.outcome import Outcome
from desktop.vault.records import AccountRow


class Page(Protocol):
    """What the acts know of the page."""

    editor: RequestEditor
    outcome: Outcome

    @property
    def account_id(self) -> str:
        """The chosen account."""

    def row(self) -> AccountRow | None:
        """The chosen account as it is now."""


class RequestActs(QObject):
    """Asks the engine, and says at the foot of the window how it ended."""

    def __init__(self, bridge: Bridge, host: Host, page: Page) -> None:
        super().__init__(page if isinstance(page, QObject) else None)
        self._bridge, self._host, self._page = bridge, host, page

    def listen(self, outcome: Outcome) -> None:
        """Does what is asked for below an answer."""
        answer = outcome.answer
        outcome.sign_in_asked.connect(self.sign_in)
        answer.save_asked.connect(self._ask_file)
        answer.exchange_asked.connect(lambda: self._host.show_activity(self._page.account_id))
        answer.revealed.connect(self._revealed)
        answer.copied.connect(self.copy)

    def sign_in(self) -> None:
        """Opens the connect card for the account."""
        if (row := self._page.row()) is not None:
            self._host.connect_service(row.connector, method=row.method, reconnect=row.id)

    def copy(self, what: str, text: str, secret: bool) -> None:
        """Copies what is shown; with a revealed secret in it, it leaves the clipboard again."""
        if secret:
            self._host.copy_secret(self._page.account_id, what, text)
            return
        QGuiApplication.clipboard().setText(text)
        self._host.say(self.tr("{0} is on the clipboard.").format(what))

    def save_answer(self, path: Path) -> None:
        """Writes the whole body into a file that only its owner may read."""
        answer = self._page.outcome.answer.answer
        if answer is not None:
            self._bridge.run(
                self._bridge.engine.save_answer(answer, path),
                lambda _nothing: self._host.say(self.tr("The answer is in {0}.").format(path.name)),
                owner=self,
            )

    def copy_curl(self, account_id: str, draft: Draft) -> None:
        """Copies the request as a line for a shell, without the secret."""

        def made(line: str) -> None:
            QGuiApplication.clipboard().setText(line)
            self._host.say(self.tr("Copied. The command asks jackfield for the token when it runs."))

        engine = self._bridge.engine
        as_curl = engine.as_curl(account_id, draft.method, draft.address, draft.sent_headers, draft.sent_body)
        self._bridge.run(
            as_curl, made, lambda failure: self._page.editor.show_problems(problems_of(failure)), self
        )

    def read_curl(self, text: str) -> Draft | None:
        """A pasted command as a request; None after saying why it is none."""
        clipboard = QGuiApplication.clipboard().text()
        # A box of one line has lost the line breaks.
        whole = clipboard if clipboard.lstrip().startswith("curl ") else text
        try:
            draft, left_out = draft_from_curl(whole)
        except ValueError as error:
            self._page.editor.line.show_problem(str(error))
            return None
        if left_out:
            self._host.say(self.tr("The command's own credential was left out: the account's is sent."))
        return draft

    def _revealed(self) -> None:
        self._bridge.run(self._bridge.engine.note(self._page.account_id, "revealed", "answer"), owner=self)

    def _ask_file(self) -> None:
        parent = self._page if isinstance(self._page, QWidget) else None
        dialog = QFileDialog(parent, self.tr("Save the answer"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save_answer(Path(path)))
        dialog.open()


def problems_of(failure: Failure) -> dict[str, str]:
    """The sentence of a refusal at each part that it is about; at the address where it names none."""
    fields = dict(line.split(": ", 1) for line in failure.detail.splitlines() if ": " in line)
    known = {
        part: text for part, text in fields.items() if part in ("name", "method", "url", "headers", "body")
    }
    return known or {"url": f"{failure.sentence} {failure.hint}".strip()}
