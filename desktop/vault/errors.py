"""What can go wrong with the vault, as sentences for people.

`reason` is a stable word for programs, `sentence` says what happened and why, `hint` says what to do.
None of the three ever holds a secret.
"""

from __future__ import annotations

from typing import ClassVar


class VaultError(Exception):
    """The base: a failure that can be shown as it is."""

    reason: ClassVar[str] = "vault"

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class NoVaultError(VaultError):
    """There is no vault in this folder yet."""

    reason = "no_vault"


class VaultExistsError(VaultError):
    """A vault, or a part of one, is there already: nothing is ever created over it."""

    reason = "vault_exists"


class WrongPassphraseError(VaultError):
    """The passphrase does not open this vault."""

    reason = "wrong_passphrase"


class ThrottledError(WrongPassphraseError):
    """Too many wrong passphrases: nothing was tried. `wait_seconds` is how long to wait."""

    def __init__(self, sentence: str, hint: str = "", *, wait_seconds: float) -> None:
        super().__init__(sentence, hint)
        self.wait_seconds = wait_seconds


class WeakPassphraseError(VaultError):
    """The new passphrase cannot be used."""

    reason = "weak_passphrase"


class DamagedVaultError(VaultError):
    """A file of the vault is not what was written."""

    reason = "damaged"


class NewerSchemaError(VaultError):
    """The vault was written by a newer version of the program."""

    reason = "newer_schema"


class MissingKeySlotError(VaultError):
    """The key slot that is needed to open the vault is not there."""

    reason = "missing_key_slot"


class LostKeySlotsError(MissingKeySlotError):
    """The file with the key slots is gone: nothing opens the vault until it, or a backup, is put there."""


class KeychainRefusedError(VaultError):
    """The system's keychain cannot, or must not, keep the key."""

    reason = "keychain"


class UnsafeFolderError(VaultError):
    """The vault's folder or a file in it is open to other people of this computer."""

    reason = "unsafe_folder"


class SaveFailedError(VaultError):
    """The disk did not take it. What was saved before is intact."""

    reason = "save_failed"


class BusyVaultError(VaultError):
    """Another program holds the vault for longer than anybody waits."""

    reason = "busy"


class NotFoundError(VaultError):
    """No such account, generation or saved request."""

    reason = "not_found"


class NameTakenError(VaultError):
    """The account has something of that name already."""

    reason = "name_taken"
