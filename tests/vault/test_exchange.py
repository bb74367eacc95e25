"""Exports and imports, through an open vault and a file."""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest

from desktop.vault import kdf
from desktop.vault.errors import (
    DamagedVaultError,
    NewerSchemaError,
    NotFoundError,
    SaveFailedError,
    VaultError,
    WeakPassphraseError,
    WrongPassphraseError,
)
from desktop.vault.exchange import container, items
from desktop.vault.exchange.applying import (
    WAITING_DEFINITIONS,
    ChangedSincePreviewError,
    Choice,
    Expected,
    Order,
    Taken,
)
from desktop.vault.exchange.container import Sealed, unseal
from desktop.vault.exchange.items import DefinitionItem, Manifest
from desktop.vault.exchange.matching import ComparedAccount, ComparedSettings
from desktop.vault.exchange.writing import Selection
from desktop.vault.records import ActivityRow, Keep, SavedRequest
from desktop.vault.vault import PreparedSlots, Vault
from tests.vault.children import add_generation
from tests.vault.helpers import NOW, account

WORDS = "words of the export alone"
OWN = DefinitionItem(key="own", files={"own.toml": b'name = "Own"', "own.py": b"print(1)"})


@pytest.fixture(autouse=True)
def each_key_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdf, "derive", lru_cache(kdf.derive))


@pytest.fixture
def full(vault: Vault) -> Vault:
    """Three accounts, one with four generations, settings of two connectors."""
    for number in (1, 2, 3):
        row = account(number, identity=f"person-{number}", renewable=True)
        vault.add_account(row, b'{"access_token": "at-%d"}' % number, {"sub": number})
    for number in (2, 3, 4):
        add_generation(vault, account(1).id, b'{"access_token": "at-1-%d"}' % number)
    vault.set_connector_settings("practice-oauth2", {"client_id": "app", "client_secret": "s3cret"})
    vault.set_connector_settings("github", {"client_id": "other"})
    return vault


@pytest.fixture
def other(tmp_path: Path, prepared: PreparedSlots) -> Iterator[Vault]:
    """Another computer's vault, empty."""
    with Vault.create_prepared(tmp_path / "other", prepared) as opened:
        yield opened


def exported(vault: Vault, path: Path, **what: object) -> Sealed:
    vault.export(path, WORDS, Selection(**what), cost=kdf.FLOOR_COST)  # type: ignore[arg-type]
    return unseal(path, WORDS)


def look(vault: Vault, sealed: Sealed) -> dict[str, ComparedAccount]:
    found = [item for item in vault.compare_export(sealed) if isinstance(item, ComparedAccount)]
    return {item.item.row.id: item for item in found}


def order(found: Mapping[str, ComparedAccount], choice: Choice, **more: object) -> Order:
    expected = {
        name: Expected(one.status, one.here.id if one.here else "", one.here.generation if one.here else 0)
        for name, one in found.items()
    }
    return Order(accounts=dict.fromkeys(found, choice), expected=expected, **more)  # type: ignore[arg-type]


def noted(taken: Taken) -> ActivityRow:
    return ActivityRow(at=NOW, account_id=taken.account_id, action="imported", summary=taken.name)


def test_an_empty_vault_takes_in_accounts_with_their_history(
    full: Vault, other: Vault, tmp_path: Path
) -> None:
    sealed = exported(full, tmp_path / "file")
    found = look(other, sealed)
    assert {one.status for one in found.values()} == {"new"}
    wanted = order(found, "add", settings=frozenset({"practice-oauth2"}))
    taken = other.import_export(sealed, wanted, noted)
    assert [one.name for one in taken] == ["Person 00001", "Person 00002", "Person 00003"]
    for row in full.all_accounts():
        here = other.account(row.id)
        assert other.record(row.id) == full.record(row.id)
        assert other.profile(row.id) == full.profile(row.id)
        assert (here.name, here.identity, here.state, here.created_at) == (
            row.name,
            row.identity,
            row.state,
            row.created_at,
        )
        assert [row.action for row in other.activity(row.id)] == ["imported"]
    kept = other.generations(account(1).id)
    assert [one.number for one in kept] == [5, 4, 3, 2, 1]
    assert [one.source for one in kept] == ["import", "refresh", "refresh", "refresh", "connect"]
    assert kept[1:] == full.generations(account(1).id)
    assert [one.number for one in other.generations(account(2).id)] == [1]
    assert other.connector_settings("practice-oauth2") == full.connector_settings("practice-oauth2")
    assert other.connector_settings("github") == {}  # it was not asked for
    assert other.check() == []


