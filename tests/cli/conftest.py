"""A home with a vault in it, a practice provider, an account."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.practice import Provider, start
from desktop.vault import kdf
from desktop.vault.vault import Vault, prepare_slots
from tests.cli.runner import PASSPHRASE, Jackfield, browser

PRACTICE = ("practice-oauth2", "practice-key", "practice-password")


@pytest.fixture
def bare(tmp_path: Path) -> Jackfield:
    """A home without a vault."""
    return Jackfield(tmp_path / "home", tmp_path)


@pytest.fixture(scope="session")
def practice_port() -> int:
    """A free port, which the practice connectors of every home are told once."""
    with start() as provider:
        return provider.port


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory, practice_port: int) -> Path:
    """A home with an empty vault, made once and with the cheapest key derivation that is accepted."""
    home = tmp_path_factory.mktemp("made") / "home"
    with Vault.create_prepared(home, prepare_slots(PASSPHRASE, cost=kdf.FLOOR_COST)) as vault:
        for key in PRACTICE:
            vault.set_connector_settings(key, {"practice_url": f"http://127.0.0.1:{practice_port}"})
    return home


@pytest.fixture
def jackfield(tmp_path: Path, made_home: Path) -> Jackfield:
    """A home of its own with an empty vault."""
    shutil.copytree(made_home, tmp_path / "home")
    (tmp_path / "home").chmod(0o700)
    return Jackfield(tmp_path / "home", tmp_path)


@pytest.fixture
def provider(practice_port: int) -> Iterator[Provider]:
    """A practice provider where the practice connectors look for it."""
    with start(practice_port) as running:
        yield running


@pytest.fixture
def practised(jackfield: Jackfield, provider: Provider) -> Jackfield:
    """A home beside a running provider; a person who signs in is the browser."""
    jackfield.env["JACKFIELD_BROWSER"] = str(browser(jackfield.folder))
    return jackfield


@pytest.fixture
def account(practised: Jackfield) -> dict[str, Any]:
    """Amelia's OAuth account, connected."""
    shown: dict[str, Any] = practised("connect", "practice-oauth2", "--json").json
    return shown
