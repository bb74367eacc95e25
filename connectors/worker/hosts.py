"""Where a shut-in program may have requests sent: its definition's hosts, and those that were typed in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from connectors.errors import ConnectorError, UnsafeUrlError
from connectors.inputs import Inputs
from connectors.templates.text import clean
from connectors.wire.urls import check_url, render_url

_ADDRESS = re.compile(r"https?://([^/?#\s\"'\\<>]+)", re.IGNORECASE)
_FILLED_IN = re.compile(r"\{\{.*?\}\}|\{[^{}]*\}|%\(\w+\)s|%s|\*+")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9*_-]+(?:\.[a-z0-9*_-]+)*\.?)(?::(\d{1,5}))?", re.IGNORECASE)
_BARE = re.compile(
    r"(?:[a-z0-9_-]+\.)+[a-z0-9_-]+(?::\d{1,5})?|localhost(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?"
)


class Host(msgspec.Struct, frozen=True):
    """A host name, with `*` for what stands there later; no port means the scheme's own."""

    name: str
    port: int | None = None

    def fits(self, name: str, port: int, scheme: str) -> bool:
        """Whether an address on that host and port is within this one."""
        if port != (self.port or (80 if scheme == "http" else 443)):
            return False
        wanted = "[a-z0-9_-]+(?:[.][a-z0-9_-]+)*".join(re.escape(part) for part in self.name.split("*"))
        return re.fullmatch(wanted, name) is not None


def source_hosts(tree: ast.AST) -> tuple[str, ...]:
    """The hosts in the addresses that a Python file spells out, such as `*.example.com` for an f-string."""
    return tuple(sorted({host for text in _texts(tree) for host in _hosts_in(text)}))


def allowed_hosts(inputs: Inputs, of_source: Iterable[str]) -> frozenset[Host]:
    """Everything that a program of this definition may reach with these values."""
    method, connector = inputs.method, inputs.connector
    typed = {f.key: f.default for f in (*connector.settings, *method.fields) if f.default}
    typed |= {k: v for source in (inputs.settings, inputs.values) for k, v in source.items() if v}
    secret = {f.key for f in (*connector.settings, *method.fields) if f.secret} | {"client_secret"}
    found = {read_host(pattern) for pattern in (*of_source, *connector.hosts)}
    for template in {connector.base_url, *_addresses(method)} - {""}:
        found |= {read_host(host) for host in _hosts_in(_rendered(template, typed))}
    for key, value in typed.items():
        if key not in secret:
            host = value.strip().lower()
            found |= {read_host(host) if _BARE.fullmatch(host) else None}
            found |= {read_host(one) for one in _hosts_in(value)}
    return frozenset(host for host in found if host is not None)


def check_host(url: str, hosts: Iterable[Host], program: str) -> None:
    """Raises UnsafeUrlError when the address is unsafe or on none of the hosts."""
    parts = urlsplit(check_url(url))
    name = (parts.hostname or "").rstrip(".")
    port = parts.port or (80 if parts.scheme == "http" else 443)
    if not any(host.fits(name, port, parts.scheme) for host in hosts):
        raise UnsafeUrlError(
            f"The program {program} wanted to reach {clean(parts.netloc, 80)}, which is none of its "
            "definition's hosts. Nothing was sent.",
            "If it is meant to, name that host in the definition's “hosts”.",
        )


def read_host(text: str) -> Host | None:
    """`api.example.com`, `*.example.com` or `127.0.0.1:8080`; None for what could be anybody's host."""
    found = _HOST.fullmatch(text.strip().lower())
    if found is None:
        return None
    name = found[1].strip("[]").rstrip(".")
    if "*" in name:
        # What is fixed has to be a whole domain: `*example.com` would let evil-example.com in.
        fixed = name.rpartition("*")[2].partition(".")[2]
        if "." not in fixed or "*" in found[0].partition(":")[2]:
            return None
    return Host(name, int(found[2]) if found[2] else None)


def _texts(node: ast.AST) -> Iterator[str]:
    """Every text in a program, with `*` for what an f-string fills in."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values)
        nodes: Iterable[ast.AST] = (p for p in node.values if not isinstance(p, ast.Constant))
    else:
        nodes = ast.iter_child_nodes(node)
    for inner in nodes:
        yield from _texts(inner)


def _hosts_in(text: str) -> set[str]:
    # What is filled in right behind a host is meant to be a path; if it is not, the host no longer fits.
    found = (host.lower().removesuffix("*") for host in _ADDRESS.findall(_FILLED_IN.sub("*", text)))
    return {host for host in found if not host.endswith(".") and read_host(host) is not None}


def _addresses(value: Any) -> Iterator[str]:
    """Every address in a method's requests."""
    match value:
        case msgspec.Struct():
            for name in value.__struct_fields__:
                inner = getattr(value, name)
                if name in {"url", "verification_url"} and isinstance(inner, str):
                    yield inner
                else:
                    yield from _addresses(inner)
        case tuple() | list():
            for inner in value:
                yield from _addresses(inner)
        case Mapping():
            for inner in value.values():
                yield from _addresses(inner)


def _rendered(template: str, typed: Mapping[str, str]) -> str:
    try:
        return render_url(template, typed)
    except ConnectorError:
        return ""
