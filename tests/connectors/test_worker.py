"""Functions that run shut in work like any others: values, requests, errors, and what they share."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.errors import (
    ConnectorError,
    DefinitionError,
    InvalidTokenError,
    ServiceError,
    TemporaryError,
    UnsafeUrlError,
    WrongCredentialsError,
)
from connectors.methods import refresh, validate
from connectors.reading.loading import code_hash, load_catalog, load_file
from connectors.worker.hosts import allowed_hosts, check_host, source_hosts
from connectors.worker.limits import Limits
from connectors.worker.runner import Runner
from tests.connectors.support import connect_it, definition, inputs_of, run
from tests.real.requirements import need_room
from tests.standin import Reply, StandIn

FORM = """
name = "Example"
type = "apiKey"
account_name_from_profile_info = "name"

[auth.url]
name = "Address"

[auth.api_key]
name = "API key"
type = "password"

[apply]
auth = { bearer = "{{api_key}}" }
"""
STORED = Credential(access_token="at", fields={"api_key": "key-1"})

Loader = Callable[..., Connector]


@pytest.fixture
def shut_in(tmp_path: Path) -> Loader:
    """Loads a definition whose program was approved to run shut in."""
    need_room()

    def load(python: str, toml: str = FORM) -> Connector:
        path = tmp_path / "example.toml"
        path.write_text(toml)
        code = path.with_suffix(".py")
        code.write_text(python)
        connector, problems = load_file(path, runner=Runner(frozenset({code_hash(code)})))
        assert connector is not None, problems
        return connector

    return load


def test_a_request_has_the_options_that_a_function_needs(shut_in: Loader, standin: StandIn) -> None:
    python = """
import asyncio

async def request_profile_info(context):
    answer = await context.http_request(
        "POST", context.url + "/a", json={"x": [1, None]}, headers={"X-One": "1"}, params={"q": "ü", "n": 2}
    )
    binary = await context.http_request("PUT", context.url + "/b", content=bytes(range(256)))
    form = context.http_request("POST", context.url + "/c", data={"k": "v w"}, auth=("u", "p"))
    quiet = await context.http_request("GET", context.url + "/d", raise_for_status=False)
    await asyncio.gather(form, asyncio.sleep(0))
    return {
        "name": answer.headers["x-name"], "status": quiet.status, "ok": [answer.ok, quiet.ok],
        "text": quiet.text, "content": list(binary.content), "nothing": quiet.json_or_none(),
        "missing": context.get("nothing", "d"), "typed": type(context.created_at).__name__,
    }
"""
    standin.answer("POST /a", Reply({}, headers={"X-Name": "Amelia"}))
    standin.answer("PUT /b", b"\xff\x00")
    standin.answer("POST /c", {})
    standin.answer("GET /d", "no tea", status=418)
    profile = connect_it(inputs_of(shut_in(python), {"url": standin.url, "api_key": "k"})).profile
    assert profile == {
        "name": "Amelia",
        "status": 418,
        "ok": [True, False],
        "text": "no tea",
        "content": [255, 0],
        "nothing": None,
        "missing": "d",
        "typed": "datetime",
    }
    posted, put, form = standin.asked("/a")[0], standin.asked("/b")[0], standin.asked("/c")[0]
    assert (posted.json, posted.query) == ({"x": [1, None]}, {"q": "ü", "n": "2"})
    assert (posted.header("x-one"), put.body) == ("1", bytes(range(256)))
    assert (form.form, form.header("authorization")) == ({"k": "v w"}, "Basic dTpw")


REFUSALS = [
    ("raise Exception('Not today.')", WrongCredentialsError, "Not today."),
    ("raise context.InvalidTokenError('Ended.')", WrongCredentialsError, "Ended."),
    ("raise context.TemporaryError('Later.')", TemporaryError, "Later."),
    ("raise context.ServiceError('Broken.')", ServiceError, "Broken."),
    ("return False", WrongCredentialsError, "did not accept"),
    ("return context.nothing", DefinitionError, r"\(AttributeError\): the context has no “nothing”"),
    ("import no_such_module", DefinitionError, "ModuleNotFoundError"),
    ("await context.http_request('GET', context.url, files={})", DefinitionError, "knows no files"),
    ("await context.http_request('GET', context.url, headers={'A': 'b\\nc'})", ConnectorError, "."),
    ("await context.http_request('GET', context.url + '/401')", WrongCredentialsError, "No key."),
    ("await context.http_request('GET', context.url + '/503')", TemporaryError, "503"),
    ("(await context.http_request('GET', context.url + '/page')).json()", ServiceError, "as JSON"),
]


@pytest.mark.parametrize(("code", "kind", "says"), REFUSALS)
def test_what_a_function_raises_means_what_it_says(
    shut_in: Loader, standin: StandIn, code: str, kind: type[ConnectorError], says: str
) -> None:
    standin.answer("GET /401", {"message": "No key."}, status=401)
    standin.answer("GET /503", {}, status=503)
    standin.answer("GET /page", "<html>")
    connector = shut_in(f"async def validate(context):\n    {code}\n")
    with pytest.raises(kind, match=says):
        connect_it(inputs_of(connector, {"url": standin.url, "api_key": "k"}))


def test_only_a_permanent_refusal_ends_an_account(shut_in: Loader, standin: StandIn) -> None:
    connector = shut_in("async def validate(context):\n    await context.http_request('GET', context.url)\n")
    inputs = inputs_of(connector, {"url": standin.url})
    for status, kind in ((401, InvalidTokenError), (403, ServiceError), (500, TemporaryError)):
        standin.answer("GET /", {}, status=status)
        with pytest.raises(kind):
            run(lambda ports: validate(inputs, STORED, ports))


def test_a_failed_request_can_be_caught_and_the_next_one_works(shut_in: Loader, standin: StandIn) -> None:
    python = """
