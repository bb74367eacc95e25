"""The pages of an encrypted database, one by one: decrypted in memory, and only if their checksum is right.

SQLCipher stops at the first damaged page; here it costs that page alone. The layout is SQLCipher 4's: a salt
of 16 bytes at the beginning of the file, pages of 4096 bytes, at the end of each its initialisation vector
and an HMAC-SHA512 of the page and its number. A single flipped bit is found by trying: the HMAC tells which.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SIZE = 4096
SALT = 16
VECTOR = 16
TAG = 64
RESERVED = VECTOR + TAG
_BLOCK = 128  # of SHA-512
_HEAD = b"SQLite format 3\0"
_SALT_MASK = 0x3A


class PageReader:
    """Opens pages with one key. `repairs` is how many pages are searched in vain for a flipped bit.

    A search takes a tenth of a second, and where much is damaged hardly a page has only one wrong bit.
    """

    def __init__(self, key: bytes, salt: bytes, repairs: int = 12) -> None:
        self._key = key
        self.repairs = repairs
        self.repaired = 0
        self.use_salt(salt)

    def use_salt(self, salt: bytes) -> None:
        """The key of the checksums comes from the salt; the encryption itself does not need it."""
        masked = bytes(byte ^ _SALT_MASK for byte in salt)
        tag_key = hashlib.pbkdf2_hmac("sha512", self._key, masked, 2, 32).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha512(bytes(byte ^ 0x36 for byte in tag_key))
        self._outer = hashlib.sha512(bytes(byte ^ 0x5C for byte in tag_key))

    def fits(self, number: int, page: bytes) -> bool:
        """Whether the page is what was written as this number."""
        body, tag = _parts(number, page)
        return hmac.compare_digest(self._tag(number, body), tag)

    def open(self, number: int, page: bytes) -> bytes | None:
        """The page in the clear; None if it is damaged beyond one bit."""
        if len(page) != SIZE:
            return None
        if not any(page):
            return page  # never written: SQLCipher takes it for an empty one, too
        body, tag = _parts(number, page)
        if not hmac.compare_digest(self._tag(number, body), tag):
            found = self._repaired(number, body, tag)
            if found is None:
                return None
            body = found
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(body[-VECTOR:])).decryptor()
        clear = decryptor.update(body[:-VECTOR]) + decryptor.finalize()
        return (_HEAD if number == 1 else b"") + clear + bytes(RESERVED)

    def _tag(self, number: int, body: bytes) -> bytes:
        inner = self._inner.copy()
        inner.update(body)
        return self._finished(inner.copy(), number)

    def _finished(self, inner: hashlib._Hash, number: int) -> bytes:
        inner.update(number.to_bytes(4, "little"))
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()

    def _repaired(self, number: int, body: bytes, tag: bytes) -> bytes | None:
        """The page's body with the one bit put back that was flipped, in it or in its checksum."""
        if self.repairs <= 0:
            return None
        if _bits_between(self._tag(number, body), tag) == 1:
            self.repaired += 1
            return body
        before = self._inner.copy()
        for start in range(0, len(body), _BLOCK):
            rest = body[start + _BLOCK :]
            for block in _flipped(body[start : start + _BLOCK]):
                inner = before.copy()
                inner.update(block)
                inner.update(rest)
                if self._finished(inner, number) == tag:
                    self.repaired += 1
                    return body[:start] + block + rest
            before.update(body[start : start + _BLOCK])
        self.repairs -= 1
        return None


def find_salt(key: bytes, content: bytes) -> bytes | None:
    """The salt with which some page fits: the file's, or that with one bit put back. None: neither."""
    written = content[:SALT]
    for salt in (written, *_flipped(written)):
        reader = PageReader(key, salt)
        for number in range(2, min(len(content) // SIZE, 9) + 1):
            if reader.fits(number, content[(number - 1) * SIZE : number * SIZE]):
                return salt
    return written if PageReader(key, written).fits(1, content[:SIZE]) else None


def _parts(number: int, page: bytes) -> tuple[bytes, bytes]:
    return page[SALT if number == 1 else 0 : -TAG], page[-TAG:]


def _flipped(content: bytes) -> Iterator[bytes]:
    for place in range(len(content)):
        for bit in range(8):
            yield content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


def _bits_between(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()
