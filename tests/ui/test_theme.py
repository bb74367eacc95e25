"""Light and dark: palettes, contrast, icons that follow."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.connect.steps import StepList
from desktop.ui.icons import _luminance
from desktop.ui.theme import DARK, LIGHT, Colors, apply_theme, colors
from desktop.ui.widgets import Banner, Button, EmptyState, ErrorText
from tests.ui.windows import windows_shown


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(QColor(one)), _luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(theme: Colors) -> None:
    pairs = [(theme.text, ground) for ground in (theme.window, theme.base, theme.alternate, theme.selection)]
    pairs += [(theme.dim, ground) for ground in (theme.window, theme.base, theme.side, theme.selection)]
    pairs += [(theme.on_accent, theme.accent), (theme.accent, theme.selection)]
    pairs += [(theme.good, theme.good_tint), (theme.soon, theme.soon_tint), (theme.bad, theme.bad_tint)]
    assert [(pair, contrast(*pair)) for pair in pairs if contrast(*pair) < 4.5] == []


def test_a_theme_by_choice_reaches_every_widget(qapp: QApplication, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    apply_theme(qapp, "dark")
    assert widget.palette().color(QPalette.ColorRole.Base) == QColor(DARK.base)
    assert colors() is DARK
    apply_theme(qapp, "light")
    assert widget.palette().color(QPalette.ColorRole.Base) == QColor(LIGHT.base)


def test_a_change_of_theme_does_not_change_the_style(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    styles: list[str] = []
    monkeypatch.setattr(QApplication, "setStyle", styles.append)
    apply_theme(qapp, "dark")
    apply_theme(qapp, "light")
    assert styles == [], "every change of the style makes all widgets anew"


def test_the_system_theme_follows_the_desktop(qapp: QApplication) -> None:
    apply_theme(qapp, "system")
    assert colors() in (LIGHT, DARK)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(colors().window)


def middle_colors(button: Button) -> set[str]:
    image = button.icon().pixmap(16, 16).toImage()
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {image.pixelColor(*point).name() for point in points if image.pixelColor(*point).alpha() > 250}


def test_icons_are_tinted_again_when_the_theme_changes(qapp: QApplication, qtbot: QtBot) -> None:
    button = Button("Refresh", icon_name="plus")
    qtbot.addWidget(button)
    button.show()
    assert LIGHT.text in middle_colors(button)
    apply_theme(qapp, "dark")
    assert DARK.text in middle_colors(button)
    assert LIGHT.text not in middle_colors(button)


def test_making_parts_opens_no_window(qapp: QApplication, qtbot: QtBot) -> None:
    with windows_shown(qapp) as windows:
        parts = [
            Banner("bad", "A sentence.", "Act"),
            EmptyState("Title", "Sentence.", "Act"),
            ErrorText("No."),
        ]
        for part in parts:
            qtbot.addWidget(part)
    assert windows == []


def test_the_step_at_work_stays_marked_when_the_theme_changes(qapp: QApplication, qtbot: QtBot) -> None:
    steps = StepList()
    qtbot.addWidget(steps)
    steps.set_steps([("form", "Your details"), ("browser", "Sign in with browser"), ("profile", "Read")])
    steps.show()
    steps.show_stage("browser")

    def bold() -> list[bool]:
        return [row.label.font().weight() >= QFont.Weight.DemiBold for row in steps.rows.values()]

    assert bold() == [False, True, False]
    apply_theme(qapp, "dark")
    assert bold() == [False, True, False]
    steps.show_stage("profile")
    assert bold() == [False, False, True]
