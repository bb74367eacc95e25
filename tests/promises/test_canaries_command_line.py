"""The promise about secrets (132) over one long session at the command line, with everything logged.

Every way to sign in, renewing, failures that repeat what was sent, an edit, an export, an exception that
nobody foresaw, a kill. What was asked for by name (`token`, `--reveal`) is left out of what is looked at.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.vault import kdf
from desktop.vault.vault import Vault, prepare_slots
from tests.cli.runner import DEADLINE, PASSPHRASE, Done, Jackfield
from tests.oauth1_server import KEYS
from tests.promises.canary_service import (
    CRASH,
    CRASH_CODE,
    Canaries,
    CanaryService,
    OldService,
    files_below,
)
from tests.standin import Reply, Seen, StandIn

BROWSER = """#!{python}
import sys, httpx
httpx.get(sys.argv[-1], follow_redirects=True, trust_env=False, timeout=60)
"""
# What must have been among the secrets for this to mean anything.
KINDS = {
    "access_token", "refresh_token", "code", "code_verifier", "state", "client_secret", "id_token",
    "device_code", "cookie", "session", "password", "api_key", "site_secret", "Authorization",
    "consumer_secret", "oauth_signature", "oauth_token", "oauth_token_secret", "oauth_verifier",
    "own header", "own body", "edited", "passphrase", "wrong passphrase", "export's passphrase",
}  # fmt: skip


class Session:
    """A home, the services, and all that was said."""

    def __init__(self, folder: Path, service: CanaryService, old: OldService) -> None:
        self.jackfield = Jackfield(folder / "home", folder)
        self.service, self.old, self.canaries = service, old, service.canaries
        self.said: list[bytes] = []
        self.folders = [folder / name for name in ("home", "tmp", "person")]
        with Vault.create_prepared(folder / "home", prepare_slots(PASSPHRASE, cost=kdf.FLOOR_COST)):
            pass
        for place in self.folders:
            place.mkdir(mode=0o700, exist_ok=True)
        browser = folder / "browser"
        browser.write_text(BROWSER.format(python=sys.executable))
        browser.chmod(0o700)
        self.jackfield.env |= {
            "JACKFIELD_BROWSER": str(browser),
            "TMPDIR": str(folder / "tmp"),
            "HOME": str(folder / "person"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        service.define(folder / "home" / "connectors", old)
        self.canaries.take("passphrase", PASSPHRASE)

    def file(self, kind: str) -> str:
        """A new canary as `@file`, as somebody gives a secret who does not want it on the command line."""
        name = kind.replace(" ", "-").replace("'", "")
        return f"@{self.jackfield.file(name, self.canaries.mint(kind))}"

    def __call__(self, *line: str, code: int = 0, asked_for: bool = False) -> Done:
        """Runs a command with everything logged, and keeps what it said."""
        done = self.jackfield.process(*line, "--verbose", code=code)
        self.said.append(done.err.encode())
        if not asked_for:
            self.said.append(done.out.encode())
        return done

    def connect(self, key: str, *values: str, code: int = 0) -> str:
        """Connects, and returns the account's id."""
        given = [part for value in values for part in ("--set", value)]
        done = self("connect", key, *given, "--json", code=code)
        return "" if code else str(done.json["id"])

    def found(self) -> dict[str, set[str]]:
        """Where which secrets stand."""
        self.service.collect()
        self.old.collect(self.canaries)
        places = {f"what was said, {n}": text for n, text in enumerate(self.said)}
        places |= {str(path): content for path, content in files_below(*self.folders)}
        return {place: hits for place, text in places.items() if (hits := self.canaries.found_in(text))}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with CanaryService() as service, StandIn() as standin:
        yield Session(tmp_path, service, OldService(standin))


def test_132_the_search_finds_what_is_there() -> None:
    """Each form, at each alignment, in the middle of something else."""
    import base64

    canaries = Canaries()
    secret = canaries.mint("one")
    for before in ("", "a", "ab"):
        hidden = base64.b64encode(f"{before}{secret}tail".encode())
        assert canaries.found_in(b"log " + hidden)
    assert canaries.found_in(secret.encode("utf-16-le")) and canaries.found_in(secret.encode().hex().encode())
    assert not canaries.found_in(secret[:-3].encode())


