"""A port that a program of its own holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
"""


@contextmanager
def port_held() -> Iterator[tuple[int, str]]:
    """The port, and its holder as people are told: "python (process 12)"."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        port = int(holder.stdout.readline())
        name = Path(f"/proc/{holder.pid}/comm").read_text().strip()
        yield port, f"{name} (process {holder.pid})"
        holder.stdin.close()
