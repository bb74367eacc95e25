"""Forks processes that refresh one account, and kills them; the arguments are home, raw key and account.

One process has everything imported and forks for each act, so that a hundred starts take seconds. It opens
the vault with its raw key: the key derivation is not what is tried here. Each line on stdin is a JSON array
of an act and its arguments, and is answered with one JSON line.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from connectors import credential as records
from connectors.errors import ConnectorError
from connectors.reading.loading import Catalog
from desktop.engine.parts import Parts
from desktop.engine.preferences import Preferences
from desktop.engine.subscribers import Subscribers
from desktop.vault.vault import Vault

Acts = Callable[[Parts], Awaitable[Any]]


class Forks:
    """What can be asked for. Nothing of SQLite is open here while a process is forked."""

    def __init__(self, home: Path, key: bytes, account_id: str) -> None:
        self.home, self.key, self.account_id = home, key, account_id
        self.catalog = asyncio.run(self._read_definitions())

    async def _read_definitions(self) -> Catalog:
        core = self._parts().core
        await core.definitions.reload()
        core.session.close()
        return core.definitions.catalog

    def warm(self) -> dict[str, Any]:
        """One refresh in this process: what it imports on the way, the forks have from the start."""

        async def act(parts: Parts) -> Any:
            core, refreshing = parts.core, parts.refreshing
            await refreshing.refresh(self.account_id)
            await core.clients.close()
            core.session.close()

        asyncio.run(self._act(act))
        return {}

    def kill(self, moment: float) -> dict[str, Any]:
        """Refreshes, and kills the process so many seconds after it began."""

        async def act(parts: Parts) -> Any:
            core, refreshing = parts.core, parts.refreshing
            assert core.clients.steps  # made beforehand: it takes longer than the refresh
            os.write(1, b"begun\n")
            began = time.perf_counter()
            await refreshing.refresh(self.account_id)
            token = core.subject(self.account_id).credential.access_token
            return {"token": token, "seconds": time.perf_counter() - began}

        child, pipe = self._fork(act)
        assert os.read(pipe, 6) == b"begun\n"
        end, said = time.perf_counter() + moment, b""
        while (left := end - time.perf_counter()) > 0 and select.select([pipe], [], [], left)[0]:
            more = os.read(pipe, 65536)
            said += more
            if not more:
                break
        os.kill(child, signal.SIGKILL)
        said += _rest(pipe)
        os.waitpid(child, 0)
        handed = json.loads(said) if said.endswith(b"\n") else None
        with Vault.open_with_key(self.home, self.key) as vault:
            stored = records.decode(vault.record(self.account_id))
            marked = vault.pending_refresh(self.account_id) is not None
        return {"handed": handed, "stored": stored.access_token, "marked": marked}

    def start_again(self) -> dict[str, Any]:
        """What the next process does by itself, and what it makes of the account."""

        async def act(parts: Parts) -> Any:
            core, refreshing = parts.core, parts.refreshing
            error = ""
            try:
                await refreshing.refresh(self.account_id, force=False)
            except ConnectorError as problem:
                error = problem.sentence
            row, marks = core.vault.account(self.account_id), core.vault.pending_refreshes()
            token = core.subject(self.account_id).credential.access_token
            return {"token": token, "state": row.state, "error": error, "marks": len(marks)}

        return self._answer(act)

    def window(self) -> dict[str, Any]:
        """One refresh; how long its answer was in this process alone, from its first byte to the commit."""

        async def act(parts: Parts) -> Any:
            core, refreshing = parts.core, parts.refreshing
            moments: dict[str, float] = {}

            async def arrived(_: Any) -> None:
                moments["arrived"] = time.perf_counter()

            save = core.save

            def timed(*arguments: Any, **options: Any) -> Any:
                row = save(*arguments, **options)
                moments["saved"] = time.perf_counter()
                return row

            core.clients.steps.event_hooks["response"].insert(0, arrived)
            core.save = timed  # type: ignore[method-assign]
            began = time.perf_counter()
            await refreshing.refresh(self.account_id)
            whole = time.perf_counter() - began
            return {"window": moments["saved"] - moments["arrived"], "whole": whole}

        return self._answer(act)

    def many(self, processes: int, tasks: int) -> dict[str, Any]:
        """The token has ended; so many processes with so many tasks each need it at the same moment."""
        reading, writing = os.pipe()

        async def act(parts: Parts) -> Any:
            assert parts.core.clients.steps
            os.close(writing)
            os.write(1, b"begun\n")
            os.read(reading, 1)  # ends when the last writing end is closed
            asked = (parts.requesting.token(self.account_id, "access_token", 60) for _ in range(tasks))
            return list(await asyncio.gather(*asked))

        children = [self._fork(act) for _ in range(processes)]
        os.close(reading)
        for _, pipe in children:
            assert os.read(pipe, 6) == b"begun\n"
        os.close(writing)
        given = [token for child, pipe in children for token in self._result(child, pipe)]
        return {"answers": len(given), "tokens": sorted(set(given))}

    def expire(self) -> dict[str, Any]:
        """The token's time is over."""
        with Vault.open_with_key(self.home, self.key) as vault:
            credential = records.decode(vault.record(self.account_id))
            over = msgspec.structs.replace(
                credential, created_at=_moment("2020-01-01"), expires_at=_moment("2020-01-02")
            )
            _save(vault, self.account_id, records.encode(over), "edit")
        return {}

    def sign_in(self, access_token: str, refresh_token: str) -> dict[str, Any]:
        """A person has signed in again."""
        credential = records.Credential(
            access_token=access_token, refresh_token=refresh_token, token_type="Bearer"
        )
        with Vault.open_with_key(self.home, self.key) as vault:
            _save(vault, self.account_id, records.encode(credential), "connect")
        return {}

    def _answer(self, act: Acts) -> Any:
        return self._result(*self._fork(act))

    def _result(self, child: int, pipe: int) -> Any:
        said = _rest(pipe)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said
        return json.loads(said)

    def _fork(self, act: Acts) -> tuple[int, int]:
        """A process that does `act` and writes its result as a line; its id, and where to read."""
        reading, writing = os.pipe()
        child = os.fork()
        if child:
            os.close(writing)
            return child, reading
        os.close(reading)
        os.dup2(writing, 1)
        try:
            result = asyncio.run(self._act(act))
            os.write(1, json.dumps(result).encode() + b"\n")
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)

    async def _act(self, act: Acts) -> Any:
        parts = self._parts()
        parts.core.definitions.catalog = self.catalog
        return await act(parts)

    def _parts(self) -> Parts:
        parts = Parts(self.home, "test", None, Subscribers(), Preferences, scheduled=False)
        parts.core.session._opened(Vault.open_with_key(self.home, self.key))
        return parts


def _rest(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as file:
        return file.read()


def _moment(text: str) -> Any:
    return msgspec.convert(f"{text}T00:00:00Z", type=records.datetime)


def _save(vault: Vault, account_id: str, record: bytes, source: Any) -> None:
    credential = records.decode(record)
    vault.add_generation(
        account_id,
        record,
        source,
        expires_at=credential.expires_at,
        renewable=True,
        has_token=True,
        scope_granted="",
    )


def main(home: str, key: str, account_id: str) -> None:
    """Answers until stdin ends."""
    forks = Forks(Path(home), bytes.fromhex(key), account_id)
    for line in sys.stdin:
        act, *arguments = json.loads(line)
        print(json.dumps(getattr(forks, act)(*arguments)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
