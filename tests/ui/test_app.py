"""The program as it is started: the first picture before the engine, a clean end by signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from tests.ui.console import Console
from tests.ui.seeding import ACCESS, PASSPHRASE, add

PROGRAM = """
import sys
from pathlib import Path
from desktop.ui import app, window

async def prepare(engine):
    await engine.create_vault(sys.argv[2])
    print("prepared", flush=True)

shown = window.MainWindow._show_page
def show_page(self, page):
    shown(self, page)
    print(type(page).__name__, flush=True)
window.MainWindow._show_page = show_page
sys.exit(app.run(Path(sys.argv[1]), prepare=prepare if len(sys.argv) > 2 else None))
"""

FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from desktop.ui.app import make_app
from desktop.ui.theme import apply_theme
from desktop.ui.window import MainWindow

app = make_app()
apply_theme(app, "light")
window = MainWindow()
window.painted.connect(app.quit, Qt.ConnectionType.QueuedConnection)
window.show()
app.exec()
late = {"httpx", "authlib", "sqlcipher3", "keyring", "argon2", "asyncio", "tomllib"}
late |= {"desktop.engine.engine", "connectors.definition", "connectors.reading.registry"}
print(sorted(late & set(sys.modules)), window.grab().isNull())
"""


def started(*arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_first_picture_needs_no_engine() -> None:
    with started(FIRST) as program:
        out, err = program.communicate(timeout=60)
    assert (program.returncode, out.strip()) == (0, "[] False"), err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_properly(home: Path, number: signal.Signals) -> None:
    with started(PROGRAM, str(home)) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == "UnlockPage"
        program.send_signal(number)
        _out, err = program.communicate(timeout=60)
    assert program.returncode == 0
    assert [line for line in err.splitlines() if "This plugin does not support" not in line] == []


def test_a_prepared_vault_opens_without_a_question(tmp_path: Path) -> None:
    with started(PROGRAM, str(tmp_path / "new"), PASSPHRASE) as program:
        assert program.stdout is not None
        assert [program.stdout.readline().strip() for _ in range(2)] == ["prepared", "Shell"]
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=60)
    assert program.returncode == 0


def test_the_window_keeps_its_size_for_the_next_time(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open()
    console.window.close()
    assert console.engine.preferences.window_geometry
    assert "window_geometry" in (home / "preferences.json").read_text()


def test_closing_leaves_no_secret_on_the_clipboard(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open()
    console.show("amelia", "Token")
    console.press("Copy access_token")
    assert QGuiApplication.clipboard().text() == ACCESS
    console.window.close()
    assert QGuiApplication.clipboard().text() == ""


def test_a_mistake_in_the_window_is_a_sentence_on_the_screen(
    console: Console, capfd: pytest.CaptureFixture[str]
) -> None:
    console.open()
    sys.excepthook(ZeroDivisionError, ZeroDivisionError("oh"), None)
    assert console.window.toast.isVisible()
    assert "Something unexpected went wrong" in console.window.toast.text
    assert "ZeroDivisionError" not in console.window.toast.text
