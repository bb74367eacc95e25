"""`jackfield connect`: every ending of it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from desktop.practice import PASSWORD, Provider
from tests.cli.runner import DEADLINE, Jackfield, browser
from tests.practice.person import sign_in

ACCOUNT_KEYS = {
    "id", "connector", "method", "name", "email", "state", "state_reason", "created_at", "updated_at",
    "profile", "fields", "scopes", "credential", "saved_requests",
}  # fmt: skip
CREDENTIAL_KEYS = [
    "access_token", "refresh_token", "token_type", "expires_in", "expires_at", "created_at", "scope",
]  # fmt: skip


def link_of(waiting: subprocess.Popen[str]) -> str:
    """The link that a command prints on stderr."""
    assert waiting.stderr is not None
    for line in waiting.stderr:
        if line.startswith("Open: "):
            return line.removeprefix("Open: ").strip()
    raise AssertionError(f"no link; exit {waiting.wait(DEADLINE)}")


def port_of(link: str) -> int:
    """The port of the listener that a link leads back to."""
    port = urlsplit(parse_qs(urlsplit(link).query)["redirect_uri"][0]).port
    assert port is not None
    return port


def is_open(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def test_a_browser_sign_in_prints_the_account(practised: Jackfield) -> None:
    done = practised.process("connect", "practice-oauth2", "--json")
    account = done.json
    assert set(account) == ACCOUNT_KEYS
    assert (account["connector"], account["name"]) == ("practice-oauth2", "Amelia Ortega")
    assert account["email"] == "amelia@practice.example"
    assert (account["state"], account["state_reason"]) == ("connected", "")
    assert account["profile"]["sub"] == "u-1001"
    assert "profile" in account["scopes"]["granted"]
    credential = account["credential"]
    assert list(credential)[: len(CREDENTIAL_KEYS)] == CREDENTIAL_KEYS
    assert credential["expires_in"] == 3600
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", credential["expires_at"])
    for name in ("access_token", "refresh_token"):
        assert re.fullmatch("••••.{4}", credential[name])
    assert "Reading the profile" in done.err


def test_people_get_it_in_words(practised: Jackfield) -> None:
    done = practised("connect", "practice-oauth2", "--account-name", "Work")
    assert done.out.startswith("Work\n")
    assert "amelia@practice.example" in done.out
    assert "Connected Work." in done.err


def test_no_browser_prints_the_link_and_waits(practised: Jackfield) -> None:
    del practised.env["JACKFIELD_BROWSER"]
    with practised.start("connect", "practice-oauth2", "--no-browser", "--json") as waiting:
        callback = sign_in(link_of(waiting))
        page = httpx.get(callback, trust_env=False, follow_redirects=True)
        assert page.status_code == 200
        out, err = waiting.communicate(timeout=DEADLINE)
    assert waiting.returncode == 0, err
    assert '"Amelia Ortega"' in out
    assert not is_open(urlsplit(callback).port or 0)


@pytest.mark.parametrize("option", ["--no-browser", None])
def test_the_address_can_be_pasted(option: str | None, practised: Jackfield) -> None:
    del practised.env["JACKFIELD_BROWSER"]
    options = ["--paste", "--json", *([option] if option else [])]
    with practised.start("connect", "practice-oauth2", *options) as waiting:
        callback = sign_in(link_of(waiting))
        assert waiting.stdin is not None
        waiting.stdin.write(f"http://127.0.0.1/callback?code=x&state=wrong\n\n{callback}\n")
        waiting.stdin.flush()
        out, err = waiting.communicate(timeout=DEADLINE)
    assert waiting.returncode == 0, err
    assert '"Amelia Ortega"' in out
    assert "Paste another" in err


def test_a_paste_that_ends_without_an_address_fails(practised: Jackfield) -> None:
    done = practised.process("connect", "practice-oauth2", "--paste", "--no-browser", code=1, stdin="")
    assert "before an address was pasted" in done.err
    wrong = practised.process(
        "connect", "practice-oauth2", "--paste", "--no-browser", code=1, stdin="nonsense"
    )
    assert "jackfield: " in wrong.err


def test_paste_and_a_value_from_stdin_exclude_each_other(practised: Jackfield) -> None:
    assert "stdin" in practised("connect", "practice-key", "--paste", "--set", "api_key=-", code=2).err


def test_declined_ends_with_5(practised: Jackfield, provider: Provider) -> None:
    practised.env["JACKFIELD_BROWSER"] = str(browser(practised.folder, "--press", "Decline"))
    done = practised("connect", "practice-oauth2", "--json", code=5)
    assert done.out == ""
    assert "declined" in done.err
    assert provider.count("/oauth/token") == 0
    assert practised("accounts", "list", "--json").json == []


def test_nobody_coming_back_ends_with_5(practised: Jackfield) -> None:
    done = practised("connect", "practice-oauth2", "--no-browser", "--timeout", "0.2", code=5)
    assert done.err.count("jackfield: ") == 1


def test_ctrl_c_ends_with_130_and_frees_the_port(practised: Jackfield) -> None:
    with practised.start("connect", "practice-oauth2", "--no-browser") as waiting:
        port = port_of(link_of(waiting))
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=DEADLINE)
    assert (waiting.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert not is_open(port)


def test_a_key_from_a_file_or_from_stdin(practised: Jackfield) -> None:
    key = practised.file("key", "practice-key-ben-9d27\n")
    account = practised("connect", "practice-key", "--set", f"api_key=@{key}", "--json").json
    assert account["name"] == "Ben Carter"
    assert account["fields"]["api_key"] == "••••9d27"
    assert account["credential"]["access_token"] is None
    piped = practised.process(
        "connect", "practice-key", "--set", "api_key=-", "--json", stdin="practice-key-amelia-4f1c\n"
    )
    assert piped.json["name"] == "Amelia Ortega"


def test_a_password(practised: Jackfield) -> None:
    word = practised.file("word", PASSWORD)
    line = (
        "connect",
        "practice-password",
        "--set",
        "username=amelia",
        "--set",
        f"password=@{word}",
        "--json",
    )
    assert practised(*line).json["name"] == "Amelia Ortega"


def test_a_refused_key_is_a_sentence(practised: Jackfield) -> None:
    done = practised("connect", "practice-key", "--set", "api_key=canary-not-a-key-5512", code=1)
    assert "\njackfield: Practice (API key) did not accept" in done.err
    assert "canary" not in done.err
    assert practised("accounts", "list", "--json").json == []


def test_an_unknown_connector_names_the_nearest(practised: Jackfield) -> None:
    done = practised("connect", "practice-oauth", code=1)
    assert "practice-oauth2" in done.err


def test_an_unknown_method_and_an_unknown_field_are_sentences(practised: Jackfield) -> None:
    assert "no method" in practised("connect", "practice-key", "--method", "nope", code=1).err
    assert "nope" in practised("connect", "practice-key", "--set", "nope=1", "--set", "api_key=x", code=1).err


def test_a_missing_field_is_named(practised: Jackfield) -> None:
    done = practised("connect", "practice-key", code=1)
    assert "API key" in done.err


def test_a_missing_client_id_says_how_to_set_it(practised: Jackfield) -> None:
    done = practised("connect", "github", "--no-browser", code=1)
    assert "client_id" in done.err
    assert "jackfield connectors configure github" in done.err


def test_a_taken_callback_port_is_named(practised: Jackfield) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        uri = f"http://127.0.0.1:{port}/callback"
        practised("connectors", "configure", "practice-oauth2", "--set", f"redirect_uri={uri}")
        done = practised("connect", "practice-oauth2", "--no-browser", code=1)
    assert str(port) in done.err


@pytest.mark.parametrize("answer", ["html_200", "html_502", "empty", "bad_json"])
def test_a_service_that_answers_nonsense_is_a_sentence(
    answer: str, practised: Jackfield, provider: Provider
) -> None:
    provider.knobs.fail_next(1, answer)  # type: ignore[arg-type]
    done = practised("connect", "practice-oauth2", "--json", code=1)
    assert done.out == ""
    assert done.err.count("jackfield: ") == 1
    assert "<html" not in done.err.lower()
    assert practised("accounts", "list", "--json").json == []


def test_a_browser_that_cannot_be_started_is_a_sentence(practised: Jackfield) -> None:
    practised.env["JACKFIELD_BROWSER"] = str(practised.folder / "absent")
    done = practised("connect", "practice-oauth2", "--timeout", "0.5", code=5)
    assert "The browser “absent” could not be started: No such file or directory." in done.err
    assert "\nOpen: http://127.0.0.1:" in done.err, "the link, so that it can be opened by hand"
    assert "Traceback" not in done.err
