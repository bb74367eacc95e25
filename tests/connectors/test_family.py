"""`base = "…"`: a definition that stands on another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.definition import AuthUrl, TokenRequest
from connectors.reading.loading import check_paths, load_file

BASE = """
name = "Maker"
type = "oauth2"
category = "Storage"
scope = { "all" = "Everything", "some" = "A part" }
request_access_token = "https://maker.example/token"
request_profile_info = "https://maker.example/me"
account_name_from_profile_info = "mail"
[auth_url]
url = "https://maker.example/authorize"
params = { access_type = "offline", prompt = "consent" }
"""
OWN = 'base = "maker"\nname = "Maker Drive"\n'


def family(folder: Path, own: str, base: str = BASE) -> Path:
    (folder / "maker.toml").write_text(base, encoding="utf-8")
    (folder / "maker-drive.toml").write_text(own, encoding="utf-8")
    return folder / "maker-drive.toml"


def test_own_keys_stand_over_the_bases_and_tables_are_merged(tmp_path: Path) -> None:
    own = OWN + 'scope = { "drive" = "Your files" }\n[auth_url]\nparams = { prompt = "select", hd = "x" }\n'
    connector, problems = load_file(family(tmp_path, own))
    assert not problems and connector is not None
    method = connector.default_method
    assert (connector.key, connector.name, connector.category) == ("maker-drive", "Maker Drive", "Storage")
    assert isinstance(method.auth_url, AuthUrl) and isinstance(method.request_access_token, TokenRequest)
    assert method.auth_url.url == "https://maker.example/authorize"
    assert method.auth_url.params == {"access_type": "offline", "prompt": "select", "hd": "x"}
    # A mixture of two services' permissions would be neither's.
    assert [s.value for s in method.scopes] == ["drive"]
    assert method.account_name_from_profile_info == "mail"


def test_a_base_may_have_a_base_and_may_be_a_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "third.toml").write_text('base = "maker-drive"\nname = "Third"\n', encoding="utf-8")
    family(tmp_path, OWN)
    connector, problems = load_file(tmp_path / "third.toml")
    assert not problems and connector is not None and connector.name == "Third"
    (tmp_path / "github.toml").write_text('base = "github"\nname = "Our GitHub"\n', encoding="utf-8")
    connector, problems = load_file(tmp_path / "github.toml")
    assert not problems and connector is not None
    assert (connector.key, connector.name) == ("github", "Our GitHub")
    assert connector.category != "Other"


@pytest.mark.parametrize(
    ("own", "base", "reason"),
    [
        ('base = "makr"\nname = "X"\n', BASE, "“makr” is no definition. Did you mean “maker”?"),
        ('base = 7\nname = "X"\n', BASE, "must be the key of another definition"),
        (OWN, 'base = "maker-drive"\nname = "M"\n', "“maker-drive” stands on itself that way."),
        (OWN, "name = ", "maker.toml cannot be read"),
    ],
)
def test_what_is_wrong_with_a_base_is_said(tmp_path: Path, own: str, base: str, reason: str) -> None:
    problems = check_paths([family(tmp_path, own, base)])
    assert any(p.key == "base" and reason in p.reason for p in problems), [str(p) for p in problems]


def test_functions_are_inherited_where_nothing_of_ones_own_stands(tmp_path: Path) -> None:
    base = (
        'name = "F"\ntype = "apiKey"\n[auth.api_key]\nname = "Key"\n'
        '[apply]\nauth = { bearer = "{{api_key}}" }\n'
    )
    path = family(tmp_path, OWN + 'validate = "https://maker.example/test"\n', base)
    (tmp_path / "maker.py").write_text(
        "def validate(context): return True\ndef request_profile_info(context): return {'id': 1}\n",
        encoding="utf-8",
    )
    connector, problems = load_file(path, trusted_code=None)
    assert not problems and connector is not None
    method = connector.default_method
    assert type(method.validate).__name__ == "Request"
    assert type(method.request_profile_info).__name__ == "Hook"
    untrusted, problems = load_file(path)
    assert untrusted is None and "has not been approved" in str(problems[0])
