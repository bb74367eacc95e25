"""Takes the port that the browser will come back to, on the loopback addresses alone."""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from pathlib import Path

from connectors.definition import Redirect
from connectors.errors import PortTakenError

_V4 = (socket.AF_INET, "127.0.0.1")
_V6 = (socket.AF_INET6, "::1")
# Whoever holds only 127.0.0.1 leaves [::1] to others, and `localhost` may mean either.
_ADDRESSES = {"127.0.0.1": (_V4,), "[::1]": (_V6,), "localhost": (_V4, _V6)}
_BACKLOG = 32
_FREE_PORT_TRIES = 20
_NO_IPV6 = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class PortsUnavailableError(Exception):
    """None of the ports could be opened. `explain_ports` makes the sentence, which may take a moment."""

    def __init__(self, host: str, failures: dict[int, OSError]) -> None:
        super().__init__(host)
        self.host = host
        self.failures = failures


def bind(redirect: Redirect) -> tuple[list[socket.socket], int]:
    """Listening sockets and their common port: the first free one of the redirect's, or any free one.

    Raises PortsUnavailableError; a port that the definition does not list is never used instead.
    """
    if not redirect.ports:
        return _bind_any(redirect.host)
    failures: dict[int, OSError] = {}
    for port in redirect.ports:
        try:
            return _bind(redirect.host, port)
        except OSError as error:
            failures[port] = error
    raise PortsUnavailableError(redirect.host, failures)


def port_holder(port: int) -> str:
    """The program that listens on a TCP port, as "name (process 12)"; "" where the system does not say."""
    if sys.platform != "linux":
        return ""
    wanted = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not wanted:
        return ""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(entry) in wanted for entry in (process / "fd").iterdir()):  # noqa: PTH115
                name = re.sub(r"[^\w.+-]", "", (process / "comm").read_text("utf-8", "replace"))
                return f"{name or 'a program'} (process {process.name})"
        except OSError:  # it has ended, or it is another user's
            continue
    return ""


def _bind_any(host: str) -> tuple[list[socket.socket], int]:
    for attempt in range(1, _FREE_PORT_TRIES + 1):
        try:
            return _bind(host, 0)
        except OSError as error:
            # The port that is free on 127.0.0.1 may be taken on [::1]: draw another.
            if error.errno != errno.EADDRINUSE or attempt == _FREE_PORT_TRIES:
                raise PortsUnavailableError(host, {0: error}) from error
    raise AssertionError  # the last attempt has returned or raised


def _bind(host: str, port: int) -> tuple[list[socket.socket], int]:
    sockets: list[socket.socket] = []
    try:
        for family, address in _ADDRESSES[host]:
            try:
                sockets.append(_listen(family, address, port))
            except OSError as error:
                if sockets and error.errno in _NO_IPV6:
                    break  # no IPv6 here, so nobody else can have it either
                raise
            port = sockets[0].getsockname()[1]
    except BaseException:
        for opened in sockets:
            opened.close()
        raise
    return sockets, port


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif port:
            # It overlooks past connections in TIME_WAIT only: two listeners still exclude each other.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.setblocking(False)
        listening.bind((address, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _listening_inodes(port: int) -> list[str]:
    inodes: list[str] = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        rows = [line.split() for line in lines]
        inodes += [row[9] for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port]
    return inodes


def explain_ports(unavailable: PortsUnavailableError) -> PortTakenError:
    """Says which port is held by which program. Reads much of /proc: not for the event loop."""
    failures = unavailable.failures
    parts = [_why(unavailable.host, port, error) for port, error in failures.items()]
    if any(error.errno == errno.EACCES for error in failures.values()):
        hint = "Ports below 1024 need special rights. Register a higher one with the service."
    elif all(error.errno == errno.EADDRINUSE for error in failures.values()) and 0 not in failures:
        hint = "Close that program, or register a further port with the service and list it in the redirect."
    else:
        hint = "Check that the loopback network works on this computer."
    return PortTakenError("The browser could not come back. " + " ".join(parts), hint)


def _why(host: str, port: int, error: OSError) -> str:
    if port == 0:
        return f"No port could be opened on {host}: {error.strerror}."
    if error.errno == errno.EACCES:
        return f"The system does not let this program open port {port}."
    if error.errno != errno.EADDRINUSE:
        return f"Port {port} on {host} cannot be opened: {error.strerror}."
    return f"Port {port} on {host} is in use by {port_holder(port) or 'another program'}."
