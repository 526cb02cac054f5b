"""Which credentials belong to which address, and whether they may be sent there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TypeAlias, TypeGuard
from urllib.parse import urlsplit

from nb_remote.errors import InvalidAddress
from nb_remote.location.buckets import bucket_behind
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.local import address_of
from nb_remote.location.location import BUCKET_SCHEMES, Location
from nb_remote.location.origins import is_this_machine
from nb_remote.location.parse import Address
from nb_remote.location.s3_credentials import S3Credentials

Place: TypeAlias = str | PathLike[str]
GivenCredentials: TypeAlias = (
    Credentials
    | Mapping[Place, Credentials | None]
    | list[Credentials | None]
    | tuple[Credentials | None, ...]
    | None
)

_FIT = {
    "http": "BasicAuth, BearerToken or HttpHeaders",
    "https": "BasicAuth, BearerToken or HttpHeaders",
    "s3": "S3Credentials",
    "gs": "GcsCredentials",
}


def addresses_of(places: Sequence[Place], credentials: GivenCredentials) -> list[Address]:
    """Return what the addresses mean, each with the credentials that were given for it.

    Parameters
    ----------
    places
        As a person passes them.
    credentials
        One for all addresses that they fit, one per address in the same order, or by address.

    Raises
    ------
    InvalidAddress
        When a text is no address, or credentials fit none of those they were given for.
    TypeError
        When `credentials` are no credentials.
    """
    addresses = [address_of(one) for one in places]
    if credentials is None:
        return addresses
    if is_credentials(credentials):
        fitting: list[Credentials | None] = [
            credentials if fits(one.location, credentials) else None for one in addresses
        ]
        if not any(fitting):
            fitting[0] = credentials  # whose address says what would fit
        return _with(addresses, fitting)
    if isinstance(credentials, Mapping):
        return _with(addresses, _by_address(places, addresses, credentials))
    if isinstance(credentials, list | tuple):
        if len(credentials) != len(addresses):
            raise TypeError(
                f"{len(credentials)} credentials were given for {len(addresses)} addresses; "
                "write None for an address without"
            )
        return _with(addresses, list(credentials))
    raise _no_credentials()


def fits(location: Location, credentials: Credentials) -> bool:
    """Whether credentials are of the kind that is sent to such an address."""
    return _place_for(location, credentials).scheme in credentials.schemes


def _place_for(location: Location, credentials: Credentials) -> Location:
    """Return the bucket instead of its web address, where credentials are for buckets."""
    for scheme in credentials.schemes:
        if scheme in BUCKET_SCHEMES and location.scheme not in credentials.schemes:
            location = bucket_behind(location, scheme)
    return location


def with_credentials(address: Address, credentials: Credentials) -> Address:
    """Return an address with credentials, which may name the endpoint and region of its bucket.

    Raises
    ------
    InvalidAddress
        When they are of another kind than the address needs, or it has some already.
    """
    location = _place_for(address.location, credentials)
    shown = location.display()
    if not fits(location, credentials):
        kind, wanted = type(credentials).__name__, _FIT.get(location.scheme)
        hint = f"Pass {wanted}." if wanted else "Files of this machine need none."
        raise InvalidAddress(f"{kind} is not for such an address", where=shown, hint=hint)
    if not isinstance(address.credentials, Anonymous):
        raise InvalidAddress(
            "the address holds a user name, and credentials were given as well",
            where=shown,
            hint="Leave out one of them.",
        )
    if credentials.endpoint and location.endpoint:
        known = {location.endpoint, location.endpoint.rpartition("://")[2]}
        if not known & {credentials.endpoint, credentials.endpoint.rpartition("://")[2]}:
            raise InvalidAddress(
                f"the credentials are for another server, {credentials.endpoint}",
                where=shown,
                hint="They are sent to no other. Check the address, or leave out endpoint=.",
            )
    if credentials.endpoint:
        endpoint = max(credentials.endpoint, location.endpoint, key=lambda one: "://" in one)
        location = replace(location, endpoint=endpoint, may_be_endpoint=False)
    if credentials.region:
        location = replace(location, region=credentials.region)
    return Address(location=location, credentials=credentials)


def refuse_unprotected(location: Location, credentials: Credentials) -> None:
    """Refuse to send credentials over http to another machine, where nobody agreed to it.

    Raises
    ------
    InvalidAddress
        When they would be.
    """
    if isinstance(credentials, S3Credentials) and not credentials.signs:
        return  # they only say where and how to ask
    url = urlsplit(location.url())
    if url.scheme != "http" or credentials.allow_plain_http or is_this_machine(url.netloc):
        return
    raise InvalidAddress(
        "credentials would be sent unprotected, over http:// to another machine",
        where=location.display(),
        hint="Write https:// if the server has it; where the network is trusted, create the "
        "credentials with allow_plain_http=True.",
    )


def is_credentials(value: object) -> TypeGuard[Credentials]:
    """Whether something is an object of credentials."""
    return hasattr(value, "schemes") and hasattr(value, "headers") and not isinstance(value, type)


def _with(addresses: list[Address], given: Sequence[Credentials | None]) -> list[Address]:
    if not all(one is None or is_credentials(one) for one in given):
        raise _no_credentials()
    return [
        address if credentials is None else with_credentials(address, credentials)
        for address, credentials in zip(addresses, given, strict=True)
    ]


def _by_address(
    places: Sequence[Place],
    addresses: list[Address],
    credentials: Mapping[Place, Credentials | None],
) -> list[Credentials | None]:
    given: list[Credentials | None] = [None] * len(addresses)
    for place, one in credentials.items():
        named = [number for number, other in enumerate(places) if place == other]
        location = address_of(place).location
        named = named or [n for n, other in enumerate(addresses) if other.location == location]
        if not named:
            raise InvalidAddress(
                "credentials were given for an address that is not opened",
                where=location.display(),
                hint="Write it as among the addresses.",
            )
        for number in named:
            given[number] = one
    return given


def _no_credentials() -> TypeError:
    return TypeError(
        "credentials have to be BasicAuth, BearerToken, HttpHeaders, S3Credentials, GcsCredentials "
        "or ProvidedCredentials of nb_remote, one for all addresses, one for each, or a dict by "
        "address"
    )
