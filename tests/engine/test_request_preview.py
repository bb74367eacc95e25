"""What is said about a request before it is sent, and how it is written for a shell."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import InvalidInputError
from desktop.engine.requests.preview import RequestPreview
from desktop.practice import Provider
from tests.engine.support import Bench, bench, define, make_home

KEY = "key-of-amelia-0123456789"
PASSWORD = 'p"a$s`s\\w!rd 0123'
BASE = 'type = "apiKey"\nbase_url = "https://api.practice.example/v1"\n'
KEY_FIELD = '[auth.key]\ntype = "password"\nname = "Key"\n'
DEFINITIONS = {
    "in-header": BASE + KEY_FIELD + '[apply.headers]\n"X-Api-Key" = "{{{{key}}}}"\n',
    "in-query": BASE + KEY_FIELD + '[apply.query]\napi_key = "{{{{key}}}}"\n',
    "in-body": BASE + KEY_FIELD + '[apply.body]\nkey = "{{{{key}}}}"\n',
    "in-path": BASE + KEY_FIELD + '[apply]\npath = "/bot{{{{key}}}}"\n',
    "made": BASE + KEY_FIELD + '[apply.headers]\n"X-Made" = "{{{{key | sha256}}}}"\n',
    "basic": (
        'type = "apiKey"\nbase_url = "https://api.practice.example"\n'
        '[auth.username]\nname = "User"\n[auth.password]\ntype = "password"\nname = "Password"\n'
        '[apply.auth]\nuser = "{{{{username}}}}"\npassword = "{{{{password}}}}"\n'
        '[request_headers]\nAccept = "application/vnd.practice+json"\n'
    ),
}


@pytest.fixture
def home(tmp_path: Path, provider: Provider) -> Path:
    made = make_home(tmp_path / "home", provider.url)
    for key, text in DEFINITIONS.items():
        define(made, f'key = "{key}"\nname = "{key}"\n' + text)
    return made


@pytest.fixture
def at_work(home: Path, provider: Provider) -> Iterator[Bench]:
    with bench(home, provider) as running:
        yield running


def account(at_work: Bench, key: str) -> str:
    values = {"username": "amelia", "password": PASSWORD} if key == "basic" else {"key": KEY}
    return at_work.connect(key, values).id


def preview(at_work: Bench, account_id: str) -> RequestPreview:
    found: RequestPreview = at_work.run(at_work.engine.request_preview(account_id))
    return found


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("in-header", "X-Api-Key: ••••6789"),
        ("in-query", "?api_key=••••6789"),
        ("in-body", "key = ••••6789 (body)"),
        ("in-path", "/bot••••6789"),
        ("made", "X-Made: ••••"),
        ("basic", "Authorization: Basic amelia:••••"),
    ],
)
def test_it_says_where_the_credential_goes_and_covers_it(at_work: Bench, key: str, said: str) -> None:
    found = preview(at_work, account(at_work, key))
    assert found.credential == (said,)
    assert found.base.startswith("https://api.practice.example")
    assert KEY not in repr(found) and PASSWORD not in repr(found)


def test_it_says_what_the_definition_adds(at_work: Bench) -> None:
    found = preview(at_work, account(at_work, "basic"))
    assert found.standing == (("Accept", "application/vnd.practice+json"),)


def test_a_bearer_token_shows_its_end(at_work: Bench) -> None:
    row = at_work.connect()
    token = at_work.run(at_work.engine.token(row.id))
    found = preview(at_work, row.id)
    assert found.credential == (f"Authorization: Bearer ••••{token[-4:]}",)
    assert found.base == at_work.provider.url


def curl(at_work: Bench, account_id: str, *request: object) -> str:
    line: str = at_work.run(at_work.engine.as_curl(account_id, *request))
    return line


def test_a_line_for_a_shell_asks_for_the_secret(at_work: Bench) -> None:
    row = at_work.connect()
    line = curl(at_work, row.id, "POST", "/a?x={y}", (("X-Note", "it's"),), '{"a": "$HOME"}')
    assert at_work.run(at_work.engine.token(row.id)) not in line
    assert f'-H "Authorization: Bearer $(jackfield token {row.id})"' in line
    words = shlex.split(line)
    assert words[:4] == ["curl", "-X", "POST", "--globoff"]
    assert words[4] == f"{at_work.provider.url}/a?x={{y}}"
    assert "X-Note: it's" in words and '{"a": "$HOME"}' in words


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("in-header", '-H "X-Api-Key: $(jackfield token ID --field key)"'),
        (
            "in-query",
            "'https://api.practice.example/v1/me?a=1&'\"api_key=$(jackfield token ID --field key)\"",
        ),
        ("basic", '-u "amelia:$(jackfield token ID --field password)"'),
    ],
)
def test_a_key_is_asked_for_by_its_field(at_work: Bench, key: str, part: str) -> None:
    account_id = account(at_work, key)
    line = curl(at_work, account_id, "GET", "/me?a=1")
    assert part.replace("ID", account_id) in line and KEY not in line and PASSWORD not in line


@pytest.mark.parametrize("key", ["in-path", "made"])
def test_what_a_shell_cannot_do_is_said(at_work: Bench, key: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        curl(at_work, account(at_work, key), "GET", "/me")
    assert "curl" in caught.value.sentence and KEY not in caught.value.sentence


def test_a_credential_in_the_body_stops_only_requests_with_one(at_work: Bench) -> None:
    account_id = account(at_work, "in-body")
    assert "curl" in curl(at_work, account_id, "GET", "/me")
    with pytest.raises(InvalidInputError):
        curl(at_work, account_id, "POST", "/me", (), "{}")


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_a_shell_sends_the_same_bytes(at_work: Bench, tmp_path: Path, home: Path) -> None:
    """The line is run by a real shell; its two commands are stand-ins that show their words."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "curl").write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    (tools / "jackfield").write_text('#!/bin/sh\nprintf "%s" "the $* answer"\n')
    for tool in tools.iterdir():
        tool.chmod(0o700)
    account_id = account(at_work, "basic")
    body = "quotes ' \" and $(touch nothing) and `x` and !!\nsecond line"
    line = curl(at_work, account_id, "PUT", "/x?q=1", (("X-A", "b!c"),), body)
    done = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, check=True, env={"PATH": f"{tools}:/usr/bin:/bin"}
    )
    words = done.stdout.decode().split("\0")[:-1]
    assert words == [
        *("-X", "PUT", "https://api.practice.example/x?q=1"),
        *("-H", "accept: application/vnd.practice+json", "-H", "X-A: b!c"),
        *("-u", f"amelia:the token {account_id} --field password answer"),
        *("--data-raw", body),
    ]
