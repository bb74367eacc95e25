"""Everything that a screen could give away: to the eye, to a screen reader, to undo, to a drag."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAccessible, QTextDocument
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

_ROLES = [*range(16), *(Qt.ItemDataRole.UserRole + number for number in range(16))]
_SPOKEN = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)


def told(*, spoken: bool = True) -> Iterator[tuple[str, str]]:
    """Where, and what: of every widget of the program."""
    for widget in QApplication.allWidgets():
        if not isValid(widget):
            continue
        where = f"{type(widget).__name__} {widget.accessibleName()!r}"
        for name in ("accessibleName", "accessibleDescription", "toolTip", "whatsThis", "statusTip"):
            yield f"{name} of {where}", getattr(widget, name)()
        yield f"title of {where}", widget.windowTitle()
        yield f"text of {where}", _shown(widget)
        if spoken and widget.isVisible() and (told := QAccessible.queryAccessibleInterface(widget)):
            for role in _SPOKEN:
                yield f"{role} of {where}", told.text(role)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from _items(where, widget.model())


def undo_steps() -> Iterator[tuple[str, str]]:
    """Every text that undo or redo would bring back, and leaves the boxes so."""
    for widget in QApplication.allWidgets():
        if not isValid(widget):
            continue
        if isinstance(widget, QLineEdit) and not widget.isReadOnly():
            steps = 0
            while widget.isUndoAvailable() and steps < 100:
                widget.undo()
                steps += 1
                yield f"undo in {widget.accessibleName()!r}", widget.text()
        elif isinstance(widget, QTextEdit | QPlainTextEdit):
            document: QTextDocument = widget.document()
            while document.isUndoAvailable():
                document.undo()
                yield f"undo in {widget.accessibleName()!r}", document.toPlainText()


def draggable(text: str) -> list[str]:
    """Boxes and lists out of which this text could be dragged."""
    found = []
    for widget in QApplication.allWidgets():
        if not isValid(widget):
            continue
        if isinstance(widget, QLineEdit) and widget.dragEnabled() and text in widget.text():
            found.append(widget.accessibleName())
        if isinstance(widget, QAbstractItemView) and widget.dragEnabled():
            found.append(widget.accessibleName())
    return found


def _shown(widget: QWidget) -> str:
    if isinstance(widget, QLineEdit):
        return widget.displayText()
    for name in ("toPlainText", "text", "placeholderText"):
        held = getattr(widget, name, None)
        if callable(held):
            return str(held())
    return ""


def _items(where: str, model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    for row in range(min(model.rowCount(QModelIndex()), 50)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())):
            index: QModelIndex = model.index(row, column)
            for role in _ROLES:
                value = model.data(index, role)
                if isinstance(value, str):
                    yield f"row {row} of {where}", value
