"""`jackfield connect --choose`: one of several sites."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator

import pytest

from tests.cli.runner import DEADLINE, Jackfield
from tests.sites import SITES, sites_service

ARGUMENTS = ("connect", "sites", "--set", "api_key=key-of-amelia")


@pytest.fixture
def sites(jackfield: Jackfield) -> Iterator[Jackfield]:
    with sites_service() as service:
        definition = jackfield.folder / "sites.toml"
        definition.write_text(SITES.format(url=service.url))
        jackfield("connectors", "add", definition)
        yield jackfield


@pytest.mark.parametrize("value", ["s-2", "greenhouse"])
def test_one_is_named_beforehand(sites: Jackfield, value: str) -> None:
    assert sites(*ARGUMENTS, "--choose", value, "--json").json["name"] == "Amelia at Greenhouse"


def test_without_a_terminal_the_options_are_listed(sites: Jackfield) -> None:
    done = sites(*ARGUMENTS, code=1)
    assert "Choose a site: There are Garden (s-1), Greenhouse (s-2)." in done.err
    done = sites(*ARGUMENTS, "--choose", "shed", code=1)
    assert "None of them is “shed”" in done.err


def test_at_a_terminal_it_asks_until_the_answer_fits(sites: Jackfield) -> None:
    main, secondary = pty.openpty()
    try:
        with subprocess.Popen(
            sites.command(*ARGUMENTS, "--json"),
            env=sites.env,
            cwd=sites.folder,
            stdin=secondary,
            stdout=subprocess.PIPE,
            stderr=secondary,
            text=True,
        ) as waiting:
            os.close(secondary)
            said = _read_until(main, "in brackets.")
            assert "Choose a site:" in said and "Greenhouse (s-2)" in said
            os.write(main, b"shed\n")
            assert "There is no “shed” to choose" in _read_until(main, "Try again")
            os.write(main, b"Greenhouse\n")
            out, _ = waiting.communicate(timeout=DEADLINE)
            assert waiting.returncode == 0
            assert '"Amelia at Greenhouse"' in out
    finally:
        os.close(main)


def _read_until(terminal: int, text: str) -> str:
    seen = b""
    while text.encode() not in seen:
        chunk = os.read(terminal, 4096)
        assert chunk, seen
        seen += chunk
    return seen.decode("utf-8", "replace")
