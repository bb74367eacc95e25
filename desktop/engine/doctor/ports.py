"""Can the browser come back? Opens loopback ports for a moment, of both families, and the fixed ones."""

from __future__ import annotations

import errno
from collections.abc import Iterable

from connectors.definition import Connector, Redirect
from desktop.engine.callback.binding import PortsUnavailableError, bind, explain_ports, port_holder
from desktop.engine.doctor.finding import Finding, Situation

_TITLE = "Way back from the browser"
_FIRST_FREE_TO_ALL = 1024  # ports below need special rights, and there is another way for those
_MOST_NAMED = 3


def look(situation: Situation) -> Finding:
    """A free port of 127.0.0.1, one of [::1], and each port that a definition insists on."""
    try:
        _try(Redirect())
    except PortsUnavailableError as error:
        why = explain_ports(error)
        return Finding(check="ports", title=_TITLE, outcome="problem", sentence=why.sentence, hint=why.hint)
    taken = _taken(situation.connectors)
    if taken:
        return Finding(
            check="ports",
            title=_TITLE,
            outcome="warning",
            sentence=" ".join(taken),
            hint="Close that program before you sign in there. All other services use any free port.",
        )
    try:
        _try(Redirect(host="[::1]"))
    except PortsUnavailableError:
        return Finding(
            check="ports",
            title=_TITLE,
            outcome="ok",
            sentence="Ports of 127.0.0.1 can be opened. No IPv6 loopback here; few services need it.",
        )
    return Finding(
        check="ports", title=_TITLE, outcome="ok", sentence="Ports of 127.0.0.1 and [::1] can be opened."
    )


def _try(redirect: Redirect) -> None:
    opened, _ = bind(redirect)
    for socket in opened:
        socket.close()


def _taken(connectors: Iterable[Connector]) -> list[str]:
    users: dict[int, set[str]] = {}
    for connector in connectors:
        ports = connector.redirect.ports
        if len(ports) == 1 and ports[0] >= _FIRST_FREE_TO_ALL:
            users.setdefault(ports[0], set()).add(connector.name)
    sentences = []
    for port, names in sorted(users.items()):
        try:
            _try(Redirect(ports=(port,)))
        except PortsUnavailableError as error:
            if any(reason.errno == errno.EADDRINUSE for reason in error.failures.values()):
                holder = port_holder(port) or "another program"
                sentences.append(f"Port {port}, which {_some(names)} needs, is in use by {holder}.")
    return sentences


def _some(names: set[str]) -> str:
    shown = sorted(names)[:_MOST_NAMED]
    more = len(names) - len(shown)
    return " or ".join([*shown, f"one of {more} more"] if more else shown)
