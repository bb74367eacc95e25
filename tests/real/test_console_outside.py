"""The console as used by somebody who cannot see it: by role and accessible name, through AT-SPI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from desktop.practice import Provider, start
from tests.real import console
from tests.real.display import Display
from tests.real.outside import Outside

PERSON = "Amelia Ortega"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with start() as running:
        yield running


def test_the_whole_way_of_an_account(display: Display, tmp_path: Path, provider: Provider) -> None:
    """Set up, connect, look at the token, edit, restore, refresh, disconnect, lock, unlock."""
    home = console.home_for(tmp_path, provider.url)
    with Outside(display.name, tmp_path) as outside:
        console.open_console(outside, home, console.quick_browser(tmp_path))
        console.set_up_vault(outside)
        outside.wait("label", "No accounts yet")
        connect_by_sign_in(outside)
        first = see_the_token(outside, provider)
        edit_it(outside)
        bring_the_first_back(outside)
        renewed = renew(outside, provider, first)
        disconnect(outside, provider, renewed)
        lock_and_unlock(outside)
    assert console.holding(tmp_path / "home", [first, renewed, console.PASSPHRASE]) == []
    said = outside.log.read_text()
    assert first not in said
    assert "Traceback" not in said


def connect_by_sign_in(outside: Outside) -> None:
    """Add account, type "prac", choose, Connect, Sign in with browser; it stands in the list."""
    outside.press("Add account")
    outside.type("Search services", "prac")
    outside.click("Practice (OAuth 2)", "item")
    outside.wait("label", "Practice (OAuth 2)")
    outside.press("Connect")
    outside.press("Sign in with browser")
    outside.wait("label", PERSON)
    outside.press("Done")
    outside.wait("table", "Accounts")
    outside.wait("cell", PERSON)
    outside.wait("label", "amelia@practice.example · Practice (OAuth 2)")


def see_the_token(outside: Outside, provider: Provider) -> str:
    """Masked first, whole on demand; what is shown is what the provider takes."""
    outside.press("Token", "tab")
    assert "••••" in outside.read("access_token")
    token = reveal(outside, "access_token")
    assert works(provider, token)
    outside.press("Hide access_token")
    outside.wait("button", "Reveal access_token")
    assert token not in outside.read("access_token")
    return token


def edit_it(outside: Outside) -> None:
    """A bad value is refused in place and nothing is lost; a good one is saved."""
    outside.press("Edit")
    outside.type("token_type", "MAC")
    outside.type("expires_in", "-5")
    outside.press("Save")
    outside.wait("label", "This is a number of seconds, whole and not negative, such as 3600.")
    assert outside.read("token_type") == "MAC"
    outside.type("token_type", "Bearer")
    outside.type("expires_in", "120")
    outside.press("Save")
    outside.wait("button", "Edit")
    assert outside.read("expires_in") == "120"


def bring_the_first_back(outside: Outside) -> None:
    """History names both generations; Restore makes the first the current one again."""
    outside.press("History", "tab")
    outside.wait("table", "History")
    outside.wait("cell", "Edited, current")
    outside.click("Connected", "cell")
    outside.press("Restore")
    outside.wait("cell", "Restored, current")
    outside.press("Token", "tab")
    assert outside.read("expires_in") == "3600"


def renew(outside: Outside, provider: Provider, before: str) -> str:
    """Refresh now: another token, and the old one has ended at the provider."""
    outside.press("Refresh now")
    outside.press("History", "tab")
    outside.wait("cell", "Refreshed, current")
    outside.press("Token", "tab")
    token = reveal(outside, "access_token")
    assert token != before
    assert works(provider, token)
    assert not works(provider, before)
    return token


def disconnect(outside: Outside, provider: Provider, token: str) -> None:
    """Disconnect…, said once more, revokes at the provider and empties the list."""
    outside.press("Overview", "tab")
    outside.press("Disconnect…")
    outside.press("Disconnect")
    outside.wait("label", "No accounts yet")
    assert not works(provider, token)
    assert provider.count("/oauth/revoke") >= 1


def lock_and_unlock(outside: Outside) -> None:
    """Lock now shows nothing but the way back in; a wrong passphrase does not open it."""
    outside.press("Lock now")
    outside.wait("button", "Unlock")
    assert "Accounts" not in outside.names("button")
    outside.type("Passphrase", "not the passphrase")
    outside.press("Unlock")
    # The press is carried out a moment later; the sentence says that it was.
    outside.wait("label", "The passphrase does not open this vault.")
    assert "Add account" not in outside.names("button")
    outside.type("Passphrase", console.PASSPHRASE)
    outside.press("Unlock")
    outside.wait("button", "Add account")


def test_the_practice_command_leaves_nothing_behind(display: Display, tmp_path: Path) -> None:
    """The README's first command: no passphrase to choose, and the provider is there."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    browser = console.quick_browser(tmp_path)
    with Outside(display.name, tmp_path) as outside:
        console.run_jackfield(outside, tmp_path, browser, "practice", TMPDIR=str(temporary))
        connect_by_sign_in(outside)
        assert list(temporary.iterdir())
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "data").exists()


def test_a_hostile_name_is_text_and_nothing_else(
    display: Display, tmp_path: Path, provider: Provider
) -> None:
    """A label that took it for markup would have lost the tags: AT-SPI is given what is shown."""
    browser = console.quick_browser(tmp_path, "--user", "mallory")
    with Outside(display.name, tmp_path) as outside:
        console.open_console(outside, console.home_for(tmp_path, provider.url), browser)
        console.set_up_vault(outside)
        console.add_account(outside, "prac", "Practice (OAuth 2)")
        outside.press("Sign in with browser")
        outside.wait("button", "Done")
        shown = set(outside.names("label"))
        outside.press("Done")
        outside.wait("cell", "Connected")
        shown |= set(outside.names("cell")) | set(outside.names("label"))
    assert any("<b>Mallory</b>" in text and "<script>" in text for text in shown)
    assert not any("Mallory" in text and "<b>" not in text for text in shown)


def test_every_control_on_every_page_has_a_name(display: Display, tmp_path: Path, provider: Provider) -> None:
    home = console.home_for(tmp_path, provider.url)
    with Outside(display.name, tmp_path) as outside:
        console.open_console(outside, home, console.quick_browser(tmp_path))
        nameless = {"first start": outside.unnamed()}
        console.set_up_vault(outside)
        for view in ("Accounts", "Connectors", "Activity", "Settings"):
            outside.press(view)
            nameless[view] = outside.unnamed()
        outside.press("Accounts")
        console.add_account(outside, "prac", "Practice (OAuth 2)")
        nameless["connect"] = outside.unnamed()
        outside.press("Sign in with browser")
        outside.press("Done")
        for tab in ("Overview", "Token", "History", "Activity"):
            outside.press(tab, "tab")
            nameless[tab] = outside.unnamed()
    assert {page: roles for page, roles in nameless.items() if roles} == {}


def reveal(outside: Outside, field: str) -> str:
    """The value of a masked field, shown."""
    outside.press(f"Reveal {field}")
    outside.wait("button", f"Hide {field}")
    return outside.read(field)


def works(provider: Provider, token: str) -> bool:
    """Whether the provider takes this token."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{provider.url}/oauth/userinfo", headers=headers, trust_env=False)
    return answer.status_code == 200
