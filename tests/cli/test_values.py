"""Values from files and stdin, and what the terminal is spared."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from desktop.cli import output
from desktop.cli.exits import UsageError, exit_code
from desktop.cli.values import parse_assignments, read_value


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stdin", stream)
    return stream


def test_a_value_is_itself_a_file_or_stdin(tmp_path: Path, stdin: io.StringIO) -> None:
    (tmp_path / "key").write_text("from a file\r\n")
    (tmp_path / "pem").write_text("two\nlines\n\n")
    stdin.write("from stdin\n")
    stdin.seek(0)
    given = ["a=plain = with more", f"b=@{tmp_path}/key", "c=-", "d=@@amelia", "e=", f"f=@{tmp_path}/pem"]
    assert parse_assignments(given) == {
        "a": "plain = with more",
        "b": "from a file",
        "c": "from stdin",
        "d": "@amelia",
        "e": "",
        "f": "two\nlines\n",
    }


@pytest.mark.parametrize(
    ("items", "says"),
    [
        (["sk_live_canary"], "field=value"),
        (["=sk_live_canary"], "field=value"),
        (["a=1", "a=2"], "twice"),
        (["a=-", "b=-"], "Only one"),
        (["a=-", "b=@-"], "Only one"),
        (["a=@/no/such/file"], "/no/such/file"),
    ],
)
def test_a_value_that_cannot_be_read_is_a_usage_error(items: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        parse_assignments(items)
    assert "sk_live_canary" not in str(refused.value)


def test_a_pkcs12_file_is_taken_as_base64(tmp_path: Path) -> None:
    packed = b"\x30\x82\x09\xff" + bytes(range(256)) * 4
    (tmp_path / "client.p12").write_bytes(packed)
    given = parse_assignments([f"certificate=@{tmp_path}/client.p12"])
    assert base64.b64decode(given["certificate"], validate=True) == packed
    with pytest.raises(UsageError, match="not UTF-8"):  # only where a form is filled in
        read_value(f"@{tmp_path}/client.p12", "the body")


def test_a_file_that_is_not_text_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not UTF-8"):
        parse_assignments([f"a=@{tmp_path}/binary"])


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("ID", "NAME"), [("1", "evil\x1b[2J\n\u202eeman"), ("2", "Zoë 佐藤")])
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert len(shown.splitlines()) == 3
    assert "Zoë 佐藤" in shown


def test_columns_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("A", "B"), [("佐藤", "x"), ("abcd", "y"), ("", "z")])
    assert capsys.readouterr().out == "A     B\n佐藤  x\nabcd  y\n      z\n"


def test_times_are_utc_with_z() -> None:
    east = timezone(timedelta(hours=2))
    assert output.iso(datetime(2026, 11, 20, 14, 48, tzinfo=east)) == "2026-11-20T12:48:00Z"
    assert output.iso(datetime(2026, 11, 20, 14, 48, 1, 999999, tzinfo=UTC)) == "2026-11-20T14:48:01Z"
    assert output.iso(None) is None


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("failed", 1),
        ("anything", 1),
        ("needs_sign_in", 3),
        ("locked", 4),
        ("wrong_passphrase", 4),
        ("keychain", 4),
        ("declined", 5),
        ("timed_out", 5),
        ("cancelled", 130),
    ],
)
def test_reasons_have_their_exit_codes(reason: str, code: int) -> None:
    assert exit_code(reason) == code


def test_every_reason_with_a_code_is_one_that_is_used() -> None:
    from connectors.errors import ConnectorError
    from desktop.cli.exits import _BY_REASON
    from desktop.engine import errors as engine_errors
    from desktop.vault.errors import VaultError

    assert engine_errors.LockedError.reason == "locked"
    used: set[str] = set()
    waiting: list[type] = [ConnectorError, VaultError]
    while waiting:
        kind = waiting.pop()
        used.add(kind.reason)  # type: ignore[attr-defined]
        waiting += kind.__subclasses__()
    assert set(_BY_REASON) <= used
