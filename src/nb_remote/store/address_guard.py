"""Refuses connections to addresses that a stranger has no business naming.

It sits where sockets are made, so it sees the address that is really used: literal
ones, name-service answers that change between two look-ups, and redirects alike.
"""

import errno
import ipaddress
import socket
from typing import Any

# NAT64 (RFC 6052): the last four bytes are an IPv4 address of its own meaning.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

REFUSAL = "is not a public address"


def public_socket(address_info: tuple[Any, ...]) -> socket.socket:
    """Make a socket for a public address; aiohttp's ``socket_factory``.

    Raises
    ------
    PermissionError
        With `REFUSAL` in its text, which survives aiohttp's own errors.
    """
    family, kind, protocol, _, sockaddr = address_info
    if not is_public(sockaddr[0]):
        raise PermissionError(errno.EACCES, f"{sockaddr[0]} {REFUSAL}")
    return socket.socket(family=family, type=kind, proto=protocol)


def is_public(address: str) -> bool:
    """Whether `address` is one that everybody on the internet can reach.

    False for loopback, private, link-local (cloud metadata among them), shared,
    multicast and reserved addresses, also where IPv6 only wraps an IPv4 one.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast
