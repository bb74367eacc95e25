"""The small parts that every page is made of. Labels are always plain text: data never renders as markup."""

from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.button_row import ButtonRow
from desktop.ui.widgets.buttons import Button, PrimaryButton, TextButton
from desktop.ui.widgets.check import Check
from desktop.ui.widgets.chips import Chips, FlowLayout
from desktop.ui.widgets.copy_button import CopyButton
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.widgets.flow_row import FlowRow
from desktop.ui.widgets.labels import Dim, ElidedLabel, ErrorText, Heading, Label, Line, Strong
from desktop.ui.widgets.pill import StatePill, state_kind
from desktop.ui.widgets.reading_order import tab_in_reading_order
from desktop.ui.widgets.search import SearchField
from desktop.ui.widgets.showing import restyle, show_if
from desktop.ui.widgets.two_panes import TwoPanes

__all__ = [
    "Banner",
    "Button",
    "ButtonRow",
    "Check",
    "Chips",
    "CopyButton",
    "Dim",
    "ElidedLabel",
    "EmptyState",
    "ErrorText",
    "FlowLayout",
    "FlowRow",
    "Heading",
    "Label",
    "Line",
    "PrimaryButton",
    "SearchField",
    "StatePill",
    "Strong",
    "TextButton",
    "TwoPanes",
    "restyle",
    "show_if",
    "state_kind",
    "tab_in_reading_order",
]
