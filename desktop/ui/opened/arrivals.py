"""Goes where a link or a file leads, once the vault is open. Nothing is sent, saved or filled in by it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.engine.opened.targets import MOST, ConnectTo, NotUnderstood, OpenFile, ShowAccount, read

if TYPE_CHECKING:
    from desktop.ui.shell import Shell
    from desktop.ui.window import MainWindow


class Arrivals(QObject):
    """Remembers what comes while the vault is locked, as far as `MOST`, until it is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[str] = []
        window.state_shown.connect(self._state_shown)

    def take(self, words: Sequence[str]) -> None:
        """Links and absolute paths, in the order in which they were given."""
        self._waiting = [*self._waiting, *words][:MOST]
        if self._window.attached:
            self._state_shown()

    def _state_shown(self) -> None:
        if not self._waiting:
            return
        shell = self._window.shell
        if shell is None:
            self._window.toast.say(self.tr("Unlock the vault to go on to what you opened."))
            return
        words, self._waiting = self._waiting, []
        said = list(dict.fromkeys(filter(None, (self._go(shell, word) for word in words))))
        if said:
            self._window.toast.say(" ".join(said))

    def _go(self, shell: Shell, word: str) -> str:
        """Follows one. Returns a sentence where there is something to say."""
        target = read(word)
        if isinstance(target, NotUnderstood):
            return target.sentence
        if self._window.has_card:
            return self.tr("Finish or cancel what is open first; then open the link or file again.")
        if isinstance(target, OpenFile):
            return self._open_file(shell, target.path)
        left_out = self.tr("The link said more than that, which was left out.") if target.more else ""
        if isinstance(target, ConnectTo):
            return self._connect(shell, target) or left_out
        return self._show_account(shell, target) or left_out

    def _connect(self, shell: Shell, target: ConnectTo) -> str:
        if target.connector not in self._window.bridge.engine.catalog:
            return self.tr("There is no connector “{0}” here.").format(target.connector)
        shell.connect_service(target.connector)
        return ""

    def _show_account(self, shell: Shell, target: ShowAccount) -> str:
        from desktop.vault.errors import VaultError

        try:
            self._window.bridge.reader.account(target.account_id)
        except VaultError as error:
            return error.sentence
        shell.select_account(target.account_id)
        return ""

    def _open_file(self, shell: Shell, path: Path) -> str:
        from desktop.engine.opened.files import kind_of  # a start without a file needs none of it

        try:
            kind = kind_of(path)
        except OSError as error:
            why = error.strerror or self.tr("it cannot be read")
            return self.tr("{0} was not opened: {1}.").format(path.name, why)
        match kind:
            case "export":
                self._import_accounts(shell, path)
            case "backup":
                self._offer_restore(shell, path)
            case _:
                self._offer_import(shell, path)
        return ""

    def _offer_import(self, shell: Shell, path: Path) -> None:
        from desktop.ui.connectors.page import ConnectorsPage

        page = shell.open_page("connectors")
        assert isinstance(page, ConnectorsPage)
        page.importing.offer(str(path))

    def _offer_restore(self, shell: Shell, path: Path) -> None:
        from desktop.ui.settings.page import SettingsPage

        page = shell.open_page("settings")
        assert isinstance(page, SettingsPage)
        page.vault.kept.ask_file(path)

    def _import_accounts(self, shell: Shell, path: Path) -> None:
        from desktop.ui.exchange.import_card import ImportCard

        card = ImportCard(self._window.bridge)
        card.left.connect(shell.close_card)
        shell.show_card(card)
        card.source.take(str(path))
