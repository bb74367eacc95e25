"""How long the window takes without a network: to the passphrase, and from that to the accounts.

    python tests/bench/offline_start.py [--runs N] [--accounts N]

All accounts are due, their service is behind a proxy that takes every connection and never says a word, and
the schedule runs. Deriving the key is part of the second time. Ends with 1 if one of the medians is above
two seconds.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = 2.0  # seconds
# Says P when a passphrase can be given, and A when the list shows the accounts.
WINDOW = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from desktop.ui.app import Session, make_app
from desktop.ui.window import MainWindow
home, passphrase, wanted = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
app, window = make_app(), MainWindow()
session = Session(home, window)
window.resize(1280, 760)
window.painted.connect(session.begin)
window.show()
told = []
def look():
    if not told and window.attached:
        told.append("P")
        os.write(1, b"P")
        session.bridge.run(session.engine.unlock(passphrase))
    if len(told) == 1 and window.shell is not None and window.shell.accounts.model.rowCount() == wanted:
        told.append("A")
        os.write(1, b"A")
        app.quit()
timer = QTimer()
timer.timeout.connect(look)
timer.start(2)
app.exec()
os._exit(0)
"""


def measure(home: Path, accounts: int, proxy: str) -> list[float]:
    """Seconds from before the process is started to each letter that it says."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}
    started = time.perf_counter()
    command = [sys.executable, "-c", WINDOW, str(home), PASSPHRASE, str(accounts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        seconds = []
        while os.read(process.stdout.fileno(), 1):
            seconds.append(time.perf_counter() - started)
    return seconds


def seed(home: Path, accounts: int) -> None:
    """Accounts whose tokens have ended."""
    from connectors.credential import encode
    from desktop.vault.vault import Vault
    from tests.ui.seeding import account_row, token

    record = token(minutes=-5)
    with Vault.create(home, PASSPHRASE) as vault:
        vault.set_connector_settings("github", {"client_id": "app"})
        for number in range(accounts):
            row = account_row(f"a{number:04}", record, name=f"Account {number:04}")
            vault.add_account(row, encode(record), {})


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--accounts", type=int, default=50)
    wanted = parser.parse_args()
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    ready: list[float] = []
    listed: list[float] = []
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        seed(Path(folder, "home"), wanted.accounts)
        for number in range(wanted.runs + 1):  # the first is for a warm disk
            first, last = measure(Path(folder, "home"), wanted.accounts, proxy)
            if number:
                ready.append(first)
                listed.append(last - first)
    for name, seconds in (("start to passphrase", ready), ("passphrase to accounts", listed)):
        spread = f"{min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f}"
        print(f"{name:<24} {statistics.median(seconds) * 1000:6.0f} ms  ({spread}, {wanted.runs} runs)")
    return 0 if max(statistics.median(ready), statistics.median(listed)) < ALLOWED else 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from tests.ui.seeding import PASSPHRASE

    sys.exit(main())
