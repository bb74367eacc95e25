"""Promises 132 and 135 at the command line: no secret in logs, errors, arguments or environments."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from desktop.practice import Provider
from tests.cli.runner import DEADLINE, PASSPHRASE, Jackfield, browser

CANARY = "canary+secret/ü 5512"


def forms(secret: str) -> list[bytes]:
    """The encodings in which a secret might stand somewhere."""
    plain = secret.encode()
    return [
        plain,
        quote(secret, safe="").encode(),
        base64.b64encode(plain).rstrip(b"="),
        json.dumps(secret)[1:-1].encode(),
        secret.encode("utf-16-le"),
    ]


def assert_absent(secret: str, where: bytes) -> None:
    for form in forms(secret):
        assert form not in where


def test_the_verbose_log_tells_much_and_no_secret(practised: Jackfield, provider: Provider) -> None:
    said = ""
    client_secret = practised.file("client", CANARY)
    line = (
        "connectors",
        "configure",
        "practice-oauth2",
        "--set",
        f"client_secret=@{client_secret}",
        "--verbose",
    )
    said += practised(*line).err
    connected = practised.process("--verbose", "connect", "practice-oauth2", "--json")
    identity = connected.json["id"]
    said += connected.err + connected.out
    for command in (
        ("refresh", identity),
        ("test", identity),
        ("request", identity, "GET", "/oauth/userinfo"),
        ("accounts", "show", identity),
        ("accounts", "history", identity),
        ("refresh", identity),
    ):
        done = practised(*command, "--verbose")
        said += done.out + done.err
    secrets = [CANARY, PASSPHRASE]
    for seen in provider.log:
        secrets += [
            seen.form[name] for name in ("code", "code_verifier", "refresh_token") if name in seen.form
        ]
    secrets.append(practised("token", identity).out.strip())
    assert len(secrets) >= 6
    said += practised("accounts", "disconnect", identity, "--verbose").err
    assert "DEBUG" in said
    for secret in secrets:
        assert_absent(secret, said.encode())


def test_errors_do_not_repeat_what_was_typed(practised: Jackfield) -> None:
    canary = practised.file("canary", CANARY)
    for line, code in (
        (("connect", "practice-key", "--set", f"api_key=@{canary}"), 1),
        (("connect", "practice-key", "--set", CANARY), 2),
        (("connect", "practice-password", "--set", "username=amelia", "--set", f"password=@{canary}"), 1),
    ):
        done = practised(*line, "--verbose", code=code)
        assert_absent(CANARY, (done.out + done.err).encode())


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_children_get_no_secret(practised: Jackfield) -> None:
    """The browser command writes down its own arguments and environment, and those of its parent."""
    look = practised.folder / "look"
    look.write_text(
        f"#!/bin/sh\ncat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline /proc/$PPID/environ"
        f" >'{practised.folder}/seen'\nexec '{browser(practised.folder)}' \"$1\"\n"
    )
    look.chmod(0o700)
    practised.env["JACKFIELD_BROWSER"] = str(look)
    identity = practised("connect", "practice-oauth2", "--json").json["id"]
    seen = (practised.folder / "seen").read_bytes()
    assert b"code_challenge" in seen
    secrets = [PASSPHRASE, practised("token", identity).out.strip()]
    secrets.append(practised("token", identity, "--field", "refresh_token").out.strip())
    for secret in secrets:
        assert_absent(secret, seen)


def test_nothing_below_the_home_holds_a_secret_in_clear(practised: Jackfield) -> None:
    key = practised.file("key", "practice-key-amelia-4f1c")
    practised("connect", "practice-key", "--set", f"api_key=@{key}")
    identity = practised("connect", "practice-oauth2", "--json").json["id"]
    token = practised("token", identity).out.strip()
    key.unlink()
    for path in practised.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (token, "practice-key-amelia-4f1c", "amelia@practice.example", PASSPHRASE):
                assert_absent(secret, content)


def test_an_exception_that_nobody_foresaw_is_one_redacted_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from desktop.cli import main as entry

    def fails(*_args: object) -> None:
        raise RuntimeError(f"password={CANARY}")

    monkeypatch.setattr("desktop.cli.connectors._catalog", fails)
    assert entry.main(["--home", str(tmp_path), "connectors", "list"]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err.startswith("jackfield: Something unexpected went wrong.")
    assert_absent(CANARY, said.err.encode())


def test_a_full_disk_is_a_sentence_and_loses_nothing(practised: Jackfield) -> None:
    before = practised("accounts", "list", "--json").json
    command = practised.command("connect", "practice-key", "--set", "api_key=practice-key-ben-9d27")
    practised.env["PYTHONDONTWRITEBYTECODE"] = "1"  # a cut .pyc would stay behind
    limited = subprocess.run(
        ["sh", "-c", 'ulimit -f 4; trap "" XFSZ; exec "$@"', "sh", *command],
        env=practised.env,
        cwd=practised.folder,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert limited.returncode == 1, limited.stderr
    assert limited.stderr.startswith("jackfield: ")
    assert "Traceback" not in limited.stderr
    assert practised("accounts", "list", "--json").json == before
