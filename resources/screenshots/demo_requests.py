"""The made-up service of the picture of the requests page: a definition, its operations, one answer."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from connectors.credential import utc_now
from connectors.operations import Operation
from desktop.engine.results import Answer
from desktop.vault.records import SavedRequest
from desktop.vault.vault import Vault

KEY = "northwind"
BASE = "https://api.northwind.example/v2"
_DEFINITION = f"""key = "{KEY}"
name = "Northwind API"
type = "oauth2"
color = "#2f6f6a"
base_url = "{BASE}"
auth_url = "https://login.northwind.example/authorize"
request_access_token = "https://login.northwind.example/token"
"""
_KEPT = (
    ("Newest orders", "GET", "/orders?status=open&limit=2"),
    ("One customer", "GET", "/customers/c-1001"),
    ("Write an order", "POST", "/orders"),
    ("Change the address", "PATCH", "/customers/c-1001/address"),
    ("Cancel an order", "DELETE", "/orders/o-5120"),
)
_ORDERS = [
    {
        "id": "o-5121",
        "customer": {"id": "c-1001", "name": "Amelia Ortega"},
        "total": 148.50,
        "currency": "EUR",
        "paid": True,
        "note": None,
    },
    {
        "id": "o-5120",
        "customer": {"id": "c-1044", "name": "Bruno Keller"},
        "total": 19.90,
        "currency": "EUR",
        "paid": False,
        "note": "Ring twice",
    },
]


def write(home: Path) -> None:
    """Puts the definition and its operations into the home."""
    folder = home / "connectors"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / f"{KEY}.toml").write_text(_DEFINITION, "utf-8")
    operations = [
        Operation(method, f"/{owner}{path}", f"{word} {owner}")
        for owner in ("orders", "customers", "products", "invoices")
        for method, path, word in (
            ("GET", "", "List"),
            ("POST", "", "Add to"),
            ("GET", "/{id}", "One of the"),
            ("PATCH", "/{id}", "Change one of the"),
            ("DELETE", "/{id}", "Remove one of the"),
        )
    ]
    (folder / f"{KEY}.operations.json").write_bytes(msgspec.json.encode(operations))


def keep(vault: Vault, account_id: str) -> None:
    """Keeps a few requests with an account."""
    now = utc_now()
    for number, (name, method, url) in enumerate(_KEPT):
        vault.add_saved_request(
            SavedRequest(
                id=f"demo{number}",
                account_id=account_id,
                name=name,
                method=method,
                url=url,
                created_at=now,
                updated_at=now,
            )
        )


def answer() -> Answer:
    """What the service would say: there is none."""
    body = json.dumps({"orders": _ORDERS, "next": f"{BASE}/orders?after=o-5120"}).encode()
    headers = (("Content-Type", "application/json"), ("X-Rate-Limit-Remaining", "4988"))
    return Answer(
        status=200, reason="OK", headers=headers, body=body, elapsed=0.124, url=f"{BASE}/orders", renewed=True
    )
