"""Where the files are that ship with the program: icons, pictures, the desktop entry."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """The path of one shipped file or folder, whether it is there or not.

    An installed wheel and the frozen program carry `desktop/resources`; a checkout has `resources`
    beside the packages.
    """
    return _root().joinpath(*parts)


@cache
def _root() -> Path:
    installed = _PACKAGE / "resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"
