"""Follows the activity's chain from its first entry to its last, and says where and how it is broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from desktop.vault import chain, values
from desktop.vault.database import Database, Row
from desktop.vault.records import BreakKind, ChainBreak, ChainReport

_COLUMNS = ", ".join((*chain.CONTENT, "hash"))
_ID, _AT, _ACTION, _DETAIL, _WHO, _HASH = 0, 1, 5, 8, 9, 10
RESTORED = "vault_restored"
LATEST = 253402300799 * 1_000_000  # the end of the year 9999, in microseconds

_DIGEST = re.compile(r"[0-9a-f]{64}")

Progress = Callable[[int, int], None]


def verify(database: Database, known_head: str = "", progress: Progress | None = None) -> ChainReport:
    """Reads every entry. `known_head` is a hash that was written down earlier (its first digits will do).

    `progress` is told how many entries of how many are done. Others may add entries meanwhile. The first
    break ends it: behind it nothing can be said.
    """
    # Asked first: what is added from here on only makes the last number larger.
    given = database.value("SELECT seq FROM sqlite_sequence WHERE name = 'activity'") or 0
    seen = _Seen(database, given, known_head.lower())
    while page := database.rows(
        f"SELECT {_COLUMNS} FROM activity WHERE id > ? ORDER BY id LIMIT {chain.PAGE}",  # noqa: S608 - our own names
        (seen.last,),
    ):
        for row in page:
            if (broken := seen.take(row)) is not None:
                return seen.report(broken)
        if progress is not None:
            progress(seen.last, max(given, seen.last))
    return seen.report(seen.ended())


class _Seen:
    """What is known of the entries up to the last one that was taken."""

    def __init__(self, database: Database, given: int, known_head: str) -> None:
        self._database, self._given, self._known_head = database, given, known_head
        self._before, self._at = chain.BEGINNING, None
        self.first, self.last, self.older = 1, 0, 0
        self._head_found = not known_head
        self._restored: Row | None = None  # the last entry that says that a backup was put back

    def take(self, row: Row) -> ChainBreak | None:
        """The next entry; what is wrong with it."""
        number = row[_ID]
        if self.last == 0 and number > 1:
            self._begin_later(number)
        if number != self.last + 1:
            return self._missing(row)
        hashed = row[_HASH]
        if chain.link(self._before, row[:_HASH]) != hashed:
            return self._not_following(row)
        self.last, self._before, self._at = number, hashed, row[_AT]
        if row[_WHO] == "" and (self.older == number - 1 or number == self.first):
            self.older = number
        if row[_ACTION] == RESTORED:
            self._restored = row
        self._look_for_head()
        return None

    def ended(self) -> ChainBreak | None:
        """After the last entry; what is missing behind it."""
        if self.last < self._given:
            gone = _entries(self.last + 1, self._given)
            sentence = f"{gone} missing at the end: what was written last was removed."
            return ChainBreak(number=self.last + 1, kind="cut", sentence=sentence)
        if not self._head_found:
            return ChainBreak(number=self.last + 1, kind="unknown_head", sentence=self._unknown_head())
        return None

    def report(self, broken: ChainBreak | None) -> ChainReport:
        """All that is known by now."""
        empty = self.last < self.first
        return ChainReport(
            first=self.first,
            last=self.last,
            head="" if empty else self._before.hex(),
            at=None if empty else _moment(self._at),
            older=self.older,
            broken=broken,
        )

    def _unknown_head(self) -> str:
        unknown = "The head that was written down is not in this chain"
        pruned = f" Entries up to {self.first - 1:,} were pruned; it may be one of theirs." * (self.first > 1)
        if self._restored is None:
            return (
                f"{unknown}: the entries up to it were removed or written anew, an older copy of the vault "
                f"was put back, or it is another vault's.{pruned}"
            )
        when, number = _when(self._restored), self._restored[_ID]
        return (
            f"{unknown}, and the vault was put back to an earlier state: a backup was restored on {when} "
            f"(entry {number:,}). What was written after that backup was made is not in this chain; the head "
            f"may be of that time.{pruned}"
        )

    def _begin_later(self, number: int) -> None:
        """The oldest may be gone by order: an entry further on tells their last number and its hash."""
        for (detail,) in self._database.rows(
            "SELECT detail FROM activity WHERE action = 'pruned' ORDER BY id DESC"
        ):
            told = _told(detail)
            if told.get("up_to") == number - 1 and _DIGEST.fullmatch(str(told.get("hash"))):
                self._before = bytes.fromhex(told["hash"])
                self.last, self.first = number - 1, number
                self._look_for_head()
                return

    def _look_for_head(self) -> None:
        if not self._head_found and self._before.hex().startswith(self._known_head):
            self._head_found = True

    def _missing(self, row: Row) -> ChainBreak:
        gone = _entries(self.last + 1, row[_ID] - 1)
        return self._break(
            self.last + 1, "missing", f"{gone} missing, before the entry of {_when(row)}.", row
        )

    def _not_following(self, row: Row) -> ChainBreak:
        """Looks for what was done to the entry: every guess is proven by the hashes that still fit."""
        number = row[_ID]
        after = self._after(number)
        elsewhere = self._place_of(number)
        if elsewhere == number + 1 and not self._fits(row, number + 1, self._hash_at(number + 1)):
            sentence = f"An entry was put in before entry {number:,}."
            return self._break(number, "inserted", sentence, row)
        if elsewhere is not None:
            sentence = f"Entry {number:,} stands in another place: as number {elsewhere:,}."
            return self._break(number, "moved", sentence, row)
        hashed = row[_HASH] if isinstance(row[_HASH], bytes) else b""
        if after is not None and chain.link(hashed, after[:_HASH]) != after[_HASH]:
            sentence = f"Entry {number:,} does not follow the one before it: it was changed or replaced."
        elif number == self.first:
            sentence = f"Entry {number:,} was changed after it was written."
        else:
            together = f"or entry {number - 1:,} together with its hash"
            sentence = f"Entry {number:,} was changed after it was written, {together}."
        return self._break(number, "changed", sentence, row)

    def _break(self, number: int, kind: BreakKind, sentence: str, row: Row) -> ChainBreak:
        return ChainBreak(number=number, kind=kind, at=_moment(row[_AT]), sentence=sentence)

    def _after(self, number: int) -> Row | None:
        return self._database.row(f"SELECT {_COLUMNS} FROM activity WHERE id = ?", (number + 1,))  # noqa: S608

    def _hash_at(self, number: int) -> Any:
        return self._database.value("SELECT hash FROM activity WHERE id = ?", (number,))

    def _place_of(self, number: int) -> int | None:
        """Where the entry stands now that has the hash which belongs here."""
        done = number
        while page := self._database.rows(
            f"SELECT {_COLUMNS} FROM activity WHERE id > ? ORDER BY id LIMIT {chain.PAGE}",  # noqa: S608
            (done,),
        ):
            for row in page:
                if self._fits(row, number, self._before):
                    return int(row[_ID])
            done = page[-1][_ID]
        return None

    def _fits(self, row: Row, number: int, before: Any) -> bool:
        """Whether this is entry `number`, whatever number it bears now."""
        return isinstance(before, bytes) and chain.link(before, (number, *row[1:_HASH])) == row[_HASH]


def _entries(first: int, last: int) -> str:
    return f"Entry {first:,} is" if first == last else f"Entries {first:,} to {last:,} are"


def _told(detail: Any) -> dict[str, Any]:
    try:
        return values.from_json(detail)
    except (TypeError, msgspec.DecodeError, msgspec.ValidationError):
        return {}


def _moment(at: Any) -> datetime | None:
    return values.moment_from(at) if isinstance(at, int) and 0 <= at <= LATEST else None


def _when(row: Row) -> str:
    moment = _moment(row[_AT])
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else "no known time"
