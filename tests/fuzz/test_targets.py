"""What fuzzing runs, without the fuzzer: its seeds, and what it has found so far."""

from __future__ import annotations

import json

import pytest

from tests.fuzz.targets import TARGETS, seeds

FOUND = [
    # A scope that is a list of something else than text.
    (
        "token_answer",
        b"\0\0" + json.dumps({"access_token": "a", "token_type": "bearer", "scope": [1]}).encode(),
    ),
    # Lengths and numbers that no machine has, and parentheses without end.
    ("template", b"{{random(99999999999999999999)}}"),
    ("template", b"{{random(-1)}}{{random(999999999)}}"),
    ("template", b"{{" + b"9" * 5000 + b"}}"),
    ("template", b"{{" + b"(" * 5000 + b"a" + b")" * 5000 + b"}}"),
    # A host that opens a bracket, and patterns that Python itself warns of or cannot hold.
    (
        "definition",
        b'name = "A"\ntype = "oauth2"\nauth_url = "https://a[b"\nrequest_access_token = "https://a"\n',
    ),
    ("definition", b'name = "A"\ntype = "apiKey"\n[auth.k]\npattern = "[[a]"\n'),
    ("definition", b'name = "A"\ntype = "apiKey"\n[auth.k]\npattern = "a{99999999999999999999}"\n'),
]


@pytest.mark.parametrize("target", TARGETS)
def test_where_the_search_begins_nothing_breaks(target: str) -> None:
    for seed in seeds(target):
        TARGETS[target](seed)


@pytest.mark.parametrize(("target", "found"), FOUND)
def test_what_was_found_stays_mended(target: str, found: bytes) -> None:
    TARGETS[target](found)
