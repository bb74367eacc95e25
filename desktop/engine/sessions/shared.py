"""Sessions that several consoles share through Redis. It sees neither tokens nor who they belong to.

Values are sealed with AES-256-GCM under a key made of the secret that the consoles were given; names are a
keyed digest of the connector and what was filled in. Who has the same account and secret finds the session.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from connectors.credential import Credential, decode, encode
from connectors.errors import ServiceError

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from desktop.engine.core import Subject

log = logging.getLogger(__name__)
PATIENCE = 5.0  # seconds for one answer of Redis
LONGEST_SIGN_IN = 60.0  # seconds after which another console may try
LONGEST_KEPT = 24 * 3600  # seconds, for a session that does not say when it ends
_NONCE = 12
_SALT = b"jackfield shared sessions 1"


class SharedSessions:
    """The connections to Redis, one for each address. Belongs to the engine's loop."""

    def __init__(self) -> None:
        self._clients: dict[str, Redis] = {}

    def of(self, subject: Subject) -> SharedSession:
        """The account's place. Raises ServiceError when redis-py is not installed or the address is none."""
        inputs = subject.inputs
        url = inputs.setting("redis_url")
        if url not in self._clients:
            self._clients[url] = _client(url)
        about = [inputs.connector.key, inputs.method.key, sorted(subject.credential.fields.items())]
        return SharedSession(
            self._clients[url], _key(inputs.setting("redis_secret")), msgspec.json.encode(about)
        )

    async def close(self) -> None:
        """Ends the connections."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()


class SharedSession:
    """One account's session in Redis. While Redis is away it is as if nothing were there; that is logged."""

    def __init__(self, client: Redis, key: bytes, about: bytes) -> None:
        self._client = client
        self._cipher = AESGCM(key)
        self._name = "jackfield:" + hmac.new(key, about, hashlib.sha256).hexdigest()

    async def load(self) -> Credential | None:
        """What another console left there; None when there is nothing that can be opened."""
        from redis.exceptions import RedisError

        try:
            sealed = await self._client.get(self._name)
        except RedisError as error:
            _away(error)
            return None
        if not isinstance(sealed, bytes) or len(sealed) <= _NONCE:
            return None
        try:
            return decode(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._name.encode()))
        except (InvalidTag, msgspec.DecodeError) as error:
            log.warning("a shared session cannot be opened: %s", type(error).__name__)
            return None

    async def store(self, credential: Credential) -> bool:
        """Leaves the session there until it ends. False: Redis is away, and nothing was left."""
        from redis.exceptions import RedisError

        nonce = secrets.token_bytes(_NONCE)
        record = encode(msgspec.structs.replace(credential, fields={}))
        sealed = nonce + self._cipher.encrypt(nonce, record, self._name.encode())
        life = max(credential.expires_in or LONGEST_KEPT, 1)
        try:
            await self._client.set(self._name, sealed, ex=min(life, LONGEST_KEPT))
        except RedisError as error:
            _away(error)
            return False
        return True

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """While inside, no other console signs in to this account."""
        from redis.exceptions import LockError, RedisError

        lock = self._client.lock(
            f"{self._name}:lock", timeout=LONGEST_SIGN_IN, blocking_timeout=LONGEST_SIGN_IN, sleep=0.05
        )
        held = False
        try:
            held = bool(await lock.acquire())
        except RedisError as error:
            _away(error)
        try:
            yield
        finally:
            if held:
                try:
                    await lock.release()
                except (LockError, RedisError) as error:  # it has run out by itself
                    _away(error)


def _client(url: str) -> Redis:
    try:
        from redis.asyncio import Redis
    except ImportError as error:
        raise ServiceError(
            "Sharing sessions through Redis needs redis-py, which is not installed.",
            "Install the extra: pip install 'jackfield[redis]'.",
        ) from error
    options: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    try:
        return Redis.from_url(url, **options)
    except ValueError as error:
        raise ServiceError(
            "The address of Redis cannot be used.", "It is like redis://127.0.0.1:6379/0."
        ) from error


@lru_cache(maxsize=16)
def _key(secret: str) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=32)


def _away(error: Exception) -> None:
    log.warning("Redis did not keep a shared session: %s", type(error).__name__)
