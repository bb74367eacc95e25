"""The promise that nothing is lost in the long run (144), in short; tests/bench/soak.py is the long run."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from connectors.credential import utc_now
from desktop.engine.engine import Engine
from desktop.practice import Provider
from desktop.practice.knobs import Knobs
from desktop.vault.reader import Reader
from tests.engine.accelerated import accelerated, connected_home
from tests.engine.conftest import provider
from tests.engine.faulty_way import FaultyWay
from tests.engine.support import DEADLINE, PASSPHRASE, Events
from tests.practice.client import ClientApp

__all__ = ["provider"]  # fixtures
ACCOUNTS, ROUNDS = 10, 3


def expires_at(reader: Reader, account_id: str) -> datetime:
    moment = reader.account(account_id).expires_at
    assert moment is not None
    return moment


def test_144_through_errors_and_resets_no_grant_is_lost(tmp_path: Path, provider: Provider) -> None:
    """Tokens of one second, a quarter of the refreshes fails, and yet all grants live on."""
    knobs: Knobs = provider.knobs
    knobs.token_lifetime = 1
    home, events = tmp_path / "home", Events()
    with (
        FaultyWay(provider.url, errors=0.15, resets=0.1) as way,
        accelerated(500),
        ClientApp(provider.url) as person,
    ):
        ids = connected_home(home, provider.url, way.url, ACCOUNTS)
        with Engine(home, scheduled=True) as engine:
            engine.subscribe(events)
            engine.run(engine.unlock(PASSPHRASE), DEADLINE)
            with closing(engine.reader()) as reader:
                events.wait(lambda _: all(reader.account(one).generation > ROUNDS for one in ids))
                knobs.token_lifetime = 3600
                way.repaired()
                later = utc_now() + timedelta(minutes=1)
                events.wait(lambda _: all(expires_at(reader, one) > later for one in ids))
            tokens = [engine.run(engine.token(one), DEADLINE) for one in ids]
        assert [person.userinfo(token).status_code for token in tokens] == [200] * ACCOUNTS
        assert way.counts["error"]
        assert way.counts["reset"]
        assert way.sent_twice() == 0
