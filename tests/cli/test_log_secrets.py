"""`jackfield connectors configure KEY --log-secrets on|off`"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.cli.runner import Jackfield


def test_it_is_off_and_is_turned_on_and_off(jackfield: Jackfield) -> None:
    key = "practice-key"
    assert "secrets_logged_until" not in jackfield("connectors", "configure", key, "--json").json
    turned = jackfield("connectors", "configure", key, "--log-secrets", "on", "--json").json
    until = datetime.fromisoformat(turned["secrets_logged_until"])
    assert timedelta(minutes=55) < until - datetime.now(UTC) <= timedelta(hours=1)
    told = jackfield("connectors", "configure", key)
    assert "stand readable in Activity" in told.err and "--log-secrets off" in told.err
    other = jackfield("connectors", "configure", "practice-oauth2", "--json").json
    assert "secrets_logged_until" not in other
    off = jackfield("connectors", "configure", key, "--log-secrets", "off")
    assert "readable" not in off.err
    assert "secrets_logged_until" not in jackfield("connectors", "configure", key, "--json").json


def test_another_word_is_refused(jackfield: Jackfield) -> None:
    refused = jackfield.process("connectors", "configure", "practice-key", "--log-secrets", "forever", code=2)
    assert "forever" in refused.err
