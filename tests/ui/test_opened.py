"""Links and files that the program is started with: they lead somewhere, and do nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.engine.events import AttemptChanged, ConnectorsChanged
from desktop.engine.opened.files import kind_of
from desktop.engine.opened.targets import (
    LONGEST,
    LONGEST_LINK,
    MOST,
    ConnectTo,
    NotUnderstood,
    OpenFile,
    ShowAccount,
    handed_over,
    read,
)
from desktop.ui.opened.arrivals import Arrivals
from tests.ui.console import Console
from tests.ui.seeding import add

HOSTILE = [
    "jackfield:",
    "jackfield://",
    "jackfield:connect/github",
    "jackfield:///connect/github",
    "jackfield://connect",
    "jackfield://connect/",
    "jackfield://connect/../account/x",
    "jackfield://connect/..",
    "jackfield://connect/github/more",
    "jackfield://connect/github\n--home=/tmp",
    "jackfield://connect/github\r\nX: y",
    "jackfield://connect/git%68ub",
    "jackfield://connect/<b>x</b>",
    "jackfield://connect/javascript:alert(1)",
    "jackfield://connect/\u202egithub",
    "jackfield://connect/Ｇithub",
    "jackfield://connect/github\x00",
    "jackfield://connect/ github",
    "jackfield://user@connect/github",
    "jackfield://connect:80/github",
    "jackfield://evil.example/github",
    "jackfield://evil.example/connect/github",
    "jackfield://disconnect/acc-1",
    "jackfield://account/" + "a" * 65,
    "jackfield://connect/github?" + "a" * LONGEST_LINK,
    "jackfield://" + "a" * 1_000_000,
]
NO_FILES = [
    "",
    "a\0b",
    "javascript:alert(1)",
    "https://evil.example/x.toml",
    "data:text/html,x",
    "file://evil.example/etc/passwd",
    "file:relative",
    "file://[",
    "file:///a%00b",
    "x" * (LONGEST + 1),
]


@pytest.mark.parametrize("link", HOSTILE, ids=lambda link: ascii(link)[:40])
def test_a_hostile_link_leads_nowhere(link: str) -> None:
    target = read(link)
    assert isinstance(target, NotUnderstood)
    assert "evil" not in target.sentence and len(target.sentence) < 200
    assert len(handed_over(link)) <= LONGEST_LINK + 1 and isinstance(read(handed_over(link)), NotUnderstood)


@pytest.mark.parametrize("word", NO_FILES, ids=lambda word: ascii(word)[:40])
def test_what_is_no_file_of_this_computer_is_not_opened(word: str) -> None:
    assert isinstance(read(word), NotUnderstood)


def test_good_links_and_files_are_read() -> None:
    assert read("jackfield://connect/github") == ConnectTo("github")
    assert read("JackField://Connect/github/") == ConnectTo("github")
    assert read("jackfield://connect/github?client_id=x#y") == ConnectTo("github", more=True)
    assert read("jackfield://account/aB1-_2") == ShowAccount("aB1-_2")
    assert read("file:///tmp/a%20b.toml") == OpenFile(Path("/tmp/a b.toml"))
    assert read("file://localhost/tmp/a.toml") == OpenFile(Path("/tmp/a.toml"))
    assert handed_over("a.toml") == str(Path.cwd() / "a.toml")


@pytest.fixture
def arrivals(console: Console) -> Arrivals:
    return Arrivals(console.window)


def card(console: Console) -> object:
    return console.window._overlay.card


def test_a_connector_opens_its_card_and_nothing_is_entered(console: Console, arrivals: Arrivals) -> None:
    console.open()
    sent: list[object] = []
    console.engine.subscribe(lambda event: sent.append(event))
    arrivals.take(["jackfield://connect/github?client_id=evil&client_secret=evil&name=evil"])
    console.until(lambda: getattr(card(console), "state", "") == "form")
    shown = console.window._overlay.card
    assert shown.connector.key == "github"
    entered = [box.text() for box in shown.findChildren(QLineEdit) if not box.isReadOnly()]
    assert set(entered) == {""} and "evil" not in console.texts()
    assert console.window.toast.text == "The link said more than that, which was left out."
    assert not any(isinstance(event, AttemptChanged | ConnectorsChanged) for event in sent)


def test_an_account_is_shown(console: Console, arrivals: Arrivals, home: Path) -> None:
    wanted = add(home, "acc-2")
    add(home, "acc-1")
    console.open()
    arrivals.take([f"jackfield://account/{wanted}"])
    console.until(lambda: console.shell.details.shown_id == wanted)


def test_what_is_not_there_is_said(console: Console, arrivals: Arrivals) -> None:
    console.open()
    arrivals.take(["jackfield://account/nobody", "jackfield://connect/nothing", "jackfield://x/<b>y</b>"])
    said = console.window.toast.text
    assert "There is no account “nobody” in this vault." in said
    assert "There is no connector “nothing” here." in said
    assert "That link was not followed." in said and "<b>" not in said
    assert card(console) is None


def test_while_locked_it_is_remembered_as_far_as_there_is_room(console: Console, arrivals: Arrivals) -> None:
    arrivals.take([f"jackfield://account/{number}" for number in range(MOST * 3)])
    assert len(arrivals._waiting) == MOST
    arrivals._waiting.clear()
    arrivals.take(["jackfield://connect/github"])
    console.open(unlock=False)
    assert card(console) is None
    assert "Unlock the vault" in console.window.toast.text
    console.unlock()
    console.until(lambda: card(console) is not None)
    assert arrivals._waiting == []


def test_a_card_that_is_open_is_not_replaced(console: Console, arrivals: Arrivals) -> None:
    console.open()
    arrivals.take(["jackfield://connect/github", "jackfield://connect/gitlab"])
    assert console.window._overlay.card.connector.key == "github"
    assert "Finish or cancel" in console.window.toast.text


@pytest.mark.parametrize("name", ["mine.toml", "service.yaml"])
def test_a_definition_or_document_is_entered_and_not_read(
    console: Console, arrivals: Arrivals, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text(
        'key = "mine"\nname = "Mine"\ntype = "apiKey"\n[auth.api_key]\ntype = "password"\nname = "Key"\n'
    )
    console.open()
    before = len(console.engine.catalog)
    arrivals.take([str(file)])
    box = console.find(QLineEdit, "File or address")
    assert box.text() == str(file) and len(console.engine.catalog) == before
    assert QApplication.focusWidget() is not None
    assert QApplication.focusWidget().accessibleName() == "Import"
    if name.endswith(".toml"):
        console.shell._pages["connectors"].importing.start.click()
        console.until(lambda: "mine" in console.engine.catalog)


def test_an_export_opens_its_card(console: Console, arrivals: Arrivals, tmp_path: Path) -> None:
    file = tmp_path / "accounts.jackfield-export"
    file.write_bytes(b"JACKFIELD-EXPORT\n" + bytes(64))
    console.open()
    arrivals.take([str(file)])
    assert card(console) is not None
    assert console.find(QLineEdit, "File").text() == str(file)


def test_a_backup_is_asked_about_where_it_is_restored(
    console: Console, arrivals: Arrivals, tmp_path: Path
) -> None:
    console.open()
    backup = tmp_path / "vault.jackfield-backup"
    console.engine.run(console.engine.backup(backup))
    assert kind_of(backup) == "backup"
    arrivals.take([str(backup)])
    form = console.shell._pages["settings"].vault.kept.form
    console.until(form.isVisible)
    assert str(backup) in console.texts()


def test_what_is_no_regular_file_is_not_waited_for(
    console: Console, arrivals: Arrivals, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    console.open()
    arrivals.take([str(tmp_path / "pipe.toml"), str(tmp_path), str(tmp_path / "absent.toml")])
    said = console.window.toast.text
    assert "pipe.toml was not opened: it is not a file." in said
    assert "absent.toml was not opened: No such file or directory." in said
