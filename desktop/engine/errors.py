"""The failures that are the engine's own. Shaped like the others: a reason, a sentence, a hint."""

from __future__ import annotations

from connectors.errors import ConnectorError
from desktop.vault.errors import VaultError


class LockedError(VaultError):
    """Something needs the vault while it is locked or not there."""

    reason = "locked"


class NotRenewableError(ConnectorError):
    """The account has nothing to renew: a key, or a token that came without a refresh token."""

    reason = "not_renewable"


class AlreadyConnectedError(ConnectorError):
    """A sign-in was not kept, because the same person is connected already."""

    reason = "already_connected"


class SettingsError(ConnectorError):
    """A file or folder of the application's own cannot be used."""

    reason = "settings"


class BrokenChainError(VaultError):
    """Entries of the activity are not as they were written."""

    reason = "broken_chain"
