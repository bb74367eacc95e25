"""`jackfield doctor`, as people and as programs read it."""

from __future__ import annotations

from tests.cli.runner import Jackfield

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
