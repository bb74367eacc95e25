"""Two processes on one home: the window and the command line at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.engine.support import PASSPHRASE, Bench

ONCE = """
import sys
from pathlib import Path
from desktop.engine.engine import Engine

with Engine(Path(sys.argv[1]), actor="command line") as engine:
    engine.run(engine.unlock(sys.argv[3]))
    print("ready", flush=True)
    sys.stdin.readline()
    print(engine.run(engine.token(sys.argv[2])), flush=True)
"""


def test_two_processes_that_need_the_token_send_one_request(home: Path, at_work: Bench) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.edit(row.id, {"created_at": "2020-01-01", "expires_at": "2020-01-02"}))
    at_work.provider.knobs.slow = 0.5
    command = [sys.executable, "-c", ONCE, str(home), row.id, PASSPHRASE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None and other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        other.stdin.write("go\n")
        other.stdin.flush()
        mine = at_work.run(at_work.engine.token(row.id))
        assert other.stdout.readline().strip() == mine
    assert other.returncode == 0
    assert at_work.token_requests("refresh_token") == 1
