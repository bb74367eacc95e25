"""The three panes of an open vault. Made anew at every unlock, so that a lock forgets everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QWidget

from desktop.engine.events import AccountRemoved
from desktop.engine.states import SOON
from desktop.ui import times
from desktop.ui.accounts.page import AccountsPage
from desktop.ui.acts import AccountActs
from desktop.ui.bridge import Bridge
from desktop.ui.clipboard import SecretClipboard
from desktop.ui.details.panel import DetailsPanel
from desktop.ui.host import PageName
from desktop.ui.navigation import Navigation, View
from desktop.ui.overlay import Overlay
from desktop.ui.pages import make_page
from desktop.ui.toast import Toast
from desktop.ui.widgets import Line

DETAILS_WIDTH = 470
_FOOT = 52  # the height of the buttons under an account
_LATER = 500  # milliseconds
_ROOM_FOR_THREE = 1000  # narrower than this, an account takes the place of the list


class Shell(QWidget):
    """What the pages know as their host."""

    def __init__(self, bridge: Bridge, overlay: Overlay, toast: Toast) -> None:
        super().__init__()
        self._bridge, self._overlay, self._toast = bridge, overlay, toast
        self._pages: dict[PageName, QWidget] = {}
        self._view = View("accounts")
        self._opened = False  # in a narrow window: the account instead of the list
        self.clipboard = SecretClipboard(self)
        self.navigation = Navigation()
        self._acts = acts = AccountActs(bridge, self, self.clipboard, self)
        self.accounts = AccountsPage(bridge, self, acts)
        self.details = DetailsPanel(bridge, self, acts)
        self._pages["accounts"] = self.accounts
        self._centre = QStackedWidget()
        self._centre.addWidget(self.accounts)
        self._divider = Line(vertical=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(Line(vertical=True))
        row.addWidget(self._centre, 1)
        row.addWidget(self._divider)
        row.addWidget(self.details)
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(60)
        self._gather.timeout.connect(self._read_counts)
        self._minute = QTimer(self)
        self._minute.setInterval(30_000)
        self._minute.timeout.connect(self._read_counts)
        self._minute.start()
        toast.room = self._room
        self._listen()

    def _listen(self) -> None:
        bridge = self._bridge
        self.navigation.opened.connect(self._open_view)
        self.accounts.chosen.connect(self.details.show_account)
        self.accounts.opened.connect(self._open_account)
        self.accounts.table.pressed_row.connect(self._clicked)
        self.accounts.rename_asked.connect(self._rename)
        self.accounts.disconnect_asked.connect(self.details.ask_disconnect)
        self.accounts.request_asked.connect(self.send_request)
        self.details.back_asked.connect(self._back)
        bridge.account_changed.connect(self._gather_soon)
        bridge.account_removed.connect(self._on_removed)
        bridge.connectors_changed.connect(self._gather_soon)
        for number, view in enumerate(("accounts", "connectors", "requests", "activity", "settings"), 1):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self, lambda name=view: self._unless_card(name))
        QShortcut(QKeySequence(QKeySequence.StandardKey.New), self, lambda: self._unless_card("add"))
        QShortcut(QKeySequence("Ctrl+L"), self, self.navigation.lock_asked.emit)

    # What pages may ask

    def show_card(self, card: QWidget) -> None:
        """Shows a card over the dimmed window."""
        self._overlay.show_card(card)

    def close_card(self) -> None:
        """Takes the card away."""
        self._overlay.close_card()
        QTimer.singleShot(0, self, self._keep_focus)

    def show_page(self, name: PageName) -> None:
        """Opens a page in the centre."""
        self._open_view(View(name))

    def select_account(self, account_id: str) -> None:
        """Opens the accounts page with this account on the right."""
        self._open_view(View("accounts"))
        self.accounts.choose(account_id)
        self.details.show_account(account_id)
        self._opened = True
        self._arrange()

    def open_page(self, name: PageName) -> QWidget:
        """Opens a page in the centre and returns it."""
        self.show_page(name)
        return self._page(name)

    def connect_service(self, connector: str, *, method: str = "", reconnect: str = "") -> None:
        """Shows the connect card."""
        from desktop.ui.connect.card import ConnectCard

        card = ConnectCard(self._bridge, connector, reconnect=reconnect, method=method)
        card.cancelled.connect(self.close_card)
        card.finished.connect(self._connected)
        self.show_card(card)

    def show_activity(self, account_id: str) -> None:
        """Opens an account with its activity."""
        self.select_account(account_id)
        self.details.tabs.setCurrentWidget(self.details.activity)

    def send_request(self, account_id: str) -> None:
        """Opens the requests with this account chosen."""
        from desktop.ui.requests.page import RequestsPage

        self.show_page("requests")
        page = self._pages["requests"]
        assert isinstance(page, RequestsPage)
        page.show_account(account_id)
        page.open_editor()

    def copy_secret(self, account_id: str, what: str, text: str) -> None:
        """Copies a secret, which leaves the clipboard again."""
        self._acts.copy(account_id, what, text, secret=True)

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Shows a short confirmation."""
        self._toast.say(text, undo=undo)

    # The window's side

    def open_first(self) -> None:
        """The list of all accounts, with the numbers beside the views."""
        self._read_counts()
        self._open_view(View("accounts"))
        self.accounts.focus_first()
        # While somebody looks at the list: the largest page then comes at once.
        QTimer.singleShot(_LATER, self, lambda: import_module("desktop.ui.requests.page"))

    def show_remaining(self, seconds: int) -> None:
        """How long until the vault locks by itself; 0: never."""
        text = self.tr("Locks in {0}").format(times.span(timedelta(seconds=_rounded(seconds))))
        self.navigation.lock_text.setText(text if seconds else "")

    def clear(self) -> None:
        """The vault is locked: models and editors are emptied, and our secret leaves the clipboard."""
        self._toast.room = self._toast.parentWidget().rect
        self._toast.hide()
        self._minute.stop()
        self._gather.stop()
        self.accounts.clear()
        self.details.clear()
        self.clipboard.clear()

    def _room(self) -> QRect:
        """Where a word at the foot may stand: in the centre, above the buttons of an account."""
        if self._centre.isVisible():
            return self._centre.geometry()
        return self.details.geometry().adjusted(0, 0, 0, -_FOOT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three panes where there is room, two where there is not."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < _ROOM_FOR_THREE
        on_accounts = self._view.page == "accounts"
        details = on_accounts and (self._opened if narrow else bool(self.navigation.accounts.count))
        self.details.setVisible(details)
        self.details.show_back(narrow)
        self._divider.setVisible(details and not narrow)
        self._centre.setVisible(not (details and narrow))
        if narrow:
            self.details.setMinimumWidth(0)
            self.details.setMaximumWidth(16_777_215)
        else:
            self.details.setFixedWidth(DETAILS_WIDTH)

    def _open_view(self, view: View) -> None:
        self._view = view
        self._opened = False
        self.navigation.set_current(View("accounts") if view.page == "add" else view)
        page = self._page(view.page)
        self._centre.setCurrentWidget(page)
        if page is self.accounts:
            self.accounts.open(view.only)
        self._arrange()

    def _page(self, name: PageName) -> QWidget:
        if name not in self._pages:
            page = make_page(name, self._bridge, self)
            self._pages[name] = page
            self._centre.addWidget(page)
        return self._pages[name]

    def _unless_card(self, name: PageName) -> None:
        if self._overlay.card is None:
            self.show_page(name)

    def _connected(self, account_id: str) -> None:
        self.close_card()
        self.select_account(account_id)
        self.accounts.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_account(self, account_id: str) -> None:
        self._opened = True
        self._arrange()
        self.details.show_account(account_id)
        self.details.focus_first()

    def _clicked(self, account_id: str) -> None:
        """With no room beside the list, a click takes the account in its place; arrow keys do not."""
        if self.width() < _ROOM_FOR_THREE:
            self.select_account(account_id)

    def _back(self) -> None:
        self._opened = False
        self._arrange()
        self.accounts.table.setFocus()

    def _rename(self, account_id: str) -> None:
        self._opened = True
        self._arrange()
        self.details.rename(account_id)

    def _keep_focus(self) -> None:
        """The control that had the focus may be gone with its account: the keys begin anew at the list."""
        if QApplication.focusWidget() is None and self.isVisible() and self.accounts.isVisible():
            self.accounts.focus_first()

    # Bound methods, not lambdas, hear the bridge: Qt takes them off when this page is gone.

    def _gather_soon(self, _event: object) -> None:
        self._gather.start()

    def _on_removed(self, _event: AccountRemoved) -> None:
        self._opened = False
        self._gather.start()
        QTimer.singleShot(0, self, self._keep_focus)

    def _read_counts(self) -> None:
        if not self._bridge.unlocked:
            return
        catalog = self._bridge.engine.catalog
        counts = self._bridge.reader.counts(times.now() + SOON)
        names = {key: catalog.get(key).name for key in counts.by_connector if key in catalog}
        self.navigation.show_counts(counts, names)
        self.navigation.show_connector_count(len(catalog))
        self._arrange()


def _rounded(seconds: int) -> int:
    """Whole minutes, rounded up, until the last one."""
    return -(-seconds // 60) * 60 if seconds > 60 else seconds
