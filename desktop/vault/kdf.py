"""From a passphrase to a 256-bit key: Argon2id (RFC 9106) with parameters that are kept beside its result."""

from __future__ import annotations

import base64
import secrets
import time
import unicodedata
from typing import Literal

import msgspec
from argon2.exceptions import HashingError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

from desktop.vault.errors import DamagedVaultError, VaultError, WeakPassphraseError

KEY_BYTES = 32
SALT_BYTES = 16
FLOOR_MEMORY_KIB = 64 * 1024
FLOOR_ITERATIONS = 3
CEILING_MEMORY_KIB = 1024 * 1024
CEILING_ITERATIONS = 64
CEILING_LANES = 4
# What one unlocking should take: long enough to cost a guesser, short enough for a person.
WANTED_SECONDS = (0.4, 1.0)


class Cost(msgspec.Struct, frozen=True):
    """How dear one derivation is. Memory is in KiB."""

    memory_kib: int = 128 * 1024
    iterations: int = 4
    lanes: int = 2


DEFAULT_COST = Cost()
# The cheapest that is accepted anywhere: for tests that create many vaults.
FLOOR_COST = Cost(memory_kib=FLOOR_MEMORY_KIB, iterations=FLOOR_ITERATIONS, lanes=4)


class KdfParameters(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to derive the key again, as it stands in keyslots.json."""

    salt: str  # base64
    memory_kib: int
    iterations: int
    lanes: int
    algorithm: Literal["argon2id"] = "argon2id"
    version: int = ARGON2_VERSION


def new_key() -> bytes:
    """A random 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def new_parameters(cost: Cost = DEFAULT_COST) -> KdfParameters:
    """These costs with a fresh salt. Raises ValueError for costs outside of what is accepted."""
    parameters = KdfParameters(
        salt=base64.b64encode(secrets.token_bytes(SALT_BYTES)).decode(),
        memory_kib=cost.memory_kib,
        iterations=cost.iterations,
        lanes=cost.lanes,
    )
    problem = problem_with(parameters)
    if problem:
        raise ValueError(problem)
    return parameters


def derive(passphrase: str, parameters: KdfParameters) -> bytes:
    """32 bytes. Slow and hungry by design; safe on any thread.

    Raises DamagedVaultError if the parameters are below the floor (somebody weakened them) or absurdly
    high (somebody wants the computer to stall).
    """
    problem = problem_with(parameters)
    if problem:
        raise DamagedVaultError(
            f"The file keyslots.json was changed: {problem}.", "Restore it, or the vault, from a backup."
        )
    try:
        return hash_secret_raw(
            normalised(passphrase),
            base64.b64decode(parameters.salt),
            time_cost=parameters.iterations,
            memory_cost=parameters.memory_kib,
            parallelism=parameters.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
            version=parameters.version,
        )
    except (HashingError, MemoryError) as error:
        raise VaultError(
            f"The passphrase check needs {parameters.memory_kib // 1024} MiB of memory: more than is free.",
            "Close some programs and try again.",
        ) from error


def derive_new(passphrase: str, cost: Cost | None = None) -> tuple[bytes, KdfParameters]:
    """A key and fresh parameters for a new slot.

    With no `cost` given, the default is measured while it is used, and its iterations are set so that one
    unlocking takes about half a second on this computer; memory is never lowered.
    """
    check_new_passphrase(passphrase)
    parameters = new_parameters(cost or DEFAULT_COST)
    started = time.perf_counter()
    key = derive(passphrase, parameters)
    seconds = time.perf_counter() - started
    if cost is not None or WANTED_SECONDS[0] <= seconds <= WANTED_SECONDS[1]:
        return key, parameters
    iterations = calibrated_iterations(parameters.iterations, seconds)
    if iterations == parameters.iterations:
        return key, parameters
    parameters = new_parameters(msgspec.structs.replace(DEFAULT_COST, iterations=iterations))
    return derive(passphrase, parameters), parameters


def calibrated_iterations(iterations: int, seconds: float) -> int:
    """How many iterations take about 0.6 s, if so many took so many seconds; within floor and ceiling."""
    wanted = round(iterations * 0.6 / max(seconds, 0.001))
    return max(FLOOR_ITERATIONS, min(CEILING_ITERATIONS, wanted))


def check_new_passphrase(passphrase: str) -> None:
    """Raises WeakPassphraseError for a passphrase that protects nothing."""
    if not passphrase.strip():
        raise WeakPassphraseError(
            "The passphrase is empty, so it would protect nothing.",
            "Choose one: a few unrelated words do well.",
        )


def normalised(passphrase: str) -> bytes:
    """The same bytes for the same passphrase on every keyboard: é may be typed as one sign or as two."""
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def problem_with(parameters: KdfParameters) -> str:
    """Why these parameters are not accepted, as part of a sentence; empty when they are."""
    try:
        salt = base64.b64decode(parameters.salt, validate=True)
    except ValueError:
        return "its salt is not base64"
    if parameters.version != ARGON2_VERSION:
        return f"its Argon2 version is {parameters.version} instead of {ARGON2_VERSION}"
    if not SALT_BYTES <= len(salt) <= 64:
        return f"its salt has {len(salt)} bytes instead of {SALT_BYTES} or more"
    if (
        parameters.memory_kib < FLOOR_MEMORY_KIB
        or parameters.iterations < FLOOR_ITERATIONS
        or parameters.lanes < 1
    ):
        return "the passphrase would be protected less than this program allows"
    if (
        parameters.memory_kib > CEILING_MEMORY_KIB
        or parameters.iterations > CEILING_ITERATIONS
        or parameters.lanes > CEILING_LANES
    ):
        return "checking the passphrase would take more memory or time than this program allows"
    return ""
