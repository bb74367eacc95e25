"""Can the system's keychain keep a key?"""

from __future__ import annotations

from desktop.engine.doctor.finding import Finding, Situation
from desktop.vault import keychain, keyslots, store
from desktop.vault.errors import KeychainRefusedError, VaultError


def look(situation: Situation) -> Finding:
    """The backend in use. Without one the passphrase is enough, unless the vault has a slot for it."""
    needed = _is_needed(situation)
    try:
        backend = keychain.current_backend()
    except KeychainRefusedError as error:
        return Finding(
            check="keychain",
            title="Keychain",
            outcome="problem" if needed else "warning",
            sentence=error.sentence,
            hint=error.hint if needed else "The passphrase is enough. " + error.hint,
        )
    name = keychain.backend_name(backend)
    if keychain.is_locked(backend):
        return Finding(
            check="keychain",
            title="Keychain",
            outcome="problem" if needed else "warning",
            sentence=f"The system's keychain ({name}) is locked.",
            hint="Unlock it, in the desktop's program for passwords and keys."
            + ("" if needed else " The passphrase is enough."),
        )
    return Finding(
        check="keychain", title="Keychain", outcome="ok", sentence=f"The system's keychain is {name}."
    )


def _is_needed(situation: Situation) -> bool:
    """Whether the keychain is the one way into the vault."""
    if situation.vault_state == "missing":
        return False
    try:
        store.check(situation.home)
        return {slot.kind for slot in keyslots.load(situation.home).slots} == {"keychain"}
    except VaultError:
        return False  # the check of the vault says what is wrong with it
