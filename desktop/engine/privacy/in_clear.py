"""Text that may hold secrets, closed until the redaction point opens it."""

from __future__ import annotations

from typing import NoReturn

from desktop.engine.privacy.patterns import MASK


class InClear:
    """Shows nothing of itself: not in a log line, an error, a debugger's view or a pickle."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def open(self) -> str:
        """The text. For `Redactor.opened` alone."""
        return self._text

    def followed_by(self, text: str) -> InClear:
        """This and a text below it, closed as well."""
        return InClear(f"{self._text}\n\n{text}")

    def __repr__(self) -> str:
        return MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("text in the clear is not written anywhere as it is")
