"""The words about an answer: its status, how long it took, how large it is."""

from __future__ import annotations

from http import HTTPStatus

from PySide6.QtCore import QLocale

from desktop.engine.results import Answer
from desktop.ui.theme import Kind


def status_word(answer: Answer) -> str:
    """The status with its word: "404 Not Found"."""
    known = {status.value: status.phrase for status in HTTPStatus}
    word = " ".join(answer.reason.split())[:40] or known.get(answer.status, "")
    return f"{answer.status} {word}".strip()


def status_kind(status: int) -> Kind:
    """The colour of a status."""
    if status < 300:
        return "good"
    if status < 400:
        return "accent"
    return "soon" if status < 500 else "bad"


def time_words(seconds: float) -> str:
    """How long it took: "124 ms", "3.2 s"."""
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))} ms"
    return f"{QLocale().toString(seconds, 'f', 1)} s"


def size_words(answer: Answer, locale: QLocale) -> str:
    """How large the body is; of one that was not read to its end, what is known."""
    size = answer.size if answer.size is not None else len(answer.body)
    words = locale.formattedDataSize(size)
    return f"> {words}" if answer.truncated and size <= len(answer.body) else words
