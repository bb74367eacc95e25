"""What leaves the application as text: known secrets in every form, unknown ones by their looks."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import sys
import threading
import time
from urllib.parse import quote, quote_plus, urlencode

import pytest

from desktop.engine.network.http import make_client
from desktop.engine.privacy.logs import RedactingHandler
from desktop.engine.privacy.redaction import MAX_OF_ONE, Redactor, install_logging, mask, redact, redactor
from tests.engine.raw_server import answer, raw_server

SECRET = 'Cänary/+ "x"\\=7Q'
PLAIN = "cAn4ryW1thNothingOdd"


@pytest.mark.parametrize("secret", [SECRET, PLAIN, "line one\nline two\ttab", "пароль-1234"])
@pytest.mark.parametrize("lead", ["", "a", "ab", "user:"])
def test_a_known_secret_is_found_in_every_form(secret: str, lead: str) -> None:
    own = Redactor()
    own.register(secret)
    around = (lead + secret + "end").encode()
    texts = [
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        quote(secret, safe="").lower() if secret.isascii() and secret.islower() else quote(secret, safe=""),
        urlencode({"x": secret}),
        json.dumps({"x": secret}),
        json.dumps({"x": secret}, ensure_ascii=False),
        repr({"x": secret}),
        secret.encode().hex(),
        base64.b64encode(around).decode(),
        base64.urlsafe_b64encode(around).decode(),
    ]
    for text in texts:
        shown = own.redact(f"before {text} after")
        assert shown != f"before {text} after"
        assert "••••" in shown
        assert shown.startswith("before ")
        assert shown.endswith(" after")
        assert secret not in shown


def test_percent_encoding_in_small_letters_is_found() -> None:
    own = Redactor()
    own.register("abc/def+ghi")
    assert own.redact("q=abc%2fdef%2bghi") == "q=••••"


def test_the_longer_of_two_secrets_goes_wholly() -> None:
    own = Redactor()
    own.register("abcdefgh")
    own.register("abcdefgh-and-more")
    assert own.redact("[abcdefgh-and-more] [abcdefgh]") == "[••••] [••••]"


def test_short_secrets_do_not_blot_out_words() -> None:
    own = Redactor()
    own.register("a")
    own.register("")
    assert own.redact("a cat") == "a cat"


def test_forgotten_secrets_are_no_longer_looked_for() -> None:
    own = Redactor()
    own.register(PLAIN)
    own.forget_all()
    assert own.redact(f"it was {PLAIN}") == f"it was {PLAIN}"


def test_the_number_of_known_secrets_is_bounded_and_the_newest_stay() -> None:
    own = Redactor(capacity=3)
    for secret in ("first secret", "first%20secret", "second secret", "third secret"):
        own.register(secret)
    # The oldest is gone as such; where it looks like a newer one it is still found.
    assert own.redact("first secret, first%20secret, third secret") == "first secret, ••••, ••••"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc\nHost: x", "Authorization: ••••\nHost: x"),
        ("proxy-authorization: Basic dTpw", "proxy-authorization: ••••"),
        ("[(b'Set-Cookie', b'sid=1; Path=/'), (b'X', b'y')]", "[(b'Set-Cookie', b'••••'), (b'X', b'y')]"),
        ("Cookie: a=1; b=2", "Cookie: ••••"),
        ("sent Bearer abc.def-123 to it", "sent Bearer •••• to it"),
        ("sent basic dXNlcjpwYXNz to it", "sent basic •••• to it"),
        ("GET https://h/cb?code=abc&state=xyz&scope=a", "GET https://h/cb?code=••••&state=••••&scope=a"),
        ("redirect=http%3A%2F%2Fh%3Fcode%3Dabc&x=1", "redirect=http%3A%2F%2Fh%3Fcode%3D••••&x=1"),
        (
            "client_id=me&client_secret=s&code_verifier=v",
            "client_id=me&client_secret=••••&code_verifier=••••",
        ),
        ('{"access_token":"a\\"b","token_type":"bearer"}', '{"access_token":"••••","token_type":"bearer"}'),
        ('{\\"refresh_token\\":\\"r\\",\\"a\\":1}', '{\\"refresh_token\\":\\"••••\\",\\"a\\":1}'),
        ("{'password': 'hunter', 'user': 'amelia'}", "{'password': '••••', 'user': 'amelia'}"),
        ("Credential(access_token='t', scope='a')", "Credential(access_token='••••', scope='a')"),
        ('{"accessToken": "t", "apiKey": "k"}', '{"accessToken": "••••", "apiKey": "••••"}'),
        ("X-Api-Key: k-1\n", "X-Api-Key: ••••\n"),
        ("?api_key=k", "?api_key=••••"),
        (
            "oauth_token=t&oauth_token_secret=s&oauth_signature=g",
            "oauth_token=••••&oauth_token_secret=••••&oauth_signature=••••",
        ),
        ('{"code": "4/0AfJohXkabcd99"}', '{"code": "••••"}'),
        ("https://amelia:p@ss@h/x", "https://••••@h/x"),
        ("got eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln.", "got ••••"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "••••-----END PRIVATE KEY-----"),
        ('{"access_token": "cut off in the mid', '{"access_token": "••••'),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        '{"error": "invalid_grant", "code": "not_found", "state": "open"}',
        "Password: The service refused it",
        "The token has expired.",
        'WWW-Authenticate: Bearer realm="example", error="invalid_token"',
        "HTTP Basic authentication is asked for",
        "authorization_endpoint=https://service.example/authorize",
        "token_endpoint: https://service.example/token",
        "exit code: 3",
        "client_id=abc&grant_type=refresh_token",
    ],
)
def test_what_helps_a_person_stays(text: str) -> None:
    assert redact(text) == text


def test_data_is_redacted_by_name_and_by_content() -> None:
    own = Redactor()
    own.register(PLAIN)
    data = {
        "access_token": "t",
        "token_type": "bearer",
        "code": "invalid_grant",
        "list": [PLAIN, {"Authorization": "Bearer x"}, ("a", b"password=p")],
        "number": 3,
        "password": None,
        PLAIN: True,
    }
    assert own.redact_data(data) == {
        "access_token": "••••",
        "token_type": "bearer",
        "code": "invalid_grant",
        "list": ["••••", {"Authorization": "••••"}, ["a", "password=••••"]],
        "number": 3,
        "password": None,
        "••••": True,
    }
    deep: object = PLAIN
    for _ in range(10_000):
        deep = [deep]
    assert PLAIN not in str(own.redact_data(deep))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", "••••"),
        ("1a2b", "••••"),
        ("hunter2hunt", "••••"),
        ("hunter2hunte", "••••unte"),
        ("x" * 99 + "1a2b", "••••1a2b"),
    ],
)
def test_a_mask_shows_four_characters_of_long_values_only(value: str, shown: str) -> None:
    assert mask(value) == shown


@pytest.mark.parametrize(
    "piece",
    [
        "eyJ",
        "bearer ",
        "://",
        "://a@",
        '"token":"',
        'token\\":\\"',
        "password=",
        "state:",
        "state: ",
        "code='",
        "\\",
        "x-",
        "a",
    ],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    # 16 times as long may take far more than 16 times the time only if something is quadratic (256 times).
    own = Redactor()
    own.register(PLAIN)

    def steps(size: int) -> float:
        text = piece * (size // len(piece))
        best = float("inf")
        for _ in range(3):
            began = time.thread_time()
            own.redact(text)
            best = min(best, time.thread_time() - began)
        return best

    assert steps(160_000) < 64 * max(steps(10_000), 0.001)


def test_every_log_line_is_redacted_whoever_writes_it(log: io.StringIO) -> None:
    redactor.register(PLAIN)
    logging.getLogger("anything").warning("arguments %s and %r", PLAIN, {"access_token": "other-secret"})
    try:
        raise ValueError(f"the value {PLAIN} is wrong")
    except ValueError:
        logging.getLogger("anything").exception("it failed")
    text = log.getvalue()
    assert PLAIN not in text
    assert "other-secret" not in text
    assert "ValueError: the value •••• is wrong" in text


def test_the_http_libraries_log_through_it(log: io.StringIO) -> None:
    async def run() -> None:
        async with (
            raw_server(answer(b"", "Set-Cookie: sid=c00kie-secret")) as server,
            make_client() as client,
        ):
            await client.post(
                server.url("/t?api_key=qu3ry-secret"), headers={"Authorization": "Bearer h3ader-secret"}
            )

    asyncio.run(run())
    text = log.getvalue()
    assert "HTTP Request: POST http://127.0.0.1" in text
    assert "httpcore" in text
    for secret in ("c00kie-secret", "qu3ry-secret", "h3ader-secret"):
        assert secret not in text


def test_a_log_line_cannot_forge_another_or_steer_a_terminal(log: io.StringIO) -> None:
    logging.getLogger("anything").warning("first\n2026-01-01 CRITICAL second\x1b[31m\u2028third")
    lines = log.getvalue().splitlines()
    assert len(lines) == 1
    assert "first\\n2026" in lines[0]
    assert "\x1b" not in lines[0]


def test_a_long_log_line_is_cut_after_it_was_redacted(log: io.StringIO) -> None:
    redactor.register("s" * 9000)
    logging.getLogger("anything").warning("%s and %s", "s" * 9000, "y" * 100_000)
    text = log.getvalue()
    assert len(text) < 10_000
    assert "sss" not in text


def test_a_log_line_that_cannot_be_written_does_not_print_its_arguments(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    (handler,) = [h for h in logging.getLogger().handlers if isinstance(h, RedactingHandler)]
    handler.handle(logging.LogRecord("anything", logging.WARNING, "", 0, "%d", (PLAIN,), None))
    shown = capsys.readouterr().err
    assert "could not be written" in shown
    assert PLAIN not in shown


def test_a_stream_that_knows_only_ascii_is_written_to() -> None:
    raw = io.BytesIO()
    root = logging.getLogger()
    before = (root.level, list(root.handlers), sys.excepthook, threading.excepthook)
    stream = io.TextIOWrapper(raw, encoding="ascii")
    try:
        install_logging(logging.WARNING, stream)
        logging.getLogger("anything").warning("password=%s", PLAIN)
    finally:
        root.setLevel(before[0])
        root.handlers[:] = before[1]
        sys.excepthook, threading.excepthook = before[2:]
    assert b"password=\\u2022\\u2022\\u2022\\u2022" in raw.getvalue()
    stream.close()


def test_an_exception_that_nobody_caught_leaves_through_the_log(log: io.StringIO) -> None:
    redactor.register(PLAIN)

    def fail() -> None:
        raise RuntimeError(f"with {PLAIN}")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert log.getvalue().count("RuntimeError: with ••••") == 2
    assert PLAIN not in log.getvalue()


def test_of_one_account_the_newest_are_remembered_and_of_others_nothing_is_lost() -> None:
    own = Redactor()
    own.register("secret-of-nobody")
    own.register("secret-of-two", "first")
    own.register("secret-of-two", "second")
    own.register("secret-that-stays", "first")
    for number in range(MAX_OF_ONE + 5):
        own.register(f"access-token-{number:03}", "first")
        own.register("secret-that-stays", "first")
    last = f"access-token-{MAX_OF_ONE + 4:03}"
    told = own.redact(f"secret-of-nobody secret-of-two secret-that-stays {last} access-token-006")
    assert told == "•••• •••• •••• •••• ••••"
    assert own.redact("access-token-005") == "access-token-005"


def test_many_threads_may_register_and_redact_at_once() -> None:
    own = Redactor()
    leaked: list[str] = []

    def work(number: int) -> None:
        for turn in range(200):
            secret = f"secret-{number}-{turn}"
            own.register(secret)
            if secret in own.redact(f"a {secret} b"):
                leaked.append(secret)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert leaked == []
