"""Small things beside each other that go on in the next line where the width ends."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.widgets.chips import FlowLayout


class FlowRow(QWidget):
    """As high as its lines need."""

    def __init__(self, *parts: QWidget, spacing: int = 8) -> None:
        super().__init__()
        flow = FlowLayout(self, spacing=spacing)
        for part in parts:
            flow.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
