"""From starting the process to the first painted window: the console against a bare PySide6 main window.

    python tests/bench/start_time.py [--runs N]

Whole processes, one after the other in turn, on the display there is (else offscreen). Prints the medians
and ends with 1 if the console needs more than 1.5 times the bare window plus 150 ms. `ready` is the moment
at which the passphrase can be typed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "measured, not guessed"
FACTOR, ALLOWANCE = 1.5, 0.150  # seconds

# Installed in both, so that both pay for it: says P when a window was painted, R when a text field was.
WATCH = """
import os
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit
class Watch(QObject):
    painted = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType():
            if not self.painted:
                self.painted = True
                QTimer.singleShot(0, lambda: os.write(1, b"P") and LAST == b"P" and os._exit(0))
            if LAST == b"R" and isinstance(watched, QLineEdit):
                QTimer.singleShot(0, lambda: os.write(1, b"R") and os._exit(0))
        return False
plain = QApplication.exec
def watched_exec(*_):
    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    return plain()
QApplication.exec = watched_exec
"""
BARE = (
    'LAST = b"P"'
    + WATCH
    + """
from PySide6.QtWidgets import QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1280, 760)
window.show()
app.exec()
"""
)
CONSOLE = (
    'LAST = b"R"'
    + WATCH
    + """
import sys
from desktop.cli.main import main
main(["--home", sys.argv[1]])
"""
)


def measure(code: str, *args: str) -> list[float]:
    """Seconds from before the process is started to each letter that it says."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        seconds = []
        while os.read(process.stdout.fileno(), 1):
            seconds.append(time.perf_counter() - started)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    sys.path.insert(0, str(ROOT))
    from desktop.vault.vault import Vault

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        Vault.create(home, PASSPHRASE).close()
        for code in (BARE, CONSOLE):  # both from a warm disk
            measure(code, str(home))
        bare, painted, ready = [], [], []
        for _ in range(runs):
            bare.append(measure(BARE)[0])
            first, last = measure(CONSOLE, str(home))
            painted.append(first)
            ready.append(last)

    limit = FACTOR * statistics.median(bare) + ALLOWANCE
    for name, seconds in (("bare window", bare), ("console, painted", painted), ("console, ready", ready)):
        spread = f"{min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f}"
        print(f"{name:<17} {statistics.median(seconds) * 1000:6.0f} ms  ({spread}, {runs} runs)")
    print(f"{'limit, painted':<17} {limit * 1000:6.0f} ms")
    return 0 if statistics.median(painted) <= limit else 1


if __name__ == "__main__":
    sys.exit(main())
