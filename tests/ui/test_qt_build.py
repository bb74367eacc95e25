"""Holds the Qt build: PySide6 6.12.0 aborts on Python 3.11 after some thousand calls (none_dealloc)."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel

class Source(QObject):
    told = Signal(object)

app = QApplication([])
label, source, heard = QLabel(), Source(), []
source.told.connect(heard.append)
for number in range(20_000):
    label.setText(str(number))
for number in range(5_000):
    source.told.emit(number)
print(label.text(), len(heard))
"""


def test_many_calls_and_emissions_do_not_abort_the_process() -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, "19999 5000"), ended.stderr
