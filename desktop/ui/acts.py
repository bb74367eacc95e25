"""What people do with an account, from its row, its menu or its page: one place, one wording."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desktop.engine.events import Failure
from desktop.engine.results import AccountView, DisconnectResult
from desktop.ui.bridge import Bridge
from desktop.ui.clipboard import SecretClipboard
from desktop.ui.details.disconnect import DisconnectCard
from desktop.ui.host import Host
from desktop.vault.records import AccountRow

if TYPE_CHECKING:
    from desktop.engine.rehearsing import Rehearsal


class AccountActs(QObject):
    """Asks the engine, and says at the foot of the window how it ended."""

    def __init__(self, bridge: Bridge, host: Host, clipboard: SecretClipboard, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._host, self._clipboard = bridge, host, clipboard

    def refresh(self, account_id: str, ended: Callable[[], None] | None = None) -> None:
        """Renews the token now; `ended` in either case."""
        self._do(self._bridge.engine.refresh(account_id), self.tr("The token was renewed."), ended)

    def test(self, account_id: str, ended: Callable[[], None] | None = None) -> None:
        """Asks the service whether it accepts the account; its own message counts more than ours."""

        def tested(answer: str) -> None:
            self._host.say(answer or self.tr("It works: the service accepts this account."))
            if ended is not None:
                ended()

        self._bridge.run(
            self._bridge.engine.test(account_id), tested, lambda failure: self._failed(failure, ended), self
        )

    def sign_in(self, row: AccountRow) -> None:
        """Opens the connect card for the same account."""
        self._host.connect_service(row.connector, method=row.method, reconnect=row.id)

    def rename(self, account_id: str, name: str) -> None:
        """Gives the account another name."""
        self._do(self._bridge.engine.rename(account_id, name))

    def pin(self, account_id: str, pinned: bool) -> None:
        """Pins the account, or takes the pin away."""
        self._do(self._bridge.engine.set_pinned(account_id, pinned))

    def restore(self, account_id: str, number: int) -> None:
        """Makes an earlier record the current one."""
        self._do(
            self._bridge.engine.restore(account_id, number),
            self.tr("Restored. The record it replaces stays in History."),
        )

    def rehearse(self, account_id: str, what: Rehearsal) -> None:
        """Lets the token fail on purpose."""
        self._do(
            self._bridge.engine.rehearse(account_id, what),
            self.tr("Done, on purpose. The record before stays in History."),
        )

    def save(
        self,
        account_id: str,
        changes: dict[str, str],
        saved: Callable[[AccountView], None],
        refused: Callable[[Failure], None],
    ) -> None:
        """Saves edited fields as a new record; `saved` gets the account as it is then."""
        engine = self._bridge.engine

        async def edit() -> AccountView:
            await engine.edit(account_id, changes)
            return await engine.account(account_id)

        def done(view: AccountView) -> None:
            saved(view)
            self._host.say(self.tr("Saved. The record it replaces stays in History."))

        self._bridge.run(edit(), done, refused, self)

    def copy(self, account_id: str, field: str, text: str, *, secret: bool) -> None:
        """Copies a field; a secret leaves the clipboard again, and the copying is written down."""
        if not secret:
            self._clipboard.copy_plain(text)
            self._host.say(self.tr("{0} is on the clipboard.").format(field))
            return
        seconds = self._bridge.engine.preferences.clipboard_seconds
        self._clipboard.copy(text, seconds=seconds)
        self.note(account_id, "copied", field)
        limited = self.tr("{0} is on the clipboard for {1} seconds.").format(field, seconds)
        self._host.say(limited if seconds else self.tr("{0} is on the clipboard.").format(field))

    def copy_id(self, account_id: str) -> None:
        """Copies the account's id, which is no secret."""
        self._clipboard.copy_plain(account_id)
        self._host.say(self.tr("The account's id is on the clipboard."))

    def note(self, account_id: str, action: str, field: str) -> None:
        """Writes down that a secret was revealed or copied."""
        self._do(self._bridge.engine.note(account_id, action, field))

    def ask_disconnect(self, view: AccountView) -> None:
        """Asks before the account goes."""
        card = DisconnectCard(view)
        account_id = view.row.id
        card.cancelled.connect(self._host.close_card)

        def gone(result: DisconnectResult) -> None:
            self._host.close_card()
            self._host.say(result.sentence)

        def disconnect(keep_remote: bool) -> None:
            self._bridge.run(
                self._bridge.engine.disconnect(account_id, keep_remote=keep_remote),
                gone,
                lambda failure: card.show_problem(f"{failure.sentence} {failure.hint}".strip()),
                card,
            )

        card.confirmed.connect(disconnect)
        self._host.show_card(card)

    def _do(
        self, coroutine: Coroutine[Any, Any, Any], said: str = "", ended: Callable[[], None] | None = None
    ) -> None:
        def done(_result: object) -> None:
            if said:
                self._host.say(said)
            if ended is not None:
                ended()

        self._bridge.run(coroutine, done, lambda failure: self._failed(failure, ended), self)

    def _failed(self, failure: Failure, ended: Callable[[], None] | None) -> None:
        self._bridge.failed_unheard.emit(failure)
        if ended is not None:
            ended()
