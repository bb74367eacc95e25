"""`jackfield vault check` and `vault rescue` on a damaged vault: never a dead end."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from desktop.vault.vault import Vault
from tests.cli.runner import PASSPHRASE, Jackfield
from tests.vault.helpers import account


@pytest.fixture
def filled(jackfield: Jackfield) -> Jackfield:
    """Forty accounts, a backup that the vault made of itself, and one account that is younger than it."""
    with Vault.open(jackfield.home, PASSPHRASE) as vault:
        for number in range(40):
            vault.add_account(account(number), b"{}" + b" " * 3000, {})
    jackfield("accounts", "list")
    with Vault.open(jackfield.home, PASSPHRASE) as vault:
        vault.add_account(account(40), b"{}", {})
    return jackfield


def damage(home: Path, place: int, length: int = 1) -> bytes:
    content = bytearray((home / "vault.db").read_bytes())
    for at in range(place, place + length):
        content[at % len(content)] ^= 0x55
    (home / "vault.db").write_bytes(content)
    return bytes(content)


def command_after(text: str, words: str) -> list[str]:
    """The command that the sentence with these words gives, as it stands there."""
    lines = text.splitlines()
    (place,) = [number for number, line in enumerate(lines) if words in line]
    return shlex.split(lines[place + 1])[1:]


@pytest.mark.parametrize("place", [100, -3000])
def test_check_names_the_damage_and_gives_the_command_that_helps(filled: Jackfield, place: int) -> None:
    damage(filled.home, place, 500)
    found = filled("vault", "check", code=1)
    assert "damaged" in found.out.splitlines()[0]
    assert "The newest good backup was made at " in found.out
    assert "What was saved after that is not in it." in found.out
    restore = command_after(found.out, "To go back to it")
    assert restore[:2] == ["--home", str(filled.home)]
    filled("--passphrase-file", filled.passphrase_file, *restore[2:], unlocked=False)
    assert filled("vault", "check").out.startswith("The vault is sound.")
    names = filled("accounts", "list").out
    assert "Person 00039" in names
    assert "Person 00040" not in names


def test_check_says_the_same_to_programs(filled: Jackfield) -> None:
    damage(filled.home, 100, 500)
    told = filled("vault", "check", "--json", code=1).json
    (backup,) = (filled.home / "backups").iterdir()
    assert told["ok"] is False
    assert len(told["problems"]) == 1
    assert told["backup"]["file"] == str(backup)
    assert told["backup"]["size"] == backup.stat().st_size
    assert told["backup"]["made_at"].endswith("Z")


def test_a_damaged_backup_is_not_offered(filled: Jackfield) -> None:
    damage(filled.home, 100, 500)
    (backup,) = (filled.home / "backups").iterdir()
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    found = filled("vault", "check", code=1)
    assert "There is no good backup beside it." in found.out
    assert filled("vault", "check", "--json", code=1).json["backup"] is None


def test_rescue_saves_what_the_backup_does_not_have(filled: Jackfield) -> None:
    damaged = damage(filled.home, 100)  # on the first page, four bits of it: beyond what can be put back
    assert "vault check" in filled("accounts", "list", code=1).err
    target = filled.folder / "rescued.jackfield-backup"
    rescue = command_after(filled("vault", "check", code=1).out, "what can still be read")
    assert rescue[-1] == "FILE"
    done = filled("vault", "rescue", target)
    assert done.out == f"Wrote {target} with 41 accounts. Nothing was lost.\n"
    assert (filled.home / "vault.db").read_bytes() == damaged
    assert target.stat().st_mode & 0o777 == 0o600
    filled("vault", "restore", target)
    assert "Person 00040" in filled("accounts", "list").out


def test_rescue_says_what_was_lost(filled: Jackfield) -> None:
    content = (filled.home / "vault.db").read_bytes()
    damage(filled.home, len(content) * 4 // 5, len(content) // 10)
    done = filled("vault", "rescue", filled.folder / "rescued")
    assert "sign in to it again." in done.out
    assert "Nothing was lost" not in done.out
    filled("vault", "restore", filled.folder / "rescued")
    assert filled("vault", "check").out.startswith("The vault is sound.")


def test_without_key_slots_check_still_offers_the_backup_and_rescue_uses_its_slots(filled: Jackfield) -> None:
    (filled.home / "keyslots.json").unlink()
    found = filled("vault", "check", code=1)
    assert "The key slots are missing" in found.out
    command_after(found.out, "To go back to it")
    assert "with 41 accounts" in filled("vault", "rescue", filled.folder / "rescued").out
    filled("vault", "restore", filled.folder / "rescued")
    assert "Person 00040" in filled("accounts", "list").out


def test_a_backup_that_failed_is_a_notice_and_no_damage(filled: Jackfield) -> None:
    for backup in (filled.home / "backups").iterdir():
        backup.unlink()
    (filled.home / "backups").rmdir()
    (filled.home / "backups").write_text("in the way")
    (filled.home / "backups").chmod(0o600)
    found = filled("vault", "check")
    assert found.out.splitlines()[0].startswith("The vault is sound.")
    assert "The daily backup could not be made." in found.out
    assert "The daily backup could not be made." in filled("vault", "check", "--json").json["notices"][0]
    assert "Person 00040" in filled("accounts", "list").out
