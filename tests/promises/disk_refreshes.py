"""A refresh whose answer the disk does not take: `python -m tests.promises.disk_refreshes`.

Run where `folder` is a disk of its own, see test_disks.py. Prints facts as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from connectors import methods
from desktop.practice import start
from desktop.vault import kdf, layout
from desktop.vault.errors import VaultError
from tests.engine.support import Bench, bench, make_home
from tests.vault.disks import fill

Act = Callable[[], None]


def full(folder: str, _key: str) -> None:
    """The disk fills up, and what lay in reserve with it, while the service answers."""
    disk = Path(folder)

    def break_it() -> None:
        (disk / "home" / layout.RESERVE).unlink()
        fill(disk)

    def mend() -> None:
        for filler in disk.glob("fill*"):
            filler.unlink()

    _refreshed(disk, break_it, mend)


def fsync_fails(folder: str, _key: str) -> None:
    """The disk reports errors from the service's answer on: LD_PRELOAD, as in tests/vault/disks.py."""
    broken = Path(os.environ["FSYNC_FAILS_WHILE"])
    _refreshed(Path(folder), broken.touch, broken.unlink)


def _refreshed(disk: Path, break_it: Act, mend: Act) -> None:
    asked, told = methods.refresh, dict[str, Any]()

    async def answered(*facts: Any) -> Any:
        credential = await asked(*facts)
        break_it()
        return credential

    with start() as provider, mock.patch.object(kdf, "DEFAULT_COST", kdf.FLOOR_COST):
        home = make_home(disk / "home", provider.url)
        with bench(home, provider) as desk:
            account_id = desk.connect().id
            desk.run(desk.engine.check_vault())  # also ends the backup of the day
            before = _token(desk, account_id)
            with mock.patch.object(methods, "refresh", answered):
                told["refused"] = [_sentence(desk, account_id) for _ in range(2)]
            told["old is intact"] = _token(desk, account_id) == before
            told["asked"] = desk.token_requests("refresh_token")
            mend()
            told["saved"] = desk.run(desk.engine.refresh(account_id)).generation
            told["asked again"] = desk.token_requests("refresh_token")
            told["next"] = desk.run(desk.engine.refresh(account_id)).generation
        with bench(home, provider) as desk:
            told["state"] = desk.run(desk.engine.account(account_id)).row.state
            told["after"] = desk.run(desk.engine.refresh(account_id)).generation
            told["problems"] = desk.run(desk.engine.check_vault()).problems
            told["activity"] = [row.summary for row in desk.run(desk.engine.activity(account_id))]
    print(json.dumps(told))


def _token(desk: Bench, account_id: str) -> tuple[str, str]:
    credential = desk.engine._parts.core.subject
    found = desk.run(_credential(credential, account_id))
    return found.access_token, found.refresh_token


async def _credential(subject: Callable[[str], Any], account_id: str) -> Any:
    return subject(account_id).credential


def _sentence(desk: Bench, account_id: str) -> str:
    """What the person is told."""
    try:
        desk.run(desk.engine.refresh(account_id))
    except VaultError as error:
        return error.sentence
    return "it was saved"


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
