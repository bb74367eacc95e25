"""Which hosts are this computer, and which are never spoken to."""

from __future__ import annotations

import ipaddress
import re
import socket

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMERIC = re.compile(r"[0-9a-fx.]+", re.IGNORECASE)
# Where clouds hand out credentials to whoever asks from inside (169.254.169.254 is link-local as a whole).
_METADATA = ipaddress.ip_address("fd00:ec2::254")


def host_address(host: str) -> IPAddress | None:
    """The address that a literal host stands for, also in odd spellings (0x7f.1, 2130706433, ::ffff:…)."""
    bare = host.strip("[]").split("%")[0]
    try:
        address: IPAddress = ipaddress.ip_address(bare)
    except ValueError:
        if not _NUMERIC.fullmatch(bare):
            return None
        try:
            return ipaddress.IPv4Address(socket.inet_aton(bare))
        except OSError:
            return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_loopback(host: str) -> bool:
    """Whether a host is this computer for certain: 127.0.0.0/8, ::1 or `localhost` itself."""
    if host.lower() == "localhost":
        return True
    address = host_address(host)
    return address is not None and address.is_loopback


def is_local_name(host: str) -> bool:
    """Loopback, or a name below .localhost, which RFC 6761 keeps on this computer."""
    return is_loopback(host) or host.lower().endswith(".localhost")


def is_forbidden(host: str) -> bool:
    """Link-local and metadata addresses: nothing that a person connects lives there."""
    address = host_address(host)
    return address is not None and (address.is_link_local or address == _METADATA)
