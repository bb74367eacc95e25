"""What a definition's own program cannot say, by the promise's number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.definition import Connector
from connectors.errors import (
    DefinitionError,
    ServiceError,
    UnsafeUrlError,
    WrongCredentialsError,
)
from connectors.worker.limits import MEBIBYTE, Limits
from tests.connectors.support import PromptBrowser, connect_it, inputs_of
from tests.promises.shut_in import (
    SAY,
    connect,
    load,
)
from tests.real.requirements import need_room


@pytest.fixture(autouse=True)
def room() -> None:
    need_room()


NONSENSE = {
    "no JSON": b"hello\n",
    "no text": b"\xff\xfe\x00\n",
    "no object": b"[1]\n",
    "no type": b'{"value": 1}\n',
    "an unknown type": b'{"type": "token", "account": "another"}\n',
    "another account": b'{"type": "returned", "value": {}, "account": "another"}\n',
    "an unknown member": b'{"type": "raised", "kind": "service", "message": "x", "name": "y", "evil": 1}\n',
    "an unknown kind": b'{"type": "raised", "kind": "SystemExit", "message": "x", "name": "y"}\n',
    "a wrong kind of member": b'{"type": "http", "method": "GET", "url": 7, "raise_for_status": true}\n',
    "a method that is none": (
        b'{"type": "http", "method": "CONNECT", "url": "https://x.example/", "raise_for_status": true, '
        b'"authenticate": false}\n'
    ),
    "deep": b'{"type": "returned", "value": ' + b"[" * 100 + b"]" * 100 + b"}\n",
    "very deep": b'{"type": "returned", "value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "not a number": b'{"type": "returned", "value": NaN}\n',
    "an endless line": b"x" * (3 * MEBIBYTE),
}


@pytest.mark.parametrize("what", NONSENSE)
def test_139_what_makes_no_sense_ends_it(tmp_path: Path, what: str) -> None:
    step = f"_say(bytes.fromhex({NONSENSE[what].hex()!r}))"
    python = f"{SAY}\nasync def request_profile_info(context):\n    {step}\n"
    with pytest.raises(DefinitionError) as ended:
        connect(load(tmp_path, python, limits=Limits(thinking=5.0)))
    assert "was ended" in ended.value.sentence
    assert "Traceback" not in ended.value.sentence and len(ended.value.sentence) < 200


@pytest.mark.parametrize(
    "value",
    ["b'bytes'", "object()", "float", "(lambda x: x(x))", "{1: object()}", "[[]] * 3 + [open('/dev/null')]"],
)
def test_139_a_result_that_is_no_data_is_a_mistake_of_the_program(tmp_path: Path, value: str) -> None:
    with pytest.raises(DefinitionError, match=r"example\.py"):
        connect(load(tmp_path, f"def request_profile_info(context):\n    return {value}\n"))


@pytest.mark.parametrize("value", ["7", "'text'", "True", "[[1]]", "['x']"])
def test_139_a_result_of_the_wrong_shape_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ServiceError, match="no profile"):
        connect(load(tmp_path, f"def request_profile_info(context):\n    return {value}\n"))


SIGN_IN = """
name = "Example"
type = "oauth2"
request_access_token = "https://example.com/token"
"""


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "http://evil.example/",
            "-flag",
            "",
        ),
        *("ms-msdt:/id", "\\\\\\\\host\\\\share", " https://evil.example/", "https://169.254.169.254/"),
        *("https://example.com/?state=mine", "https://example.com/?code_challenge_method=plain"),
    ],
)
def test_139_no_address_gets_by_the_rules(tmp_path: Path, url: str) -> None:
    connector = load(tmp_path, f"def auth_url(context):\n    return '{url}'\n", toml=SIGN_IN)
    browser = PromptBrowser()
    with pytest.raises(UnsafeUrlError):
        connect_it(inputs_of(connector, settings={"client_id": "c", "client_secret": "s"}), browser)
    assert browser.opened == []


def test_139_its_words_are_shown_as_plain_text(tmp_path: Path) -> None:
    python = "def validate(context):\n    raise Exception('No\\u202e\\x1b[31m ' + 'x' * 5000)\n"
    with pytest.raises(WrongCredentialsError) as refused:
        connect(load(tmp_path, python))
    assert refused.value.sentence.startswith("No[31m xxx")
    assert len(refused.value.sentence) < 400


@pytest.fixture
def in_a_row(tmp_path: Path) -> Callable[[str], Connector]:
    return lambda python: load(tmp_path, python)


def test_139_one_operation_knows_nothing_of_another(in_a_row: Callable[[str], Connector]) -> None:
    connector = in_a_row(
        "seen = []\ndef request_profile_info(context):\n    seen.append(context.api_key)\n"
        "    open('/tmp/kept', 'a').write(context.api_key)\n"
        "    return {'name': 'x', 'seen': seen, 'kept': open('/tmp/kept').read()}\n"
    )
    for key in ("first-key-1", "second-key-2"):
        profile = connect(connector, api_key=key).profile
        assert (profile["seen"], profile["kept"]) == ([key], key)
