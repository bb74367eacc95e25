"""preferences.json: kept safe, read with patience."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import msgspec
import pytest

from desktop.engine.preferences import FILE_NAME, Preferences, load_preferences, save_preferences


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_preferences(tmp_path / "new") == (Preferences(), "")
    assert Preferences().auto_lock_minutes == 10
    assert Preferences().theme == "system"


def test_what_was_saved_comes_back_and_is_private(tmp_path: Path) -> None:
    chosen = Preferences(theme="dark", auto_lock_minutes=0, browser_command="firefox -P work")
    old = os.umask(0)
    try:
        save_preferences(tmp_path / "home", chosen)
    finally:
        os.umask(old)
    assert load_preferences(tmp_path / "home") == (chosen, "")
    assert stat.S_IMODE((tmp_path / "home" / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "home").iterdir()] == [FILE_NAME]


def test_keys_of_a_later_version_survive(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"theme": "light", "colour_of_the_bikeshed": "blue"}')
    read, problem = load_preferences(tmp_path)
    assert (read.theme, problem) == ("light", "")
    save_preferences(tmp_path, msgspec.structs.replace(read, theme="dark"))
    plain = json.loads((tmp_path / FILE_NAME).read_text())
    assert plain["colour_of_the_bikeshed"] == "blue"
    assert plain["theme"] == "dark"


@pytest.mark.parametrize("content", ["{broken", "[]", "\x00", '"text"'])
def test_a_broken_file_is_kept_aside_and_named(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    read, problem = load_preferences(tmp_path)
    assert read == Preferences()
    assert f"{FILE_NAME}.broken" in problem
    assert (tmp_path / f"{FILE_NAME}.broken").read_text() == content


def test_a_single_wrong_value_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(
        '{"theme": "pink", "auto_lock_minutes": -3, "browser_command": "firefox"}'
    )
    read, problem = load_preferences(tmp_path)
    assert read == Preferences(browser_command="firefox")
    assert "theme" in problem and "auto_lock_minutes" in problem


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_preferences(tmp_path, Preferences(theme="dark"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_preferences(tmp_path, Preferences(theme="light"))
    monkeypatch.undo()
    assert load_preferences(tmp_path)[0].theme == "dark"
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
