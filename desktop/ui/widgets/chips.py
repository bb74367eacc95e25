"""Short words in small boxes that flow over as many lines as they need, e.g. scopes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QSizePolicy, QWidget

from desktop.ui.theme import Kind, colors
from desktop.ui.widgets.buttons import TextButton
from desktop.ui.widgets.labels import Label


class FlowLayout(QLayout):
    """Puts widgets beside each other and starts a new line where the width ends."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        """Appends one item."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Removes and returns the item at a place."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height at this width, in pixels."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Places every item."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """The room for one line."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """As large as the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        y = rect.y()
        for line in self._lines(rect.width()):
            x, height = rect.x(), max((size.height() for _, size in line), default=0)
            for item, size in line:
                if move:  # what is lower than its line stands in the middle of it
                    item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
                x += size.width() + self.spacing()
            y += height + self.spacing()
        return max(0, y - self.spacing() - rect.y())

    def _lines(self, width: int) -> Iterator[list[tuple[QLayoutItem, QSize]]]:
        line: list[tuple[QLayoutItem, QSize]] = []
        taken = 0
        for item in self._items:
            if item.isEmpty():
                continue  # it is hidden
            size = item.sizeHint().boundedTo(QSize(max(width, 1), 10_000))
            if line and taken + size.width() > width:
                yield line
                line, taken = [], 0
            line.append((item, size))
            taken += size.width() + self.spacing()
        if line:
            yield line


class Chip(QWidget):
    """One word on a tint; with a cross when it can be taken away."""

    removed = Signal(str)

    def __init__(self, word: str, kind: Kind = "neutral", *, removable: bool = False, name: str = "") -> None:
        super().__init__()
        self.word = word
        self._kind: Kind = kind
        label = Label(word, wrap=False)
        if kind != "neutral":
            label.set_kind(kind)
        self.setAccessibleName(name or word)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 2 if removable else 8, 2)
        row.setSpacing(0)
        row.addWidget(label)
        self.cross: TextButton | None = None
        if removable:
            self.cross = TextButton("", icon_name="cross", name=f"Remove {word}")
            self.cross.setProperty("tiny", True)
            self.cross.setFixedSize(20, 20)
            self.cross.clicked.connect(lambda: self.removed.emit(word))
            row.addWidget(self.cross)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the tint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors().of(self._kind)[1])
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.end()


class Chips(QWidget):
    """A row of chips. `set_words` takes words, or (word, kind) pairs for a tint of its own."""

    removed = Signal(str)

    def __init__(
        self,
        words: Iterable[str | tuple[str, Kind]] = (),
        parent: QWidget | None = None,
        *,
        removable: bool = False,
    ) -> None:
        super().__init__(parent)
        self._removable = removable
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_words(words)

    def set_words(self, words: Iterable[str | tuple[str, Kind]]) -> None:
        """Shows other words."""
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            widget.setParent(None)
            widget.deleteLater()
        for entry in words:
            word, kind = (entry, "neutral") if isinstance(entry, str) else entry
            chip = Chip(word, kind, removable=self._removable)
            chip.removed.connect(self.removed)
            self._flow.addWidget(chip)
        self.updateGeometry()

    @property
    def crosses(self) -> tuple[QWidget, ...]:
        """The buttons that take a word away, in their order."""
        return tuple(chip.cross for chip in self._chips() if chip.cross is not None)

    @property
    def words(self) -> tuple[str, ...]:
        """The words as they stand."""
        return tuple(chip.word for chip in self._chips())

    def _chips(self) -> list[Chip]:
        widgets = (self._flow.itemAt(place).widget() for place in range(self._flow.count()))
        return [widget for widget in widgets if isinstance(widget, Chip)]
