"""A datasource itself as what is opened: as an object, as text, or in a file of any name.

What it names is a stranger's: public hosts and those that a person trusts, asked anonymously or
with what a person gave for the host.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, NoReturn

from nb_remote.arrays.source import Source
from nb_remote.datasource.json_text import parse_json
from nb_remote.datasource.model import DataSource
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.webknossos import WebknossosDataset
from nb_remote.errors import InvalidAddress, NbRemoteError, NotRecognised
from nb_remote.explore.patience import Patience
from nb_remote.explore.recognise import Exploration, explored, store_of
from nb_remote.location.given import GivenCredentials
from nb_remote.location.local import address_of
from nb_remote.location.location import Location
from nb_remote.location.neuroglancer.granted import Granted, Opened
from nb_remote.location.neuroglancer.link import link_of
from nb_remote.store.watched import Told

_NOWHERE = Location(scheme="datasource", host="", path="")
"""Stands for a document that has no address: it is never asked."""
_LAYERS = "dataLayers"
(_KEY,) = WebknossosDataset().probes


@dataclass(frozen=True, slots=True)
class Described:
    """A datasource that a person passes as it is."""

    document: Mapping[str, Any]


def described_of(one: object) -> Described | None:
    """Return the datasource that a person passes, or None where it is something else.

    Parameters
    ----------
    one
        What is opened: a `DataSource`, its JSON as text or dict, or anything else.

    Raises
    ------
    BadDatasource
        It is text that should be JSON, and isn't; says where.
    """
    if isinstance(one, DataSource):
        return Described(one.to_dict())
    if isinstance(one, Mapping):
        return Described(one) if _LAYERS in one else None
    if not isinstance(one, str) or not one.lstrip("\ufeff \t\r\n").startswith("{"):
        return None
    if f'"{_LAYERS}"' not in one:
        return None
    value = parse_json(one).value
    return Described(value) if isinstance(value, dict) and _LAYERS in value else None


def taken_apart(
    addresses: Sequence[Opened | DataSource], credentials: GivenCredentials
) -> tuple[list[Described | None], GivenCredentials, Granted]:
    """Return which of what is opened are datasources, and who asks where.

    Returns
    -------
    tuple
        Per address the datasource, None for another; the credentials of the others; and those for
        the hosts that datasources name, files of datasources included.

    Raises
    ------
    BadDatasource
        One is text that should be JSON, and isn't; says where.
    InvalidAddress
        One credential was given for all that a datasource names.
    """
    described = [described_of(one) for one in addresses]
    others: list[str | PathLike[str]] = [
        one
        for one, document in zip(addresses, described, strict=True)
        if document is None and isinstance(one, str | PathLike)
    ]
    nothing_apart = len(others) == len(addresses)
    if isinstance(credentials, list | tuple) and len(credentials) == len(addresses):
        pairs = list(zip(credentials, described, strict=True))
        if any(given is not None and document is not None for given, document in pairs):
            raise _for_hosts_only()
        return described, [given for given, document in pairs if document is None], Granted({})
    if not isinstance(credentials, Mapping):
        if credentials is not None and any(described):
            raise _for_hosts_only()
        return described, credentials, Granted({})
    if nothing_apart and not any(os.fspath(one).lower().endswith(".json") for one in others):
        return described, credentials, Granted({})
    known = [location for one in others if (location := _location(one)) is not None]
    own = {place: one for place, one in credentials.items() if place in others}
    own |= {place: one for place, one in credentials.items() if _location(place) in known}
    rest = {place: one for place, one in credentials.items() if place not in own}
    states = [
        one
        for one, document in zip(addresses, described, strict=True)
        if document is None and isinstance(one, Mapping)
    ]
    links = states or any(link_of(one) for one in others if isinstance(one, str))
    return described, credentials if links else own or None, Granted(rest)


def _location(place: str | PathLike[str]) -> Location | None:
    try:
        return address_of(place).location
    except InvalidAddress:
        return None


def _for_hosts_only() -> InvalidAddress:
    return InvalidAddress(
        "a datasource names hosts of a stranger's choice, so credentials are never given to all",
        hint="Say which host gets them: credentials={'https://host': …, 's3://bucket': …}",
    )


async def explore_described(
    described: Described, granted: Granted, patience: Patience, told: Told | None = None
) -> Exploration | NbRemoteError:
    """Find out what lies where a datasource says; a layer that can't be used says why.

    Parameters
    ----------
    granted
        Who asks at which host.
    """
    root = Source(_NOWHERE, None, patience.limits, trusted=False, granted=granted)
    documents = Documents(
        store=_Nowhere(),
        found={_KEY: dict(described.document)},
        elsewhere=lambda target: store_of(root.elsewhere(target), told),
    )
    try:
        found = await WebknossosDataset().explore(documents)
    except NbRemoteError as error:
        return error
    if not isinstance(found, Found):
        return NotRecognised("this is no datasource", trail=(found,))
    return explored(found, root)


class _Nowhere:
    """The store of a document without an address: no relative path leads anywhere."""

    location = _NOWHERE

    async def get(self, key: str, *, limit: int) -> bytes | None:  # noqa: ARG002  (as a store is asked)
        _refuse(key)

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:  # noqa: ARG002
        _refuse(key)

    async def get_suffix(self, key: str, length: int) -> bytes | None:  # noqa: ARG002
        _refuse(key)

    async def names(self, folder: str) -> tuple[str, ...] | None:  # noqa: ARG002
        return None

    async def close(self) -> None:
        """Hold nothing open."""


def _refuse(key: str) -> NoReturn:
    raise InvalidAddress(
        f"the path of {key[:80]!r} is relative, but the datasource has no address",
        hint="Pass the address of its file, or a pathlib.Path.",
    )
