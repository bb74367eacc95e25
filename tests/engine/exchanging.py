"""What the tests of exports and imports share."""

from __future__ import annotations

from desktop.engine.exchange.plan import ImportPlan, PlanItem

WORDS = "words of the export alone"


KEY_OTHER = """
key = "demo-key"
name = "Another demo key"
type = "apiKey"
base_url = "{url}"

[auth.api_key]
type = "password"
name = "API key"

[validate]
url = "{url}/key/me"
headers = {{ "X-Api-Key" = "{{{{api_key}}}}" }}
"""


def items(plan: ImportPlan) -> dict[str, PlanItem]:
    return {item.id: item for item in plan.items}


def statuses(plan: ImportPlan) -> list[str]:
    return sorted(item.status for item in plan.items if item.kind == "account")
