"""Exports and imports as the engine carries them out: beside the loop, noted, and told when they are done."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from desktop import __version__
from desktop.engine.core import Core
from desktop.engine.events import AccountChanged, ActivityAdded
from desktop.engine.exchange import definitions
from desktop.engine.exchange.comparing import Comparing
from desktop.engine.exchange.metadata import write_metadata
from desktop.engine.exchange.ordering import order_of, result_of
from desktop.engine.exchange.plan import ExportResult, ImportPlan, ImportResult
from desktop.engine.journal import Operation
from desktop.vault.errors import NotFoundError, VaultError
from desktop.vault.exchange.applying import Choice, Expected, Order, Taken
from desktop.vault.exchange.container import Sealed, unseal
from desktop.vault.exchange.writing import Selection
from desktop.vault.records import ActivityRow, Keep
from desktop.vault.vault import Vault

log = logging.getLogger(__name__)

T = TypeVar("T")
Progress = Callable[[int, int], None]


class StoppedError(VaultError):
    """The vault was locked, or the work given up, before it was done."""

    reason = "cancelled"


class _Opened(NamedTuple):
    sealed: Sealed
    plan: ImportPlan
    expected: Mapping[str, Expected]
    settings_here: Mapping[str, Mapping[str, str]]


class Exchange:
    """`reload` reads the connectors again; `rest` keeps the schedule from renewing while an import writes."""

    def __init__(
        self,
        core: Core,
        reload: Callable[[], Awaitable[None]],
        rest: Callable[[], Awaitable[Callable[[], None]]],
    ) -> None:
        self._core = core
        self._reload = reload
        self._rest = rest
        self._opened: dict[str, _Opened] = {}
        self._at_work: dict[asyncio.Task[Any], threading.Event] = {}

    async def export(
        self,
        path: Path,
        passphrase: str,
        *,
        account_ids: Sequence[str] | None = None,
        history: bool = True,
        progress: Progress | None = None,
    ) -> ExportResult:
        """Writes an encrypted export. `progress` is told accounts done and in all, on another thread."""
        core = self._core

        def work(vault: Vault, told: Progress) -> ExportResult:
            wanted = None
            if account_ids is not None:
                wanted = {vault.account(account_id).connector for account_id in account_ids}
            own = definitions.own_definitions(core.definitions.folder, wanted)
            selection = Selection(
                account_ids=account_ids, history=history, definitions=own, program=f"Jackfield {__version__}"
            )
            end = vault.export(path, passphrase, selection, progress=told)
            return ExportResult(
                path=path,
                accounts=end.accounts,
                generations=end.generations,
                definitions=end.definitions,
                settings=end.settings,
            )

        return await self._exported(work, account_ids, progress, "encrypted", path)

    async def export_metadata(
        self, path: Path, *, account_ids: Sequence[str] | None = None, progress: Progress | None = None
    ) -> ExportResult:
        """Writes which accounts there are, without any secret, as plain JSON."""

        def work(vault: Vault, told: Progress) -> ExportResult:
            return write_metadata(self._core, vault, path, account_ids, lambda: told(0, 0))

        return await self._exported(work, account_ids, progress, "metadata", path)

    async def read(self, path: Path, passphrase: str) -> ImportPlan:
        """Opens an export and compares it. The key is kept until `forget`, `carry_out` or a lock."""
        sealed = await asyncio.to_thread(unseal, path, passphrase)
        plan_id = secrets.token_hex(8)

        def work(vault: Vault, told: Progress) -> _Opened:
            comparing = Comparing(self._core, vault, sealed, lambda: told(0, 0))
            plan = comparing.plan(plan_id)
            return _Opened(sealed, plan, comparing.expected, comparing.settings_here)

        opened = await self._guarded(lambda told: self._beside(work, told), None)
        self._core.vault  # noqa: B018 - raises where the vault was locked meanwhile
        self._opened[plan_id] = opened
        return opened.plan

    async def carry_out(
        self, plan_id: str, choices: Mapping[str, Choice], progress: Progress | None = None
    ) -> ImportResult:
        """Imports what was chosen, by the ids of the plan's items; what is not named goes by its default."""
        opened = self._opened.get(plan_id)
        if opened is None:
            raise NotFoundError("This preview is not there any more.", "Open the export again.")
        order = order_of(opened.plan, choices, opened.expected, opened.settings_here, self._keep())
        result = await self._guarded(lambda told: self._import(opened, order, choices, told), progress)
        self._opened.pop(plan_id, None)
        return result

    def forget(self, plan_id: str) -> None:
        """Drops a preview and its key."""
        self._opened.pop(plan_id, None)

    def halt(self) -> None:
        """Asks what is under way to end. Whoever waits for it hears how it ended: it may be done already."""
        for stop in self._at_work.values():
            stop.set()

    async def stop(self) -> None:
        """Ends what is under way, undone, and forgets all previews: the vault is to be locked."""
        self._opened.clear()
        tasks = list(self._at_work)
        self.halt()
        if tasks:
            await asyncio.wait(tasks)

    async def finish(self) -> str:
        """Writes definitions that an import left in the vault. A sentence where that does not succeed.

        Also after a crash: the import was whole when it was committed, and this is the rest of it.
        """
        vault, folder = self._core.session.still_saving(), self._core.definitions.folder
        try:
            definitions.write_waiting(vault, folder)
        except VaultError as error:
            log.warning("imported definitions were not written: %s", error.sentence)
            return f"The definitions could not be written yet: {error.sentence} The next unlock tries again."
        return ""

    async def _exported(
        self,
        work: Callable[[Vault, Progress], ExportResult],
        account_ids: Sequence[str] | None,
        progress: Progress | None,
        kind: str,
        path: Path,
    ) -> ExportResult:
        one = account_ids[0] if account_ids is not None and len(set(account_ids)) == 1 else ""
        connector = self._core.vault.account(one).connector if one else ""
        journal = self._core.journal
        with journal.operation("exported", account_id=one, connector=connector) as operation:
            result = await self._guarded(lambda told: self._beside(work, told), progress)
            accounts = "1 account" if result.accounts == 1 else f"{result.accounts} accounts"
            held = "encrypted" if kind == "encrypted" else "without secrets"
            operation.summary = f"{accounts} to {path.name}, {held}."
            operation.detail |= {"kind": kind, "file": str(path), "accounts": result.accounts}
            if account_ids is not None:
                operation.detail["account_ids"] = list(dict.fromkeys(account_ids))
        return result

    async def _import(
        self, opened: _Opened, order: Order, choices: Mapping[str, Choice], told: Progress
    ) -> ImportResult:
        core = self._core
        resume = await self._rest()
        try:
            with core.journal.operation("imported") as operation:

                def work(vault: Vault, told: Progress) -> list[Taken]:
                    return vault.import_export(opened.sealed, order, self._noting, told)

                taken = await self._beside(work, told)
                problem = await self.finish() if order.definitions else ""
                result = result_of(opened.plan, choices, taken, problem)
                operation.summary = result.sentence
                operation.detail |= {"file": str(opened.sealed.path)}
        finally:
            resume()
        if order.definitions or order.settings:
            await self._reload()
        for one in taken:
            core.held.forget(one.account_id)
            core.emit(AccountChanged(one.account_id, added=one.choice != "replace"))
            core.emit(ActivityAdded(one.account_id))
        return result

    def _noting(self, taken: Taken) -> ActivityRow:
        how = {
            "replace": "Replaced by its record in an export.",
            "keep_both": "Came in from an export, beside the account that was here.",
        }.get(taken.choice, "Came in from an export.")
        done = Operation("imported", taken.account_id, taken.connector, how)
        return self._core.journal.entry(done)

    def _keep(self) -> Keep:
        preferences = self._core.preferences()
        return Keep(count=preferences.history_count, days=preferences.history_days)

    async def _beside(self, work: Callable[[Vault, Progress], T], told: Progress) -> T:
        return await self._core.session.beside(lambda vault: work(vault, told))

    async def _guarded(
        self, begin: Callable[[Progress], Coroutine[Any, Any, T]], progress: Progress | None
    ) -> T:
        """Runs to an end whatever becomes of the caller: a thread cannot be left alone with the vault."""
        stop = threading.Event()

        def told(done: int, total: int) -> None:
            if stop.is_set():
                raise StoppedError("This was stopped before it was done. Nothing was changed.")
            if progress is not None and total:
                progress(done, total)

        task = asyncio.get_running_loop().create_task(begin(told))
        self._at_work[task] = stop
        task.add_done_callback(lambda done: self._at_work.pop(done, None))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # the caller has gone; that it was stopped is what was wanted
            raise
