"""Where the files are that ship with the program: icons, pictures, the desktop entry."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """The path of one shipped file or folder, whether it is there or not.

    An installed wheel and the frozen program carry `desktop/resources`; a checkout has `resources`
    beside the packages.
    """
    installed = _PACKAGE / "resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)
