"""Brings resources/icons/services into line with the `icon` keys of the catalog, from Simple Icons.

    python resources/icons/update_services.py

Needs the extra `dev` (simplepycons). A definition names an icon by its Simple Icons slug: `icon = "x.svg"`.
Icons that no definition names are removed. Ends with 1 when one is missing or is not in the public domain.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

from simplepycons import all_icons

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "connectors" / "catalog"
FOLDER = Path(__file__).resolve().parent / "services"
FREE = {None, "CC0-1.0"}  # Simple Icons itself is CC0; an icon with terms of its own says so
SOURCE = """\
# Where these icons come from

Simple Icons {version} (https://simpleicons.org), released under CC0 1.0 Universal
(https://creativecommons.org/publicdomain/zero/1.0/), taken from the Python package `simplepycons` by
`update_services.py` in the folder above. Nothing but blanks was changed in their drawings.

The names and marks belong to their owners. They stand here only to tell which service is meant. A service
without an icon here is drawn with its first letter.

| file | shows |
|---|---|
{rows}
"""


def main() -> int:
    """Writes, removes and lists; the number of icons that could not be had decides the exit code."""
    wanted = sorted({icon for file in CATALOG.glob("*.toml") if (icon := _icon_of(file))})
    failures: list[str] = []
    rows: list[str] = []
    FOLDER.mkdir(exist_ok=True)
    for name in wanted:
        slug = name.removesuffix(".svg")
        try:
            icon = all_icons[slug]
        except KeyError:
            failures.append(f"{name}: Simple Icons has no icon of this slug.")
            continue
        licence = icon.license[0]
        if licence not in FREE:
            failures.append(f"{name}: has terms of its own ({licence}); leave the key out.")
            continue
        (FOLDER / name).write_text(_tidy(icon.raw_svg), encoding="utf-8")
        rows.append(f"| {name} | {icon.title} |")
    for file in FOLDER.glob("*.svg"):
        if file.name not in wanted:
            file.unlink()
    release = version("simplepycons").partition("!")[2]  # the epoch is the package's own
    (FOLDER / "SOURCE.md").write_text(SOURCE.format(version=release, rows="\n".join(rows)), encoding="utf-8")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{len(rows)} icons of {len(wanted)} definitions' keys.")
    return 1 if failures else 0


def _icon_of(file: Path) -> str:
    return str(tomllib.loads(file.read_text(encoding="utf-8")).get("icon", ""))


def _tidy(svg: str) -> str:
    """On one line: the package breaks its lines inside of the paths."""
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", svg)).strip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
