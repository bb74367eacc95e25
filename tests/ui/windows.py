"""Which widgets appeared as windows of their own: a part shown before it has a parent does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget


class _Watcher(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(type(watched).__name__)
        return False


@contextmanager
def windows_shown(app: QApplication) -> Iterator[list[str]]:
    """The classes of every widget that appears as a window meanwhile."""
    watcher = _Watcher()
    app.installEventFilter(watcher)
    try:
        yield watcher.names
    finally:
        app.removeEventFilter(watcher)
