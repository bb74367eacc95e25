"""The promise about window and command line on one home (131). Two windows: tests/ui/test_single.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.conftest import collector, console, empty_vault, home, light_theme, qapp_cls
from tests.ui.console import Console
from tests.ui.seeding import PASSPHRASE, add, token
from tests.vault.helpers import child_environment

__all__ = ["collector", "console", "empty_vault", "home", "light_theme", "qapp_cls"]  # fixtures
PLACES = range(4)


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE)
    return file


def command(home: Path, passphrase: Path, *words: str) -> subprocess.Popen[str]:
    options = ("--home", str(home), "--passphrase-file", str(passphrase))
    return subprocess.Popen(
        [sys.executable, "-m", "desktop", *options, *words],
        env=child_environment(PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_131_command_lines_and_the_window_write_at_once(
    home: Path, passphrase: Path, console: Console
) -> None:
    for place in PLACES:
        add(home, f"acc-{place}", token(expires_in=3600))
    console.open()
    running = [command(home, passphrase, "accounts", "rename", f"acc-{n}", f"Renamed {n}") for n in PLACES]
    engine = console.engine
    for place in PLACES:  # while they start, derive keys and write
        engine.run(engine.edit(f"acc-{place}", {"token_type": f"kind-{place}"}))
    for process in running:
        _out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    for place in PLACES:
        view = engine.run(engine.account(f"acc-{place}"))
        assert (view.row.name, view.credential.token_type) == (f"Renamed {place}", f"kind-{place}")
    assert engine.run(engine.check_vault()).problems == ()


def test_131_a_command_that_was_killed_leaves_nothing_locked(
    home: Path, passphrase: Path, console: Console
) -> None:
    add(home, "amelia")
    console.open()
    with command(home, passphrase, "connect", "practice-oauth2", "--no-browser") as process:
        assert process.stderr is not None
        assert any(line.startswith("Open: ") for line in process.stderr), "it has the vault open"
        process.kill()
    console.engine.run(console.engine.rename("amelia", "Still here"))
    with command(home, passphrase, "accounts", "show", "amelia") as after:
        out, err = after.communicate(timeout=120)
    assert after.returncode == 0, err
    assert out.startswith("Still here")
