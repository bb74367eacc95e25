"""Showing, hiding and restyling without side effects."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def show_if(widget: QWidget, wanted: bool) -> None:
    """Hides the widget, or shows it inside its parent.

    `setVisible(True)` on a widget that has no parent yet would open it as a window of its own;
    such a widget shows itself together with the parent that it gets.
    """
    if not wanted:
        widget.hide()
    elif widget.parentWidget() is not None:
        widget.show()


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Sets a property that the style sheet selects by, and applies the style sheet to it again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
