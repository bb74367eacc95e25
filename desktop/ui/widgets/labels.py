"""Labels that show data as it is: Qt.PlainText always, so a name can never render as markup."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from desktop.ui.theme import Kind, heading_font, semibold
from desktop.ui.widgets.showing import restyle, show_if


class Label(QLabel):
    """Plain text; wraps unless told not to."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setText(text)

    def set_kind(self, kind: Kind) -> None:
        """Writes in the colour of one kind of message."""
        restyle(self, "kind", kind)


class Dim(Label):
    """Secondary text."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> None:
        super().__init__(text, parent, wrap=wrap)
        self.setProperty("role", "dim")


class ErrorText(Label):
    """The reason why a value is refused, under its field. Takes no room while it is empty."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", "bad")
        self.set_reason(text)

    def set_reason(self, text: str) -> None:
        """Shows the reason, or nothing."""
        self.setText(text)
        self.setAccessibleName(text)
        show_if(self, bool(text))


class Strong(Label):
    """Semibold text of normal size."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> None:
        super().__init__(text, parent, wrap=wrap)
        self.setFont(semibold(self.font()))


class Heading(Label):
    """The title of a page or a card."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, points: int = 14) -> None:
        super().__init__(text, parent, wrap=False)
        self.setFont(heading_font(points))


class Line(QFrame):
    """A hairline."""

    def __init__(self, parent: QWidget | None = None, *, vertical: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("hairline", True)
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class ElidedLabel(QLabel):
    """One line that ends in … where there is no room; the whole text stays its accessible name."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        dim: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._mode = mode
        if dim:
            self.setProperty("role", "dim")
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Shows another text."""
        self.setText(" ".join(text.split()))
        self.setAccessibleName(self.text())

    def minimumSizeHint(self) -> QSize:
        """Narrow is fine: the text elides."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the text, elided to the width there is."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | self.alignment()), text)
        painter.end()