def test_an_export_may_leave_out_history_and_accounts(full: Vault, other: Vault, tmp_path: Path) -> None:
    one = account(1).id
    sealed = exported(full, tmp_path / "file", account_ids=[one, one], history=False)
    found = look(other, sealed)
    assert list(found) == [one]
    other.import_export(sealed, order(found, "add"), noted)
    assert [kept.source for kept in other.generations(one)] == ["import"]
    assert other.record(one) == full.record(one)
    settings = [item for item in other.compare_export(sealed) if isinstance(item, ComparedSettings)]
    assert [item.item.connector for item in settings] == ["practice-oauth2"]
    with pytest.raises(NotFoundError):
        exported(full, tmp_path / "file2", account_ids=["nobody"])
    assert not (tmp_path / "file2").exists()


def test_what_is_imported_twice_is_the_same(full: Vault, tmp_path: Path) -> None:
    sealed = exported(full, tmp_path / "file")
    assert {one.status for one in look(full, sealed).values()} == {"same"}
    assert full.import_export(sealed, Order(), noted) == []


def test_the_same_person_under_another_id_is_found_by_identity(
    full: Vault, other: Vault, tmp_path: Path
) -> None:
    there = account(70, identity="person-2", name="Me, here")
    other.add_account(there, b'{"access_token": "another"}', {})
    other.add_account(account(71, identity="person-2", method="key"), b"{}", {})  # another method
    other.add_account(account(72, identity="person-3", connector="github"), b"{}", {})  # another service
    other.add_account(account(1, identity="somebody else"), b"{}", {})  # the same id by chance
    found = look(other, exported(full, tmp_path / "file"))
    assert {name: (one.status, one.here.id if one.here else "") for name, one in found.items()} == {
        account(1).id: ("new", ""),
        account(2).id: ("different", there.id),
        account(3).id: ("new", ""),
    }


def test_an_account_here_is_the_counterpart_of_one_only(full: Vault, other: Vault, tmp_path: Path) -> None:
    full.add_account(account(4, identity="person-2"), b'{"access_token": "twin"}', {})
    other.add_account(account(4, identity="person-2"), b'{"access_token": "twin"}', {})
    found = look(other, exported(full, tmp_path / "file"))
    assert (found[account(2).id].status, found[account(4).id].status) == ("new", "same")


def test_replacing_is_a_generation_that_can_be_undone(full: Vault, other: Vault, tmp_path: Path) -> None:
    other.add_account(account(1, name="Old name", pinned=True), b'{"access_token": "mine"}', {"sub": 0})
    other.set_state(account(1).id, "needs_sign_in", "expired")
    sealed = exported(full, tmp_path / "file", account_ids=[account(1).id])
    other.import_export(sealed, order(look(other, sealed), "replace"), noted)
    row = other.account(account(1).id)
    assert (row.name, row.state, row.generation, row.pinned) == ("Person 00001", "connected", 2, True)
    assert other.profile(row.id) == {"sub": 1}
    newest, before = other.generations(row.id)
    assert (newest.source, newest.record) == ("import", full.record(row.id))
    assert before.record == b'{"access_token": "mine"}'


def test_replacing_keeps_to_the_limit_of_the_history(full: Vault, other: Vault, tmp_path: Path) -> None:
    other.add_account(account(1), b"{}", {})
    for _ in range(4):
        add_generation(other, account(1).id, b"{}")
    sealed = exported(full, tmp_path / "file", account_ids=[account(1).id])
    other.import_export(sealed, order(look(other, sealed), "replace", keep=Keep(count=3)), noted)
    assert [kept.number for kept in other.generations(account(1).id)] == [6, 5, 4]


