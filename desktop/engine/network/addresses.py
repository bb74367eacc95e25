"""Which hosts are this computer, which are in a private network, and which are never spoken to."""

from __future__ import annotations

from connectors.wire.networks import host_address, is_metadata_name, is_never_contacted
from connectors.wire.networks import is_private as is_private_address

__all__ = ["host_address", "is_forbidden", "is_local_name", "is_loopback", "is_private"]


def is_loopback(host: str) -> bool:
    """Whether a host is this computer for certain: 127.0.0.0/8, ::1 or `localhost` itself."""
    if host.lower() == "localhost":
        return True
    address = host_address(host)
    return address is not None and address.is_loopback


def is_local_name(host: str) -> bool:
    """Loopback, or a name below .localhost, which RFC 6761 keeps on this computer."""
    return is_loopback(host) or host.lower().endswith(".localhost")


def is_private(host: str) -> bool:
    """Whether a literal host is an address of a private network, or an odd one of this computer."""
    address = host_address(host)
    return address is not None and is_private_address(address)


def is_forbidden(host: str) -> bool:
    """Link-local and metadata addresses: nothing that a person connects lives there."""
    address = host_address(host)
    return is_metadata_name(host) or (address is not None and is_never_contacted(address))
