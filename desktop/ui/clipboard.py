"""Copying a secret: marked so that clipboard managers leave it alone, and gone again after a while."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication

# Klipper, GPaste and others do not keep what carries this; Windows has names of its own for the same.
_MARKS = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"\x01",
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\x00\x00\x00\x00",
}


class SecretClipboard(QObject):
    """Remembers only a hash of what it copied: enough to know later whether it is still there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ours = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)

    def copy(self, text: str, *, seconds: int) -> None:
        """Copies a secret; `seconds` later it is taken off the clipboard (0: it stays until the lock)."""
        data = QMimeData()
        data.setText(text)
        for name, value in _MARKS.items():
            data.setData(name, value)
        QGuiApplication.clipboard().setMimeData(data)
        self._ours = _hash(text)
        if seconds > 0:
            self._timer.start(seconds * 1000)
        else:
            self._timer.stop()

    def copy_plain(self, text: str) -> None:
        """Copies something that is no secret."""
        self._timer.stop()
        self._ours = ""
        QGuiApplication.clipboard().setText(text)

    @property
    def holds_ours(self) -> bool:
        """Whether what we copied is still what would be pasted."""
        return bool(self._ours) and _hash(QGuiApplication.clipboard().text()) == self._ours

    def clear(self) -> None:
        """Empties the clipboard if our secret is still in it."""
        self._timer.stop()
        if self.holds_ours:
            QGuiApplication.clipboard().clear()
        self._ours = ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
