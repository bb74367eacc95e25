"""What can be done with a request of the list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from desktop.ui.requests.book import Entry
from desktop.ui.widgets.menus import SEPARATOR, fill_menu


def request_menu(parent: QWidget, entry: Entry, do: Callable[[str], None]) -> QMenu:
    """The menu; `do` is given the name of what was chosen."""
    menu = QMenu(parent)
    pasteable = QGuiApplication.clipboard().text().lstrip().startswith("curl ")
    entries = [
        ("rename", _tr("Rename"), True),
        ("duplicate", _tr("Duplicate"), bool(entry.draft.url)),
        ("revert", _tr("Discard changes"), entry.saved is not None and entry.dirty),
        SEPARATOR,
        ("copy_curl", _tr("Copy as curl"), bool(entry.draft.url)),
        ("paste_curl", _tr("Paste a curl command"), pasteable),
        SEPARATOR,
        ("remove", _tr("Delete"), entry.saved is not None or entry.dirty),
    ]
    return fill_menu(menu, entries, do)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RequestMenu", text)
