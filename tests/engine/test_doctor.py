"""The doctor: each check against what it looks at, in order and out of order."""

from __future__ import annotations

import asyncio
import shutil
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.SecretService import Keyring as SecretService

from connectors.definition import Connector, Redirect
from desktop.engine.doctor import Finding, Situation, browser, examine, keychain, ports, proxy, trust, vault
from desktop.engine.doctor.server import compare_clock, judge
from desktop.engine.preferences import Preferences
from tests.engine.holder import port_held
from tests.engine.support import make_home
from tests.standin import Reply, StandIn

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WORDS = ["browser", "ports", "keychain", "proxy", "trust", "clock", "vault"]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JACKFIELD_BROWSER", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def situation(home: Path, **changes: Any) -> Situation:
    return Situation(**{"home": home, "preferences": Preferences(), "vault_state": "missing"} | changes)


def test_the_page_has_one_line_for_each_and_says_what_to_do(tmp_path: Path) -> None:
    findings = asyncio.run(examine(situation(tmp_path)))
    assert [finding.check for finding in findings] == WORDS
    assert all(finding.sentence.endswith(".") for finding in findings)
    assert all(finding.hint for finding in findings if finding.outcome != "ok")


def test_a_check_that_breaks_is_a_line_of_its_own(tmp_path: Path) -> None:
    class Broken(NamedTuple):
        def __iter__(self) -> Any:
            raise RuntimeError("no catalog")

    findings = asyncio.run(examine(situation(tmp_path, connectors=Broken())))
    found = {finding.check: finding for finding in findings}
    assert found["ports"].outcome == "unknown"
    assert "RuntimeError" in found["ports"].hint
    assert found["trust"].outcome == "ok"


def test_a_browser_command_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = situation(tmp_path, preferences=Preferences(browser_command="no-such-browser --new"))
    finding = browser.look(chosen)
    assert (finding.outcome, "no-such-browser" in finding.sentence) == ("problem", True)
    monkeypatch.setenv("JACKFIELD_BROWSER", "sh -c")
    assert browser.look(chosen).outcome == "ok"
    monkeypatch.setenv("JACKFIELD_BROWSER", "sh 'unclosed")
    assert browser.look(chosen).outcome == "problem"


def test_a_fixed_port_names_who_needs_it_and_who_holds_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        fixed = Connector(key="fixed", name="Fixed", redirect=Redirect(ports=(port,)), methods={})
        finding = ports.look(situation(tmp_path, connectors=(fixed,)))
        assert finding.outcome == "warning"
        assert f"Port {port}, which Fixed needs, is in use by " in finding.sentence
    assert ports.look(situation(tmp_path, connectors=(fixed,))).outcome == "ok"


def test_the_program_that_holds_it_is_named(tmp_path: Path) -> None:
    with port_held() as (port, holder):
        fixed = Connector(key="fixed", name="Fixed", redirect=Redirect(ports=(port,)), methods={})
        finding = ports.look(situation(tmp_path, connectors=(fixed,)))
        assert f"Port {port}, which Fixed needs, is in use by {holder}." in finding.sentence
        assert "End that program" in finding.hint
        # Who has set another address is not concerned.
        moved = {"fixed": Redirect()}
        assert ports.look(situation(tmp_path, connectors=(fixed,), redirects=moved)).outcome == "ok"
        free = Connector(key="free", name="Free", methods={})
        taken = {"free": Redirect(host="localhost", ports=(port,))}
        assert ports.look(situation(tmp_path, connectors=(free,), redirects=taken)).outcome == "warning"


def test_of_several_ports_one_is_enough(tmp_path: Path) -> None:
    with port_held() as (first, holder), socket.create_server(("127.0.0.1", 0)) as server:
        second = server.getsockname()[1]
        both = Connector(key="b", name="Both", redirect=Redirect(ports=(first, second)), methods={})
        finding = ports.look(situation(tmp_path, connectors=(both,)))
        assert (
            f"Both needs one of several ports, and none is free. Port {first} is in use by"
            in finding.sentence
        )
        assert f"by {holder}. Port {second} is in use by" in finding.sentence
        server.close()
        finding = ports.look(situation(tmp_path, connectors=(both,)))
        assert finding.outcome == "ok" and "fixed ports that some services want" in finding.sentence


