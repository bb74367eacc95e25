"""From an error to what is said about it: while the secrets that its text may hold are still known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.cli.exits import exit_code
from desktop.cli.output import note

if TYPE_CHECKING:
    from desktop.engine.events import Failure


class ToldError(Exception):
    """What will be said, redacted. Whoever lets it through has closed the vault meanwhile."""

    def __init__(self, failure: Failure, more: tuple[str, ...]) -> None:
        super().__init__(failure.sentence)
        self.failure = failure
        self.more = more  # a sentence for each field that is wrong


def told(error: BaseException) -> ToldError:
    """To be asked before the engine ends, which makes the redactor forget."""
    from desktop.engine.failures import explain
    from desktop.engine.privacy.redaction import redact

    if isinstance(error, ToldError):
        return error
    failure = explain(error)
    fields = (redact(sentence) for sentence in (getattr(error, "fields", None) or {}).values())
    return ToldError(failure, tuple(sentence for sentence in fields if sentence not in failure.sentence))


def report(error: BaseException) -> int:
    """Says on stderr what happened and what to do; returns the exit code for it."""
    known = told(error)
    failure = known.failure
    note(f"jackfield: {failure.sentence}")
    for sentence in known.more:
        note(f"  {sentence}")
    hint = "Create one with: jackfield vault init" if failure.reason == "no_vault" else failure.hint
    if hint:
        note(hint)
    return exit_code(failure.reason)
