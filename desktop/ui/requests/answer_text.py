"""The text of an answer: read-only, coloured where it is JSON, and searched through with Ctrl+F."""

from __future__ import annotations

import re
from bisect import bisect_left

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QColor, QKeySequence, QResizeEvent, QShortcut, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from desktop.ui.requests.verbs import monospace
from desktop.ui.theme import colors
from desktop.ui.widgets import Dim, SearchField, TextButton

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*+"(?=\s*+:))|(?P<text>"(?:[^"\\]|\\.)*+")'
    r"|(?P<number>(?<![\w.])-?\d[\d.eE+-]*+)|(?P<word>\b(?:true|false|null)\b)"
)
_BEYOND = re.compile("[\U00010000-\U0010ffff]")  # two places each in the text of a widget
_MOST_FOUND = 10_000
_MOST_MARKED = 400  # on the screen at once; each costs as much as drawing some letters


class AnswerView(QPlainTextEdit):
    """Colours only what is on the screen: a whole answer would take seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFont(monospace())
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self._json = False
        self._found: list[int] = []
        self._length = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._color)
        self.verticalScrollBar().valueChanged.connect(lambda: self._soon.start())
        self.cursorPositionChanged.connect(lambda: self._soon.start())

    def show_text(self, text: str, *, is_json: bool) -> None:
        """Shows another text."""
        self._json = is_json
        self.mark([], 0)
        self.setExtraSelections([])  # each of them would be moved along with every line that comes
        self.setPlainText(text)
        self._soon.start()

    def mark(self, found: list[int], length: int) -> None:
        """Marks the places where something was found."""
        self._found, self._length = found, length
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More may be on the screen."""
        super().resizeEvent(event)
        self._soon.start()

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_soon"):
            self._soon.start()

    def _color(self) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        block, bottom = self.firstVisibleBlock(), self.viewport().height()
        offset = self.contentOffset()
        first = block.position()
        last = first
        while block.isValid() and self.blockBoundingGeometry(block).translated(offset).top() <= bottom:
            if self._json:
                marks += self._tokens(block.text(), block.position())
            last = block.position() + block.length()
            block = block.next()
        start = bisect_left(self._found, first)
        for at in self._found[start : start + _MOST_MARKED]:
            if at > last:
                break
            marks.append(self._selection(at, self._length, background=colors().soon_tint))
        self.setExtraSelections(marks)

    def _tokens(self, text: str, start: int) -> list[QTextEdit.ExtraSelection]:
        c = colors()
        shades = {"key": c.accent, "text": c.good, "number": c.soon, "word": c.bad}
        wide = _BEYOND.sub("\ufffd\ufffd", text)
        return [
            self._selection(start + found.start(), len(found[0]), color=shades[found.lastgroup or "text"])
            for found in _TOKEN.finditer(wide)
        ]

    def _selection(
        self, at: int, length: int, *, color: str = "", background: str = ""
    ) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(self.document())
        mark.cursor.setPosition(at)
        mark.cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
        mark.format = QTextCharFormat()
        if color:
            mark.format.setForeground(QColor(color))
        if background:
            mark.format.setBackground(QColor(background))
        return mark


class AnswerText(QWidget):
    """The view and the line to search in it."""

    def __init__(self) -> None:
        super().__init__()
        self._wide: str | None = None
        self._found: list[int] = []
        self.view = AnswerView()
        self.view.setAccessibleName(self.tr("Body of the answer"))
        self.search = SearchField(self.tr("Search in the answer"))
        self.count = Dim(wrap=False)
        self.before = TextButton("", icon_name="back", name=self.tr("Previous match"))
        self.after = TextButton("", icon_name="chevron-right", name=self.tr("Next match"))
        self.close_button = TextButton("", icon_name="cross", name=self.tr("Close the search"))
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.search, 1)
        for part in (self.count, self.before, self.after, self.close_button):
            row.addWidget(part)
        self.bar.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)
        self.search.textChanged.connect(lambda: self._find())
        self.search.returnPressed.connect(lambda: self._step(1))
        self.after.clicked.connect(lambda: self._step(1))
        self.before.clicked.connect(lambda: self._step(-1))
        self.close_button.clicked.connect(lambda: self.close_search())
        away = QShortcut(QKeySequence("Escape"), self.bar, self.close_search)
        away.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back = QShortcut(QKeySequence("Shift+Return"), self.bar, lambda: self._step(-1))
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def show_text(self, text: str, *, is_json: bool) -> None:
        """Shows another text; what was searched for is searched for in it."""
        self._wide = None
        self.view.show_text(text, is_json=is_json)
        if self.bar.isVisibleTo(self):
            self._find()

    def clear(self) -> None:
        """Holds nothing any more."""
        self.bar.hide()
        self.search.clear()
        self.show_text("", is_json=False)

    def open_search(self) -> None:
        """Shows the line to search with, the cursor in it."""
        self.bar.show()
        self.search.setFocus()
        self.search.selectAll()
        self._find()

    def close_search(self) -> None:
        """Takes the line away."""
        self.bar.hide()
        self.view.mark([], 0)
        self.view.setFocus()

    def _find(self) -> None:
        wanted = self.search.text()
        if self._wide is None:
            self._wide = _BEYOND.sub("\ufffd\ufffd", self.view.toPlainText())
        found: list[int] = []
        if wanted:
            for one in re.finditer(re.escape(wanted), self._wide, re.IGNORECASE):
                found.append(one.start())
                if len(found) >= _MOST_FOUND:
                    break
        self._found = found
        self.view.mark(found, len(wanted))
        cursor = self.view.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self.view.setTextCursor(cursor)
        self._step(0)

    def _step(self, by: int) -> None:
        """Goes to the match after the cursor (0: at or after it), and round at the end."""
        if not self._found:
            self.count.setText(self.tr("Nothing found") if self.search.text() else "")
            return
        at = self.view.textCursor().selectionStart()
        place = bisect_left(self._found, at + (1 if by > 0 else 0)) - (1 if by < 0 else 0)
        place %= len(self._found)
        cursor = self.view.textCursor()
        cursor.setPosition(self._found[place])
        cursor.setPosition(self._found[place] + len(self.search.text()), QTextCursor.MoveMode.KeepAnchor)
        self.view.setTextCursor(cursor)
        many = "+" if len(self._found) >= _MOST_FOUND else ""
        self.count.setText(self.tr("{0} of {1}").format(place + 1, f"{len(self._found):,}{many}"))