async def request_profile_info(context):
    try:
        await context.http_request("GET", context.url + "/no")
    except context.ServiceError as error:
        status = error.status
    try:
        await context.http_request("GET", "https://elsewhere" + ".example/")
    except context.ServiceError as error:
        said = str(error)
    answer = await context.http_request("GET", context.url + "/yes")
    return answer.json() | {"status": status, "said": said}
"""
    standin.answer("GET /no", {}, status=404)
    standin.answer("GET /yes", {"name": "Amelia"})
    profile = connect_it(inputs_of(shut_in(python), {"url": standin.url, "api_key": "k"})).profile
    assert (profile["name"], profile["status"]) == ("Amelia", 404)
    assert "elsewhere.example" in profile["said"]


def test_functions_of_one_operation_share_what_they_keep(shut_in: Loader, standin: StandIn) -> None:
    python = """
calls = []

async def validate(context):
    calls.append("validate")
    return {"token": "t-" + context.username, "expires": 60, "calls": len(calls)}

def request_profile_info(context):
    calls.append("profile")
    context.scratch["profile"] = True
    return {"name": context.access_token, "calls": list(calls)}

def identity_from_profile_info(context):
    return f"{context.scratch['profile']} {len(calls)}"
"""
    connector = shut_in(python, 'name = "Example"\ntype = "pwd"\naccount_name_from_profile_info = "name"\n')
    inputs = inputs_of(connector, {"username": "amelia", "password": "p"})
    for _ in range(2):
        connected = connect_it(inputs)
        assert connected.name == "t-amelia" or "•" in connected.name
        assert connected.profile["calls"] == ["validate", "profile"]
        assert connected.identity == "True 2"
    renewed = run(lambda ports: refresh(inputs, connected.credential, ports))
    assert (renewed.access_token, renewed.extra["calls"]) == ("t-amelia", 1)


def test_a_definition_made_by_a_function(shut_in: Loader, standin: StandIn) -> None:
    python = """
def definition(context):
    kept = []

    def validate(context):
        kept.append(context.api_key)

    def request_profile_info():
        kept.append("profile")
        return {"name": "Amelia", "kept": kept}

    return {
        "type": "apiKey", "validate": validate, "request_profile_info": request_profile_info,
        "auth": {"api_key": {"name": f"Key of {context.api_key}"}},
    }
