"""What can be done with an account from its row."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from desktop.ui.accounts.texts import Act
from desktop.ui.widgets.menus import SEPARATOR, fill_menu
from desktop.vault.records import AccountQuery, AccountRow

SORTS = {
    "name": "Name",
    "connector": "Service",
    "state": "State",
    "expires_at": "Expiry",
    "last_used_at": "Last used",
    "created_at": "Added",
}
_NEWEST_FIRST = {"last_used_at", "created_at"}


def account_menu(parent: QWidget, row: AccountRow, act: Act | None, do: Callable[[str], None]) -> QMenu:
    """The menu of a row; `do` is given the name of what was chosen."""
    menu = QMenu(parent)
    entries = [
        ("sign_in", _tr("Sign in again"), act == "sign_in" or row.has_token),
        ("refresh", _tr("Refresh now"), row.renewable),
        ("test", _tr("Test connection"), True),
        ("request", _tr("Send a request…"), True),
        SEPARATOR,
        ("pin", _tr("Unpin") if row.pinned else _tr("Pin"), True),
        ("rename", _tr("Rename"), True),
        ("copy_id", _tr("Copy id"), True),
        SEPARATOR,
        ("disconnect", _tr("Disconnect…"), True),
    ]
    return fill_menu(menu, entries, do)


def sort_menu(parent: QWidget, query: AccountQuery, chosen: Callable[[str, bool], None]) -> QMenu:
    """The orders of the list; choosing the one in force turns it round."""
    menu = QMenu(parent)
    orders = QActionGroup(menu)
    for order, text in SORTS.items():
        action = QAction(_tr(text), menu, checkable=True)
        action.setChecked(order == query.order)
        orders.addAction(action)
        menu.addAction(action)
        descending = not query.descending if order == query.order else order in _NEWEST_FIRST
        action.triggered.connect(lambda _checked=False, o=order, d=descending: chosen(o, d))
    menu.addSeparator()
    turned = QAction(_tr("Descending"), menu, checkable=True)
    turned.setChecked(query.descending)
    turned.triggered.connect(lambda: chosen(query.order, not query.descending))
    menu.addAction(turned)
    return menu


def _tr(text: str) -> str:
    return QCoreApplication.translate("AccountMenu", text)
