"""`jackfield doctor`, as people and as programs read it."""

from __future__ import annotations

from tests.cli.runner import Jackfield
from tests.engine.holder import port_held

FIXED = """
key = "fixed"
name = "Fixed"
type = "oauth2"
auth_url = "https://service.example/authorize"
request_access_token = "https://service.example/token"

[redirect]
ports = [{port}]
"""

WORDS = ["browser", "ports", "keychain", "proxy", "trust", "clock", "vault"]


def test_one_page_without_a_passphrase(jackfield: Jackfield) -> None:
    jackfield.env["JACKFIELD_BROWSER"] = "sh"
    done = jackfield("doctor", unlocked=False)
    assert done.err == ""
    for title in (
        "Browser",
        "Way back from the browser",
        "Keychain",
        "Proxy",
        "Certificates",
        "Clock",
        "Vault",
    ):
        assert f"\n{title} " in "\n" + done.out
    assert "It is locked." in done.out


def test_json_and_a_problem(jackfield: Jackfield) -> None:
    jackfield.env["JACKFIELD_BROWSER"] = "sh"
    told = jackfield("doctor", "--json", unlocked=False).json
    assert told["ok"]
    assert [finding["check"] for finding in told["findings"]] == WORDS
    assert set(told["findings"][0]) == {"check", "title", "outcome", "sentence", "hint"}
    jackfield.env["JACKFIELD_BROWSER"] = "no-such-browser"
    told = jackfield("doctor", "--json", unlocked=False, code=1).json
    assert (told["ok"], told["findings"][0]["outcome"]) == (False, "problem")


def test_whoever_holds_a_fixed_port_is_named(jackfield: Jackfield) -> None:
    jackfield.env["JACKFIELD_BROWSER"] = "sh"
    with port_held() as (port, holder):
        folder = jackfield.home / "connectors"
        folder.mkdir(mode=0o700)
        (folder / "fixed.toml").write_text(FIXED.format(port=port))
        done = jackfield("doctor", unlocked=False)
        assert f"warning: Port {port}, which Fixed needs, is in use by {holder}." in done.out
        told = jackfield("doctor", "--json", unlocked=False).json
    (ports,) = [finding for finding in told["findings"] if finding["check"] == "ports"]
    assert ports["outcome"] == "warning" and holder in ports["sentence"] and ports["hint"]


def test_a_proxy_that_does_not_answer_and_certificates_that_are_gone(jackfield: Jackfield) -> None:
    jackfield.env |= {"JACKFIELD_BROWSER": "sh", "HTTPS_PROXY": "http://me:hunter2@127.0.0.1:9"}
    (jackfield.home / "preferences.json").write_text('{"ca_file": "/nowhere/gone.pem"}')
    done = jackfield("doctor", "--json", unlocked=False, code=1)
    found = {finding["check"]: finding for finding in done.json["findings"]}
    assert (found["proxy"]["outcome"], found["trust"]["outcome"]) == ("problem", "problem")
    assert "127.0.0.1:9 cannot be reached" in found["proxy"]["sentence"] and "hunter2" not in done.out
    assert "/nowhere/gone.pem" in found["trust"]["sentence"]
    assert found["proxy"]["hint"] and found["trust"]["hint"]