"""
    connector = shut_in(python, 'name = "Example"\n')
    assert connector.default_method.fields[0].name == "Key of {{api_key}}"
    assert connect_it(inputs_of(connector, {"api_key": "k-1"})).profile["kept"] == ["profile"]


@pytest.mark.parametrize(
    ("python", "says"),
    [
        ("def definition(context):\n    raise Exception('No tea')\n", "No tea"),
        ("def definition(context):\n    return 7\n", "must return a table"),
        ("raise Exception('at once')\ndef definition(context):\n    return {}\n", "at once"),
        ("def definition(context):\n    while True: pass\n", "longer than"),
        ("x =", "cannot be read"),
    ],
)
def test_a_program_that_fails_while_it_is_read_is_a_problem(tmp_path: Path, python: str, says: str) -> None:
    need_room()
    (tmp_path / "mine.toml").write_text('name = "Mine"\ntype = "apiKey"\n')
    (tmp_path / "mine.py").write_text(python)
    runner = Runner(frozenset({code_hash(tmp_path / "mine.py")}), Limits(thinking=1.0))
    catalog = load_catalog(tmp_path, runner=runner)
    assert "mine" not in catalog and "github" in catalog
    assert any(says in problem.reason for problem in catalog.problems), catalog.problems


def test_an_edited_program_does_not_run(tmp_path: Path) -> None:
    need_room()
    (tmp_path / "mine.toml").write_text(FORM)
    code = tmp_path / "mine.py"
    code.write_text("def validate(context):\n    return True\n")
    runner = Runner(frozenset({code_hash(code)}))
    assert "mine" in load_catalog(tmp_path, runner=runner)
    code.write_text(code.read_text() + "# edited\n")
    catalog = load_catalog(tmp_path, runner=runner)
    assert "mine" not in catalog
    assert any("not been approved" in problem.reason for problem in catalog.problems)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "Bubblewrap is not installed"),
        ("echo 'bwrap: No permissions to create new namespace' >&2; exit 1", "not permitted .*new namespace"),
        ("exit 0", "not permitted to shut programs in here: it gave no reason"),
        ("kill -9 $$", "not permitted"),
    ],
)
def test_without_a_working_bubblewrap_nothing_runs_and_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, says: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if script is not None:
        (tmp_path / "bwrap").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bwrap").chmod(0o755)
    marker = tmp_path / "it-ran"
    (tmp_path / "mine.toml").write_text(FORM)
    code = tmp_path / "mine.py"
    code.write_text(f"open({str(marker)!r}, 'w')\ndef validate(context):\n    return True\n")
    catalog = load_catalog(tmp_path, runner=Runner(frozenset({code_hash(code)})))
    assert "mine" not in catalog and not marker.exists()
    (problem,) = catalog.problems
    assert re.search(says, problem.reason)
    assert "your own rights" in problem.reason


SPELLED = [
    ('"https://api.example.com/me"', {"api.example.com"}),
    ('f"https://{x}.example.com/me/{y}"', {"*.example.com"}),
    ('f"https://{x.y(1)}-api.example.com:8443"', {"*-api.example.com:8443"}),
    ('"https://%s.example.com" % x', {"*.example.com"}),
    ('"https://{}.example.com".format(x)', {"*.example.com"}),
    ('"https://{{domain}}.example.com"', {"*.example.com"}),
    ('"http://127.0.0.1:8080/x"', {"127.0.0.1:8080"}),
    ('f"https://api.example.com{path}"', {"api.example.com"}),
    ('f"https://{x}.example.com{path}"', {"*.example.com"}),
    ("f\"{x(f'https://a.example.com')}\"", {"a.example.com"}),
    # What is fixed is no whole domain, so anybody could own what would fit.
    ('f"https://{x}"', set()),
    ('f"https://{x}/me"', set()),
    ('f"https://{x}.com/me"', set()),
    ('f"https://{x}example.com"', set()),
    ('f"https://example.{x}"', set()),
    ('f"https://example.com:{x}"', set()),
    ('"https://user@example.com/"', set()),
    ('"example.com"', set()),
]


@pytest.mark.parametrize(("code", "hosts"), SPELLED)
def test_hosts_that_a_program_spells_out(code: str, hosts: set[str]) -> None:
    assert set(source_hosts(ast.parse(code))) == hosts


DEFINED = (
    'hosts = ["*.cdn.example", "plain.example:8443"]\nbase_url = "https://{{tenant}}.base.example"\n'
    + FORM.replace("account_name", 'request_profile_info = "https://{{refresh_token}}/me"\naccount_name')
    + '[auth.tenant]\nname = "T"\n[settings.region]\nname = "R"\ndefault = "eu.region.example"\n'
)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://acme.base.example/x", True),
        ("https://other.base.example/x", False),
        ("https://acme.base.example:8443/x", False),
        ("http://acme.base.example/x", False),
        ("https://a.b.cdn.example/", True),
        ("https://cdn.example/", False),
        ("https://evil-cdn.example/", False),
        ("https://plain.example:8443/", True),
        ("https://plain.example/", False),
        ("https://typed.example/other/path", True),
        ("https://TYPED.example./", True),
        ("https://eu.region.example/", True),
        ("https://source.example/", True),
        ("https://x.source.example/", False),
        ("https://secret.example/", False),
        ("https://from-token.example/", False),
    ],
)
def test_where_a_request_may_go(tmp_path: Path, url: str, allowed: bool) -> None:
    connector = definition(tmp_path, DEFINED)
    values = {"tenant": "acme", "url": "https://typed.example/api", "api_key": "secret.example"}
    hosts = allowed_hosts(inputs_of(connector, values), ["source.example"])
    if allowed:
        check_host(url, hosts, "example.py")
        return
    with pytest.raises(UnsafeUrlError):
        check_host(url, hosts, "example.py")


def test_a_host_that_fits_everybody_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text('hosts = ["*", "*.com", "https://x.example"]\n' + FORM)
    connector, problems = load_file(path)
    assert connector is None
    assert [problem.key for problem in problems if problem.severity == "error"] == ["hosts"] * 3
