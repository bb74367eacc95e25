"""The left pane: the views, with their numbers, and the lock at its foot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.host import PageName
from desktop.ui.theme import colors, semibold
from desktop.ui.widgets import Dim, TextButton, show_if
from desktop.vault.records import Counts

WIDTH = 190


class View(NamedTuple):
    """What the navigation opens: a page and, on the accounts page, which accounts."""

    page: PageName
    only: str = ""  # "", "attention", "expiring", "pinned" or "connector:<key>"


class NavItem(QAbstractButton):
    """One entry. Its accessible name is the view's name, its description the number beside it."""

    def __init__(self, text: str, view: View, *, level: int = 0) -> None:
        super().__init__()
        self.view = view
        self._level = level
        self._count: int | None = None
        self._current = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_count(self, count: int | None) -> None:
        """The number at the right; None for none."""
        self._count = count
        self.setAccessibleDescription("" if count is None else str(count))
        self.update()

    @property
    def count(self) -> int | None:
        """The number that is shown."""
        return self._count

    def set_current(self, current: bool) -> None:
        """Whether this view is the one that is open."""
        self._current = current
        self.update()

    @property
    def current(self) -> bool:
        """Whether this view is the one that is open."""
        return self._current

    def sizeHint(self) -> QSize:
        """One line of text with room around it."""
        return QSize(120, max(30, self.fontMetrics().height() + 12))

    def event(self, event: QEvent) -> bool:
        """Repaints under the pointer."""
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the entry."""
        c = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._current or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.selection if self._current else c.alternate if c.dark else c.line))
            painter.drawRoundedRect(self.rect(), 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        inner = self.rect().adjusted(10 + 14 * self._level, 0, -11, 0)
        painter.setFont(self.font())
        painter.setPen(QColor(c.dim))
        number = "" if self._count is None else f"{self._count:,}"
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(inner, middle | int(Qt.AlignmentFlag.AlignRight), number)
        room = inner.width() - (self.fontMetrics().horizontalAdvance(number) + 8 if number else 0)
        painter.setPen(QColor(c.text))
        painter.setFont(semibold(self.font()) if self._current else self.font())
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(inner, middle | int(Qt.AlignmentFlag.AlignLeft), text)
        painter.end()


class Navigation(QWidget):
    """`opened(View)` when a view is chosen."""

    opened = Signal(object)
    lock_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.setProperty("surface", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._items: list[NavItem] = []
        self._services: list[NavItem] = []
        self._current = View("accounts")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(10, 14, 10, 8)
        self._list.setSpacing(2)
        self.accounts = self._add(self.tr("Accounts"), View("accounts"))
        self.attention = self._add(self.tr("Needs attention"), View("accounts", "attention"), level=1)
        self.expiring = self._add(self.tr("Expiring"), View("accounts", "expiring"), level=1)
        self.pinned = self._add(self.tr("Pinned"), View("accounts", "pinned"), level=1)
        self._service_title = Dim(self.tr("By service"))
        self._service_title.setContentsMargins(24, 8, 0, 2)
        self._service_title.hide()  # until there are services to tell apart
        self._list.addWidget(self._service_title)
        self._after_services = self._list.count()
        self._list.addSpacing(8)
        self.connectors = self._add(self.tr("Connectors"), View("connectors"))
        self.requests = self._add(self.tr("Requests"), View("requests"))
        self.activity = self._add(self.tr("Activity"), View("activity"))
        self.settings = self._add(self.tr("Settings"), View("settings"))
        self._list.addStretch(1)
        self._frame()
        self.show_counts(Counts(), {})
        self.set_current(self._current)

    def _frame(self) -> None:
        holder = QWidget()
        holder.setProperty("scrolled", True)
        holder.setLayout(self._list)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(holder)
        self.lock_text = Dim(wrap=False)
        self.lock_button = TextButton(self.tr("Lock now"))
        self.lock_button.clicked.connect(self.lock_asked)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 4, 8, 12)
        foot.addWidget(self.lock_text)
        foot.addStretch(1)
        foot.addWidget(self.lock_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addLayout(foot)

    def show_counts(self, counts: Counts, names: Mapping[str, str]) -> None:
        """The numbers beside the entries; `names` are the services' by connector key."""
        self.accounts.set_count(counts.all)
        self.attention.set_count(counts.needs_attention)
        self.expiring.set_count(counts.expiring)
        self.pinned.set_count(counts.pinned)
        wanted = sorted(counts.by_connector.items(), key=lambda pair: names.get(pair[0], pair[0]).lower())
        if len(wanted) < 2:
            wanted = []  # with one service the list says nothing new
        if [item.view.only for item in self._services] != [f"connector:{key}" for key, _ in wanted]:
            self._rebuild_services([(key, names.get(key, key)) for key, _ in wanted])
        for item, (_key, count) in zip(self._services, wanted, strict=True):
            item.set_count(count)

    def show_connector_count(self, count: int) -> None:
        """How many services are defined."""
        self.connectors.set_count(count)

    def set_current(self, view: View) -> None:
        """Marks the view that is open."""
        self._current = view
        for item in (*self._items, *self._services):
            item.set_current(item.view == view)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys go from entry to entry; Enter opens one, as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(
            here := self.focusWidget(), NavItem
        ):
            here.click()
            return
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        stops = [*self._items[:4], *self._services, *self._items[4:]]
        here = self.focusWidget()
        if step is None or here not in stops:
            super().keyPressEvent(event)
            return
        target = stops.index(here) + step
        if 0 <= target < len(stops):
            stops[target].setFocus(Qt.FocusReason.TabFocusReason)

    def _add(self, text: str, view: View, *, level: int = 0) -> NavItem:
        item = NavItem(text, view, level=level)
        item.clicked.connect(lambda: self.opened.emit(view))
        self._items.append(item)
        self._list.addWidget(item)
        return item

    def _rebuild_services(self, services: list[tuple[str, str]]) -> None:
        for item in self._services:
            self._list.removeWidget(item)
            item.hide()
            item.deleteLater()
        self._services = []
        before: QWidget = self.pinned
        for place, (key, name) in enumerate(services):
            item = NavItem(name, View("accounts", f"connector:{key}"), level=1)
            item.clicked.connect(lambda _checked=False, view=item.view: self.opened.emit(view))
            self._list.insertWidget(self._after_services + place, item)
            QWidget.setTabOrder(before, item)
            before = item
            self._services.append(item)
        show_if(self._service_title, bool(services))
        self.set_current(self._current)
