"""One account at the practice provider in strict mode, and processes that refresh it and are killed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop.practice import Provider
from desktop.vault.records import AccountRow
from desktop.vault.vault import Vault
from tests.engine.support import PASSPHRASE, make_home
from tests.practice.client import ClientApp
from tests.vault.helpers import NOW, child_environment

ACCOUNT = "acc-refresh"


class Rounds:
    """Asks the forking process for acts; looks at the provider from outside."""

    def __init__(self, provider: Provider, forks: subprocess.Popen[str], person: ClientApp) -> None:
        self.provider, self._forks, self._person = provider, forks, person

    def act(self, name: str, *arguments: Any) -> Any:
        """One act of refresh_children.Forks."""
        assert self._forks.stdin is not None
        assert self._forks.stdout is not None
        self._forks.stdin.write(json.dumps([name, *arguments]) + "\n")
        self._forks.stdin.flush()
        return json.loads(self._forks.stdout.readline())

    def sign_in(self) -> None:
        """A new grant, as after a person signed in."""
        answer = self._person.connect()
        self.act("sign_in", answer["access_token"], answer["refresh_token"])

    def is_alive(self, access_token: str) -> bool:
        """Whether the service takes this token. Of a grant that was ended it takes none."""
        return self._person.userinfo(access_token).status_code == 200

    def refreshes(self) -> int:
        """How many refresh requests have arrived."""
        return self.provider.count("/oauth/token", grant_type="refresh_token")

    def settle(self) -> None:
        """Until the provider has answered everything, also what came from processes that are dead.

        Connections are accepted in their order: whoever is served now came after all of them.
        """
        dispatcher = self.provider._server.task_dispatcher
        for _ in range(1000):
            self._person.http.get("/", headers={"Connection": "close"})
            if dispatcher.active_count == 0 and not dispatcher.queue:
                return
        raise AssertionError("the provider does not come to rest")


@contextmanager
def rounds(home: Path, provider: Provider) -> Iterator[Rounds]:
    """A home with one connected account, and the process that forks."""
    make_home(home, provider.url)
    with ClientApp(provider.url) as person:
        key = _with_account(home)
        command = [
            sys.executable,
            "-W",
            "error",
            "-m",
            "tests.engine.refresh_children",
            str(home),
            key,
            ACCOUNT,
        ]
        forks = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=child_environment()
        )
        with forks:
            ready = Rounds(provider, forks, person)
            ready.sign_in()
            ready.act("warm")
            yield ready
        assert forks.returncode == 0


def _with_account(home: Path) -> str:
    with Vault.open(home, PASSPHRASE) as vault:
        row = AccountRow(
            id=ACCOUNT,
            connector="demo",
            method="oauth2",
            name="Amelia",
            renewable=True,
            has_token=True,
            created_at=NOW,
            updated_at=NOW,
        )
        vault.add_account(row, b"{}", {})
        return vault.key.hex()
