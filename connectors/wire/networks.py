"""What kind of network an address belongs to, in every spelling that a resolver understands."""

from __future__ import annotations

import ipaddress
import re
import socket

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMERIC = re.compile(r"[0-9a-fx.]+", re.IGNORECASE)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# Private (RFC 1918, 4193, 6598, 3879), this computer, and 0.0.0.0/8, which Linux takes for this computer.
_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::/128", "::1/128", "fc00::/7", "fec0::/10"),
    )
)
# Where clouds hand out credentials to whoever asks from inside, apart from the link-local addresses.
_METADATA = frozenset({ipaddress.ip_address("fd00:ec2::254")})
_INNER_NAMES = ("local", "localdomain", "lan", "internal", "intranet", "corp", "home", "home.arpa", "private")
_METADATA_NAMES = frozenset({"metadata.google.internal", "metadata.goog"})


def host_address(host: str) -> IPAddress | None:
    """The address that a literal host stands for (0x7f.1, 2130706433, ::ffff:…); None for a name."""
    bare = host.strip("[]").split("%")[0].rstrip(".")
    try:
        return plain_address(ipaddress.ip_address(bare))
    except ValueError:
        if not _NUMERIC.fullmatch(bare):
            return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare))
    except OSError:
        return None


def plain_address(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 one carries inside (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if inner := address.ipv4_mapped or address.sixtofour:
        return inner
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_private(address: IPAddress) -> bool:
    """Whether only a private network, or this computer, has this address."""
    return any(address in network for network in _PRIVATE if network.version == address.version)


def looks_private(host: str) -> bool:
    """Whether a host is meant to be one of a private network, as far as its spelling tells."""
    address = host_address(host)
    if address is not None:
        return is_private(address) and not address.is_loopback
    name = host.lower().rstrip(".")
    return name != "localhost" and (
        "." not in name or name.endswith(tuple(f".{end}" for end in _INNER_NAMES))
    )


def is_never_contacted(address: IPAddress) -> bool:
    """Link-local and metadata addresses: nothing that a person connects lives there."""
    return address.is_link_local or address in _METADATA


def is_metadata_name(host: str) -> bool:
    """The names under which clouds serve the same."""
    return host.lower().rstrip(".") in _METADATA_NAMES
