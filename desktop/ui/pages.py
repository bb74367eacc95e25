"""The pages beside the accounts, each imported when it is first opened."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.bridge import Bridge
from desktop.ui.host import Host, PageName


def make_page(name: PageName, bridge: Bridge, host: Host) -> QWidget:
    """Makes the page of a view."""
    match name:
        case "add":
            from desktop.ui.add.page import AddAccountPage

            page = AddAccountPage(bridge)
            page.chosen.connect(host.connect_service)
            page.cancelled.connect(lambda: host.show_page("accounts"))
            return page
        case "connectors":
            from desktop.ui.connectors.page import ConnectorsPage

            return ConnectorsPage(bridge)
        case "requests":
            from desktop.ui.requests.page import RequestsPage

            return RequestsPage(bridge, host)
        case "activity":
            from desktop.ui.activity.page import ActivityPage

            return ActivityPage(bridge)
        case "settings":
            from desktop.ui.exchange.row import open_cards_from
            from desktop.ui.settings.page import SettingsPage

            settings = SettingsPage(bridge)
            open_cards_from(settings.vault.exchange, bridge, host)
            return settings
    raise ValueError(f"There is no page {name!r} to make.")
