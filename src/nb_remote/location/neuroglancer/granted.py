"""Who asks at the hosts that a link names: only what a person gave for a host, never for a link."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any, TypeAlias

from nb_remote.errors import InvalidAddress
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.given import GivenCredentials, Place, is_credentials, with_credentials
from nb_remote.location.local import address_of
from nb_remote.location.location import Location
from nb_remote.location.neuroglancer.link import Link
from nb_remote.location.neuroglancer.sources import address_of_source, without_login
from nb_remote.location.parse import Address, parse_address

Origin = tuple[str, str, str]
Opened: TypeAlias = str | PathLike[str] | Mapping[str, Any]
"""What a person opens: an address, a link, a path of this machine, or a state."""


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

    def address(self, address: Address) -> Address:
        """Return an address that a link names, with the credentials given for its host.

        Raises
        ------
        InvalidAddress
            They are of another kind than the host needs.
        """
        location = replace(address.location, may_be_endpoint=False)
        given = self._by_origin.get(location.origin)
        if given is None:
            return Address(location=location, credentials=address.credentials)
        return with_credentials(Address(location=location, credentials=Anonymous()), given)


def divided(
    places: Sequence[Place], links: Sequence[Link], credentials: GivenCredentials
) -> tuple[GivenCredentials, Granted]:
    """Return what was given for addresses, and what for the hosts that links name.

    Parameters
    ----------
    places
        The addresses that are no links.
    links
        At least one.
    credentials
        As `nb_remote.open` takes them, without what stands at the place of a link in a list.

    Raises
    ------
    InvalidAddress
        One was given for all, which a link could lead anywhere.
    """
    if credentials is None or (
        isinstance(credentials, list | tuple) and not any(credentials[len(places) :])
    ):
        return credentials, Granted({})
    if not isinstance(credentials, Mapping):
        raise InvalidAddress(
            "a link names hosts of a stranger's choice, so credentials are never given to all",
            where=links[0].display(),
            hint=f"Say which host gets them: credentials={{{_line(links)}}}",
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
