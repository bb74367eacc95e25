"""The encrypted file of an export: a head in the clear, then sealed chunks of equal size.

    "JACKFIELD-EXPORT\\n" | u32 length | head as JSON | 32 bytes commitment | 32 bytes SHA-256 of all before
    chunk: 64 KiB and a tag of 16 bytes, AES-256-GCM; only the last one is shorter

The key comes from the passphrase (Argon2id, RFC 9106, fresh salt) through HKDF-SHA256 (RFC 5869), which also
gives the commitment: it tells a wrong passphrase from a damaged file, and no file opens with two
passphrases. A key is used for one file only, so the nonce is the chunk's number and whether it is the last
(the STREAM construction): chunks cannot be exchanged, repeated or cut off. The hash of all that stands
before them is their associated data.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.vault import kdf
from desktop.vault.errors import DamagedVaultError, NewerSchemaError, VaultError, WrongPassphraseError

MAGIC = b"JACKFIELD-EXPORT\n"
VERSION = 1
CHUNK = 1 << 16
LARGEST = 1 << 36  # bytes; no vault comes near it
_TAG = 16
_HASH = 32
_LARGEST_HEAD = 4096
_LENGTH = struct.Struct(">I")


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says in the clear."""

    version: int = VERSION
    kdf: kdf.KdfParameters


class Keys(NamedTuple):
    """What one passphrase and one head give."""

    sealing: bytes
    commitment: bytes


class Sealed(NamedTuple):
    """A file whose head was read and whose passphrase was right. Holds the key: forget it when done.

    `bound` is the hash of the head; another export under the same name has another one.
    """

    path: Path
    key: bytes
    bound: bytes
    start: int


class SealingWriter:
    """Writes a new container into a file that is open for writing."""

    def __init__(self, file: BinaryIO, passphrase: str, cost: kdf.Cost | None = None) -> None:
        """Slow: derives the key. Raises WeakPassphraseError."""
        secret, parameters = kdf.derive_new(passphrase, cost)
        head = msgspec.json.encode(Head(kdf=parameters))
        keys = _keys(secret, head)
        before = MAGIC + _LENGTH.pack(len(head)) + head + keys.commitment
        self._bound = hashlib.sha256(before).digest()
        self._sealing = AESGCM(keys.sealing)
        self._file = file
        self._waiting = bytearray()
        self._number = 0
        file.write(before + self._bound)

    def write(self, content: bytes) -> None:
        """Takes more plaintext."""
        self._waiting += content
        while len(self._waiting) > CHUNK:  # the last chunk is only known at the end
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """Seals what is left as the last chunk."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, content: bytes, *, last: bool) -> None:
        self._file.write(self._sealing.encrypt(_nonce(self._number, last), content, self._bound))
        self._number += 1


class OpeningReader:
    """Reads the plaintext of a container from its beginning, chunk by chunk. A context manager."""

    def __init__(self, sealed: Sealed) -> None:
        """Raises DamagedVaultError where the file is no longer the one that was opened."""
        self._opening = AESGCM(sealed.key)
        self._bound = sealed.bound
        self._file = _open(sealed.path)
        self._number = 0
        self._ready = bytearray()
        self._ended = False
        self._file.seek(sealed.start - _HASH)
        if self._file.read(_HASH) != sealed.bound:
            self.close()
            raise DamagedVaultError(
                "The file was changed since it was opened.", "Open it again. Nothing was imported."
            )
        self._next = self._file.read(CHUNK + _TAG)

    def __enter__(self) -> OpeningReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def read(self, size: int) -> bytes:
        """Exactly so many bytes. Raises DamagedVaultError where there are fewer, or they were changed."""
        while len(self._ready) < size:
            if self._ended:
                raise damaged()
            self._fetch()
        content = bytes(self._ready[:size])
        del self._ready[:size]
        return content

    def expect_end(self) -> None:
        """Raises DamagedVaultError if anything follows."""
        while not self._ended:
            self._fetch()
        if self._ready:
            raise damaged()

    def _fetch(self) -> None:
        sealed, self._next = self._next, self._file.read(CHUNK + _TAG)
        self._ended = not self._next
        try:
            self._ready += self._opening.decrypt(_nonce(self._number, self._ended), sealed, self._bound)
        except (InvalidTag, ValueError) as error:
            raise damaged() from error
        self._number += 1


def unseal(path: Path, passphrase: str) -> Sealed:
    """Reads the head and derives the key. Slow; safe on any thread.

    Raises WrongPassphraseError, NewerSchemaError, DamagedVaultError (damaged, or no export at all).
    """
    with _open(path) as file:
        before, head = _read_head(file)
        commitment, bound = file.read(_HASH), file.read(_HASH)
        start = file.tell()
    if not hmac.compare_digest(hashlib.sha256(before + commitment).digest(), bound):
        raise damaged()
    if problem := kdf.problem_with(head.kdf):
        raise DamagedVaultError(f"This export cannot be opened: {problem}.", "Make the export again.")
    keys = _keys(kdf.derive(passphrase, head.kdf), before[len(MAGIC) + _LENGTH.size :])
    if not hmac.compare_digest(keys.commitment, commitment):
        raise WrongPassphraseError(
            "The passphrase does not open this export.",
            "It is the one that was chosen when the export was made, not the vault's.",
        )
    return Sealed(path, keys.sealing, bound, start)


def damaged() -> DamagedVaultError:
    """The sentence for an export that is not as it was written."""
    return DamagedVaultError(
        "The export is damaged or incomplete: it is not what was written.",
        "Nothing was imported. Copy it again from where it came from, or make it again.",
    )


def _read_head(file: BinaryIO) -> tuple[bytes, Head]:
    start = file.read(len(MAGIC) + _LENGTH.size)
    if not start.startswith(MAGIC):
        raise DamagedVaultError(
            f"{Path(file.name).name} is not an export of Jackfield.",
            "Nothing was imported. Use another file.",
        )
    length = _LENGTH.unpack(start[len(MAGIC) :])[0] if len(start) == len(MAGIC) + _LENGTH.size else 0
    raw = file.read(length) if length <= _LARGEST_HEAD else b""
    if not raw or len(raw) != length:
        raise damaged()
    try:
        version = msgspec.json.decode(raw, type=_Version).version
        if version > VERSION:
            raise NewerSchemaError(
                "This export was written by a newer version of Jackfield.",
                "Install that version or a later one. Nothing was imported.",
            )
        head = msgspec.json.decode(raw, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged() from error
    return start + raw, head


def _open(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise VaultError(f"{path} cannot be read: {why}.", "Check the file's name.") from error
    if file.seek(0, 2) > LARGEST:
        file.close()
        raise DamagedVaultError(f"{path.name} is far larger than any export.", "Use another file.")
    file.seek(0)
    return file


def _keys(secret: bytes, head: bytes) -> Keys:
    material = HKDF(SHA256(), 2 * _HASH, salt=None, info=b"jackfield export\0" + head).derive(secret)
    return Keys(material[:_HASH], material[_HASH:])


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class _Version(msgspec.Struct):
    version: int
