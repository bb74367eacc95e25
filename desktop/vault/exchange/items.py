"""What an export holds, in this order: manifest, definitions, connector settings, accounts with their
earlier generations, end. Each item is a frame of its own (u32 length, MessagePack), so that neither writer
nor reader ever holds more than one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from desktop.vault.errors import VaultError
from desktop.vault.exchange.container import OpeningReader, Sealed, SealingWriter, damaged
from desktop.vault.records import AccountRow, Generation, SavedRequest

LARGEST_ITEM = 1 << 25
_LENGTH = struct.Struct(">I")


class Manifest(msgspec.Struct, frozen=True, kw_only=True, tag="manifest"):
    """The first item."""

    created_at: datetime
    program: str
    with_history: bool
    account_ids: tuple[str, ...]


class DefinitionItem(msgspec.Struct, frozen=True, kw_only=True, tag="definition"):
    """An own definition: the TOML file and what lies beside it, by name. Nothing says that it may run."""

    key: str
    files: Mapping[str, bytes]


class SettingsItem(msgspec.Struct, frozen=True, kw_only=True, tag="settings"):
    """What belongs to a connector: client id, client secret …"""

    connector: str
    values: Mapping[str, str]


class AccountItem(msgspec.Struct, frozen=True, kw_only=True, tag="account"):
    """An account as it is, with the credential in force and its saved requests.

    Its `earlier` generations follow, the oldest first.
    """

    row: AccountRow
    profile: str  # JSON
    current: Generation
    requests: tuple[SavedRequest, ...] = ()
    earlier: int = 0


class PersonItem(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an account stood for before it became somebody else's."""

    name: str
    email: str = ""
    identity: str = ""
    profile: str = "{}"  # JSON


class GenerationItem(msgspec.Struct, frozen=True, kw_only=True, tag="generation"):
    """An earlier generation of the account before it. `person`: it was the last one of that person."""

    generation: Generation
    person: PersonItem | None = None


class End(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """The last item: how many there were."""

    definitions: int = 0
    settings: int = 0
    accounts: int = 0
    generations: int = 0  # the current ones included


Item = Manifest | DefinitionItem | SettingsItem | AccountItem | GenerationItem | End
_decoder = msgspec.msgpack.Decoder(Item)
_encoder = msgspec.msgpack.Encoder()


class ItemWriter:
    """Puts items into a container and counts them."""

    def __init__(self, container: SealingWriter) -> None:
        self._container = container
        self.counted = End()

    def put(self, item: Item) -> None:
        """One item more. Raises VaultError for one that no reader would take."""
        content = _encoder.encode(item)
        if len(content) > LARGEST_ITEM:
            raise VaultError(
                "One record or definition is too large to be exported (more than 32 MiB).",
                "Export the accounts without it.",
            )
        self._container.write(_LENGTH.pack(len(content)) + content)
        self.counted = count(self.counted, item)

    def finish(self) -> End:
        """Writes the end. Returns the numbers."""
        self.put(self.counted)
        self._container.finish()
        return self.counted


def read_items(sealed: Sealed) -> Iterator[Item]:
    """All items from the first to the end, which is checked against them.

    Raises DamagedVaultError. What was yielded before is authentic, but only the end says that it was all.
    """
    with OpeningReader(sealed) as reader:
        seen, owed, first = End(), 0, True
        while True:
            item = _next(reader)
            if isinstance(item, Manifest) != first or (owed > 0) != isinstance(item, GenerationItem):
                raise damaged()
            if isinstance(item, End):
                break
            first = False
            owed = item.earlier if isinstance(item, AccountItem) else max(0, owed - 1)
            seen = count(seen, item)
            yield item
        reader.expect_end()
        if item != seen:
            raise damaged()
        yield item


def count(so_far: End, item: Item) -> End:
    """The numbers with this item among them."""
    match item:
        case DefinitionItem():
            return msgspec.structs.replace(so_far, definitions=so_far.definitions + 1)
        case SettingsItem():
            return msgspec.structs.replace(so_far, settings=so_far.settings + 1)
        case AccountItem():
            return msgspec.structs.replace(
                so_far, accounts=so_far.accounts + 1, generations=so_far.generations + 1
            )
        case GenerationItem():
            return msgspec.structs.replace(so_far, generations=so_far.generations + 1)
    return so_far


def _next(reader: OpeningReader) -> Item:
    (length,) = _LENGTH.unpack(reader.read(_LENGTH.size))
    if length > LARGEST_ITEM:
        raise damaged()
    try:
        item: Item = _decoder.decode(reader.read(length))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise damaged() from error
    return item
