"""A text button whose words stand exactly under the text above it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from desktop.ui.widgets.buttons import TextButton

_PADDING = 8  # of a quiet button in the style sheet, its border included


def flush_left(button: TextButton) -> QHBoxLayout:
    """The button in a row of its own, moved left by its padding."""
    row = QHBoxLayout()
    row.setContentsMargins(-_PADDING, 0, 0, 0)
    row.addWidget(button)
    row.addStretch(1)
    return row
