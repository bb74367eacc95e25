"""Menus out of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QMenu

Entry = tuple[str, str, bool]
SEPARATOR: Entry = ("", "", True)


def fill_menu(menu: QMenu, entries: Iterable[Entry], do: Callable[[str], None]) -> QMenu:
    """Adds entries of name, text and whether it is possible; `do` is given the name of what is chosen."""
    for name, text, possible in entries:
        if not name:
            menu.addSeparator()
            continue
        action = menu.addAction(text)
        action.setEnabled(possible)
        action.triggered.connect(lambda _checked=False, name=name: do(name))
    return menu