def test_keeping_both_gives_an_id_and_a_name_of_its_own(full: Vault, tmp_path: Path) -> None:
    sealed = exported(full, tmp_path / "file", account_ids=[account(1).id])
    add_generation(full, account(1).id, b'{"access_token": "newer"}')
    for number in (2, 3):
        (taken,) = full.import_export(sealed, order(look(full, sealed), "keep_both"), noted)
        assert taken.name == f"Person 00001 ({number})"
        assert taken.account_id != account(1).id
        assert full.record(taken.account_id) == b'{"access_token": "at-1-4"}'
        assert len(full.generations(taken.account_id)) == 5
    assert full.record(account(1).id) == b'{"access_token": "newer"}'
    assert len(full.all_accounts()) == 5


def test_a_vault_that_changed_since_the_preview_is_left_alone(full: Vault, tmp_path: Path) -> None:
    sealed = exported(full, tmp_path / "file")
    add_generation(full, account(3).id, b'{"access_token": "before the preview"}')
    found = look(full, sealed)
    add_generation(full, account(3).id, b'{"access_token": "after it"}')
    full.remove_account(account(2).id)
    before = full.all_accounts()
    for choice in ("replace", "keep_both"):
        with pytest.raises(ChangedSincePreviewError, match="changed after the preview"):
            full.import_export(sealed, order(found, choice), noted)
    settings = {"github": {"client_id": "as it was"}}
    wanted = Order(settings=frozenset(settings), settings_expected=settings)
    with pytest.raises(ChangedSincePreviewError, match="settings of github"):
        full.import_export(sealed, wanted, noted)
    assert full.all_accounts() == before
    assert full.activity() == []


def test_saved_requests_come_along_and_none_is_written_over(
    full: Vault, other: Vault, tmp_path: Path
) -> None:
    def saved(number: int, name: str, url: str) -> SavedRequest:
        return SavedRequest(
            id=f"r{number}", account_id=account(1).id, name=name, method="GET", url=url,
            headers=(("X", "1"),), created_at=NOW, updated_at=NOW,
        )  # fmt: skip

    for one in (saved(1, "Me", "/me"), saved(2, "Mine", "/mine")):
        full.add_saved_request(one)
    sealed = exported(full, tmp_path / "file", account_ids=[account(1).id])
    other.import_export(sealed, order(look(other, sealed), "add"), noted)
    assert [(one.name, one.url, one.headers) for one in other.saved_requests(account(1).id)] == [
        ("Me", "/me", (("X", "1"),)),
        ("Mine", "/mine", (("X", "1"),)),
    ]
    for one in other.saved_requests(account(1).id):
        other.remove_saved_request(one.id)
    other.add_saved_request(saved(1, "Me", "/changed/here"))
    add_generation(other, account(1).id, b"{}")
    other.import_export(sealed, order(look(other, sealed), "replace"), noted)
    assert [one.url for one in other.saved_requests(account(1).id)] == ["/changed/here", "/mine"]


def test_definitions_wait_in_the_vault_until_they_are_written(
    full: Vault, other: Vault, tmp_path: Path
) -> None:
    sealed = exported(full, tmp_path / "file", definitions=[OWN])
    assert [item for item in other.compare_export(sealed) if isinstance(item, DefinitionItem)] == [OWN]
    other.import_export(sealed, Order(), noted)
    assert other.meta(WAITING_DEFINITIONS) is None
    other.import_export(sealed, Order(definitions=frozenset({"own"})), noted)
    assert msgspec.json.decode(other.meta(WAITING_DEFINITIONS), type=dict[str, bytes]) == OWN.files


def test_what_ends_an_import_undoes_it(full: Vault, other: Vault, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def progress(done: int, total: int) -> None:
        assert total == 3
        if done == 2:
            raise Enough

    sealed = exported(full, tmp_path / "file")
    wanted = order(look(other, sealed), "add", settings=frozenset({"github"}))
    with pytest.raises(Enough):
        other.import_export(sealed, wanted, noted, progress)
    assert (other.all_accounts(), other.activity(), other.connector_settings("github")) == ([], [], {})


# --- the file


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
