"""Work folders: gone when the work is done, and what a kill left of them is gone with the next start."""

from __future__ import annotations

import os
import time
from pathlib import Path

from desktop.vault.keeping.work import tidy, work_folder
from desktop.vault.vault import Vault
from tests.vault.helpers import account


def leave_behind(home: Path, outside: Path) -> Path:
    """What a program that was killed leaves: its folder, and the file that it made elsewhere."""
    with work_folder(home, outside) as folder:
        outside.write_bytes(b"half of a backup")
        kept = {path: path.read_bytes() for path in folder.iterdir()}
    folder.mkdir(mode=0o700)
    for path, content in kept.items():
        path.write_bytes(content)
    (folder / "vault.db").write_bytes(b"encrypted")
    outside.write_bytes(b"half of a backup")
    return folder


def test_the_next_start_takes_away_what_a_kill_left(home: Path, vault: Vault, tmp_path: Path) -> None:
    vault.close()
    outside = tmp_path / ".my.backup.0123456789abcdef.partial"
    folder = leave_behind(home, outside)
    Vault.open_with_key(home, vault.key).close()
    assert not folder.exists()
    assert not outside.exists()


def test_the_note_of_a_work_folder_cannot_name_anything_else(
    home: Path, vault: Vault, tmp_path: Path
) -> None:
    for name in ("thesis.odt", ".profile", "..0123456789abcdef.partial"):
        mine = tmp_path / name
        folder = leave_behind(home, mine)
        mine.write_text("years of work")
        tidy(home)
        assert not folder.exists()
        assert mine.exists()
    link = tmp_path / ".my.backup.0123456789abcdef.partial"
    folder = leave_behind(home, link)
    link.unlink()
    link.symlink_to(mine)
    tidy(home)
    assert not folder.exists()
    assert link.is_symlink()


def test_what_somebody_is_working_in_stays(home: Path, vault: Vault, tmp_path: Path) -> None:
    with work_folder(home) as folder:
        (folder / "vault.db").write_bytes(b"encrypted")
        Vault.open_with_key(home, vault.key).close()
        assert (folder / "vault.db").exists()
        vault.add_account(account(1), b"{}", {})
        vault.backup(tmp_path / "b")  # two may work at once
    assert not folder.exists()


def test_a_file_that_was_never_named_goes_after_an_hour(home: Path, vault: Vault) -> None:
    young, old = home / ".a.json.0123456789abcdef.partial", home / ".b.json.0123456789abcdef.partial"
    other = home / ".mine"
    for path in (young, old, other):
        path.write_bytes(b"{")
    for path in (old, other):
        os.utime(path, (time.time() - 4000, time.time() - 4000))
    tidy(home)
    assert [path.exists() for path in (young, old, other)] == [True, False, True]
