"""Answers made readable: what is text, how JSON is indented, what is covered and how much is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop.engine.privacy.redaction import redactor
from desktop.engine.requests.reading import (
    LONGEST_LINE,
    MOST_LINES,
    MOST_SHOWN,
    Readable,
    pretty_json,
    readable,
)
from desktop.engine.results import Answer
from tests.engine.support import Bench

SECRET = "gho_a-secret-that-the-vault-knows-1234"


def answer(body: bytes, kind: str = "application/json", **more: Any) -> Answer:
    headers = (("Content-Type", kind), *more.pop("headers", ()))
    return Answer(status=200, reason="OK", headers=headers, body=body, elapsed=0.1, url="", **more)


def read(body: bytes, kind: str = "application/json", **more: Any) -> Readable:
    return readable(answer(body, kind, **more))


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"a": []},
        {"a": {"b": [1, {"c": None}], "d": True}},
        [[], [[]], {}],
        "text",
        3,
        None,
        {"ä": "ö"},
    ],
    ids=str,
)
def test_json_is_indented_as_everybody_does(data: object) -> None:
    assert pretty_json(json.dumps(data)) == json.dumps(data, indent=2, ensure_ascii=False)


def test_numbers_stay_as_they_were_written() -> None:
    numbers = ("12345678901234567890123", "1.10", "1e-400", "-0")
    assert pretty_json(f"[{', '.join(numbers)}]").split() == ["[", *",  ".join(numbers).split(), "]"]


def test_a_body_of_any_depth_is_indented_or_shown_as_it_is() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    assert read(deep).kind in ("json", "text")
    shallow = b"[" * 500 + b"]" * 500
    assert read(shallow).kind == "json" and read(shallow).pretty.count("\n") == 998


def test_what_is_no_json_is_text() -> None:
    found = read(b"<p>no</p>", "text/html; charset=utf-8")
    assert (found.kind, found.pretty, found.raw) == ("text", "<p>no</p>", "<p>no</p>")
    assert read(b"{not json", "application/json").kind == "text"


def test_the_charset_counts() -> None:
    assert read("größer".encode("latin-1"), "text/plain; charset=iso-8859-1").raw == "größer"
    assert read("größer".encode("latin-1"), "text/plain; charset=unheard-of").raw == "gr\ufffd\ufffder"
    assert read(b"\xef\xbb\xbf{}", "application/json").kind == "json"


def test_what_is_no_text_says_what_it_is() -> None:
    assert read(b"\x89PNG\r\n\x1a\n\x00", "image/png").what == "an image (image/png)"
    assert read(b"\x00\x01\x02", "").kind == "binary"
    assert read(b"", "image/png").kind == "empty"


def test_known_secrets_are_covered_beside_the_whole() -> None:
    redactor.register(SECRET)
    found = read(json.dumps({"token": SECRET, "other": "x"}).encode(), headers=(("X-Token", SECRET),))
    assert found.hides and SECRET in found.pretty and SECRET in found.raw
    assert SECRET not in found.covered + found.covered_raw + repr(found.covered_headers)
    assert '"token": "••••"' in found.covered and '"other": "x"' in found.covered
    assert not read(b'{"token": "abc"}').hides, "only what is known is covered: the answer was asked for"


def test_a_huge_body_is_cut_to_be_shown_and_long_lines_are_broken() -> None:
    found = read(b"x" * (MOST_SHOWN + 10), "text/plain")
    assert found.cut and found.broken
    assert max(map(len, found.raw.split("\n"))) == LONGEST_LINE
    assert found.raw.replace("\n", "") == "x" * MOST_SHOWN


def test_a_body_of_very_many_lines_is_cut_to_be_shown() -> None:
    found = read(b"[" + b"1," * MOST_LINES + b"1]")
    assert found.cut and len(found.pretty.split("\n")) == MOST_LINES
    assert found.pretty.startswith("[\n  1,\n")
    assert not read(b"[" + b"1," * 1000 + b"1]").cut


def test_it_is_read_beside_the_loop(at_work: Bench) -> None:
    assert at_work.run(at_work.engine.read_answer(answer(b'{"a": 1}'))).pretty == '{\n  "a": 1\n}'


def test_a_body_is_saved_as_it_came_for_its_owner_alone(at_work: Bench, tmp_path: Path) -> None:
    file = tmp_path / "answer.bin"
    file.write_text("old")
    file.chmod(0o644)
    at_work.run(at_work.engine.save_answer(answer(b"\x00\xff"), file))
    assert file.read_bytes() == b"\x00\xff" and file.stat().st_mode & 0o777 == 0o600
