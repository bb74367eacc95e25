"""A throw-away home with made-up accounts, for screenshots. No secret in it is real."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import demo_requests
import msgspec

from connectors.credential import Credential, encode, utc_now
from desktop.vault.records import AccountRow, ActivityRow
from desktop.vault.vault import Vault

PASSPHRASE = "correct horse battery staple"  # noqa: S105 - of a vault that is thrown away
PERSON = {"name": "Amelia Ortega", "email": "amelia@northwind.example"}


def seed(home: Path) -> None:
    """Creates the vault and puts ten accounts in every usual state into it."""
    with Vault.create(home, PASSPHRASE) as vault:
        for connector, method, name, email, facts in _accounts(utc_now()):
            row = _add(vault, connector, method, name, email, dict(facts))
            if connector == demo_requests.KEY:
                demo_requests.keep(vault, row.id)
        vault.set_connector_settings(
            "github", {"client_id": "Iv1.8a61f9b3a7abd2f1", "client_secret": "0" * 40}
        )
    demo_requests.write(home)


def _add(
    vault: Vault, connector: str, method: str, name: str, email: str, facts: dict[str, Any]
) -> AccountRow:
    credential: Credential = facts.pop("credential")
    earlier = facts.pop("earlier", None)
    profile: Mapping[str, Any] = facts.pop(
        "profile", {"name": name, "email": email} if email else {"name": name}
    )
    state, reason, pinned = (
        facts.pop("state", "connected"),
        facts.pop("reason", ""),
        facts.pop("pinned", False),
    )
    now = utc_now()
    first = earlier or credential
    row = AccountRow(
        id=f"acc_{connector.replace('-', '')}_{abs(hash((name, method))) % 0xFFFF:04x}",
        connector=connector,
        method=method,
        name=name,
        email=email,
        expires_at=first.expires_at,
        renewable=bool(first.refresh_token),
        has_token=bool(first.access_token),
        created_at=now - timedelta(days=42, hours=3),
        updated_at=now - timedelta(hours=12),
        last_used_at=now - timedelta(minutes=26),
        **facts,
    )
    row = vault.add_account(row, encode(first), profile)
    _happened(vault, row, now - timedelta(days=42), "connected", "Connected.", _CONNECT_STEPS)
    if earlier is not None:
        vault.add_generation(
            row.id,
            encode(credential),
            "refresh",
            expires_at=credential.expires_at,
            renewable=True,
            has_token=True,
            scope_granted=row.scope_granted,
        )
        _happened(vault, row, now - timedelta(hours=1), "refreshed", "The token was renewed.", _REFRESH_STEPS)
    if state != "connected":
        vault.set_state(row.id, state, reason)
    if pinned:
        vault.set_pinned(row.id, True)
    return row


def _happened(
    vault: Vault, row: AccountRow, at: datetime, action: str, summary: str, steps: list[dict[str, Any]]
) -> None:
    vault.add_activity(
        ActivityRow(
            at=at,
            account_id=row.id,
            connector=row.connector,
            actor="window" if action == "connected" else "schedule",
            action=action,
            summary=summary,
            detail={"steps": steps},
        )
    )


_REFRESH_STEPS = [{"method": "POST", "url": "slack.com/api/oauth.v2.access", "status": 200, "ms": 214}]
_CONNECT_STEPS = [
    *_REFRESH_STEPS,
    {"method": "GET", "url": "slack.com/api/users.identity", "status": 200, "ms": 131},
]


def _token(start: str, end: str) -> str:
    return f"{start}{'0a1b2c3d4e5f' * 2}{end}"


def _jwt(claims: dict[str, Any]) -> str:
    parts = [{"alg": "RS256", "typ": "JWT", "kid": "demo"}, claims]
    packed = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*packed, "c2lnbmF0dXJlLW9mLW5vdGhpbmc"))


def _oauth(start: str, end: str, now: datetime, minutes: int, **more: Any) -> Credential:
    expires_at = now + timedelta(minutes=minutes)
    return Credential(
        access_token=_token(start, end),
        refresh_token=_token(f"{start[:4]}r-", end[::-1]),
        token_type="Bearer",  # noqa: S106
        expires_in=43_200,
        expires_at=expires_at,
        created_at=expires_at - timedelta(seconds=43_200),
        **more,
    )


def _accounts(now: datetime) -> list[tuple[str, str, str, str, dict[str, Any]]]:
    slack = _oauth("xoxe.", "8f2c", now, 12, scope="channels:read users:read")
    slack_before = msgspec.structs.replace(
        _oauth("xoxe.", "41d9", now - timedelta(hours=12), 12), scope="channels:read users:read"
    )
    claims = {"iss": "https://login.contoso.example", "sub": "00u1f", "name": "Amelia Ortega"}
    claims |= {"exp": int((now + timedelta(minutes=54)).timestamp()), "iat": int(now.timestamp())}
    microsoft = msgspec.structs.replace(
        _oauth("eyJ0", "Qw91", now, 54, scope="User.Read offline_access"), access_token=_jwt(claims)
    )
    plain = Credential(access_token=_token("gho_", "77aa"), token_type="bearer", scope="repo read:user")  # noqa: S106
    amelia, email = PERSON["name"], PERSON["email"]
    scopes = {
        "scope_asked": "channels:read users:read users:read.email",
        "scope_granted": "channels:read users:read",
    }
    return [
        (
            "github",
            "oauth2",
            amelia,
            email,
            {"credential": plain, "pinned": True, "scope_granted": "repo read:user"},
        ),
        (
            "slack",
            "oauth2",
            "Northwind Workspace",
            email,
            {
                "credential": slack,
                "earlier": slack_before,
                "pinned": True,
                "profile": {
                    "team": "Northwind",
                    "user": "Amelia Ortega",
                    "email": email,
                    "url": "northwind.slack.com",
                },
                **scopes,
            },
        ),
        (
            "freshdesk",
            "api_key",
            email,
            "",
            {
                "credential": Credential(fields={"domain": "northwind", "apiKey": "FD7c1e09b2a4481cQ3"}),
                "identity": "northwind.freshdesk.com",
            },
        ),
        ("microsoft", "oauth2", amelia, "a.ortega@contoso.example", {"credential": microsoft}),
        (
            "google",
            "oauth2",
            "Contoso Ltd",
            "office@contoso.example",
            {
                "credential": _oauth("ya29", "x1Zq", now, -400),
                "state": "needs_sign_in",
                "reason": "Google no longer accepts the refresh token: it was revoked. Sign in again.",
            },
        ),
        (
            "asana",
            "oauth2",
            "ops-board",
            "",
            {"credential": _oauth("asna", "k20f", now, 190), "identity": "member 5f1c"},
        ),
        (
            demo_requests.KEY,
            "oauth2",
            "Northwind Orders",
            email,
            {"credential": _oauth("nwnd", "5d0e", now, 320)},
        ),
        (
            "stripe",
            "api_key",
            "Billing",
            "",
            {
                "credential": Credential(fields={"api_key": "sk_live_51Nh2m4Jq0aVt9aQ2"}),
                "identity": "acct_1Nh2m4",
            },
        ),
        (
            "notion",
            "oauth2",
            "Amelia",
            "",
            {"credential": _oauth("secr", "90ab", now, 1500), "identity": "amelia.notion"},
        ),
        (
            "spotify",
            "oauth2",
            "edge-radio",
            "svc@northwind.example",
            {
                "credential": _oauth("BQDf", "mm3e", now, 40),
                "state": "offline",
                "reason": "api.spotify.com could not be reached. It will be tried again in 5 minutes.",
            },
        ),
    ]
