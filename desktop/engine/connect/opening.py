"""Which addresses may be opened, and how a browser is started: an argument list, never a shell."""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from connectors.errors import ConnectorError, UnsafeUrlError

Opener = Callable[[str], None]
"""Is given one checked address. Raises BrowserFailedError. May block for a moment: not for the event loop."""

MAX_URL = 16 * 1024
# Exactly RFC 3986: no space, control character, quote, backslash or bidirectional override among them.
_URL = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_EARLY = 1.0  # seconds in which a browser command that cannot work says so
_LINK_HINT = "Copy the link and open it in a browser yourself, or choose another browser."
_KNOWN = (
    ("Firefox", ("firefox", "firefox-esr")),
    ("Chromium", ("chromium", "chromium-browser")),
    ("Google Chrome", ("google-chrome", "google-chrome-stable")),
    ("Brave", ("brave-browser", "brave")),
    ("Microsoft Edge", ("microsoft-edge", "microsoft-edge-stable")),
    ("Vivaldi", ("vivaldi", "vivaldi-stable")),
    ("Opera", ("opera",)),
    ("LibreWolf", ("librewolf",)),
    ("GNOME Web", ("epiphany", "epiphany-browser")),
    ("Konqueror", ("konqueror",)),
    ("Falkon", ("falkon",)),
    ("qutebrowser", ("qutebrowser",)),
)


class BrowserFailedError(ConnectorError):
    """The browser could not be started."""

    reason = "browser"


def check_url(url: str) -> str:
    """The address, if a browser may be sent there: https, or http to this computer. Raises UnsafeUrlError."""
    if not url:
        raise _unsafe("it is empty")
    if len(url) > MAX_URL:
        raise _unsafe("it is too long")
    if not _URL.fullmatch(url):
        raise _unsafe("it holds a character that no address may hold")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unsafe("its host or port is malformed") from None
    if parts.scheme not in ("https", "http"):
        shown = f"“{parts.scheme[:20]}:” is not https" if parts.scheme else "it does not begin with https://"
        raise _unsafe(shown)
    host = parts.hostname or ""
    if not host or port == 0:
        raise _unsafe("it names no host")
    if "@" in parts.netloc or "%" in parts.netloc:
        raise _unsafe("it hides the host behind a user name or an escape")
    if parts.scheme == "http" and not _is_loopback_literal(host):
        raise _unsafe(f"{host[:80]} would be contacted without encryption")
    return url


def system_opener(command: str | None = None, *, first: bool = False) -> Opener:
    """The opener to use: JACKFIELD_BROWSER, else `command`, else the system's browser.

    With `first`, `command` goes before JACKFIELD_BROWSER: the person has just chosen it.
    """

    def open_url(url: str) -> None:
        check_url(url)
        environment = os.environ.get("JACKFIELD_BROWSER", "").strip()
        chosen = (command or "").strip()
        line = (chosen or environment) if first else (environment or chosen)
        if line:
            _start(_split(line), url)
        else:
            _open_with_system(url)

    return open_url


def browsers() -> list[tuple[str, str]]:
    """The browsers on PATH: name and command, as `system_opener` takes it. One entry for each program."""
    found: dict[Path, tuple[str, str]] = {}
    for name, commands in _KNOWN:
        path = next(filter(None, map(shutil.which, commands)), None)
        if path is not None:
            found.setdefault(Path(path).resolve(), (name, shlex.quote(path)))
    return list(found.values())


def child_environment() -> dict[str, str]:
    """The environment for a program that is not ours: without our settings and our bundled libraries."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JACKFIELD_")}
    if getattr(sys, "frozen", False):
        # A packaged program points the loader at its own libraries, which would break the browser's.
        original = environment.pop("LD_LIBRARY_PATH_ORIG", None)
        environment.pop("LD_LIBRARY_PATH", None)
        if original is not None:
            environment["LD_LIBRARY_PATH"] = original
    return environment


def _is_loopback_literal(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unsafe(why: str) -> UnsafeUrlError:
    return UnsafeUrlError(
        f"The address of the sign-in page is not safe to open: {why}.",
        "Check the connector's definition and its settings. Only https:// is opened, "
        "or http:// to this computer.",
    )


def _split(line: str) -> list[str]:
    if Path(line).is_file():  # a path with spaces is not a command with arguments
        return [line]
    try:
        return shlex.split(line, posix=os.name != "nt")
    except ValueError as error:
        raise BrowserFailedError(
            f"The browser command cannot be read: {error}.", "Check its quotation marks in Settings."
        ) from None


def _open_with_system(url: str) -> None:
    if sys.platform in ("win32", "darwin"):
        opened = webbrowser.open(url)
    else:
        # Not webbrowser here: it may fall back to a text browser in the terminal.
        opener = shutil.which("xdg-open")
        command = [opener] if opener else next((shlex.split(line) for _, line in browsers()), None)
        opened = command is not None
        if command is not None:
            _start(command, url)
    if not opened:
        raise BrowserFailedError("No browser was found on this computer.", _LINK_HINT)


def _start(command: list[str], url: str) -> None:
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(
            [*command, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its command is malformed"
        raise BrowserFailedError(
            f"The browser “{name}” could not be started: {reason}.", _LINK_HINT
        ) from None
    try:
        code = process.wait(_EARLY)
    except subprocess.TimeoutExpired:
        # It runs. Somebody has to wait for its end, or it stays behind as a zombie.
        threading.Thread(target=process.wait, name="browser", daemon=True).start()
        return
    if code != 0:
        raise BrowserFailedError(f"The browser “{name}” ended at once with the error {code}.", _LINK_HINT)