def test_132_one_long_session_at_the_command_line(session: Session) -> None:
    service, canaries = session.service, session.canaries
    # Every way to sign in.
    client_secret = session.file("client_secret")
    for key in ("canary-oidc", "canary-device"):
        session(
            "connectors",
            "configure",
            key,
            "--set",
            "client_id=app",
            "--set",
            f"client_secret={client_secret}",
        )
    session(
        "connectors", "configure", "canary-old", *(f"--set={name}={value}" for name, value in KEYS.items())
    )
    oidc = session.connect("canary-oidc")
    device = session.connect("canary-device")
    old = session.connect("canary-old")
    login = session.connect("canary-session", "username=amelia", f"password={session.file('password')}")
    keys = (f"api_key={session.file('api_key')}", f"site_secret={session.file('site_secret')}")
    key = session.connect("canary-key", *keys)
    # Using them.
    session("refresh", oidc)
    session("refresh", "--all")
    for account in (oidc, old, login, key):
        session("request", account, "GET", "/things")
    own_header, own_body = session.file("own header"), session.file("own body")
    session("request", key, "POST", "/things?page=2", "-H", f"X-Own-Secret: {own_header}", "-d", own_body)
    session("test", key)
    session("token", device, asked_for=True)
    session("accounts", "show", oidc, "--reveal", asked_for=True)
    session("accounts", "edit", oidc, "--set", f"access_token={session.file('edited')}", "--json")
    session("accounts", "history", oidc)
    session("accounts", "restore", oidc, "1")
    session("accounts", "list", "--json")
    # Services that repeat what they were sent.
    service.refusing = "page"
    session("refresh", oidc, code=1)
    service.refusing = "declined"
    session.connect("canary-oidc", code=5)
    service.refusing = "echo"
    session("refresh", oidc, code=3)
    session("refresh", "--all", "--json", code=3)
    session.connect("canary-session", "username=amelia", f"password={session.file('password')}", code=1)
    session.connect("canary-key", f"api_key={session.file('api_key')}", keys[1], code=1)
    session("test", key, code=3)
    session.connect("canary-oidc", code=1)
    service.refusing = ""
    # An exception that nobody foresaw, with a secret in it.
    definition = session.jackfield.file("canary-crash.toml", CRASH)
    session.jackfield.file("canary-crash.py", CRASH_CODE)
    session("connectors", "add", str(definition), "--run-with-my-rights")
    session.connect("canary-crash", f"api_key={session.file('api_key')}", code=1)
    # On its way out, and looked over.
    exported = session.file("export's passphrase").removeprefix("@")
    session("vault", "export", "home/out.jackfield", "--export-passphrase-file", exported)
    session("vault", "export", "home/list.json", "--metadata-only")
    session("vault", "backup", "home/copy.jackfield-backup")
    session("vault", "check")
    session("audit", "list", "--json")
    wrong = session.file("wrong passphrase").removeprefix("@")
    session("accounts", "list", "--passphrase-file", wrong, code=4)
    session("accounts", "disconnect", device)
    killed_while_it_renews(session, oidc)

    found = session.found()
    assert set(canaries.kinds.values()) >= KINDS, KINDS - set(canaries.kinds.values())
    assert sum(map(len, session.said)) > 50_000, "the log has to hold something for this to mean anything"
    assert b"DEBUG" in session.said[0] and any(b"httpcore" in text for text in session.said)
    assert found == {}, "\n".join(f"{place}: {sorted(hits)}" for place, hits in found.items())


def killed_while_it_renews(session: Session, account: str) -> None:
    """Dies with a new token on the wire, and comes back."""
    arrived, leave = threading.Event(), threading.Event()
    plain = session.service._token

    def slow(seen: Seen) -> Reply:
        arrived.set()
        leave.wait(DEADLINE)
        return plain(seen)

    session.service.answer("POST /token", slow)
    running = session.jackfield.start("refresh", account, "--verbose")
    assert arrived.wait(DEADLINE)
    running.send_signal(signal.SIGKILL)
    out, err = running.communicate(timeout=DEADLINE)
    leave.set()
    assert running.returncode == -signal.SIGKILL
    session.said += [out.encode(), err.encode()]
    session.service.answer("POST /token", plain)
    session("refresh", account)
