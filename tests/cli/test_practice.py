"""`jackfield practice`: the provider alone, and the console on a throw-away store."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import httpx

from desktop.cli.practice import _prepare
from desktop.engine.engine import Engine
from tests.cli.runner import DEADLINE, PASSPHRASE, Jackfield


def test_serve_only_says_its_url_and_serves_until_interrupted(bare: Jackfield) -> None:
    with bare.start("practice", "--serve-only", "--port", "0", unlocked=False) as serving:
        assert serving.stdout is not None
        url = serving.stdout.readline().strip()
        assert httpx.get(url, trust_env=False).status_code == 200
        serving.send_signal(signal.SIGINT)
        out, err = serving.communicate(timeout=DEADLINE)
    assert (serving.returncode, out, err) == (130, "", "Interrupted.\n")
    assert not bare.home.exists()


def test_a_taken_port_is_a_sentence(bare: Jackfield) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = bare.process("practice", "--serve-only", "--port", port, code=1, unlocked=False)
    assert done.out == ""
    assert f"Port {port} is in use" in done.err
    assert "--port" in done.err


def test_the_console_opens_on_a_store_that_is_gone_afterwards(bare: Jackfield) -> None:
    temporary = bare.folder / "tmp"
    temporary.mkdir()
    bare.env |= {"QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(temporary)}
    command = bare.command("practice", "--port", "0", unlocked=False)
    del command[3:5]  # --home: with it the store would be that one, and kept
    with subprocess.Popen(command, env=bare.env, stderr=subprocess.PIPE, text=True) as console:
        assert console.stderr is not None
        told = [console.stderr.readline() for _ in range(2)]
        url = told[0].split()[5].rstrip(".")
        assert httpx.get(url, trust_env=False).status_code == 200
        assert "amelia" in told[0]
        assert "practice-2026" in told[0]
        console.send_signal(signal.SIGTERM)
        rest = console.stderr.read()
    assert console.returncode in (0, 143), rest  # 143: before there was a window
    assert rest == ""
    assert list(temporary.iterdir()) == []
    assert not Path(bare.home).exists()


def test_a_store_of_ones_own_is_told_where_the_provider_is(bare: Jackfield) -> None:
    for url in ("http://127.0.0.1:9001", "http://127.0.0.1:9002"):  # made the first time, opened the second
        with Engine(bare.home, actor="window", scheduled=False) as engine:
            engine.run(_prepare(PASSPHRASE, url, engine))
        for key in ("practice-oauth2", "practice-key", "practice-password"):
            settings = bare("connectors", "configure", key, "--json").json["settings"]
            assert settings == {"practice_url": url}
