"""Host names in one spelling: lower case, ASCII, without the default port."""

import ipaddress
import re
from collections.abc import Iterable

from nb_remote.errors import InvalidAddress

DEFAULT_PORTS = {"http": 80, "https": 443}

# Underscores are not allowed in host names but occur in local networks and container names.
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?"
)

_HINT = "An address looks like https://host/folder or https://host:port/folder."


def trusted(hosts: Iterable[str]) -> frozenset[str]:
    """Return hosts that a person trusts, in the spelling that locations use.

    Raises
    ------
    InvalidAddress
        When one is no host, optionally with a port.
    TypeError
        When it is one text instead of several.
    """
    if isinstance(hosts, str):
        raise TypeError(f"trusted_hosts takes several hosts: [{hosts!r}]")
    return frozenset(normal_host(one, "https", one) for one in hosts)


def normal_host(host_port: str, scheme: str, shown: str) -> str:
    """Return ``host`` or ``host:port`` in the spelling all locations use.

    Parameters
    ----------
    host_port
        The authority of an address without user name and password.
    scheme
        ``http`` or ``https``; its default port is dropped.
    shown
        The address as it may be shown in an error.

    Raises
    ------
    InvalidAddress
        When there is no host, or host or port can't exist.
    """
    host, port = _split(host_port, shown)
    if not host:
        raise InvalidAddress("the address names no host", where=shown, hint=_HINT)
    name = _normal_name(host, shown)
    return name if port in (None, DEFAULT_PORTS[scheme]) else f"{name}:{port}"


def _split(host_port: str, shown: str) -> tuple[str, int | None]:
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", host_port)
    if found is None:
        raise InvalidAddress("the host is not valid", where=shown, hint=_HINT)
    digits = found[2]
    if not digits:
        return found[1], None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5 and 0 < int(digits) < 65536):
        raise InvalidAddress("the port is not a number from 1 to 65535", where=shown, hint=_HINT)
    return found[1], int(digits)


def _normal_name(host: str, shown: str) -> str:
    try:
        if host.startswith("["):
            return _bracketed(host[1:-1])
        name = host.lower() if host.isascii() else host.encode("idna").decode().lower()
        if name.rpartition(".")[2].isdigit():  # 127.1 and 2130706433 are other names of an address
            return str(ipaddress.IPv4Address(name))
    except ValueError:
        name = ""
    if not _NAME.fullmatch(name):
        raise InvalidAddress("the host is not valid", where=shown, hint=_HINT)
    return name


def _bracketed(text: str) -> str:
    if "%" in text:  # a zone names an interface of this machine, not a place
        raise ValueError(text)
    return f"[{ipaddress.IPv6Address(text)}]"
