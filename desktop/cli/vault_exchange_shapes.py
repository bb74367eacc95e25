"""Previews and results of an import as the public JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from desktop.cli.output import iso

if TYPE_CHECKING:
    from desktop.engine.exchange.plan import Choice, ImportPlan, ImportResult, PlanItem


def plan_shape(plan: ImportPlan) -> dict[str, Any]:
    """A preview, as `vault import --preview --json` prints it."""
    return {
        "file": str(plan.path),
        "created_at": iso(plan.created_at),
        "program": plan.program,
        "with_history": plan.with_history,
        "items": [_item_shape(item) for item in plan.items],
    }


def result_shape(plan: ImportPlan, choices: Mapping[str, Choice], result: ImportResult) -> dict[str, Any]:
    """What an import did, as `vault import --json` prints it."""
    return {
        "file": str(plan.path),
        "added": result.count("add"),
        "replaced": result.count("replace"),
        "kept_both": result.count("keep_both"),
        "skipped": result.skipped,
        "accounts": [
            {
                "id": one.account_id,
                "connector": one.connector,
                "name": one.name,
                "choice": _word(one.choice),
                "name_in_export": result.renamed.get(one.account_id, one.name),
            }
            for one in result.taken
        ],
        "settings": list(result.settings),
        "definitions": list(result.definitions),
        "items": [
            {"item": item.id, "status": item.status, "choice": _word(choices.get(item.id, item.default))}
            for item in plan.items
        ],
        "problem": result.problem,
    }


def _item_shape(item: PlanItem) -> dict[str, Any]:
    return {
        "item": item.id,
        "kind": item.kind,
        "connector": item.connector,
        "connector_name": item.connector_name,
        "name": item.name,
        "new_name": item.new_name or None,
        "status": item.status,
        "newer": item.newer or None,
        "choices": [_word(choice) for choice in item.choices],
        "default": _word(item.default),
        "generations": item.generations if item.kind == "account" else None,
        "changes": [
            {"field": change.field, "here": change.before, "export": change.after} for change in item.changes
        ],
        "note": item.note,
    }


def _word(choice: Choice) -> str:
    return choice.replace("_", "-")
