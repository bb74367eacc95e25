"""The services' marks: each one that is named ships, each one that ships is named and is in its list."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from desktop.assets import resource
from tests.connectors.support import shipped

FOLDER = resource("icons", "services")
NAMED = {c.icon for c in shipped() if c.icon}


def test_what_is_named_ships_and_what_ships_is_named() -> None:
    shipped = {file.name for file in FOLDER.iterdir() if file.suffix == ".svg"}
    assert NAMED - shipped == set()
    assert shipped - NAMED == set()
    assert {file.name for file in FOLDER.iterdir()} - shipped == {"SOURCE.md"}


def test_the_source_and_the_licence_are_noted_for_each() -> None:
    source = (FOLDER / "SOURCE.md").read_text(encoding="utf-8")
    assert re.search(r"Simple Icons \d+\.\d+\.\d+ .*CC0 1\.0", source)
    assert set(re.findall(r"^\| ([a-z0-9-]+\.svg) \|", source, re.MULTILINE)) == NAMED


def test_a_mark_is_a_drawing_and_nothing_else() -> None:
    for name in NAMED:
        root = ET.fromstring((FOLDER / name).read_text(encoding="utf-8"))
        kinds = [element.tag.partition("}")[2] for element in root.iter()]
        assert kinds == ["svg", "title", "path"], name
        assert root.get("viewBox") == "0 0 24 24"
        assert re.fullmatch(r"[MmLlHhVvCcSsQqTtAaZz0-9 ,.eE+-]+", root[1].get("d", "")), name
        # A line broken inside of a number would show as a sign or a point that stands alone.
        assert not re.search(r"[-+.](?: |$)", root[1].get("d", "")), name
