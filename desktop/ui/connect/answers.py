"""What a person does on the card while an attempt runs goes to the attempt; its refusals come back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.engine.connect.attempt import Attempt
from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.connect.begin import Running, heard

if TYPE_CHECKING:
    from desktop.ui.connect.frame import CardFrame


class Answers(QObject):
    """Hears the card's panels."""

    def __init__(self, bridge: Bridge, running: Running, card: CardFrame) -> None:
        super().__init__(card)
        self._bridge, self._running = bridge, running
        waiting, device = card.waiting, card.device
        waiting.open_asked.connect(
            lambda command: self._say(lambda a: a.open_browser(command or None), waiting.set_problem)
        )
        waiting.pasted.connect(
            lambda address: self._say(lambda a: a.paste(address), waiting.set_address_problem)
        )
        device.open_asked.connect(lambda: self._say(lambda a: a.open_browser(), device.set_problem))
        choices, clash = card.choices, card.clash
        choices.chosen.connect(lambda value: self._say(lambda a: a.choose(value), choices.set_problem))
        clash.decided.connect(lambda value: self._say(lambda a: a.decide(value), clash.set_problem))

    def _say(self, act: Callable[[Attempt], Future[None]], say: Callable[[str], None]) -> None:
        if self._running.attempt is None:
            return

        def refused(failure: Failure) -> None:
            say(f"{failure.sentence} {failure.hint}".strip())

        self._bridge.run(heard(act(self._running.attempt)), lambda _: say(""), refused, self)
