"""One of several sites, tenants or workspaces: who is asked, and what was said beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from connectors.definition import Choice
from connectors.errors import InvalidInputError
from connectors.ports import listed

Tell = Callable[[str, tuple[Choice, ...]], None]


class Choosing:
    """connectors.ports.Chooser for one attempt. Lives on the engine's loop.

    `answers` are values or labels that were given beforehand; they are tried first. `tell` is told the title
    and the options when somebody has to be asked, and an empty title when that is over; without `ask`
    nobody can be, and the attempt ends with a sentence that lists the options.
    """

    def __init__(self, answers: Sequence[str], ask: bool, tell: Tell) -> None:
        self._answers = answers
        self._ask = ask
        self._tell = tell
        self._title = ""
        self._options: tuple[Choice, ...] = ()
        self._chosen: asyncio.Future[str] | None = None

    async def __call__(self, title: str, options: tuple[Choice, ...]) -> str:
        """The value of the chosen option. Raises InvalidInputError when nobody can be asked."""
        for answer in self._answers:
            if (value := _match(answer, options)) is not None:
                return value
        if not self._ask:
            wrong = f"None of them is “{self._answers[0][:80]}”. " if self._answers else ""
            raise InvalidInputError(f"{title}: {wrong}There are {listed(options)}.", "Name one of them.")
        self._title, self._options = title, options
        self._chosen = asyncio.get_running_loop().create_future()
        self._tell(title, options)
        try:
            return await self._chosen
        finally:
            self._chosen = None
            self._tell("", ())

    def take(self, answer: str) -> None:
        """Takes what the person chose. Raises InvalidInputError; the question then stands as it was."""
        if self._chosen is None or self._chosen.done():
            raise InvalidInputError("This sign-in does not wait for a choice.")
        value = _match(answer, self._options)
        if value is None:
            raise InvalidInputError(
                f"There is no “{answer[:80]}” to choose.", f"There are {listed(self._options)}."
            )
        self._chosen.set_result(value)


def _match(answer: str, options: Sequence[Choice]) -> str | None:
    """The option of that value, else the only one of that label."""
    wanted = answer.strip()
    if wanted in {option.value for option in options}:
        return wanted
    named = [option.value for option in options if option.label.casefold() == wanted.casefold()]
    return named[0] if len(named) == 1 else None
