"""The grammar: what is understood, what is refused with 2, and what starts without loading the rest."""

from __future__ import annotations

import subprocess
import sys

import pytest

from desktop.cli.common import HOME_VARIABLE, home_folder
from desktop.cli.console import has_display
from desktop.cli.main import build_parser, main
from tests.cli.runner import DEADLINE, Jackfield

RUN_AND_SAY_MODULES = """
import sys
from desktop.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "vault",
        "vault open",
        "vault export",
        "vault export x --account",
        "vault import",
        "vault import x --on-different both",
        "physician",
        "connectors",
        "connectors show",
        "connectors check",
        "connect --on-other-account both x",
        "connect x --set",
        "connect x --timeout soon",
        "connect x --timeout 0",
        "accounts",
        "accounts show",
        "accounts restore 1 first",
        "refresh",
        "refresh 1 --all",
        "refresh --due --all",
        "token 1 --min-valid -5",
        "request 1 GET",
        "practice --port 70000",
        "practice --port -1",
        "--home",
    ],
)
def test_a_line_that_is_not_understood_ends_with_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "usage: jackfield" in said.err


def test_common_options_stand_before_or_after_the_command() -> None:
    parser = build_parser()
    before = parser.parse_args(
        ["--home", "h", "--passphrase-file", "p", "--verbose", "accounts", "list", "--json"]
    )
    after = parser.parse_args(
        ["accounts", "list", "--json", "--home", "h", "--passphrase-file", "p", "--verbose"]
    )
    assert before == after
    assert (before.home, before.passphrase_file, before.verbose, before.json) == ("h", "p", True, True)


def test_without_them_they_are_absent() -> None:
    args = build_parser().parse_args(["accounts", "list"])
    assert (args.home, args.passphrase_file, args.verbose) == (None, None, False)


def test_the_home_is_the_option_else_the_variable_else_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = build_parser()
    monkeypatch.setenv(HOME_VARIABLE, "/from/variable")
    assert str(home_folder(parser.parse_args(["--home", "/given", "accounts", "list"]))) == "/given"
    assert str(home_folder(parser.parse_args(["accounts", "list"]))) == "/from/variable"
    monkeypatch.delenv(HOME_VARIABLE)
    assert home_folder(parser.parse_args(["accounts", "list"])).name == "jackfield"


def test_version_and_help_say_what_they_should(bare: Jackfield) -> None:
    assert bare.process("--version", unlocked=False).out.startswith("jackfield 0.")
    told = bare.process("--help", unlocked=False).out
    for word in (
        "practice",
        "vault",
        "connectors",
        "connect",
        "accounts",
        "refresh",
        "test",
        "token",
        "request",
    ):
        assert word in told
    assert "130 interrupted" in " ".join(told.split())


@pytest.mark.parametrize("line", ["--version", "connectors list --json", "connectors show github --json"])
def test_what_needs_no_engine_loads_none(line: str, bare: Jackfield) -> None:
    heavy = {"PySide6", "flask", "authlib", "keyring", "sqlcipher3", "waitress", "desktop.engine.engine"}
    if line == "--version":
        heavy |= {"httpx", "msgspec", "cryptography", "asyncio"}
    if "list" in line:
        heavy |= {"httpx", "cryptography", "asyncio"}
    told = subprocess.run(
        [sys.executable, "-c", RUN_AND_SAY_MODULES, "--home", str(bare.home), *line.split()],
        env=bare.env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert not heavy & set(told.stderr.split())


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, False),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
        ({"QT_QPA_PLATFORM": "minimal:enable_fonts"}, True),
        ({"QT_QPA_PLATFORM": "xcb"}, False),
        ({"DISPLAY": ":4711"}, False),
        ({"DISPLAY": "nonsense"}, False),
        ({"DISPLAY": "far.example:10.0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": "/nowhere"}, False),
    ],
)
def test_a_display_is_looked_for_before_qt_is(environment: dict[str, str], shown: bool) -> None:
    assert has_display(environment, platform="linux") is shown
    assert has_display(environment, platform="darwin")


@pytest.mark.parametrize("line", ["", "practice"])
def test_the_console_without_a_display_says_one_sentence(line: str, bare: Jackfield) -> None:
    done = bare.process(*line.split(), code=2, unlocked=False)
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    assert "no display" in done.err
    assert "connect" in done.err
    assert not bare.home.exists()


def test_a_reader_that_leaves_early_is_not_complained_about(bare: Jackfield) -> None:
    with subprocess.Popen(
        bare.command("connectors", "list", "--json", unlocked=False),
        env=bare.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        # Closed before the command has got as far as its first line.
        listing.stdout.close()
        assert listing.stderr.read() == ""
    assert listing.returncode == 1
