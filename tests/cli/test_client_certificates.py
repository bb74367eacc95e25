"""A client certificate on the command line: out of files, onto the wire, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.runner import Jackfield
from tests.engine.certificates import Authority
from tests.engine.client_certificates import DemandingStandIn, Pair, client_pair

DEFINITION = """
key = "guarded"
name = "Guarded"
type = "apiKey"
base_url = "{url}"
validate = "{url}/me"

[tls]
"""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def guarded(jackfield: Jackfield, authority: Authority) -> Iterator[DemandingStandIn]:
    """A service that demands certificates of `authority`, which the home trusts as well."""
    (jackfield.home / "preferences.json").write_text(json.dumps({"ca_file": str(authority.file)}))
    with DemandingStandIn(authority, authority, {"*": {"id": 1}}) as standin:
        (jackfield.folder / "guarded.toml").write_text(DEFINITION.replace("{url}", standin.url))
        jackfield("connectors", "add", jackfield.folder / "guarded.toml")
        yield standin


def files_of(pair: Pair, folder: Path) -> dict[str, str]:
    """The pair as files, in every form, and how they are named on the command line."""
    (folder / "client.pem").write_text(pair.certificate)
    (folder / "client.key").write_text(pair.key)
    (folder / "client.p12").write_bytes(pair.pkcs12("pw"))
    return {name: f"@{folder / name}" for name in ("client.pem", "client.key", "client.p12")}


def test_an_account_is_connected_with_files_and_sends_requests(
    jackfield: Jackfield, guarded: DemandingStandIn, authority: Authority
) -> None:
    pair = client_pair(authority)
    file = files_of(pair, jackfield.folder)
    sets = ("--set", f"certificate={file['client.pem']}", "--set", f"private_key={file['client.key']}")
    account = jackfield("connect", "guarded", *sets, "--json").json
    assert account["name"] == "amelia"
    done = jackfield.process("request", account["id"], "GET", "/things")
    assert (done.out, done.err) == ('{"id": 1}', "200 OK\n")
    shown = jackfield("accounts", "show", account["id"]).out
    lines = [line for line in pair.key.splitlines() if "--" not in line]
    assert not any(line in shown + json.dumps(account) for line in lines)
    assert guarded.peers == ["amelia", "amelia"]


def test_a_pkcs12_file_is_as_good(
    jackfield: Jackfield, guarded: DemandingStandIn, authority: Authority
) -> None:
    file = files_of(client_pair(authority), jackfield.folder)["client.p12"]
    sets = ("--set", f"certificate={file}")
    done = jackfield("connect", "guarded", *sets, code=1)
    assert "needs its password" in done.err and guarded.peers == []
    jackfield("connect", "guarded", *sets, "--set", "private_key_password=-", stdin="pw\n")
    assert guarded.peers == ["amelia"]


def test_a_certificate_that_is_refused_ends_with_a_sentence(
    jackfield: Jackfield, guarded: DemandingStandIn, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    file = files_of(client_pair(Authority(tmp_path / "other", "Somebody else")), jackfield.folder)
    sets = ("--set", f"certificate={file['client.pem']}", "--set", f"private_key={file['client.key']}")
    done = jackfield("connect", "guarded", *sets, code=1)
    assert "127.0.0.1 does not accept the client certificate" in done.err and "Traceback" not in done.err
    assert jackfield("accounts", "list", "--json").json == []
