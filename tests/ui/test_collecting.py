"""Garbage with widgets in it is taken apart on the window's thread, however busy the engine's is."""

from __future__ import annotations

import gc
import threading

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.collecting import Collector


class Cycle:
    """Refers to itself and holds a widget; says on which thread it went."""

    def __init__(self, went: list[str]) -> None:
        self.me = self
        self.widget = QWidget()
        self.went = went

    def __del__(self) -> None:
        self.went.append(threading.current_thread().name)


def test_a_busy_engine_thread_takes_no_widget_apart(qtbot: QtBot, collector: Collector) -> None:
    gc.collect()
    went: list[str] = []
    Cycle(went)
    kept: list[list[int]] = []
    busy = threading.Thread(target=lambda: kept.extend([n] for n in range(200_000)), name="engine")
    busy.start()
    busy.join()
    assert went == []
    qtbot.waitUntil(lambda: went == [threading.main_thread().name])


def test_the_automatic_collector_comes_back(qapp: object, collector: Collector) -> None:
    assert not gc.isenabled()
    collector.release()
    assert gc.isenabled()
    again = Collector(collector.parent())
    assert not gc.isenabled()
    again.deleteLater()
