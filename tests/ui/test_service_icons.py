"""A service's tile: its mark in an ink that can be seen on its colour, else its first letter."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from connectors.definition import Connector
from connectors.reading.loading import load_catalog
from desktop.ui.icons import ink_on, service_pixmap
from tests.ui.test_theme import contrast

CATALOG = load_catalog()
SIZE = 34
pytestmark = pytest.mark.usefixtures("qapp")


def tile(connector: Connector | None) -> QImage:
    return service_pixmap(connector, SIZE, 2.0).toImage()


def inked(image: QImage, ink: str) -> int:
    """How many dots of the tile's inside are nearer to the ink than to the ground (edges are in between)."""
    ground, inside = (
        image.pixelColor(image.width() // 2, 4),
        range(image.width() // 8, image.width() * 7 // 8),
    )
    dots = (image.pixelColor(x, y) for x in inside for y in inside)
    return sum(distance(dot, QColor(ink)) < distance(dot, ground) for dot in dots)


def distance(one: QColor, other: QColor) -> int:
    pairs = zip(one.getRgb(), other.getRgb(), strict=True)
    return sum(abs(a - b) for a, b in pairs)


@pytest.mark.parametrize("connector", [pytest.param(c, id=c.key) for c in CATALOG])
def test_every_service_of_the_catalog_can_be_made_out(connector: Connector) -> None:
    ink = ink_on(QColor(connector.color)).name()
    assert contrast(connector.color, ink) >= 3
    image = tile(connector)
    assert image.pixelColor(image.width() // 2, 4).name() == connector.color
    dots = (image.width() * 3 // 4) ** 2
    assert 0.05 < inked(image, ink) / dots < 0.9


def test_a_mark_is_not_a_letter(qapp: QApplication) -> None:
    github = CATALOG.get("github")
    assert tile(github) != tile(msgspec.structs.replace(github, icon=""))


@pytest.mark.parametrize("name", ["", "unknown.svg", "../ui/key.svg", "SOURCE.md", "/etc/hostname"])
def test_without_a_shipped_mark_the_letter_is_drawn(qapp: QApplication, name: str) -> None:
    github = CATALOG.get("github")
    assert tile(msgspec.structs.replace(github, icon=name)) == tile(msgspec.structs.replace(github, icon=""))


def test_a_service_that_is_no_longer_defined_has_a_tile(qapp: QApplication) -> None:
    assert not tile(None).isNull()
