"""One holder at a time, across processes, without stalling the loop."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.errors import TemporaryError
from desktop.engine.refreshing.locks import account_lock, forget_lock

HOLDER = """
import asyncio, sys
from pathlib import Path
from desktop.engine.refreshing.locks import account_lock

async def hold():
    async with account_lock(Path(sys.argv[1]), "a1"):
        print("held", flush=True)
        sys.stdin.readline()

asyncio.run(hold())
"""


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []

    async def worker(name: str) -> None:
        async with account_lock(tmp_path, "a1"):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    async def main() -> None:
        await asyncio.gather(*(worker(name) for name in "abc"))

    asyncio.run(main())
    assert [order[i].split()[0] for i in (0, 2, 4)] == [order[i].split()[0] for i in (1, 3, 5)]


def test_different_accounts_do_not_wait(tmp_path: Path) -> None:
    async def main() -> None:
        async with account_lock(tmp_path, "a1"), account_lock(tmp_path, "a2"):
            return

    asyncio.run(main())


def test_the_file_is_private_and_can_be_forgotten(tmp_path: Path) -> None:
    async def main() -> None:
        async with account_lock(tmp_path, "a1"):
            path = tmp_path / "locks" / "a1.lock"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            forget_lock(tmp_path, "a1")
            assert not path.exists()

    asyncio.run(main())


def test_another_process_is_waited_for_and_its_end_frees_the_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"

        async def main() -> None:
            with pytest.raises(TemporaryError, match="Another Jackfield process"):
                async with account_lock(tmp_path, "a1", give_up_after=0):
                    pytest.fail("it is held")
            holder.kill()
            async with asyncio.timeout(30), account_lock(tmp_path, "a1"):
                return

        asyncio.run(main())
