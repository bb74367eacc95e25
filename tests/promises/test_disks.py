"""Disks that are full, read-only or broken: what was saved stays, and the person is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop.vault import kdf
from desktop.vault.vault import PreparedSlots, Vault, prepare_slots
from tests.real.requirements import missing, need
from tests.vault.helpers import PASSPHRASE, account, child_environment

SMALL = str(3 << 20)
DISKS, REFRESHES = "tests.vault.disks", "tests.promises.disk_refreshes"
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int broken(void) { const char *p = getenv("FSYNC_FAILS_WHILE"); return p && access(p, F_OK) == 0; }

int fsync(int fd) {
    if (broken()) { errno = EIO; return -1; }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    if (broken()) { errno = EIO; return -1; }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
"""


@pytest.fixture(scope="module")
def prepared() -> PreparedSlots:
    return prepare_slots(PASSPHRASE, cost=kdf.FLOOR_COST)


@pytest.fixture
def disk(tmp_path: Path, prepared: PreparedSlots) -> Path:
    """A folder with a vault in it, which becomes a disk of its own."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n")
    with Vault.create_prepared(tmp_path / "disk" / "home", prepared) as vault:
        vault.add_account(account(1), b"first", {})
        vault.backup(tmp_path / "a.backup")
    return tmp_path / "disk"


def on_a_disk(how: list[str], what: str, folder: Path, key: bytes, script: str = DISKS) -> Any:
    """Runs it where `folder` is mounted as `how` says. Skipped where this computer permits no mounts."""
    bwrap = need("bwrap", "bubblewrap")
    around = [bwrap, "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    if subprocess.run([*around, "true"], capture_output=True, check=False).returncode != 0:
        missing("bubblewrap is not permitted to mount here")
    return told([*around, *how, str(folder)], what, folder, key, script)


def told(
    before: list[str], what: str, folder: Path, key: bytes, script: str = DISKS, **environment: str
) -> Any:
    done = subprocess.run(
        [*before, sys.executable, "-W", "error", "-m", script, what, str(folder), key.hex()],
        env=child_environment(**environment),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def failing_fsync(folder: Path) -> dict[str, str]:
    """The environment in which every fsync fails as long as there is a file `broken`."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the shim is for Linux")
    compiler, source, shim = need("cc", "gcc"), folder / "shim.c", folder / "shim.so"
    source.write_text(SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True, timeout=120)
    return {"LD_PRELOAD": os.fspath(shim), "FSYNC_FAILS_WHILE": os.fspath(folder / "broken")}


def test_a_full_disk_is_read_and_what_could_not_be_saved_is_said(disk: Path, prepared: PreparedSlots) -> None:
    facts = on_a_disk(["--size", SMALL, "--tmpfs"], "full", disk, prepared.key)
    assert facts["reserve"] > 0
    assert facts["free"] == 0
    assert facts["command"] == [0, 0]
    assert facts["read"] == ["first", account(1).name]
    assert facts["refused"] == "The vault could not be written: the disk is full or refuses."
    assert facts["still"] == "first"
    assert (facts["after"], facts["problems"], facts["reserve again"]) == ("second", [], True)


def test_a_token_that_comes_when_the_disk_is_full_is_saved_in_the_reserve(
    disk: Path, prepared: PreparedSlots
) -> None:
    facts = on_a_disk(["--size", SMALL, "--tmpfs"], "saved_by_the_reserve", disk, prepared.key)
    assert facts == {"number": 2, "kept": "second", "reserve held": False}


def test_a_read_only_disk_is_read_and_says_that_nothing_can_be_saved(
    disk: Path, prepared: PreparedSlots
) -> None:
    before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
    facts = on_a_disk(["--ro-bind", str(disk)], "read_only", disk, prepared.key)
    assert facts["read"] == ["first", account(1).name]
    assert facts["accounts"] == [account(1).name]
    assert facts["problems"] == []
    assert all("read-only" in sentence for sentence in [*facts["refused"], facts["restore"]])
    assert facts["rescued"] == 1
    assert {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()} == before


def test_saves_that_only_stand_in_the_log_of_a_read_only_disk_can_be_rescued(
    disk: Path, prepared: PreparedSlots
) -> None:
    home = disk / "home"
    with Vault.open_with_key(home, prepared.key) as vault:
        vault.add_account(account(2), b"second", {})
        kept = {name: (home / name).read_bytes() for name in ("vault.db", "vault.db-wal")}
    for name, content in kept.items():
        (home / name).write_bytes(content)
        (home / name).chmod(0o600)
    facts = on_a_disk(["--ro-bind", str(disk)], "read_only_after_a_crash", disk, prepared.key)
    assert "is read-only, and what was saved last in the vault lies beside it" in facts["open"]
    assert facts["rescued"] == 2


def test_a_disk_that_reports_errors_loses_nothing_that_was_said_to_be_saved(
    disk: Path, prepared: PreparedSlots, tmp_path: Path
) -> None:
    facts = told([], "fsync_fails", disk, prepared.key, **failing_fsync(tmp_path))
    assert [sentence.split(":")[0] for sentence in facts["refused"]] == [
        "The vault could not be written",
        f"The backup {disk / 'a.backup'} could not be saved",
        "The file keyslots.json could not be saved",
    ]
    assert facts["meanwhile"] == "second"
    assert facts["problems"] == []
    assert facts["after"] == ["fourth", "second", "first"]
    assert facts["number"] == 3
    assert facts["left"] == []


@pytest.mark.parametrize("broken", ["full", "fsync_fails"])
def test_an_answer_that_the_disk_did_not_take_is_kept_told_and_saved_later(
    broken: str, tmp_path: Path
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    if broken == "full":
        facts = on_a_disk(["--size", str(16 << 20), "--tmpfs"], "full", folder, b"", REFRESHES)
    else:
        facts = told([], "fsync_fails", folder, b"", REFRESHES, **failing_fsync(tmp_path))
    assert all(sentence.startswith("The vault could not be written") for sentence in facts["refused"])
    assert len(facts["refused"]) == 2
    assert facts["old is intact"] is True
    assert (facts["asked"], facts["asked again"]) == (1, 1), "the old refresh token was spent on it"
    assert (facts["saved"], facts["next"], facts["after"]) == (2, 3, 4)
    assert (facts["state"], facts["problems"]) == ("connected", [])
    assert any("refused by the disk before, was saved" in summary for summary in facts["activity"])
