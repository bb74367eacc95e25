"""Accounts in a vault, put there through the vault itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.credential import Credential, encode, utc_now
from desktop.vault.records import AccountRow
from desktop.vault.vault import Vault

PASSPHRASE = "a passphrase for trying things"
ACCESS = "gho_access-token-of-amelia-1234567890"
REFRESH = "ghr_refresh-token-of-amelia-0987654321"


def token(minutes: float | None = 60, **more: Any) -> Credential:
    """A token record that ends in so many minutes (None: it is not known)."""
    now = utc_now().replace(microsecond=0)
    facts: dict[str, Any] = {
        "access_token": ACCESS,
        "refresh_token": REFRESH,
        "token_type": "Bearer",
        "scope": "repo read:user",
    }
    if minutes is not None:
        facts |= {"expires_in": 3600, "expires_at": now + timedelta(minutes=minutes)}
        facts |= {"created_at": now + timedelta(minutes=minutes) - timedelta(seconds=3600)}
    return Credential(**(facts | more))


def account_row(account_id: str, credential: Credential, **more: Any) -> AccountRow:
    """The row of an account with this credential."""
    now = utc_now()
    facts: dict[str, Any] = {
        "id": account_id,
        "connector": "github",
        "method": "oauth2",
        "name": account_id.title(),
        "email": f"{account_id}@practice.example",
        "expires_at": credential.expires_at,
        "renewable": bool(credential.refresh_token),
        "has_token": bool(credential.access_token),
        "scope_granted": credential.scope,
        "created_at": now,
        "updated_at": now,
    }
    return AccountRow(**(facts | more))


_KEYS: dict[bytes, bytes] = {}


def opened(home: Path) -> Vault:
    """The vault in `home`. Its key is derived once for all copies of the same vault."""
    slots = (home / "keyslots.json").read_bytes()
    if slots not in _KEYS:
        _KEYS[slots] = Vault.unlock_key(home, PASSPHRASE)
    return Vault.open_with_key(home, _KEYS[slots])


def add(
    home: Path,
    account_id: str,
    credential: Credential | None = None,
    *,
    profile: Mapping[str, Any] | None = None,
    state: str = "connected",
    reason: str = "",
    **more: Any,
) -> str:
    """Puts one account into the vault in `home`, whose engine must not be open; returns its id."""
    record = token() if credential is None else credential
    with opened(home) as vault:
        row = vault.add_account(account_row(account_id, record, **more), encode(record), profile or {})
        if state != "connected":
            vault.set_state(row.id, state, reason)
    return row.id


def add_many(home: Path, number: int) -> None:
    """So many accounts, named `Account 00000` and on."""
    record = encode(token())
    with opened(home) as vault:
        for place in range(number):
            name = f"Account {place:05}"
            vault.add_account(account_row(f"a{place:05}", token(), name=name, email=""), record, {})
