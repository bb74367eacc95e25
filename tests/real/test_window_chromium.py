"""The window with Chromium as the person's own browser: real clicks, real pages, a real redirect."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.practice import start
from tests.real import console
from tests.real.console import Visit
from tests.real.display import Display
from tests.real.outside import Outside
from tests.real.toolkit import Toolkit


@pytest.mark.usefixtures("chromium")
def test_an_account_is_connected_at_the_practice_provider(display: Display, tmp_path: Path) -> None:
    with (
        start() as provider,
        Outside(display.name, tmp_path) as outside,
        Visit(tmp_path / "visit") as visit,
    ):
        console.open_console(outside, console.home_for(tmp_path, provider.url), visit.command)
        console.set_up_vault(outside)
        console.add_account(outside, "prac", "Practice (OAuth 2)")
        outside.click("Sign in with browser")
        landed = visit.wait()
        outside.press("Done")
        outside.wait("cell", "Amelia Ortega")
        outside.wait("cell", "Connected")
        assert provider.count("/oauth/token") == 1
    assert "code=" not in landed["url"]  # neither the address bar nor the history keeps the code
    assert "return" in landed["text"] or "close" in landed["text"], landed


@pytest.mark.usefixtures("chromium")
def test_declining_in_the_browser_is_said_in_the_window(display: Display, tmp_path: Path) -> None:
    with (
        start() as provider,
        Outside(display.name, tmp_path) as outside,
        Visit(tmp_path / "visit", "--press", "Decline") as visit,
    ):
        console.open_console(outside, console.home_for(tmp_path, provider.url), visit.command)
        console.set_up_vault(outside)
        console.add_account(outside, "prac", "Practice (OAuth 2)")
        outside.click("Sign in with browser")
        visit.wait()
        outside.wait("button", "Try again")
        assert provider.count("/oauth/token") == 0
        outside.press("Cancel")
        outside.gone("button", "Try again")


@pytest.mark.usefixtures("chromium")
def test_an_account_is_connected_at_a_server_nobody_here_wrote(
    display: Display, tmp_path: Path, toolkit: Toolkit
) -> None:
    person = ("--user", toolkit.user, "--password", toolkit.password)
    buttons = ("--sign-in", "Log in", "--press", "Authorize")
    with (
        Outside(display.name, tmp_path) as outside,
        Visit(tmp_path / "visit", *person, *buttons) as visit,
    ):
        home = tmp_path / "home"
        console.open_console(outside, home, visit.command)
        console.set_up_vault(outside)
        console.add_account(outside, "oauth", "Any service (OAuth 2)")
        form = toolkit.form()
        outside.type("Authorization endpoint", form["authorization_endpoint"])
        outside.type("Token endpoint", form["token_endpoint"])
        outside.type("Userinfo endpoint", form["userinfo_endpoint"])
        outside.type("Client ID", form["client_id"])
        outside.type("Scope", form["scope"])
        outside.press("Sign in with browser")
        visit.wait()
        outside.press("Done")
        outside.wait("label", toolkit.email)
        outside.press("Token", "tab")
        secrets = []
        for field in ("access_token", "refresh_token"):
            outside.press(f"Reveal {field}")
            outside.wait("button", f"Hide {field}")
            secrets.append(outside.read(field))
    assert console.holding(home, secrets) == []
