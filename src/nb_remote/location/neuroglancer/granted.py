"""Who asks at the hosts that a link names: only what a person gave for a host, never for a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any, TypeAlias

from nb_remote.errors import InvalidAddress
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.given import (
    GivenCredentials,
    Place,
    addresses_of,
    is_credentials,
    with_credentials,
)
from nb_remote.location.host import normal_host
from nb_remote.location.local import address_of
from nb_remote.location.location import Location
from nb_remote.location.neuroglancer.link import Link, link_of, link_of_state
from nb_remote.location.neuroglancer.sources import address_of_source, without_login
from nb_remote.location.parse import Address, parse_address

Origin = tuple[str, str, str]
Opened: TypeAlias = str | PathLike[str] | Mapping[str, Any]
"""What a person opens: an address, a link, a path of this machine, or a state."""

_VIEWER = "neuroglancer-demo.appspot.com"
"""Where a state without a page would be shown."""


class Granted:
    """Credentials by host or bucket.

    Parameters
    ----------
    by_host
        As a person gives them: ``{"https://host": …, "gs://bucket": …}``.

    Raises
    ------
    InvalidAddress
        A key is no host and no bucket, or names one twice.
    """

    def __init__(self, by_host: Mapping[Place, Credentials | None]) -> None:
        self._by_origin: dict[Origin, Credentials] = {}
        self._unused: dict[Origin, str] = {}
        for place, one in by_host.items():
            location = address_of(place).location
            if location.path or location.is_local:
                raise InvalidAddress(
                    "credentials for what a link names are given by host or bucket",
                    where=location.display(),
                    hint=f"Write {_host_of(location)!r}, without a path.",
                )
            if one is not None and not is_credentials(one):
                raise TypeError(f"what is given for {location.display()} are no credentials")
            if one is not None:
                self._by_origin[location.origin] = one
                self._unused[location.origin] = _host_of(location)

    def address(self, address: Address) -> Address:
        """Return an address that a link names, with the credentials given for its host.

        Raises
        ------
        InvalidAddress
            They are of another kind than the host needs.
        """
        location = replace(address.location, may_be_endpoint=False)
        given = self._by_origin.get(location.origin)
        self._unused.pop(location.origin, None)
        if given is None:
            return Address(location=location, credentials=address.credentials)
        return with_credentials(Address(location=location, credentials=Anonymous()), given)

    def unused(self) -> tuple[str, ...]:
        """Return which credentials nothing was asked with so far, one sentence each."""
        return tuple(
            f"the credentials for {host!r} are not used: the link names nothing there"
            for host in self._unused.values()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedLink:
    """A link, and who asks at the hosts that it names."""

    link: Link
    granted: Granted = field(compare=False)


def opened_addresses(opened: Sequence[Opened], credentials: GivenCredentials) -> list[Address]:
    """Return what was passed to be opened: addresses and links, with their credentials.

    Parameters
    ----------
    opened
        As a person passes them.
    credentials
        As `addresses_of` takes them; for what links name a mapping by host or bucket.

    Raises
    ------
    InvalidAddress
        A text is neither address nor link; or one credential was given for all, which a link could
        lead anywhere.
    """
    links = [_link(one) for one in opened]
    if not any(links):
        return addresses_of([one for one in opened if not isinstance(one, Mapping)], credentials)
    places: list[Place] = [
        one
        for one, link in zip(opened, links, strict=True)
        if link is None and not isinstance(one, Mapping)
    ]
    for_places, granted = _divided(places, links, credentials)
    parsed = iter(addresses_of(places, for_places) if places else ())
    return [next(parsed) if link is None else of_link(link, granted) for link in links]


def of_link(link: Link, granted: Granted) -> Address:
    """Return a link as an address, which names its page and is never asked."""
    scheme, _, rest = link.page.partition("://")
    host, _, path = rest.partition("/")
    try:
        host = normal_host(host, scheme.lower(), link.display()) if _is_web(scheme) else ""
    except InvalidAddress:
        host = ""
    page = Location(
        scheme=scheme.lower() if host else "https",
        host=host or _VIEWER,
        path=path.strip("/") if host else "",
    )
    return Address(
        location=page, credentials=Anonymous(), link=GrantedLink(link=link, granted=granted)
    )


def _is_web(scheme: str) -> bool:
    return scheme.lower() in ("http", "https")


def _link(one: Opened) -> Link | None:
    if isinstance(one, Mapping):
        return link_of_state(one)
    return link_of(one) if isinstance(one, str) else None


def _divided(
    places: Sequence[Place], links: Sequence[Link | None], credentials: GivenCredentials
) -> tuple[GivenCredentials, Granted]:
    """Return what was given for addresses, and what for the hosts that links name."""
    there = [one for one in links if one is not None]
    if credentials is None:
        return None, Granted({})
    if isinstance(credentials, list | tuple) and len(credentials) == len(links):
        pairs = list(zip(credentials, links, strict=True))
        if not any(one for one, link in pairs if link is not None):
            return [one for one, link in pairs if link is None], Granted({})
    if not isinstance(credentials, Mapping):
        raise InvalidAddress(
            "a link names hosts of a stranger's choice, so credentials are never given to all",
            where=there[0].display(),
            hint=f"Say which host gets them: credentials={{{_line(there)}}}",
        )
    known = [address_of(one).location for one in places]
    for_places = {
        place: one
        for place, one in credentials.items()
        if place in places or (_is_address(place) and address_of(place).location in known)
    }
    rest = {place: one for place, one in credentials.items() if place not in for_places}
    return for_places or None, Granted(rest)


def address_of_state(link: Link) -> Address:
    """Return where a link says that its state lies.

    Raises
    ------
    InvalidAddress
        It is no address that can be read from.
    """
    return parse_address(without_login(link.address))


def line_for(location: Location) -> str:
    """Return the line that gives credentials to the host of a location."""
    kind = {"s3": "S3Credentials(…)", "gs": "GcsCredentials(…)"}.get(
        location.scheme, "BearerToken(…)"
    )
    return f"{_host_of(location)!r}: nb_remote.{kind}"


def _line(links: Sequence[Link]) -> str:
    found: dict[str, None] = {}
    for link in links:
        try:
            if link.address:
                found[line_for(address_of_state(link).location)] = None
        except InvalidAddress:
            continue
        for layer in link.state.layers if link.state is not None else ():
            for source in layer.sources:
                try:
                    found[line_for(address_of_source(source).location)] = None
                except InvalidAddress:
                    continue
    lines = list(found)[:3] or ["'https://host': nb_remote.BearerToken(…)"]
    return ", ".join(lines)


def _host_of(location: Location) -> str:
    """Return the address of a location's host or bucket."""
    return replace(location, path="", zip_path=None).display().rstrip("/")


def _is_address(place: Place) -> bool:
    try:
        address_of(place)
    except InvalidAddress:
        return False
    return True
