"""The house plan: which part may import which, where Qt may stand, and how long a file may be."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 400
QT = ("PySide6", "shiboken6")

# Every arrow there is. What is not here is not allowed.
ARROWS = {
    "connectors": set(),
    "desktop.vault": set(),
    "desktop.engine": {"connectors", "desktop.vault"},
    "desktop.practice": set(),
    "desktop.ui": {"connectors", "desktop.engine", "desktop.vault", "desktop.practice"},
    "desktop.cli": {"connectors", "desktop.engine", "desktop.vault", "desktop.practice", "desktop.ui"},
}
# What the window and the command line take from the vault: its rows, its errors, and the names of its types.
VAULT_VOCABULARY = {"desktop.vault.records", "desktop.vault.errors"}
# `vault init` looks whether there is a vault before it asks anybody to think of a passphrase.
ASKS_FOR_A_VAULT = ("desktop/cli/vault.py", "desktop.vault.vault.Vault")
# Where the command line opens the window, and nowhere else: Qt takes longer to load than a command to run.
OPENS_THE_WINDOW = {"desktop/cli/console.py", "desktop/cli/practice.py"}
# No widget runs SQL or HTTP, and the command line has the engine for both.
NOT_AT_THE_SURFACE = ("httpx", "h11", "sqlcipher3", "sqlite3", "requests", "urllib.request", "http.client")


class Import(NamedTuple):
    """One imported name. `lazy`: inside a function; `typing`: for the type checker alone."""

    file: str
    line: int
    name: str
    lazy: bool = False
    typing: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"

    def of(self, *packages: str) -> bool:
        return any(self.name == package or self.name.startswith(package + ".") for package in packages)

    @property
    def importer(self) -> str:
        return part_of(self.file.removesuffix(".py").replace("/", "."))


def part_of(module: str) -> str:
    """The part of the house that a module belongs to: `desktop.engine.network.http` -> `desktop.engine`."""
    first, _, rest = module.partition(".")
    return f"{first}.{rest.partition('.')[0]}" if first == "desktop" and rest else first


def imports_of(file: str, source: str) -> Iterator[Import]:
    """Every import of a file, wherever in it."""

    def walk(node: ast.AST, lazy: bool, typing: bool) -> Iterator[Import]:
        match node:
            case ast.Import():
                yield from (Import(file, node.lineno, alias.name, lazy, typing) for alias in node.names)
            case ast.ImportFrom():
                package = file.removesuffix(".py").split("/")[: -node.level] if node.level else []
                base = ".".join([*package, *([node.module] if node.module else [])])
                yield from (Import(file, node.lineno, f"{base}.{a.name}", lazy, typing) for a in node.names)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                for child in node.body:
                    yield from walk(child, lazy, True)
                for child in node.orelse:
                    yield from walk(child, lazy, typing)
            case _:
                inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                for child in ast.iter_child_nodes(node):
                    yield from walk(child, inside, typing)

    return walk(ast.parse(source), False, False)


def wrong_arrow(found: Import) -> str:
    """What is wrong with an import, "" if nothing is."""
    part, target = found.importer, part_of(found.name)
    if found.of(
        "PySide6.QtWebEngineCore",
        "PySide6.QtWebEngineWidgets",
        "PySide6.QtWebEngineQuick",
        "PySide6.QtWebView",
    ):
        return "no web view is embedded (RFC 8252 8.12)"
    if part == "connectors" and found.of("desktop"):
        return "connectors know nothing of the application"
    if found.of(*QT) and part != "desktop.ui":
        return "Qt stands in desktop/ui alone"
    if part in ("desktop.ui", "desktop.cli"):
        if found.of(*NOT_AT_THE_SURFACE) and not found.typing:
            return "SQL and HTTP are the engine's"
        known = found.of(*VAULT_VOCABULARY) or (found.file, found.name) == ASKS_FOR_A_VAULT
        if target == "desktop.vault" and not found.typing and not known:
            return "only the vault's rows and errors are for the surface"
        if part == "desktop.ui" and target == "desktop.practice" and not found.typing:
            return "the window is told about the practice provider, it does not run it"
    if (
        target == "desktop.ui"
        and part != "desktop.ui"
        and not (found.lazy and found.file in OPENS_THE_WINDOW)
    ):
        return "the window is opened from one place each, inside a function"
    if part not in ARROWS or target not in ARROWS or part == target or target in ARROWS[part]:
        return ""
    return f"there is no arrow from {part} to {target}"


def own_files() -> list[str]:
    """Every Python file that is shipped, tested with or packaged with."""
    folders = ("connectors", "desktop", "tests", "packaging")
    return [
        str(file.relative_to(ROOT)) for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))
    ]


def shipped() -> list[str]:
    return [file for file in own_files() if file.startswith(("connectors/", "desktop/"))]


def source(file: str) -> str:
    return (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("part", ARROWS)
def test_the_arrows_point_one_way(part: str) -> None:
    files = [file for file in shipped() if part_of(file.removesuffix(".py").replace("/", ".")) == part]
    assert files
    found = [one for file in files for one in imports_of(file, source(file))]
    assert found
    assert [f"{one}: {why}" for one in found if (why := wrong_arrow(one))] == []


def test_the_window_is_opened_where_it_says() -> None:
    found = {one.file for file in shipped() for one in imports_of(file, source(file)) if one.of("desktop.ui")}
    assert {file for file in found if not file.startswith("desktop/ui/")} == OPENS_THE_WINDOW


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("connectors/reading/loading.py", "import desktop"),
        ("connectors/reading/loading.py", "from desktop.engine.network.http import make_client"),
        ("connectors/methods/x.py", "def f():\n    from desktop.vault import records"),
        ("connectors/reading/loading.py", "import PySide6.QtCore"),
        ("desktop/vault/x.py", "from connectors.errors import ConnectorError"),
        ("desktop/vault/x.py", "from desktop.engine import events"),
        ("desktop/vault/x.py", "from ..engine import events"),
        ("desktop/engine/x.py", "from PySide6 import QtCore"),
        ("desktop/engine/x.py", "def f():\n    import desktop.ui.app"),
        ("desktop/engine/x.py", "from desktop.cli import main"),
        ("desktop/engine/x.py", "if TYPE_CHECKING:\n    from desktop.ui.app import run"),
        ("desktop/engine/x.py", "from desktop.practice import start"),
        ("desktop/practice/x.py", "from desktop.vault.vault import Vault"),
        ("desktop/ui/x.py", "import httpx"),
        ("desktop/ui/x.py", "from urllib.request import urlopen"),
        ("desktop/ui/x.py", "def f():\n    import sqlcipher3.dbapi2"),
        ("desktop/ui/x.py", "from desktop.vault.vault import Vault"),
        ("desktop/ui/x.py", "from desktop.cli import main"),
        ("desktop/ui/x.py", "from desktop.practice import start"),
        ("desktop/ui/x.py", "from PySide6.QtWebEngineWidgets import QWebEngineView"),
        ("desktop/cli/main.py", "from desktop.ui.app import run"),
        ("desktop/cli/main.py", "def f():\n    from desktop.ui.app import run"),
        ("desktop/cli/console.py", "from desktop.ui.app import run"),
        ("desktop/cli/x.py", "from PySide6 import QtCore"),
    ],
)
def test_a_wrong_arrow_would_be_seen(file: str, text: str) -> None:
    (found,) = imports_of(file, text)
    assert wrong_arrow(found)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("connectors/reading/loading.py", "from connectors.definition import Field"),
        ("desktop/vault/x.py", "from desktop.vault.errors import VaultError"),
        ("desktop/engine/x.py", "from desktop.vault.vault import Vault"),
        ("desktop/engine/x.py", "from connectors.definition import Field"),
        ("desktop/ui/x.py", "from PySide6 import QtCore"),
        ("desktop/ui/x.py", "from desktop.vault.records import AccountRow"),
        ("desktop/ui/x.py", "if TYPE_CHECKING:\n    from desktop.vault.vault import Reader"),
        ("desktop/cli/console.py", "def f():\n    from desktop.ui.app import run"),
    ],
)
def test_a_right_arrow_is_let_through(file: str, text: str) -> None:
    (found,) = imports_of(file, text)
    assert wrong_arrow(found) == ""


def test_6_no_web_view_is_loaded_or_shipped() -> None:
    """SECURITY 6: the sign-in happens in the person's own browser, so there is none of ours to load."""
    program = (
        "import importlib, pkgutil, sys\n"
        "import connectors, desktop\n"
        "for package in (connectors, desktop):\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if not module.name.endswith('__main__') and '.catalog.' not in module.name:\n"
        "            importlib.import_module(module.name)\n"
        "print('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    loaded = done.stdout.split()
    assert {"desktop.ui.app", "desktop.engine.connect.browser", "PySide6.QtWidgets"} <= set(loaded)
    assert [name for name in loaded if "webengine" in name.lower() or "webview" in name.lower()] == []
    wanted = (ROOT / "pyproject.toml").read_text("utf-8").lower()
    assert "pyside6-essentials" in wanted
    assert "webengine" not in wanted
    assert "pyside6-addons" not in wanted


def test_a_file_is_short_enough_to_be_read_whole() -> None:
    lengths = {file: len(source(file).splitlines()) for file in own_files()}
    assert len(lengths) > 50
    assert {file: lines for file, lines in lengths.items() if lines > MOST_LINES} == {}
