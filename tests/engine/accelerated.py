"""A quicker day: many accounts with short tokens, and pauses that are shorter by the same factor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

from connectors.credential import Credential, encode, utc_now
from desktop.engine.refreshing import backoff, scheduler
from desktop.vault.records import AccountRow
from desktop.vault.vault import Vault
from tests.engine.support import PASSPHRASE, make_home
from tests.practice.client import ClientApp


@contextmanager
def accelerated(factor: float) -> Iterator[None]:
    """Every pause that the schedule makes by itself becomes `factor` times shorter."""
    pauses = (
        (backoff, "FIRST"),
        (backoff, "LONGEST"),
        (scheduler, "SPACING"),
        (scheduler, "LOOK_AGAIN"),
        (scheduler, "CLOCK_STEP"),
    )
    with ExitStack() as all_of_them:
        for module, name in pauses:
            all_of_them.enter_context(mock.patch.object(module, name, getattr(module, name) / factor))
        yield


def connected_home(home: Path, provider_url: str, way: str, accounts: int) -> list[str]:
    """A home with so many accounts, each with a grant of its own; requests go by `way`. Their ids."""
    make_home(home, way)
    ids = [f"acc-{number}" for number in range(accounts)]
    with ClientApp(provider_url) as person, Vault.open(home, PASSPHRASE) as vault:
        for account_id in ids:
            answer = person.connect()
            now = utc_now()
            credential = Credential(
                access_token=answer["access_token"],
                refresh_token=answer["refresh_token"],
                token_type="Bearer",
                expires_in=answer["expires_in"],
                created_at=now,
                expires_at=now + timedelta(seconds=answer["expires_in"]),
            )
            row = AccountRow(
                id=account_id,
                connector="demo",
                method="oauth2",
                name=account_id,
                renewable=True,
                has_token=True,
                expires_at=credential.expires_at,
                created_at=now,
                updated_at=now,
            )
            vault.add_account(row, encode(credential), {})
    return ids
