"""`jackfield FILE-or-LINK…`: what is a command stays one, and what is missing is said before any window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop.cli import console, main
from tests.cli.runner import Jackfield

LINK = "jackfield://connect/github"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the window was given."""
    seen: list[list[str]] = []

    def run(_home: Path, *, words: Sequence[str] = ()) -> int:
        seen.append(list(words))
        return 0

    monkeypatch.setattr("desktop.ui.app.run", run)
    monkeypatch.setattr(console, "has_display", lambda _environment: True)
    return seen


@pytest.mark.parametrize("name", sorted(main.command_names(main.build_parser())))
def test_a_file_that_is_called_like_a_command_does_not_take_its_place(
    name: str, jackfield: Jackfield, opened: list[list[str]]
) -> None:
    jackfield.file(name, "")
    assert not console.opens_something([name], main.command_names(main.build_parser()))
    assert not console.opens_something(
        ["--home", "doctor", name, LINK], main.command_names(main.build_parser())
    )
    jackfield(f"./{name}", unlocked=False)
    assert opened == [[str(jackfield.folder / name)]]


def test_links_and_files_reach_the_window_as_absolute_paths(
    jackfield: Jackfield, opened: list[list[str]]
) -> None:
    file = jackfield.file("mine.toml", "")
    plain = jackfield.file("notes", "")
    jackfield(LINK, "mine.toml", "notes", file.as_uri(), "--verbose", unlocked=False)
    assert opened == [[LINK, str(file), str(plain), str(file)]]
    jackfield("--", "mine.toml", unlocked=False)
    assert opened[1:] == [[str(file)]]
    jackfield(unlocked=False)
    assert opened[2:] == [[]]


def test_a_hostile_link_is_handed_over_short_and_told_in_the_window(
    jackfield: Jackfield, opened: list[list[str]]
) -> None:
    jackfield("jackfield://connect/" + "a" * 100_000, "jackfield://x\n--home=/", unlocked=False)
    (words,) = opened
    assert len(words[0]) < 600 and words[1] == "jackfield://x\n--home=/"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("missing.toml", "There is no file missing.toml."),
        ("https://evil.example/x.toml", "An address that begins with https: is not opened here."),
        ("file://evil.example/x", "That is not the address of a file on this computer."),
        ("/", "There is no file /."),
    ],
)
def test_what_cannot_be_opened_is_said_at_once(
    word: str, sentence: str, jackfield: Jackfield, opened: list[list[str]]
) -> None:
    assert sentence in jackfield(word, unlocked=False, code=2).err
    assert opened == []


def test_too_many_are_refused(jackfield: Jackfield, opened: list[list[str]]) -> None:
    assert "At most 20" in jackfield(*[LINK] * 21, unlocked=False, code=2).err
    assert opened == []
