"""The words of the activity list."""

from __future__ import annotations

from typing import Any

from desktop.ui.theme import Kind
from desktop.vault.records import ActivityRow

_ACTIONS = {  # done, and what was tried when it failed
    "connected": ("Connected", "Connecting"),
    "reconnected": ("Signed in again", "Signing in again"),
    "refreshed": ("Refreshed", "Refreshing"),
    "edited": ("Edited", "Editing"),
    "restored": ("Restored", "Restoring"),
    "revealed": ("Revealed", "Revealing"),
    "copied": ("Copied", "Copying"),
    "tested": ("Tested", "Testing"),
    "used": ("Used", "Using"),
    "renamed": ("Renamed", "Renaming"),
    "disconnected": ("Disconnected", "Disconnecting"),
    "imported": ("Imported", "Importing"),
    "secrets_on": ("Secrets logged", "Logging secrets"),
    "secrets_off": ("Secrets no longer logged", "Ending the log of secrets"),
}


_NOT_FOR_PEOPLE = frozenset({"steps", "reason"})  # shown elsewhere; a word for programs


def action_word(row: ActivityRow) -> str:
    """What was done, or what was tried, in a word or two."""
    words = _ACTIONS.get(row.action)
    if words is None:
        return row.action.replace("_", " ").capitalize()
    return words[0] if row.outcome == "ok" else words[1]


def given_up(row: ActivityRow) -> bool:
    """Whether a person ended it: no failure that anybody has to look into."""
    return row.outcome != "ok" and row.detail.get("reason") == "cancelled"


def outcome_word(row: ActivityRow) -> str:
    """How it ended, in a word."""
    if given_up(row):
        return "Cancelled"
    return "Worked" if row.outcome == "ok" else "Failed"


def outcome_kind(row: ActivityRow) -> Kind:
    """The colour of how it ended."""
    if given_up(row):
        return "neutral"
    return "good" if row.outcome == "ok" else "bad"


def title(row: ActivityRow) -> str:
    """The line that stands for an entry."""
    return row.summary or action_word(row)


def step_line(number: int, step: dict[str, Any]) -> str:
    """One request of the exchange: `1. POST host/token → 200, 12 ms`."""
    status, ms = step.get("status"), step.get("ms")
    answer = "no answer" if status is None else str(status)
    took = "" if ms is None else f", {ms} ms"
    line = f"{number}. {step.get('method', '')} {step.get('url', '')} → {answer}{took}"
    return "\n".join([line, *_in_full("sent", step), *_in_full("answered", step)])


def _in_full(part: str, step: dict[str, Any]) -> list[str]:
    """Headers and body of a connector that wants its exchanges logged; their values are masked."""
    held = step.get(part)
    if not isinstance(held, dict):
        return []
    lines = [*held.get("query", ()), *held.get("headers", ()), held.get("body")]
    return [f"   {part}: {line}" for line in lines if line]


def steps_of(row: ActivityRow) -> list[dict[str, Any]]:
    """The requests behind an entry, in order."""
    steps = row.detail.get("steps", ())
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list | tuple) else []


def facts_of(row: ActivityRow) -> list[tuple[str, str]]:
    """What else was written down about an entry, as name and value."""
    return [
        (
            str(name).replace("_", " ").capitalize(),
            ", ".join(map(str, value)) if isinstance(value, list) else str(value),
        )
        for name, value in row.detail.items()
        if name not in _NOT_FOR_PEOPLE and value not in (None, "", [], {})
    ]


def as_text(row: ActivityRow, when: str) -> str:
    """The entry as plain text, for a report. It holds what the page shows, which is redacted."""
    lines = [f"{when}  {action_word(row)}  {outcome_word(row)}", title(row)]
    lines += [f"{name}: {value}" for name, value in facts_of(row)]
    lines += [step_line(number, step) for number, step in enumerate(steps_of(row), start=1)]
    return "\n".join(lines)
