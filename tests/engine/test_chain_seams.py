"""The activity's chain beside imports, restores, rescues and checks of the vault."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.engine.results import CheckReport
from desktop.vault.database import Database
from desktop.vault.records import ChainReport
from desktop.vault.vault import Vault
from tests.engine.exchanging import WORDS
from tests.engine.support import PASSPHRASE, Bench
from tests.vault.chains import GUARDS

pytestmark = pytest.mark.usefixtures("derived_once")


def verified(desk: Bench, head: str = "") -> ChainReport:
    report = desk.run(desk.engine.verify_activity(head))
    assert isinstance(report, ChainReport)
    return report


def without(home: Path, key: bytes, statement: str) -> None:
    """Hands that hold the key and no scruples."""
    database = Database(home / "vault.db", key)
    try:
        for guard in GUARDS:
            database.execute(f"DROP TRIGGER {guard}")
        database.execute(statement)
    finally:
        database.close()


def test_an_import_is_part_of_the_chain(at_work: Bench, second: Bench, tmp_path: Path) -> None:
    at_work.connect()
    at_work.connect("demo-key", {"api_key": "practice-key-amelia-4f1c"})
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS))
    before = verified(second)
    plan = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    second.run(second.engine.import_export(plan.id))
    report = verified(second, before.head)
    assert report.broken is None and report.last >= before.last + 2
    assert verified(at_work).broken is None


def test_after_a_restore_a_later_head_says_that_the_vault_was_put_back(
    at_work: Bench, tmp_path: Path
) -> None:
    engine = at_work.engine
    row = at_work.connect()
    at_work.run(engine.backup(tmp_path / "a.backup"))
    early = verified(at_work).head
    at_work.run(engine.rename(row.id, "Afterwards"))
    late = verified(at_work).head
    assert verified(at_work, late).broken is None
    at_work.run(engine.restore_backup(tmp_path / "a.backup", PASSPHRASE))
    at_work.run(engine.unlock(PASSPHRASE))
    assert verified(at_work).broken is None, "what was put back is a chain, the entry about it included"
    broken = verified(at_work, late).broken
    assert broken is not None and broken.kind == "unknown_head"
    (entry,) = at_work.run(engine.activity(actions=["vault_restored"]))
    assert "the vault was put back to an earlier state: a backup was restored on 20" in broken.sentence
    assert f"(entry {entry.id})" in broken.sentence
    assert early != late
    first = at_work.run(engine.activity(limit=1000))[-1].hash
    assert verified(at_work, first).broken is None, "a head from before the backup was begun is in it"


def test_a_check_of_the_vault_follows_the_chain_and_takes_a_break_for_no_damage(
    at_work: Bench, home: Path
) -> None:
    at_work.connect()
    assert at_work.run(at_work.engine.check_vault()) == CheckReport()
    key = Vault.unlock_key(home, PASSPHRASE)
    without(home, key, "UPDATE activity SET summary = 'Nothing happened' WHERE id = 1")
    report = at_work.run(at_work.engine.check_vault())
    assert report.problems == ()
    (notice,) = report.notices
    assert notice.startswith("The chain of Activity is broken at entry 1. ")
    assert notice.endswith("The accounts are whole all the same.")


def test_what_was_rescued_names_the_entries_that_it_lacks(at_work: Bench, home: Path) -> None:
    at_work.connect()
    key = Vault.unlock_key(home, PASSPHRASE)
    without(home, key, "DELETE FROM activity WHERE id = 2")
    last = verified(at_work)
    assert last.broken is not None and last.broken.kind in ("missing", "cut")
    rescued = at_work.run(at_work.engine.rescue(None, PASSPHRASE))
    at_work.run(at_work.engine.restore_backup(rescued.path, PASSPHRASE))
    at_work.run(at_work.engine.unlock(PASSPHRASE))
    broken = verified(at_work).broken
    assert broken is not None and broken.number == 2
    assert broken.sentence.startswith("Entry 2 is missing")
