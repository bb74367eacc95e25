"""Can the browser come back? Opens loopback ports for a moment, of both families, and the fixed ones."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Literal, NamedTuple

from connectors.definition import Redirect
from desktop.engine.callback.binding import PortsUnavailableError, bind, explain_ports, port_holder
from desktop.engine.doctor.finding import Finding, Situation

_TITLE = "Way back from the browser"
_FIRST_FREE_TO_ALL = 1024  # ports below need special rights, and there is another way for those
_MOST_NAMED = 3
_UNKNOWN = "another program, which the system does not name"


class _Fixed(NamedTuple):
    """What some connectors insist on."""

    host: Literal["127.0.0.1", "localhost", "[::1]"]
    ports: tuple[int, ...]


def look(situation: Situation) -> Finding:
    """A free port of 127.0.0.1, one of [::1], and each port that a connector insists on."""
    try:
        _try(Redirect())
    except PortsUnavailableError as error:
        why = explain_ports(error)
        return Finding(check="ports", title=_TITLE, outcome="problem", sentence=why.sentence, hint=why.hint)
    users = _users(situation)
    taken = [sentence for fixed, names in users.items() if (sentence := _taken(fixed, names))]
    if taken:
        return Finding(
            check="ports",
            title=_TITLE,
            outcome="warning",
            sentence=" ".join(taken),
            hint="End that program before you sign in there, or register another address with the service "
            "and enter it in the connector's settings. All other services use any free port.",
        )
    return Finding(check="ports", title=_TITLE, outcome="ok", sentence=f"{_families()}{_free(users)}")


def _families() -> str:
    try:
        _try(Redirect(host="[::1]"))
    except PortsUnavailableError:
        return "Ports of 127.0.0.1 can be opened. No IPv6 loopback here; few services need it."
    return "Ports of 127.0.0.1 and [::1] can be opened."


def _try(redirect: Redirect) -> None:
    opened, _ = bind(redirect)
    for socket in opened:
        socket.close()


def _users(situation: Situation) -> dict[_Fixed, list[str]]:
    """Who insists on which ports, by their definition or by what was configured."""
    users: dict[_Fixed, set[str]] = {}
    for connector in situation.connectors:
        redirect = situation.redirects.get(connector.key, connector.redirect)
        if redirect.ports and min(redirect.ports) >= _FIRST_FREE_TO_ALL:
            users.setdefault(_Fixed(redirect.host, redirect.ports), set()).add(connector.name)
    return {fixed: sorted(names) for fixed, names in sorted(users.items())}


def _taken(fixed: _Fixed, names: list[str]) -> str:
    """The sentence for ports of which none is free; nothing where one is."""
    try:
        _try(Redirect(host=fixed.host, ports=fixed.ports))
    except PortsUnavailableError as error:
        held = [port for port, why in error.failures.items() if why.errno == errno.EADDRINUSE]
        holders = [(port, port_holder(port) or _UNKNOWN) for port in held]
        if len(fixed.ports) == 1:
            return "".join(
                f"Port {port}, which {_some(names)} needs, is in use by {who}." for port, who in holders
            )
        taken = " ".join(f"Port {port} is in use by {who}." for port, who in holders)
        return f"{_some(names)} needs one of several ports, and none is free. {taken}" if taken else ""
    return ""


def _free(users: Mapping[_Fixed, list[str]]) -> str:
    ports = sorted({port for fixed in users for port in fixed.ports})
    if not ports:
        return ""
    listed = ", ".join(map(str, ports[:_MOST_NAMED]))
    more = f" and {len(ports) - _MOST_NAMED} more" if len(ports) > _MOST_NAMED else ""
    return f" So can the fixed ports that some services want ({listed}{more})."


def _some(names: list[str]) -> str:
    shown = names[:_MOST_NAMED]
    more = len(names) - len(shown)
    return " or ".join([*shown, f"one of {more} more"] if more else shown)
