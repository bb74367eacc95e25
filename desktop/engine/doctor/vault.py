"""Is the vault there, private, and on a disk with room? What is inside is for `vault check`."""

from __future__ import annotations

import shutil

from desktop.engine.doctor.finding import Finding, Outcome, Situation
from desktop.vault import keyslots, store
from desktop.vault.errors import VaultError

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
    free = shutil.disk_usage(home).free
    if free < ROOM:
        return _finding(
            "problem",
            f"The disk of {home} is nearly full ({free >> 20} MiB left).",
            "Free some space: a token that could not be saved is not renewed.",
        )
    opens, state = " and by the ".join(kinds), _STATES.get(situation.vault_state, "")
    return _finding("ok", f"The vault in {home} is private and opens by the {opens}. {state}".strip())


def _finding(outcome: Outcome, sentence: str, hint: str = "") -> Finding:
    return Finding(check="vault", title="Vault", outcome=outcome, sentence=sentence, hint=hint)
