"""The file of an export: how it comes into being, and what becomes of one that is not as it was written."""

from __future__ import annotations

import os
import random
import stat
from pathlib import Path

import msgspec
import pytest

from desktop.vault import kdf
from desktop.vault.errors import (
    DamagedVaultError,
    NewerSchemaError,
    SaveFailedError,
    VaultError,
    WeakPassphraseError,
    WrongPassphraseError,
)
from desktop.vault.exchange import container, items
from desktop.vault.exchange.container import Sealed, unseal
from desktop.vault.exchange.items import DefinitionItem, Manifest
from desktop.vault.exchange.writing import Selection
from desktop.vault.vault import Vault
from tests.vault.exchanging import WORDS, exported, look
from tests.vault.helpers import NOW, account


def test_a_cancelled_or_failed_export_leaves_nothing(full: Vault, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def progress(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        full.export(folder / "file", WORDS, Selection(), progress=progress, cost=kdf.FLOOR_COST)
    with pytest.raises(WeakPassphraseError):
        full.export(folder / "file", "  ", Selection(), cost=kdf.FLOOR_COST)
    huge = DefinitionItem(key="huge", files={"huge.toml": bytes(items.LARGEST_ITEM)})
    with pytest.raises(VaultError, match="too large"):
        full.export(folder / "file", WORDS, Selection(definitions=[huge]), cost=kdf.FLOOR_COST)
    assert list(folder.iterdir()) == []
    with pytest.raises(SaveFailedError, match="no folder"):
        full.export(folder / "absent" / "file", WORDS, Selection(), cost=kdf.FLOOR_COST)


def test_an_export_replaces_an_older_one_and_no_other_file(full: Vault, tmp_path: Path) -> None:
    path = tmp_path / "file"
    exported(full, path, account_ids=[account(1).id])
    path.chmod(0o644)
    assert len(look(full, exported(full, path))) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "letter").write_text("Dear")
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "empty").touch()
    for name in ("letter", "link", "empty", "."):
        with pytest.raises(SaveFailedError, match="left alone"):
            exported(full, tmp_path / name)
    assert (tmp_path / "letter").read_text() == "Dear"


def test_leftovers_of_a_killed_export_go_with_the_next(full: Vault, tmp_path: Path) -> None:
    path = tmp_path / "file"
    left = tmp_path / f".{path.name}.0123456789abcdef.partial"
    others = tmp_path / ".another.0123456789abcdef.partial"
    for file in (left, others):
        file.write_bytes(b"half")
    exported(full, path)
    assert not left.exists()
    assert others.exists()


def test_a_wrong_passphrase_and_a_foreign_file_are_told_apart(full: Vault, tmp_path: Path) -> None:
    path = tmp_path / "file"
    exported(full, path)
    with pytest.raises(WrongPassphraseError, match="does not open this export"):
        unseal(path, "wrong")
    for content in (b"", b"JACKFIELD", b"PK\x03\x04" + bytes(5000), b"x" * 100_000):
        (tmp_path / "foreign").write_bytes(content)
        with pytest.raises(DamagedVaultError, match="is not an export of Jackfield"):
            unseal(tmp_path / "foreign", WORDS)
    with pytest.raises(VaultError, match="cannot be read"):
        unseal(tmp_path / "absent", WORDS)


