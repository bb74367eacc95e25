"""From what was chosen to the order that the vault carries out, and from what it did to a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.errors import InvalidInputError
from desktop.engine.exchange.plan import ImportPlan, ImportResult, PlanItem
from desktop.vault.exchange.applying import Choice, Expected, Order, Taken
from desktop.vault.records import Keep


def order_of(
    plan: ImportPlan,
    choices: Mapping[str, Choice],
    expected: Mapping[str, Expected],
    settings_here: Mapping[str, Mapping[str, str]],
    keep: Keep,
) -> Order:
    """Raises InvalidInputError for a choice that an item does not offer."""
    wanted = _by_item(plan, choices)
    return Order(
        accounts={_own_id(item): wanted[item.id] for item in plan.items if item.kind == "account"},
        expected=expected,
        settings=_chosen(plan, wanted, "settings"),
        settings_expected=settings_here,
        definitions=_chosen(plan, wanted, "definition"),
        keep=keep,
    )


def result_of(
    plan: ImportPlan, choices: Mapping[str, Choice], taken: Sequence[Taken], problem: str
) -> ImportResult:
    """What was done, in the plan's words."""
    wanted = _by_item(plan, choices)
    names = [
        item.name for item in plan.items if item.kind == "account" and wanted[item.id] != "skip"
    ]  # in the order in which they were taken
    return ImportResult(
        taken=tuple(taken),
        settings=tuple(sorted(_chosen(plan, wanted, "settings"))),
        definitions=tuple(sorted(_chosen(plan, wanted, "definition"))),
        skipped=sum(choice == "skip" for choice in wanted.values()),
        renamed={one.account_id: name for one, name in zip(taken, names, strict=True) if one.name != name},
        problem=problem,
    )


def _by_item(plan: ImportPlan, choices: Mapping[str, Choice]) -> dict[str, Choice]:
    items = {item.id: item for item in plan.items}
    for name, choice in choices.items():
        if name not in items:
            raise InvalidInputError(f"The export holds no “{name[:80]}”.", "Nothing was imported.")
        if choice not in items[name].choices:
            offered = ", ".join(items[name].choices)
            raise InvalidInputError(
                f"“{choice}” cannot be chosen for {items[name].name}: only {offered}.",
                "Nothing was imported.",
            )
    return {item.id: choices.get(item.id, item.default) for item in plan.items}


def _chosen(plan: ImportPlan, wanted: Mapping[str, Choice], kind: str) -> frozenset[str]:
    return frozenset(_own_id(item) for item in plan.items if item.kind == kind and wanted[item.id] != "skip")


def _own_id(item: PlanItem) -> str:
    return item.id.partition(":")[2]
