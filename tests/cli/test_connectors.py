"""`jackfield connectors …`"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import Jackfield
from tests.real.requirements import need_room

GOOD = """
name = "Acme Tracker"
type = "apiKey"
base_url = "https://{{domain}}.acme.example/api/"

[auth.domain]
name = "Domain"

[auth.api_key]
name = "API key"
type = "password"

[apply]
headers = { Authorization = "Token {{api_key}}" }
"""

VALIDATE = "def validate(context):\n    return True\n"


def test_list_has_the_catalog(bare: Jackfield) -> None:
    listed = {one["key"]: one for one in bare("connectors", "list", "--json", unlocked=False).json}
    assert {"practice-oauth2", "github", "generic-bearer"} <= set(listed)
    assert listed["practice-oauth2"]["methods"][0]["type"] == "oauth2"
    assert listed["github"]["origin"] == "catalog"
    table = bare("connectors", "list", unlocked=False).out.splitlines()
    assert table[0].split() == ["KEY", "NAME", "CATEGORY", "METHODS", "ORIGIN"]
    assert len(table) == len(listed) + 1


def test_search_narrows_the_list(bare: Jackfield) -> None:
    found = bare("connectors", "list", "--search", "prac", "--json", unlocked=False).json
    assert {one["key"] for one in found} == {"practice-oauth2", "practice-key", "practice-password"}


def test_show_has_the_public_keys(bare: Jackfield) -> None:
    shown = bare("connectors", "show", "practice-oauth2", "--json", unlocked=False).json
    assert {"key", "name", "methods"} <= set(shown)
    (method,) = shown["methods"]
    assert set(method) >= {"key", "type", "fields", "scopes", "redirect_uri"}
    assert method["redirect_uri"] == "http://127.0.0.1/callback/practice-oauth2"
    assert "profile" in method["scopes"]

    key = bare("connectors", "show", "practice-key", "--json", unlocked=False).json["methods"][0]
    assert key["redirect_uri"] is None
    (field,) = [field for field in key["fields"] if field["key"] == "api_key"]
    assert set(field) == {
        "key", "type", "name", "tooltip", "required", "secret", "default", "options", "pattern", "format",
        "prefix", "suffix", "show_when",
    }  # fmt: skip
    assert (field["required"], field["secret"]) == (True, True)


def test_show_reads_well(bare: Jackfield) -> None:
    told = bare("connectors", "show", "github", unlocked=False).out
    assert told.startswith("GitHub (github)\n")
    assert "client_id" in told
    assert "redirect URI: http://127.0.0.1" in told


def test_an_unknown_key_names_the_nearest(bare: Jackfield) -> None:
    done = bare("connectors", "show", "githbu", code=1, unlocked=False)
    assert "githbu" in done.err
    assert "github" in done.err


def test_check_names_file_key_and_reason(bare: Jackfield) -> None:
    bare.file("acme.toml", GOOD)
    typo = bare.file("typo.toml", GOOD.replace('type = "password"', 'type = "pasword"'))
    broken = bare.file("broken.toml", "name = ")

    fine = bare("connectors", "check", "acme.toml", unlocked=False)
    assert (fine.out, fine.err) == ("", "No problem found.\n")
    done = bare("connectors", "check", "acme.toml", typo, broken, code=1, unlocked=False)
    lines = done.out.splitlines()
    assert any("typo.toml: auth.api_key.type: " in line and "pasword" in line for line in lines), done.out
    assert any("broken.toml: " in line for line in lines), done.out
    assert not any(line.startswith("acme.toml") for line in lines)

    problems = bare("connectors", "check", bare.folder, "--json", code=1, unlocked=False).json
    assert {Path(problem["file"]).name for problem in problems} == {"typo.toml", "broken.toml"}
    assert all(set(problem) == {"file", "key", "reason", "severity"} for problem in problems)


def test_a_warning_is_told_and_is_no_failure(bare: Jackfield) -> None:
    bare.file("acme.toml", GOOD.partition("[apply]")[0])
    done = bare("connectors", "check", "acme.toml", unlocked=False)
    assert done.out.startswith("acme.toml: apply: warning: ")


def test_check_of_a_path_that_is_not_there_is_a_usage_error(bare: Jackfield) -> None:
    assert "absent.toml" in bare("connectors", "check", "absent.toml", code=2, unlocked=False).err


def test_an_added_definition_is_in_the_catalog(jackfield: Jackfield) -> None:
    path = jackfield.file("acme.toml", GOOD)
    assert jackfield("connectors", "add", path, "--json").json["key"] == "acme"
    (own,) = [one for one in jackfield("connectors", "list", "--json").json if one["origin"] == "own"]
    assert own["name"] == "Acme Tracker"


def test_a_definition_with_a_mistake_is_not_added(jackfield: Jackfield) -> None:
    path = jackfield.file("acme.toml", GOOD.replace('type = "password"', 'type = "pasword"'))
    done = jackfield("connectors", "add", path, code=1)
    assert "pasword" in done.err
    assert not [one for one in jackfield("connectors", "list", "--json").json if one["origin"] == "own"]


def test_code_comes_along_and_runs_only_where_it_was_approved(jackfield: Jackfield) -> None:
    path = jackfield.file("acme.toml", GOOD)
    code = jackfield.file("acme.py", "def validate(context):\n    return True\n")
    added = jackfield("connectors", "add", path, "--run-with-my-rights")
    assert str(code) in added.err
    assert "may do all that you may do" in added.err
    assert jackfield("connectors", "show", "acme", "--json").json["key"] == "acme"

    (jackfield.home / "connectors" / "acme.py").write_text("raise SystemExit('tampered')\n")
    refused = jackfield("connectors", "show", "acme", code=1)
    assert "acme.py" in refused.err
    assert "tampered" not in refused.err


def test_code_runs_shut_in_where_nothing_else_was_said(jackfield: Jackfield, tmp_path: Path) -> None:
    need_room()
    ran = tmp_path / "ran"
    path = jackfield.file("acme.toml", GOOD)
    jackfield.file("acme.py", f"try:\n    open({str(ran)!r}, 'w')\nexcept OSError:\n    pass\n{VALIDATE}")
    added = jackfield("connectors", "add", path)
    assert "shut in" in added.err
    assert jackfield("connectors", "show", "acme", "--json").json["key"] == "acme"
    for unlocked in (True, False):  # without the vault nobody knows what was approved, and nothing is claimed
        listed = jackfield("connectors", "list", unlocked=unlocked)
        assert "acme" in listed.out
        assert "approved" not in listed.err
    assert not ran.exists()


def test_code_does_not_run_where_it_cannot_be_shut_in(jackfield: Jackfield, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    path = jackfield.file("acme.toml", GOOD)
    jackfield.file("acme.py", f"open({str(ran)!r}, 'w').close()\n{VALIDATE}")
    jackfield.env["PATH"] = str(tmp_path)  # no bubblewrap there
    refused = jackfield("connectors", "add", path, code=1)
    assert "Bubblewrap is not installed" in refused.err
    assert "--run-with-my-rights" in refused.err
    assert not ran.exists()
    jackfield("connectors", "add", path, "--run-with-my-rights")
    assert ran.exists()


def test_settings_are_kept_apart_masked_and_revealed_on_request(jackfield: Jackfield) -> None:
    secret = jackfield.file("secret", "canary-client-secret-7391\n")
    line = ("connectors", "configure", "github")
    set_now = jackfield(*line, "--set", "client_id=Iv1.0a1b", "--set", f"client_secret=@{secret}", "--json")
    assert set_now.json == {
        "key": "github",
        "settings": {"client_id": "Iv1.0a1b", "client_secret": "••••7391"},
        "redirect_uri": jackfield("connectors", "show", "github", "--json").json["methods"][0][
            "redirect_uri"
        ],
    }
    assert "canary" not in jackfield(*line).out
    revealed = jackfield(*line, "--reveal", "--json").json["settings"]
    assert revealed["client_secret"] == "canary-client-secret-7391"

    cleared = jackfield(*line, "--set", "client_secret=", "--json").json["settings"]
    assert cleared == {"client_id": "Iv1.0a1b"}


def test_a_redirect_uri_of_ones_own_is_the_one_to_register(jackfield: Jackfield) -> None:
    uri = "http://localhost:8765/cb"
    jackfield("connectors", "configure", "github", "--set", f"redirect_uri={uri}")
    assert jackfield("connectors", "show", "github", "--json").json["methods"][0]["redirect_uri"] == uri


@pytest.mark.parametrize(
    ("assignment", "says"),
    [("cleint_id=x", "client_id"), ("redirect_uri=http://evil.example/cb", "127.0.0.1")],
)
def test_a_setting_that_cannot_be_is_refused_with_a_sentence(
    assignment: str, says: str, jackfield: Jackfield
) -> None:
    done = jackfield("connectors", "configure", "github", "--set", assignment, code=1)
    assert says in done.err
    assert jackfield("connectors", "configure", "github", "--json").json["settings"] == {}
