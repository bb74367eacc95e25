"""*Choose one of these* at the terminal: `--choose`, or a question where somebody can answer it."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from desktop.cli.output import note

if TYPE_CHECKING:
    from desktop.engine.connect.attempt import Attempt
    from desktop.engine.events import AttemptChanged, Event


def can_ask() -> bool:
    """Whether there is somebody at a terminal who sees a question and can answer it."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


class Asker:
    """Hears the questions of the one attempt of this process. Called on the engine's thread."""

    def __init__(self) -> None:
        self._questions: queue.SimpleQueue[AttemptChanged] = queue.SimpleQueue()

    def __call__(self, event: Event) -> None:
        from desktop.engine.events import AttemptChanged

        if isinstance(event, AttemptChanged) and event.choices:
            self._questions.put(event)

    def answer(self, attempt: Attempt, lines: Iterator[str]) -> None:
        """Asks on a thread of its own: a person who never types must not keep the process alive."""
        threading.Thread(target=self._ask_on, args=(attempt, lines), name="choose", daemon=True).start()

    def _ask_on(self, attempt: Attempt, lines: Iterator[str]) -> None:
        while True:
            question = self._questions.get()
            _show(question)
            if not any(_taken(attempt, line) for line in lines):
                attempt.cancel()  # standard input ended
                return


def _show(question: AttemptChanged) -> None:
    note(f"{question.choices_title}:")
    for option in question.choices:
        note(f"  {option.label}" + (f" ({option.value})" if option.value != option.label else ""))
    note("Type the name or the id in brackets.")


def _taken(attempt: Attempt, line: str) -> bool:
    try:
        attempt.choose(line).result()
    except Exception as error:
        note(getattr(error, "sentence", "That does not fit.") + " Try again, or interrupt.")
        return False
    return True
