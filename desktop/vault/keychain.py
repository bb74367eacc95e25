"""The system's keychain: keeps one random key per vault, which wraps the database key in its slot.

A backend that keeps nothing, forgets or writes in the clear is refused with the reason. The class of the
backend is recorded in the slot, because another backend after an update of the system means another,
empty keychain: that is said, and never answered with a new vault.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from desktop.vault import kdf
from desktop.vault.errors import KeychainRefusedError, VaultError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "jackfield"
_HINT = "Use a passphrase, or set up the system's keychain (GNOME Keyring, KWallet, macOS Keychain, Windows)."
_REFUSED = (
    ("keyring.backends.fail", "this computer has no keychain that works"),
    ("keyring.backends.null", "the keychain is switched off: it keeps nothing"),
    ("keyrings.alt", "this keychain is a file of its own and not the system's"),
)


def backend_name(backend: KeyringBackend) -> str:
    """The full name of the backend's class, as it is recorded in the slot."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def current_backend() -> KeyringBackend:
    """The keychain in use. Raises KeychainRefusedError with the reason why it must not be used."""
    import keyring  # takes 80 ms, and most starts do without
    from keyring.backends.chainer import ChainerBackend

    backend = keyring.get_keyring()
    if not isinstance(backend, ChainerBackend):
        _check(backend)
        return backend
    # A chain would write to whichever member answers: decide here, so that the record is true.
    for member in backend.backends:
        if not refusal(member):
            chosen: KeyringBackend = member
            return chosen
    raise KeychainRefusedError("No keychain of this computer can be trusted with a key.", _HINT)


def is_locked(backend: KeyringBackend) -> bool | None:
    """Whether the system's keychain is locked, without asking anybody to unlock it; None: not known.

    Only the Secret Service of Linux desktops can be asked without a prompt.
    """
    if not type(backend).__module__.startswith("keyring.backends.SecretService"):
        return None
    import secretstorage

    try:
        with closing(secretstorage.dbus_init()) as bus:
            # Not get_default_collection(): where there is none, that one would ask to make one.
            return bool(secretstorage.Collection(bus).is_locked())
    except secretstorage.exceptions.SecretStorageException:
        return None


def refusal(backend: KeyringBackend) -> str:
    """Why this backend must not keep a key, or nothing."""
    for base in type(backend).__mro__:
        for module, why in _REFUSED:
            if base.__module__ == module or base.__module__.startswith(module + "."):
                return why
        if "plaintext" in base.__qualname__.lower():
            return "this keychain writes its keys to disk in the clear"
    return ""


def _check(backend: KeyringBackend) -> None:
    why = refusal(backend)
    if why:
        raise KeychainRefusedError(f"The keychain cannot be used: {why}.", _HINT)


def store_new_key(vault_id: str) -> tuple[bytes, str]:
    """Puts a fresh key into the keychain and reads it back. The key and the backend's name."""
    backend = current_backend()
    key = kdf.new_key()
    try:
        backend.set_password(SERVICE, vault_id, key.hex())
        kept = backend.get_password(SERVICE, vault_id)
    except Exception as error:  # backends are plug-ins over D-Bus and more: they raise anything
        raise _unreachable(backend) from error
    if kept != key.hex():
        raise KeychainRefusedError(
            f"The keychain did not keep the key ({backend_name(backend)}): it read back something else.",
            _HINT,
        )
    return key, backend_name(backend)


def find_key(vault_id: str) -> bytes | None:
    """The key that the keychain holds for this vault, if it is one. Raises KeychainRefusedError."""
    backend = current_backend()
    try:
        text = backend.get_password(SERVICE, vault_id)
    except Exception as error:  # see store_new_key
        raise _unreachable(backend) from error
    try:
        key = bytes.fromhex(text or "")
    except ValueError:
        return None
    return key if len(key) == kdf.KEY_BYTES else None


def read_key(vault_id: str, recorded_backend: str) -> bytes:
    """The key that opens the slot. Raises KeychainRefusedError, which says if the keychain changed."""
    key = find_key(vault_id)
    if key is None:
        changed = changed_backend_notice(recorded_backend)
        raise KeychainRefusedError(
            changed or f"The keychain no longer holds the key of this vault ({recorded_backend}).",
            "Unlock with the passphrase, then add the keychain again. Nothing in the vault is lost.",
        )
    return key


def forget_key(vault_id: str) -> None:
    """Takes the key out of the keychain. One that is gone already is fine."""
    backend = current_backend()
    try:
        if backend.get_password(SERVICE, vault_id) is not None:
            backend.delete_password(SERVICE, vault_id)
    except Exception as error:  # see store_new_key
        raise KeychainRefusedError(
            f"The slot is gone, but the keychain did not let go of its key ({backend_name(backend)}).",
            f"Delete the item “{SERVICE}” in the system's keychain by hand. It opens nothing any more.",
        ) from error


def changed_backend_notice(recorded_backend: str) -> str:
    """A sentence if the keychain is not the one that was recorded, else nothing."""
    try:
        current = backend_name(current_backend())
    except VaultError as error:
        return f"The key was put into {recorded_backend}. {error.sentence}"
    if current == recorded_backend:
        return ""
    return f"The system's keychain changed from {recorded_backend} to {current}."


def _unreachable(backend: KeyringBackend) -> KeychainRefusedError:
    return KeychainRefusedError(
        f"The system's keychain did not answer, or is locked ({backend_name(backend)}).",
        "Unlock it and try again, or use the passphrase.",
    )