def test_a_locked_keychain_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(SecretService())
    said: list[bool] = [True]
    monkeypatch.setattr("secretstorage.dbus_init", socket.socket)
    monkeypatch.setattr("secretstorage.Collection", lambda _bus: SimpleNamespace(is_locked=lambda: said[0]))
    try:
        finding = keychain.look(situation(tmp_path))
        assert (finding.outcome, "is locked." in finding.sentence) == ("warning", True)
        assert "Unlock it" in finding.hint and "The passphrase is enough." in finding.hint
        said[0] = False
        assert keychain.look(situation(tmp_path)).outcome == "ok"
    finally:
        keyring.set_keyring(before)


def test_a_file_of_certificates_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = situation(tmp_path, preferences=Preferences(ca_file=str(tmp_path / "gone.pem")))
    finding = trust.look(gone)
    assert (finding.outcome, "gone.pem" in finding.sentence, bool(finding.hint)) == ("problem", True, True)


def test_a_keychain_that_keeps_nothing_is_told(tmp_path: Path) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        finding = keychain.look(situation(tmp_path))
    finally:
        keyring.set_keyring(before)
    assert finding.outcome == "warning"
    assert "passphrase is enough" in finding.hint


def test_a_proxy_has_to_answer_and_its_password_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "directly" in proxy.look(situation(tmp_path)).sentence
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:hunter2@127.0.0.1:{port}")
        finding = proxy.look(situation(tmp_path))
        assert (finding.outcome, str(port) in finding.sentence) == ("ok", True)
    finding = proxy.look(situation(tmp_path))
    assert finding.outcome == "problem"
    assert "hunter2" not in finding.sentence + finding.hint
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1")
    assert proxy.look(situation(tmp_path)).outcome == "problem"


def test_a_file_of_certificates_has_to_hold_some(tmp_path: Path) -> None:
    assert trust.look(situation(tmp_path)).outcome == "ok"
    empty = tmp_path / "empty.pem"
    empty.touch()
    finding = trust.look(situation(tmp_path, preferences=Preferences(ca_file=str(empty))))
    assert (finding.outcome, str(empty) in finding.sentence) == ("problem", True)


@pytest.mark.parametrize(
    ("off", "outcome", "word"),
    [
        (0, "ok", "agrees"),
        (-20, "ok", "agrees"),
        (100, "warning", "ahead of"),
        (-86_400, "problem", "behind"),
    ],
)
def test_the_clock_is_compared(off: int, outcome: str, word: str) -> None:
    date = format_datetime(NOW - timedelta(seconds=off), usegmt=True)
    finding = judge(NOW, NOW + timedelta(seconds=0.2), date, "example.org")
    assert (finding.outcome, word in finding.sentence) == (outcome, True)


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Nov 2026 12:00:00 GMT"])
def test_a_server_without_a_clock_proves_nothing(date: str) -> None:
    assert judge(NOW, NOW, date, "example.org").outcome == "unknown"


def test_one_request_is_sent_to_the_server_that_was_named(tmp_path: Path) -> None:
    with StandIn() as service:
        service.answer("HEAD /", Reply(""))
        finding = asyncio.run(compare_clock(situation(tmp_path, server=service.url)))
        assert (finding.outcome, len(service.requests)) == ("ok", 1)
    assert asyncio.run(compare_clock(situation(tmp_path, server=service.url))).outcome == "unknown"
    assert asyncio.run(compare_clock(situation(tmp_path))).outcome == "unknown"
    for nonsense in ("http://example.org", "ftp://x", "https://", "http://[", "a b"):
        finding = asyncio.run(compare_clock(situation(tmp_path, server=nonsense)))
        assert (finding.outcome, bool(finding.hint)) == ("unknown", True), nonsense


def test_the_vault_is_looked_at_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_home(tmp_path / "home")
    assert vault.look(situation(tmp_path / "none")).outcome == "warning"
    finding = vault.look(situation(home, vault_state="locked"))
    assert (finding.outcome, finding.sentence.endswith("It is locked.")) == ("ok", True)

    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10 << 20))
    assert "nearly full (10 MiB left)" in vault.look(situation(home, vault_state="locked")).sentence
    (home / "keyslots.json").unlink()
    finding: Finding = vault.look(situation(home, vault_state="locked"))
    assert (finding.outcome, "key slots are missing" in finding.sentence) == ("problem", True)