def test_a_changed_or_shortened_file_is_never_taken(full: Vault, other: Vault, tmp_path: Path) -> None:
    for number in range(200):  # more than one chunk
        full.add_account(account(1000 + number), os.urandom(400).hex().join('""').encode(), {})
    sealed = exported(full, tmp_path / "file")
    whole = sealed.path.read_bytes()
    chance = random.Random(5)
    damage = [whole[:size] for size in [1, 40, *chance.sample(range(len(whole)), 40), len(whole) - 1]]
    damage += [whole + b"\0", whole[: sealed.start + 16 + container.CHUNK], whole[: sealed.start]]
    for place in [0, 3, 18, 30, sealed.start - 1, *chance.sample(range(len(whole)), 60)]:
        damage.append(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
    broken = tmp_path / "broken"
    for content in damage:
        broken.write_bytes(content)
        with pytest.raises((DamagedVaultError, NewerSchemaError)) as caught:
            look(other, unseal_without_cost(broken, sealed))
        assert caught.value.sentence.endswith(".")
    assert other.all_accounts() == []


def unseal_without_cost(path: Path, known: Sealed) -> Sealed:
    """As `unseal`, but the key is the known one where the head is the known one: 100 derivations are dear."""
    head = path.read_bytes()[: known.start]
    return (
        known._replace(path=path) if head == known.path.read_bytes()[: known.start] else unseal(path, WORDS)
    )


def test_a_newer_or_dearer_export_is_refused_with_the_reason(full: Vault, tmp_path: Path) -> None:
    sealed = exported(full, tmp_path / "file")
    whole = sealed.path.read_bytes()
    start = len(container.MAGIC) + 4
    head = whole[start : sealed.start - 64]

    def with_head(changed: bytes) -> Path:
        path = tmp_path / "changed"
        before = container.MAGIC + len(changed).to_bytes(4, "big") + changed + whole[-32:]
        path.write_bytes(before + container.hashlib.sha256(before).digest() + whole[sealed.start :])
        return path

    with pytest.raises(NewerSchemaError, match="newer version"):
        unseal(with_head(head.replace(b'"version":1,', b'"version":2,"more":true,', 1)), WORDS)
    for memory, why in ((1024, "protected less"), (1 << 30, "more memory or time")):
        with pytest.raises(DamagedVaultError, match=why):
            unseal(with_head(head.replace(b'"memory_kib":65536', b'"memory_kib":%d' % memory)), WORDS)
    with pytest.raises(DamagedVaultError, match="damaged"):
        unseal(with_head(head + bytes(5000)), WORDS)


def test_a_file_that_is_exchanged_after_the_preview_is_noticed(full: Vault, tmp_path: Path) -> None:
    sealed = exported(full, tmp_path / "file")
    exported(full, tmp_path / "file")
    with pytest.raises(DamagedVaultError, match="changed since it was opened"):
        look(full, sealed)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda item: msgspec.structs.replace(item, row=msgspec.structs.replace(item.row, id="../../etc")),
        lambda item: msgspec.structs.replace(item, profile="[1"),
        lambda item: msgspec.structs.replace(item, row=msgspec.structs.replace(item.row, generation=9)),
        lambda item: msgspec.structs.replace(
            item, current=msgspec.structs.replace(item.current, record=b"no json")
        ),
        lambda item: msgspec.structs.replace(item, earlier=1),
    ],
)
def test_an_export_made_by_somebody_else_cannot_bring_anything_odd(
    spoil: object, full: Vault, other: Vault, tmp_path: Path
) -> None:
    item = next(iter(look(other, exported(full, tmp_path / "file")).values())).item
    item = msgspec.structs.replace(item, earlier=0)
    with (tmp_path / "odd").open("wb") as file:
        writer = items.ItemWriter(container.SealingWriter(file, WORDS, kdf.FLOOR_COST))
        writer.put(Manifest(created_at=NOW, program="", with_history=False, account_ids=(item.row.id,)))
        writer.put(spoil(item))  # type: ignore[operator]
        writer.finish()
    with pytest.raises(DamagedVaultError, match="damaged or incomplete"):
        look(other, unseal(tmp_path / "odd", WORDS))


def test_an_oversized_file_or_item_is_refused_before_it_is_read(full: Vault, tmp_path: Path) -> None:
    vast = tmp_path / "vast"
    with vast.open("wb") as file:
        file.write(container.MAGIC)
        file.truncate(container.LARGEST + 1)  # takes no room on the disk
    with pytest.raises(DamagedVaultError, match="far larger than any export"):
        unseal(vast, WORDS)
    with (tmp_path / "item").open("wb") as file:
        writer = container.SealingWriter(file, WORDS, kdf.FLOOR_COST)
        writer.write((items.LARGEST_ITEM + 1).to_bytes(4, "big"))
        writer.finish()
    with pytest.raises(DamagedVaultError, match="damaged or incomplete"):
        look(full, unseal(tmp_path / "item", WORDS))
