"""The schedule: before the end, once per lifetime, spread, and right after the computer slept."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.credential import Credential
from connectors.definition import Connector, Method, TokenRequest
from connectors.errors import TemporaryError
from desktop.engine.events import AccountChanged
from desktop.engine.refreshing.backoff import Backoff
from desktop.engine.refreshing.scheduler import Scheduler, SystemClock
from desktop.practice import Provider
from desktop.vault.records import AccountRow, PendingRefresh
from tests.engine.support import bench

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class FakeClock:
    """Time moves when everybody waits, and then to the next moment that somebody waits for.

    Waits count by a clock that stands still while the computer sleeps, as the system's do.
    """

    def __init__(self) -> None:
        self._awake = self._asleep = 0.0  # seconds
        self._waiting: list[tuple[float, int, asyncio.Event]] = []
        self._number = 0

    def now(self) -> datetime:
        return START + timedelta(seconds=self._awake + self._asleep)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        over = asyncio.Event()
        self._number += 1
        heapq.heappush(self._waiting, (self._awake + seconds, self._number, over))
        waits = [asyncio.ensure_future(one.wait()) for one in (event, over)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def advance(self, seconds: float) -> None:
        """Lets everything happen that happens within so many seconds."""
        end = self._awake + seconds
        while True:
            for _ in range(30):
                await asyncio.sleep(0)
            if not self._waiting or self._waiting[0][0] > end:
                break
            self._awake, _, over = heapq.heappop(self._waiting)
            over.set()
        self._awake = end

    def sleep(self, seconds: float) -> None:
        """The lid was closed for so long."""
        self._asleep += seconds


class FakeService:
    """Accounts whose tokens live `lifetime` seconds; stands for vault, catalog and refreshing at once."""

    def __init__(self, clock: FakeClock, count: int, lifetime: float, lead: float) -> None:
        self.clock, self.lifetime = clock, lifetime
        self.tokens: dict[str, Credential] = {}
        self.refreshed: list[tuple[str, datetime]] = []
        self.failing: set[str] = set()
        self.backoff = Backoff()
        self.method = Method(
            key="oauth2",
            type="oauth2",
            name="OAuth 2",
            request_access_token=TokenRequest(url="https://service.example/token"),
            refresh_before_exp=int(lead),
        )
        connector = Connector(key="demo", name="Demo", methods={"oauth2": self.method})
        self.core: Any = SimpleNamespace(
            vault=self,
            known_method=lambda row: self.method,
            credential=lambda row: self.tokens[row.id],
            definitions=SimpleNamespace(catalog=[connector]),
        )
        self.scheduler = Scheduler(self.core, self, clock)  # type: ignore[arg-type]
        for number in range(count):
            self._issue(f"a{number}")

    def due_accounts(self, before: datetime) -> list[AccountRow]:
        rows = [
            AccountRow(
                id=key,
                connector="demo",
                method="oauth2",
                name=key,
                renewable=True,
                has_token=True,
                expires_at=token.expires_at,
                created_at=START,
                updated_at=START,
            )
            for key, token in self.tokens.items()
        ]
        return sorted((row for row in rows if row.expires_at <= before), key=lambda row: row.expires_at)

    def pending_refreshes(self) -> list[PendingRefresh]:
        return []

    def is_refreshing(self, account_id: str) -> bool:
        return False

    async def refresh(self, account_id: str, **_: Any) -> None:
        self.refreshed.append((account_id, self.clock.now()))
        await asyncio.sleep(0)
        if account_id in self.failing:
            error = TemporaryError("down")
            self.backoff.failed(account_id, error, self.clock.now())
            raise error
        self._issue(account_id)
        self.scheduler.on_event(AccountChanged(account_id))

    def _issue(self, account_id: str) -> None:
        now = self.clock.now()
        self.tokens[account_id] = Credential(
            access_token="a",
            refresh_token="r",
            created_at=now,
            expires_at=now + timedelta(seconds=self.lifetime),
        )


def scheduled(count: int, lifetime: float, lead: float, play: Any) -> FakeService:
    """Runs `play(service, clock)` with the schedule going."""

    async def main() -> FakeService:
        clock = FakeClock()
        service = FakeService(clock, count, lifetime, lead)
        service.scheduler.start()
        await play(service, clock)
        await service.scheduler.stop()
        return service

    return asyncio.run(main())


def test_a_token_is_renewed_by_its_lead_before_it_ends() -> None:
    async def play(service: FakeService, clock: FakeClock) -> None:
        await clock.advance(3299)
        assert service.refreshed == []
        await clock.advance(2)

    service = scheduled(1, 3600, 300, play)
    assert [at - START for _, at in service.refreshed] == [timedelta(seconds=3300)]


@pytest.mark.parametrize("lead", [5, 300])
def test_tokens_of_five_seconds_are_renewed_once_each_lifetime(lead: float) -> None:
    async def play(service: FakeService, clock: FakeClock) -> None:
        await clock.advance(600)

    service = scheduled(3, 5, lead, play)
    ideal = 600 / 4
    for count in Counter(key for key, _ in service.refreshed).values():
        assert 0.9 * ideal <= count <= ideal


def test_a_service_that_is_down_is_asked_less_and_less() -> None:
    async def play(service: FakeService, clock: FakeClock) -> None:
        service.failing = {"a0"}
        await clock.advance(3300 + 600)
        assert 1 < len(service.refreshed) <= 10
        service.failing = set()
        await clock.advance(1200)

    service = scheduled(1, 3600, 300, play)
    assert service.tokens["a0"].expires_at > START + timedelta(seconds=3600)


def test_after_a_night_nothing_is_renewed_all_at_once() -> None:
    async def play(service: FakeService, clock: FakeClock) -> None:
        await clock.advance(10)
        clock.sleep(8 * 3600)
        await clock.advance(60)

    service = scheduled(50, 3600, 300, play)
    assert {key for key, _ in service.refreshed} == set(service.tokens)
    first = service.refreshed[0][1]
    assert first <= START + timedelta(seconds=10 + 8 * 3600 + 5)
    per_second = Counter(int((at - first).total_seconds()) for _, at in service.refreshed)
    assert max(per_second.values()) <= 8


def test_idle_it_looks_once_a_minute() -> None:
    looks = 0

    async def play(service: FakeService, clock: FakeClock) -> None:
        nonlocal looks
        real = service.due_accounts

        def counted(before: datetime) -> list[AccountRow]:
            nonlocal looks
            looks += 1
            return real(before)

        service.due_accounts = counted  # type: ignore[method-assign]
        await clock.advance(3600)

    scheduled(0, 3600, 300, play)
    assert 50 <= looks <= 62


@pytest.mark.parametrize("turns", range(4))
def test_a_stop_that_comes_together_with_an_event_is_not_lost(turns: int) -> None:
    async def play() -> None:
        event = asyncio.Event()
        waiting = asyncio.create_task(SystemClock().wait(event, 60))
        for _ in range(3):
            await asyncio.sleep(0)
        event.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        if waiting.cancel():  # it was still waiting, so it has to end as cancelled
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(play())


def test_the_real_thing_with_tokens_of_two_seconds(home: Path, provider: Provider) -> None:
    """Real clock, real vault, real provider: two lifetimes, two requests."""
    provider.knobs.token_lifetime = 2
    with bench(home, provider, scheduled=True) as at_work:
        row = at_work.connect()

        def generation(_: object) -> bool:
            return bool(provider.count("/oauth/token", grant_type="refresh_token") >= 2)

        at_work.events.wait(generation)
        entries = at_work.run(at_work.engine.history(row.id))
        assert len(entries) - 1 == 2
        actors = {entry.actor for entry in at_work.run(at_work.engine.activity(row.id))}
        assert actors == {"window", "schedule"}
