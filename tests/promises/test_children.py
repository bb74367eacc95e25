"""What command lines and environments say (135) while accounts are connected and used."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.runner import Jackfield
from tests.engine.support import PASSPHRASE, make_home
from tests.promises.door import command_line
from tests.promises.shut_in import children_of
from tests.standin import Reply, Seen, StandIn

CLIENT_SECRET, API_KEY = "canary-client-secret", "canary-api-key/with+signs"
ACCESS, REFRESH, CODE = "canary-access-token", "canary-refresh-token", "canary-code"
TOKENS = {"access_token": ACCESS, "refresh_token": REFRESH, "token_type": "Bearer", "expires_in": 3600}
PROGRAM = """
async def request_profile_info(context):
    return (await context.http_request("GET", context.address + "/program", authenticate=True)).json()
"""
KEYED = """key = "shut-in"
name = "Shut in"
type = "apiKey"
account_name_from_profile_info = "name"

[auth.api_key]
name = "API key"
type = "password"

[auth.address]
name = "Address"

[apply]
auth = { bearer = "{{api_key}}" }
"""
# A browser that asks the service for the page first, so that it is looked at while it runs.
BROWSER = """#!{python} -IS
import sys, urllib.parse, urllib.request
reach = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
reach.open(sys.argv[1]).read()
asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(sys.argv[1]).query))
back = urllib.parse.urlencode({{"code": "{code}", "state": asked["state"]}})
reach.open(asked["redirect_uri"] + "?" + back).read()
"""


class Onlookers:
    """Look at every process below this one whenever the service is asked for something."""

    def __init__(self, service: StandIn) -> None:
        self.seen: dict[str, set[str]] = {}
        self._service = service

    def answer(self, key: str, reply: Reply) -> None:
        """The service looks around, and then answers."""

        def looking(_: Seen) -> Reply:
            self.look(key)
            return reply

        self._service.answer(key, looking)

    def look(self, moment: str) -> None:
        for pid in children_of(os.getpid()):
            for what in ("cmdline", "environ"):
                try:
                    text = Path(f"/proc/{pid}/{what}").read_bytes().decode(errors="replace")
                except (FileNotFoundError, ProcessLookupError):
                    continue  # it ended meanwhile
                self.seen.setdefault(moment, set()).add(text)

    @property
    def everything(self) -> str:
        return "\n".join(sorted(set().union(*self.seen.values())))


def spellings(secret: str) -> set[str]:
    """The secret as it could stand somewhere."""
    plain = secret.encode()
    encoded = base64.b64encode(plain).decode().rstrip("=")
    return {secret, quote(secret, safe=""), plain.hex(), encoded, encoded.replace("+", "-").replace("/", "_")}


@pytest.fixture
def onlookers(service: StandIn) -> Onlookers:
    looking = Onlookers(service)
    for key, reply in {
        "GET /oauth/authorize": Reply("<p>Sign in</p>"),
        "POST /oauth/token": Reply(TOKENS),
        "POST /oauth/revoke": Reply({}),
        "GET /oauth/userinfo": Reply({"sub": "1", "name": "Amelia"}),
        "GET /program": Reply({"name": "Ben"}),
    }.items():
        looking.answer(key, reply)
    return looking


def test_135_no_process_shows_a_secret_to_others(
    tmp_path: Path, service: StandIn, onlookers: Onlookers
) -> None:
    with command_line(make_home(tmp_path / "home", service.url), tmp_path / "work") as jackfield:
        browser = Path(jackfield.env["JACKFIELD_BROWSER"])
        browser.write_text(BROWSER.format(python=sys.executable, code=CODE))
        run: Callable[..., object] = jackfield.process
        secret = jackfield.file("secret", CLIENT_SECRET)
        run("connectors", "configure", "demo", "--set", f"client_secret=@{secret}")
        account = jackfield.process("connect", "demo", "--json").json["id"]
        for line in (("refresh",), ("test",), ("token",), ("accounts", "disconnect")):
            if line[-1] == "disconnect":
                run("request", account, "GET", "/oauth/userinfo")
            run(*line, account)
        shut_in(jackfield, tmp_path, service)
    forms = [seen.form for seen in service.asked("/oauth/token")]
    verifier = next(form["code_verifier"] for form in forms if "code_verifier" in form)
    assert forms[0]["client_secret"] == CLIENT_SECRET and forms[0]["code"] == CODE
    said = onlookers.everything
    assert "desktop.cli.main" in said, "the program itself was looked at"
    assert any("agrees" in text for text in onlookers.seen["GET /oauth/authorize"]), "and its browser"
    assert any("worker.py" in text for text in onlookers.seen["GET /program"]), (
        "and a program that is shut in"
    )
    for canary in (PASSPHRASE, CLIENT_SECRET, API_KEY, ACCESS, REFRESH, CODE, verifier):
        assert not [one for one in spellings(canary) if one in said], canary


def shut_in(jackfield: Jackfield, folder: Path, service: StandIn) -> None:
    """A key, typed in as a file, and a program of the person's own that works with it."""
    (own := folder / "own").mkdir()
    (own / "shut-in.toml").write_text(KEYED)
    (own / "shut-in.py").write_text(PROGRAM)
    key = jackfield.file("key", API_KEY)
    jackfield.process("connectors", "add", own / "shut-in.toml")
    done = jackfield.process(
        "connect", "shut-in", "--set", f"api_key=@{key}", "--set", f"address={service.url}", "--json"
    )
    assert done.json["name"] == "Ben"
    assert service.asked("/program")[0].header("Authorization") == f"Bearer {API_KEY}"


def test_135_what_a_browser_is_started_with_holds_nothing_of_ours(
    tmp_path: Path, service: StandIn, onlookers: Onlookers
) -> None:
    with command_line(make_home(tmp_path / "home", service.url), tmp_path / "work") as jackfield:
        Path(jackfield.env["JACKFIELD_BROWSER"]).write_text(BROWSER.format(python=sys.executable, code=CODE))
        jackfield.env["JACKFIELD_HOME"] = str(jackfield.home)
        jackfield.process("connect", "demo", "--json")
    of_browser = [text for text in onlookers.seen["GET /oauth/authorize"] if "desktop.cli.main" not in text]
    environments = [text for text in of_browser if "PATH=" in text and "JACKFIELD_" not in text]
    assert environments, "its environment is the person's, without a word of ours"
