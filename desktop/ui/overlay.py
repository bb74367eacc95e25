"""A card over the dimmed window: not a modal dialog, so the event loop and the window live on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.ui.theme import colors
from desktop.ui.widgets.buttons import PrimaryButton

CARD_WIDTH = 490
MARGIN = 24


class Overlay(QWidget):
    """Covers its parent and holds one card. Tab stays inside; Escape calls the card's `cancel()`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._frame = QFrame(self)
        self._frame.setProperty("card", True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._scroll)
        self._card: QWidget | None = None
        self._focus_before: QWidget | None = None
        self._hidden: list[QWidget] = []
        parent.installEventFilter(self)
        self.hide()

    @property
    def card(self) -> QWidget | None:
        """The card that is shown."""
        return self._card

    def show_card(self, card: QWidget) -> None:
        """Shows a card; one that was there is taken away first."""
        if self._card is not None:
            self._drop()
        else:
            self._focus_before = QApplication.focusWidget()
            self._hide_namesakes(card)
        self._card = card
        card.setProperty("scrolled", True)
        card.installEventFilter(self)
        self._scroll.setWidget(card)
        card.show()
        self.setGeometry(self.parentWidget().rect())
        self._place()
        self.show()
        self.raise_()
        self._focus_first()

    def cancel_card(self, *, closing: bool = True) -> None:
        """Asks the card to give up by its `cancel()`; closes it where that does not, if `closing`."""
        cancel = getattr(self._card, "cancel", None)
        if cancel is not None:
            cancel()
        if closing or cancel is None:
            self.close_card()

    def close_card(self) -> None:
        """Takes the card away and gives the focus back."""
        if self._card is None:
            return
        self._drop()
        self.hide()
        for button in self._hidden:
            if isValid(button):
                button.show()
        self._hidden = []
        before, self._focus_before = self._focus_before, None
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the size of the window and of the card."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self.setGeometry(self.parentWidget().rect())
            self._place()
        # While the window is taken apart, events still come after the attributes have gone.
        elif event.type() == QEvent.Type.LayoutRequest and watched is getattr(self, "_card", None):
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape cancels the card; no other key reaches the window below."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancel_card(closing=False)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card does nothing: a connect must not end by accident."""
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Goes round inside the card."""
        stops = self._stops()
        if not stops:
            return True
        here = QApplication.focusWidget()
        step = 1 if forward else -1
        at = stops.index(here) if here in stops else (-1 if forward else 0)
        target = stops[(at + step) % len(stops)]
        target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        self._scroll.ensureWidgetVisible(target)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Never keeps the focus itself."""
        super().focusInEvent(event)
        self._focus_first()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dims what is below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 140 if colors().dark else 90))
        painter.end()

    def _hide_namesakes(self, card: QWidget) -> None:
        """Those below: somebody who goes by names would press the Connect that opened the card once more.

        The others stay: a window that is dimmed should not look like another one.
        """
        names = {_name(button) for button in card.findChildren(QAbstractButton)}
        for button in self.parentWidget().findChildren(PrimaryButton):
            if button.isVisible() and not self.isAncestorOf(button) and _name(button) in names:
                policy = button.sizePolicy()
                policy.setRetainSizeWhenHidden(True)
                button.setSizePolicy(policy)
                button.hide()
                self._hidden.append(button)

    def _stops(self) -> list[QWidget]:
        if self._card is None:
            return []
        stops, widget = [], self._card
        while (widget := widget.nextInFocusChain()) is not self._card:
            tabbed = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            if tabbed and self._card.isAncestorOf(widget) and widget.isVisible() and widget.isEnabled():
                stops.append(widget)
        return stops

    def _focus_first(self) -> None:
        if self._card is None or (here := QApplication.focusWidget()) is None:
            inside = False
        else:
            inside = self._card.isAncestorOf(here)
        if not inside and (stops := self._stops()):
            stops[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        if self._card is None:
            return
        edge = 2 * (self._frame.frameWidth() + 2)  # the frame's line, and the room that keeps it visible
        wanted = getattr(self._card, "wanted_width", CARD_WIDTH)
        width = min(wanted, self.width() - 2 * MARGIN)
        needed = self._card.sizeHint().height()
        if self._card.hasHeightForWidth():
            needed = max(needed, self._card.heightForWidth(width - edge))
        height = min(needed + edge, self.height() - 2 * MARGIN)
        self._frame.setGeometry(
            QRect((self.width() - width) // 2, (self.height() - height) // 2, width, height)
        )

    def _drop(self) -> None:
        card = self._scroll.takeWidget()
        self._card = None
        if card is not None:
            card.removeEventFilter(self)
            card.hide()
            card.deleteLater()


def _name(button: QAbstractButton) -> str:
    return button.accessibleName() or button.text()
