"""Chromium as a person's own browser: a JACKFIELD_BROWSER that opens the address, signs in and decides.

It runs until the provider has sent the browser back to the app and the page there has loaded, takes pictures
on the way, writes `visit.json` (the last page's address, title and text, or the error) and quits the browser.

    chromium_person.py --folder DIR [--user U --password P --sign-in LABEL --press LABEL] URL
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

if __package__ is None or __package__ == "":  # started by path, as a browser command is
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.real.devtools import DevTools, Tab

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--window-size=1000,800",
    "--remote-debugging-port=0",
)


class VisitError(Exception):
    """The browser did not start, or did not come back to the app."""


@contextmanager
def chromium(url: str) -> Iterator[Tab]:
    """A browser with a fresh profile on this address; quits at the end."""
    program = shutil.which("chromium")
    if program is None:
        raise VisitError("chromium is not installed")
    with tempfile.TemporaryDirectory(prefix="jackfield-chromium-", ignore_cleanup_errors=True) as profile:
        command = [program, *FLAGS, f"--user-data-dir={profile}", url]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            said: list[str] = []
            for line in process.stderr:
                said.append(line)
                if line.startswith("DevTools listening on "):
                    break
            else:
                raise VisitError("chromium did not start:\n" + "".join(said))
            # Its chatter has to be read, or the pipe fills and it stops.
            draining = threading.Thread(target=process.stderr.read, daemon=True)
            draining.start()
            devtools = DevTools(said[-1].removeprefix("DevTools listening on ").strip())
            try:
                yield Tab(devtools)
            finally:
                devtools.call("Browser.close")
                devtools.close()
                process.wait(timeout=30)
                draining.join()


def visit(tab: Tab, given: argparse.Namespace) -> None:
    """Sign in if asked to, press the decision, and stop where the provider's pages end."""
    provider = urlsplit(tab.url).netloc
    username = tab.find("textbox", "Username") or tab.find("textbox", "Username:")
    password = tab.find("textbox", "Password") or tab.find("textbox", "Password:")
    if username is not None and password is not None:
        tab.type_into(username, given.user)
        tab.type_into(password, given.password)
        tab.screenshot(given.folder / "sign-in.png")
        tab.press(given.sign_in)
    if urlsplit(tab.url).netloc == provider:
        tab.screenshot(given.folder / "consent.png")
        tab.press(given.press)
    if urlsplit(tab.url).netloc == provider:
        raise VisitError(f"the provider did not send the browser back: {tab.text}")


def main() -> None:
    """The command that a test names in JACKFIELD_BROWSER."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--user", default="amelia")
    parser.add_argument("--password", default="practice-2026")
    parser.add_argument("--sign-in", default="Sign in")
    parser.add_argument("--press", default="Allow")
    parser.add_argument("url")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    told: dict[str, str]
    try:
        with chromium(given.url) as tab:
            visit(tab, given)
            tab.screenshot(given.folder / "visit.png")
            told = {"url": tab.url, "title": str(tab.evaluate("document.title")), "text": tab.text}
    except Exception as error:  # whatever it is, the test that waits for the report is told
        told = {"error": f"{type(error).__name__}: {error}"}
    (given.folder / "visit.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
