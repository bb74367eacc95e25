"""What a page may ask of the window. Pages are made as `Page(bridge, host)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from PySide6.QtWidgets import QWidget

PageName = Literal["accounts", "add", "connectors", "requests", "activity", "settings"]


class Host(Protocol):
    """The main window, as its pages know it."""

    def show_card(self, card: QWidget) -> None:
        """Shows a card over the dimmed window. Escape calls its `cancel()`; one card at a time."""

    def close_card(self) -> None:
        """Takes the card away, deletes it, and gives the focus back to where it was."""

    def show_page(self, name: PageName) -> None:
        """Opens a page in the centre."""

    def select_account(self, account_id: str) -> None:
        """Opens the accounts page with this account shown on the right."""

    def connect_service(self, connector: str, *, method: str = "", reconnect: str = "") -> None:
        """Shows the connect card for a connector; `reconnect` is the account that signs in again."""

    def show_activity(self, account_id: str) -> None:
        """Opens the accounts page with this account's activity on the right."""

    def send_request(self, account_id: str) -> None:
        """Opens the requests page with this account chosen."""

    def copy_secret(self, account_id: str, what: str, text: str) -> None:
        """Copies something that holds a secret: it leaves the clipboard again, and is written down."""

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Shows a short confirmation at the foot of the window for a few seconds; `undo` takes it back."""
