"""Is the vault there, private, and on a disk with room? What is inside is for `vault check`."""

from __future__ import annotations

import shutil

from connectors.credential import utc_now
from desktop.engine.doctor.finding import Finding, Outcome, Situation
from desktop.vault import keyslots, store
from desktop.vault.errors import VaultError
from desktop.vault.keeping import rolling
from desktop.vault.opening import on_read_only_disk

ROOM = 50 << 20  # bytes; backups and the write-ahead log need more than a record
_STATES = {"open": "It is open.", "locked": "It is locked."}


def look(situation: Situation) -> Finding:
    """Files and rights, without opening anything."""
    home = situation.home
    if situation.vault_state == "missing":
        return _finding("warning", f"There is no vault in {home} yet.", "Create one: jackfield vault init.")
    try:
        store.check(home)
        kinds = [slot.kind for slot in keyslots.load(home).slots]
    except VaultError as error:
        return _finding("problem", error.sentence, error.hint)
    if on_read_only_disk(home):
        return _finding(
            "problem",
            f"The disk of {home} is read-only: the vault can be read, and nothing can be saved.",
            "Make it writable, or copy the folder to another disk.",
        )
    free = shutil.disk_usage(home).free
    if free < ROOM:
        return _finding(
            "problem",
            f"The disk of {home} is nearly full ({free >> 20} MiB left).",
            "Free some space: a token that could not be saved is not renewed.",
        )
    if (last := rolling.overdue(home, utc_now())) is not None:
        return _finding(
            "warning",
            f"The last backup that the vault made of itself is of {last.astimezone():%Y-%m-%d}.",
            "One is made on each day of use: jackfield vault check says why there is none since.",
        )
    opens, state = " and by the ".join(kinds), _STATES.get(situation.vault_state, "")
    return _finding("ok", f"The vault in {home} is private and opens by the {opens}. {state}".strip())


def _finding(outcome: Outcome, sentence: str, hint: str = "") -> Finding:
    return Finding(check="vault", title="Vault", outcome=outcome, sentence=sentence, hint=hint)
