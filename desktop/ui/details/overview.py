"""The tab Overview: state, profile, scopes asked for and granted, dates, and what can be done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from desktop.engine.results import AccountView
from desktop.ui import times
from desktop.ui.accounts.texts import service_name
from desktop.ui.details.facts import Facts
from desktop.ui.details.state_banner import stands_across
from desktop.ui.theme import Kind
from desktop.ui.widgets import Button, Chips, Dim, Label, Line, StatePill, Strong, show_if

_MOST_PROFILE = 40
_LONGEST = 300
_SHORT = 330  # pixels


class OverviewTab(QWidget):
    """`request_asked`, `test_asked`, `rename_asked`, `pin_asked(pinned)`, `disconnect_asked`."""

    request_asked = Signal()
    test_asked = Signal()
    rename_asked = Signal()
    pin_asked = Signal(bool)
    disconnect_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scroll.setAccessibleName(self.tr("Facts of the account"))
        self._scroll.setProperty("stop", True)  # takes the focus, so that the keys can scroll it
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pinned = False
        self.request_button = Button(self.tr("Send a request…"))
        self.request_button.clicked.connect(self.request_asked)
        self.test_button = Button(self.tr("Test connection"))
        self.test_button.clicked.connect(self.test_asked)
        self.rename_button = Button(self.tr("Rename"))
        self.rename_button.clicked.connect(self.rename_asked)
        self.pin_button = Button(self.tr("Pin"))
        self.pin_button.clicked.connect(lambda: self.pin_asked.emit(not self._pinned))
        self.disconnect_button = Button(self.tr("Disconnect…"), danger=True)
        self.disconnect_button.clicked.connect(self.disconnect_asked)
        self.more_button = Button("", icon_name="dots", name=self.tr("More acts"))
        self._lesser = (self.test_button, self.rename_button, self.pin_button)
        self.more_button.clicked.connect(self._show_more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(Line())
        column.addLayout(self._foot())
        self._short = True
        self._arrange(False)

    def _foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 10, 20, 14)
        foot.setSpacing(10)
        self._upper, self._lower = QHBoxLayout(), QHBoxLayout()
        for row, buttons in (
            (self._upper, (self.request_button, self.test_button, self.more_button)),
            (self._lower, (self.rename_button, self.pin_button)),
        ):
            row.setSpacing(10)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            foot.addLayout(row)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little height, the facts get it: the buttons then stand in one row."""
        super().resizeEvent(event)
        self._arrange(event.size().height() < _SHORT)

    def _arrange(self, short: bool) -> None:
        if short == self._short:
            return
        self._short = short
        show_if(self.more_button, short)
        for button in self._lesser:
            show_if(button, not short)
        (self._upper if short else self._lower).addWidget(self.disconnect_button)

    def _show_more(self) -> None:
        menu = QMenu(self)
        for button in self._lesser:
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(button.click)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more_button.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))

    def show_view(self, view: AccountView) -> None:
        """Shows an account."""
        self._pinned = view.row.pinned
        self.pin_button.set_text(self.tr("Unpin") if self._pinned else self.tr("Pin"))
        at = self._scroll.verticalScrollBar().value()
        self._scroll.setWidget(self._made(view))
        self._scroll.verticalScrollBar().setValue(at)

    def clear(self) -> None:
        """Shows nobody."""
        self._scroll.setWidget(QWidget())

    def _made(self, view: AccountView) -> QWidget:
        inside = QWidget()
        inside.setProperty("scrolled", True)
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 14, 20, 16)
        column.setSpacing(8)
        if not stands_across(view.shown):
            state = QHBoxLayout()
            state.setSpacing(12)
            state.addWidget(StatePill(view.shown), 0, Qt.AlignmentFlag.AlignTop)
            state.addWidget(Label(view.sentence), 1)
            column.addLayout(state)
        self._section(column, self.tr("Account"), Facts(self._account(view)))
        if profile := _profile(view.profile):
            self._section(column, self.tr("Profile"), Facts(profile))
        if view.scopes_asked or view.scopes_granted:
            self._section(column, self.tr("Scopes"), self._scopes(view))
        self._section(column, self.tr("Dates"), Facts(self._dates(view)))
        column.addStretch(1)
        return inside

    def _section(self, column: QVBoxLayout, title: str, body: QWidget) -> None:
        column.addSpacing(10)
        column.addWidget(Strong(title))
        column.addWidget(body)

    def _account(self, view: AccountView) -> list[tuple[str, str]]:
        row = view.row
        return [
            (self.tr("E-mail"), row.email),
            (self.tr("Identity"), row.identity),
            (self.tr("Service"), service_name(row, view.connector)),
            (self.tr("Connected by"), view.method.name if view.method else row.method),
            (self.tr("Id"), row.id),
        ]

    def _dates(self, view: AccountView) -> list[tuple[str, str]]:
        row = view.row
        now = times.now()
        over = row.expires_at is not None and row.expires_at <= now
        expires = times.local_text(row.expires_at) if row.expires_at else self.tr("Not known, or never")
        # A moment that has passed, or that waits for a sign-in, is no promise to show.
        renewed = view.refresh_at if view.refresh_at and view.refresh_at > now else None
        if row.state in ("needs_sign_in", "invalid"):
            renewed = None
        return [
            (self.tr("Connected"), times.local_text(row.created_at)),
            (self.tr("Last change"), times.local_text(row.updated_at)),
            (
                self.tr("Last used"),
                times.local_text(row.last_used_at) if row.last_used_at else self.tr("Not yet"),
            ),
            (self.tr("Expired") if over else self.tr("Expires"), expires),
            (self.tr("Next renewal"), times.local_text(renewed) if renewed else ""),
        ]

    def _scopes(self, view: AccountView) -> QWidget:
        asked, granted = view.scopes_asked, view.scopes_granted
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        kinds: list[str | tuple[str, Kind]] = [(scope, "good") for scope in asked if scope in granted]
        kinds += [(scope, "bad") for scope in asked if scope not in granted]
        kinds += [(scope, "accent") for scope in granted if scope not in asked]
        column.addWidget(Chips(kinds))
        column.addWidget(Dim(self._scope_sentence(asked, granted)))
        return body

    def _scope_sentence(self, asked: tuple[str, ...], granted: tuple[str, ...]) -> str:
        missing = [scope for scope in asked if scope not in granted]
        more = [scope for scope in granted if scope not in asked]
        parts = []
        if asked:
            got = len(asked) - len(missing)
            parts.append(self.tr("{0} of {1} scopes asked for were granted.").format(got, len(asked)))
        if missing:
            parts.append(self.tr("Not granted: {0}.").format(", ".join(missing)))
        if more and asked:
            parts.append(self.tr("Granted without being asked for: {0}.").format(", ".join(more)))
        return " ".join(parts)


def _profile(profile: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The profile as flat names and values; lists and tables as JSON."""
    facts = []
    for name, value in list(profile.items())[:_MOST_PROFILE]:
        if value in (None, "", [], {}):
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        facts.append((str(name), text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"))
    return facts
