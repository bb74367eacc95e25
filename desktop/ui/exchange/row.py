"""The row in Settings that opens the two cards."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.bridge import Bridge
from desktop.ui.host import Host
from desktop.ui.widgets import Button, ButtonRow


class ExchangeRow(QWidget):
    """`export_asked` and `import_asked`."""

    export_asked = Signal()
    import_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.export_button = Button(self.tr("Export…"))
        self.import_button = Button(self.tr("Import…"))
        self.export_button.clicked.connect(self.export_asked)
        self.import_button.clicked.connect(self.import_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(ButtonRow(self.export_button, self.import_button))
        self.setFocusProxy(self.export_button)


def open_cards_from(row: ExchangeRow, bridge: Bridge, host: Host) -> None:
    """Lets the buttons of the row open their cards over the window."""

    def show_export() -> None:
        from desktop.ui.exchange.export_card import ExportCard

        card = ExportCard(bridge)
        card.left.connect(host.close_card)
        host.show_card(card)

    def show_import() -> None:
        from desktop.ui.exchange.import_card import ImportCard

        card = ImportCard(bridge)
        card.left.connect(host.close_card)
        host.show_card(card)

    row.export_asked.connect(show_export)
    row.import_asked.connect(show_import)
