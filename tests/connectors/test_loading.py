"""The catalog and a user's own definitions: which one counts, which code runs, and finding by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import DefinitionError
from connectors.reading.loading import check_paths, code_hash, load_catalog, load_file
from tests.connectors.support import definition, shipped

OWN = (
    'name = "My GitHub"\ntype = "apiKey"\n[auth.key]\nname = "Key"\n[apply]\nauth = { bearer = "{{key}}" }\n'
)


def test_own_definitions_win_by_key(tmp_path: Path) -> None:
    (tmp_path / "github.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "mine.toml").write_text('key = "mine-too"\n' + OWN, encoding="utf-8")
    catalog = load_catalog(tmp_path)
    assert (catalog.get("github").name, catalog.get("github").origin) == ("My GitHub", "own")
    assert catalog.get("mine-too").source == tmp_path / "mine.toml"
    assert catalog.get("google").origin == "catalog"
    assert not catalog.problems
    assert "mine-too" in catalog
    assert len(catalog) == len(shipped()) + 1


def test_a_broken_own_definition_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "github.toml").write_text("name =", encoding="utf-8")
    (tmp_path / "good.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "again.toml").write_text('key = "good"\n' + OWN, encoding="utf-8")
    catalog = load_catalog(tmp_path)
    assert catalog.get("github").origin == "catalog"
    assert "good" in catalog
    assert [Path(p.file).name for p in catalog.problems] == ["github.toml", "good.toml"]
    assert load_catalog(tmp_path / "not-there").problems == ()


def test_own_code_runs_only_when_it_was_approved(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(OWN, encoding="utf-8")
    code, marker = tmp_path / "mine.py", tmp_path / "it-ran"
    code.write_text(f"open({str(marker)!r}, 'w').close()\ndef validate(context):\n    return True\n")
    catalog = load_catalog(tmp_path)
    assert "mine" not in catalog
    assert not marker.exists()
    (problem,) = catalog.problems
    assert "jackfield connectors add" in problem.reason
    approved = frozenset({code_hash(code)})
    assert load_catalog(tmp_path, trusted_code=approved).get("mine").default_method.validate is not None
    assert marker.exists()
    code.write_text(code.read_text() + "# changed\n")
    assert "mine" not in load_catalog(tmp_path, trusted_code=approved)


@pytest.mark.parametrize("python", ["raise SystemExit('no')\n", "import no_such_module\n", "x ="])
def test_code_that_fails_is_a_problem(tmp_path: Path, python: str) -> None:
    (tmp_path / "mine.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "mine.py").write_text(python)
    connector, problems = load_file(tmp_path / "mine.toml", trusted_code=None)
    assert connector is None
    assert problems[0].file == "mine.py"


def test_a_definition_made_by_a_function(tmp_path: Path) -> None:
    python = """
def definition(context):
    return {
        "type": "oauth2",
        "auth_url": f"https://{context.domain}.o.example/a",
        "request_access_token": "https://o.example/t",
        "auth": {"domain": {"name": "Domain"}},
    }
"""
    connector = definition(tmp_path, 'name = "Made"\n', python)
    method = connector.default_method
    assert getattr(method.auth_url, "url", "") == "https://{{domain}}.o.example/a"
    (tmp_path / "example.py").write_text(python.replace('"type"', '"name": "twice", "type"'))
    _, problems = load_file(tmp_path / "example.toml", trusted_code=None)
    assert [p.key for p in problems] == ["name"]
    for wrong in ("return 7", "raise Exception('x')"):
        (tmp_path / "example.py").write_text(f"def definition(context):\n    {wrong}\n")
        connector_or_none, problems = load_file(tmp_path / "example.toml", trusted_code=None)
        assert connector_or_none is None
        assert problems[0].key == "definition"
    (warning,) = check_paths([tmp_path / "example.toml"])
    assert warning.severity == "warning"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("prac", {"practice-key", "practice-oauth2", "practice-password"}),
        ("git", {"github"}),
        ("GITHUB", {"github"}),
        ("password", {"practice-password"}),
        ("oauth", {"practice-oauth2", "generic-oauth1", "generic-oauth2"}),
        ("hub", {"hubspot"}),
        ("itHub", {"github"}),
        ("payments", {"paypal", "square", "stripe"}),
        (
            "generic",
            {
                f"generic-{way}"
                for way in ("bearer", "client-certificate", "header-key", "http-basic", "oauth1", "oauth2")
            },
        ),
    ],
)
def test_search(text: str, first: set[str]) -> None:
    found = [c.key for c in shipped().search(text)]
    assert set(found[: len(first)]) == first


def test_search_for_nothing_and_for_nonsense() -> None:
    catalog = shipped()
    assert catalog.search(" ") == list(catalog)
    assert catalog.search("zzzz") == []


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(DefinitionError) as raised:
        shipped().get("gihub")
    assert "There is no connector “gihub”." in raised.value.sentence
    assert "“github”" in raised.value.hint


def test_a_key_whose_definition_has_a_mistake_says_which(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "Mine"\ntype = "apikey"\n')
    with pytest.raises(DefinitionError, match="“mine” has a mistake") as raised:
        load_catalog(tmp_path).get("mine")
    assert "Did you mean “apiKey”?" in raised.value.sentence


def test_defaults_and_shapes(tmp_path: Path) -> None:
    toml = """
name = "Shapes"
[methods.one]
type = "apiKey"
validate = "https://s.example"
[methods.one.auth.apiKey]
[methods.one.auth.region]
type = "select"
options = [{ content = "Europe", value = "eu" }, { name = "America", value = "us" }, "asia"]
[methods.one.auth.zone]
type = "select"
options = { a = "Zone A" }
[methods.one.auth.note]
type = "notice"
tooltip = "<script>x</script>Read <b>this</b> <a href='javascript:y'>now</a> <a href='https://s.example'>or</a>"
[methods.one.apply.query]
k = "{{apiKey}}"
[methods.two]
type = "oauth2"
name = "Browser"
auth_url = "https://s.example/a"
request_access_token = "https://s.example/t"
scope = "a b"
refresh_before_exp = 2
"""
    connector = definition(tmp_path, toml)
    one, two = connector.methods["one"], connector.methods["two"]
    key, region, zone, note = one.fields
    assert (key.name, key.secret, key.required) == ("Api key", True, True)
    assert [(o.label, o.value) for o in region.options] == [
        ("Europe", "eu"),
        ("America", "us"),
        ("asia", "asia"),
    ]
    assert [(o.label, o.value) for o in zone.options] == [("Zone A", "a")]
    assert not note.required
    assert note.tooltip == 'Read <b>this</b> now <a href="https://s.example">or</a>'
    assert (one.name, two.name) == ("API key", "Browser")
    assert [f.key for f in connector.settings] == ["client_id", "client_secret"]
    assert [s.value for s in two.scopes] == ["a", "b"]
    assert two.refresh_before_exp == 120
    assert connector.default_method is one
    assert connector.redirect.host == "127.0.0.1"
