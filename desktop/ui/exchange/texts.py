"""The words of a preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QCoreApplication

from desktop.engine.exchange.plan import Choice, ImportPlan, PlanItem, Status
from desktop.ui.theme import Kind

STATUS_KINDS: dict[Status, Kind] = {"new": "good", "same": "neutral", "different": "soon"}


def tr(text: str) -> str:
    """A text of the two cards in the person's language."""
    return QCoreApplication.translate("Exchange", text)


def status_word(status: Status) -> str:
    """What stands on the pill."""
    return {"new": tr("New"), "same": tr("Same"), "different": tr("Different")}[status]


def choice_word(choice: Choice) -> str:
    """What is chosen for a row."""
    words = {
        "add": tr("Add"),
        "skip": tr("Skip"),
        "replace": tr("Replace"),
        "keep_both": tr("Keep both"),
    }
    return words[choice]


def second_line(item: PlanItem) -> str:
    """Below the name: what kind of thing it is, and under which name it comes in where that differs."""
    if item.kind == "settings":
        return tr("Connector settings")
    if item.kind == "definition":
        return tr("Definition")
    if item.new_name:
        return tr("{0} · comes in as “{1}”").format(item.connector_name, item.new_name)
    return item.connector_name


def about(item: PlanItem) -> str:
    """A sentence or two about the chosen row."""
    sentences = []
    if item.status == "new":
        sentences.append(tr("There is nothing like it here yet."))
    elif item.status == "same":
        sentences.append(tr("It is here already, with the same values."))
    elif item.kind == "settings":
        sentences.append(tr("They differ from those here."))
    elif item.newer == "export":
        sentences.append(tr("The one in the export is newer."))
    elif item.newer == "vault":
        sentences.append(tr("The one in this vault is newer."))
    else:
        sentences.append(tr("It differs from the one here."))
    if item.kind == "account" and item.status == "different":
        sentences.append(tr("Replacing keeps the present record in its history."))
    if item.kind == "definition" and item.status == "different":
        sentences.append(tr("Replacing keeps the present file beside the new one."))
    if item.kind == "settings" and item.status == "different":
        sentences.append(tr("Replacing them cannot be undone."))
    return " ".join([*sentences, item.note]).strip()


def of_plan(plan: ImportPlan) -> str:
    """What the export holds, in a line."""
    counts = (
        (plan.count("account"), tr("account"), tr("accounts")),
        (plan.count("settings"), tr("connector’s settings"), tr("connectors’ settings")),
        (plan.count("definition"), tr("definition"), tr("definitions")),
    )
    held = ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counts if number)
    made = f"{plan.created_at.astimezone():%d %B %Y, %H:%M}".lstrip("0")
    return tr("{0}: {1}. Made on {2}.").format(plan.path.name, held or tr("nothing"), made)


def of_choices(items: Iterable[PlanItem], choices: Mapping[str, Choice]) -> str:
    """What would be done, in a line."""
    counted: dict[Choice, int] = {"add": 0, "replace": 0, "keep_both": 0, "skip": 0}
    for item in items:
        counted[choices[item.id]] += 1
    words = {"add": tr("add"), "replace": tr("replace"), "keep_both": tr("keep both"), "skip": tr("skip")}
    return " · ".join(f"{words[choice]} {number}" for choice, number in counted.items() if number)
