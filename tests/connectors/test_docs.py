"""docs/connectors.md says everything there is, and its examples work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.definition import (
    Apply,
    Assertion,
    AuthUrl,
    CallbackNames,
    Choose,
    Connector,
    Field,
    Method,
    OAuth1,
    Redirect,
    Request,
    Sign,
    Success,
    Tls,
    TokenAnswer,
    TokenRequest,
)
from connectors.reading.loading import load_file
from connectors.reading.method import STEP_NAMES
from connectors.templates.filters import FILTERS, GENERATORS

TEXT = (Path(__file__).parents[2] / "docs" / "connectors.md").read_text(encoding="utf-8")
# What a struct holds apart from what its author writes.
NOT_WRITTEN = {
    "methods",
    "fields",
    "scopes",
    "origin",
    "source",
    "default_method",
    "returns_token",
    "oauth1",
    "server",
}


@pytest.mark.parametrize(
    "struct",
    [
        Apply,
        Assertion,
        AuthUrl,
        CallbackNames,
        Choose,
        Connector,
        Field,
        Method,
        OAuth1,
        Redirect,
        Request,
        Sign,
        Success,
        Tls,
        TokenAnswer,
        TokenRequest,
    ],
)
def test_every_key_is_explained(struct: type) -> None:
    words = set(re.findall(r"\w+", TEXT))
    assert set(struct.__struct_fields__) - NOT_WRITTEN - words == set()


def test_every_step_and_filter_is_explained() -> None:
    code = set(re.findall(r"`([a-z0-9_]+)", TEXT))
    assert set(STEP_NAMES) - set(re.findall(r"\w+", TEXT)) == set()
    assert (FILTERS.keys() | GENERATORS.keys()) - code == set()


def test_the_shortest_example_works(tmp_path: Path) -> None:
    (example,) = (
        block for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if "Freshdesk" in block
    )
    (tmp_path / "short.toml").write_text(example, encoding="utf-8")
    connector, problems = load_file(tmp_path / "short.toml")
    assert not problems
    assert connector is not None


KEY = '[auth.token]\nname = "T"\n[auth.key]\nname = "K"\n[auth.team]\nname = "X"\n[auth.name]\nname = "N"\n'
AROUND = {
    'type = "pwd"': ('name = "P"\n', ""),
    'type = "oauth2"\nrequest_access': ('name = "O"\n', ""),
    'type = "oauth2"\ngrant = "device_code"': ('name = "D"\n', ""),
    'type = "oauth2"\ngrant = "jwt_bearer"': ('name = "J"\n', ""),
    'type = "oauth"': ('name = "T"\n', ""),
    "[validate]\nmethod": ('name = "R"\ntype = "apiKey"\n' + KEY, ""),
    "[[after_connect]]": (
        'name = "C"\ntype = "apiKey"\n[auth.token]\nname = "T"\n[apply]\nauth = { bearer = "{{token}}" }\n',
        "",
    ),
    'type = "session"': ('name = "S"\n', ""),
    "[sign]": (
        'name = "A"\ntype = "apiKey"\n'
        + "".join(f"[auth.{k}]\n" for k in ("region", "access_key", "secret_key")),
        "",
    ),
    'base = "google"': ("", ""),
    "[apply]": ('name = "A"\ntype = "apiKey"\n' + KEY, ""),
}


@pytest.mark.parametrize("start", AROUND)
def test_the_other_examples_work_in_their_surroundings(tmp_path: Path, start: str) -> None:
    (example,) = (
        block for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if block.startswith(start)
    )
    before, after = AROUND[start]
    (tmp_path / "part.toml").write_text(before + example + after, encoding="utf-8")
    connector, problems = load_file(tmp_path / "part.toml")
    assert [str(p) for p in problems if p.severity == "error"] == []
    assert connector is not None
