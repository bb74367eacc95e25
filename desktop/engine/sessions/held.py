"""The tokens of accounts whose method keeps them out of the vault. They are gone when the vault closes."""

from __future__ import annotations

import msgspec

from connectors.chain_tables import kept_names
from connectors.credential import Credential
from connectors.definition import Method


class HeldSessions:
    """Belongs to the engine's loop."""

    def __init__(self) -> None:
        self._held: dict[str, Credential] = {}

    def keep(self, account_id: str, credential: Credential, method: Method | None) -> Credential:
        """Returns what of the credential may be stored; the whole of it is held here."""
        if method is None or method.keep_session == "vault":
            return credential
        before = self._held.pop(account_id, None)
        same_token = before is not None and before.access_token == credential.access_token
        if before is None or not same_token or before.fields == credential.fields:
            self._held[account_id] = credential  # else it belongs to values that were edited away
        passing = kept_names(method)
        return msgspec.structs.replace(
            credential,
            access_token="",
            refresh_token="",
            token_type="",
            expires_in=None,
            expires_at=None,
            extra={name: value for name, value in credential.extra.items() if name not in passing},
        )

    def over(self, account_id: str, stored: Credential) -> Credential:
        """The held credential, unless the stored values are other ones by now."""
        held = self._held.get(account_id)
        return held if held is not None and held.fields == stored.fields else stored

    def forget(self, account_id: str) -> None:
        """Drops one account's token."""
        self._held.pop(account_id, None)

    def forget_all(self) -> None:
        """Drops all of them."""
        self._held.clear()
