"""The words of the activity list."""

from __future__ import annotations

from typing import Any

from desktop.ui.activity.kinds import ACTS
from desktop.ui.theme import Kind
from desktop.vault.records import ActivityRow

# Shown elsewhere, words for programs, and what the summary says already.
_NOT_FOR_PEOPLE = frozenset({"steps", "reason", "way", "program", "last", "up_to", "hash"})
SHORT_HASH = 12


def action_word(row: ActivityRow) -> str:
    """What was done, or what was tried, in a word or two."""
    words = ACTS.get(row.action)
    if words is None:
        return row.action.replace("_", " ").capitalize()
    return words.done if row.outcome == "ok" else words.tried


def by_text(row: ActivityRow) -> str:
    """By what means: `command line · token · started by deploy.sh (4711)`, `window · Jackfield 0.1.0`."""
    who = row.who
    started = f"started by {who.program or 'process'} ({who.pid})" if who.pid else ""
    version = "" if who.command or not who.version else f"Jackfield {who.version}"
    return " · ".join(filter(None, (row.actor, who.command, started, version)))


def person_text(row: ActivityRow) -> str:
    """`amelia on workbench`, as the system calls them; empty where it was not written down."""
    return " on ".join(filter(None, (row.who.user, row.who.host)))


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
    lines += [line for line in (by_text(row), person_text(row)) if line]
    lines += [f"{name}: {value}" for name, value in facts_of(row)]
    lines += [step_line(number, step) for number, step in enumerate(steps_of(row), start=1)]
    if row.hash:
        lines.append(f"Entry {row.id}: {row.hash}")
    return "\n".join(lines)
