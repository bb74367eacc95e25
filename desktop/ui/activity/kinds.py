"""The acts that are written down: their words, and the kinds by which the list can be narrowed."""

from __future__ import annotations

from typing import NamedTuple


class Act(NamedTuple):
    """What was done, and what was tried when it failed."""

    done: str
    tried: str


class Kind(NamedTuple):
    """A choice in the filter. Every act belongs to exactly one."""

    name: str
    acts: dict[str, Act]


KINDS = (
    Kind(
        "Secrets shown",
        {
            "revealed": Act("Revealed", "Revealing"),
            "copied": Act("Copied", "Copying"),
            "handed_out": Act("Token handed out", "Handing out a token"),
            "session_shared": Act("Session shared", "Sharing a session"),
            "secrets_on": Act("Secrets logged", "Logging secrets"),
            "secrets_off": Act("Secrets no longer logged", "Ending the log of secrets"),
        },
    ),
    Kind(
        "Sign-ins",
        {
            "connected": Act("Connected", "Connecting"),
            "reconnected": Act("Signed in again", "Signing in again"),
            "disconnected": Act("Disconnected", "Disconnecting"),
        },
    ),
    Kind("Refreshes", {"refreshed": Act("Refreshed", "Refreshing")}),
    Kind(
        "Edits",
        {
            "edited": Act("Edited", "Editing"),
            "restored": Act("Restored", "Restoring"),
            "renamed": Act("Renamed", "Renaming"),
            "pinned": Act("Pinned", "Pinning"),
            "unpinned": Act("Unpinned", "Unpinning"),
            "configured": Act("Settings changed", "Changing settings"),
            "definition_added": Act("Definition added", "Adding a definition"),
        },
    ),
    Kind("Requests", {"used": Act("Used", "Using"), "tested": Act("Tested", "Testing")}),
    Kind(
        "Vault",
        {
            "created": Act("Vault created", "Creating the vault"),
            "unlocked": Act("Unlocked", "Unlocking"),
            "unlock_failed": Act("Wrong passphrase", "Wrong passphrase"),
            "locked": Act("Locked", "Locking"),
            "passphrase_changed": Act("Passphrase changed", "Changing the passphrase"),
            "keychain_added": Act("Keychain added", "Adding the keychain"),
            "keychain_removed": Act("Keychain removed", "Removing the keychain"),
            "backed_up": Act("Backed up", "Backing up"),
            "vault_restored": Act("Backup restored", "Restoring a backup"),
            "exported": Act("Exported", "Exporting"),
            "imported": Act("Imported", "Importing"),
            "pruned": Act("Older entries removed", "Removing older entries"),
        },
    ),
)
ACTS = {key: act for kind in KINDS for key, act in kind.acts.items()}
