"""What an entry of the form is of: an address, a link to several, or a datasource itself."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TypeAlias

from nb_remote.arrays.source import Source
from nb_remote.errors import InvalidAddress, NbRemoteError
from nb_remote.explore import Exploration, Patience
from nb_remote.explore.described import Described, described_of, explore_described
from nb_remote.explore.linked import explore_link
from nb_remote.explore.short_link import explore_or_follow
from nb_remote.form.access import with_access
from nb_remote.form.messages import Access
from nb_remote.location.given import GivenCredentials, addresses_of
from nb_remote.location.neuroglancer.granted import Granted
from nb_remote.location.neuroglancer.link import Link, link_of
from nb_remote.location.parse import Address, parse_address
from nb_remote.store.watched import Told

What: TypeAlias = Address | Link | Described

_NAME_CHARACTERS = 80


def meant_by(text: str) -> What:
    """Return what a person means by a text.

    Raises
    ------
    InvalidAddress, BadDatasource
        Nothing that can be read.
    """
    return described_of(text) or link_of(text) or parse_address(text)


def given(
    places: Sequence[str | PathLike[str]], credentials: GivenCredentials
) -> list[tuple[What, str]]:
    """Return what is meant by what a person passes, and its text where it is no address.

    Parameters
    ----------
    places
        Addresses, links, texts of datasources, paths of this machine.
    credentials
        As `nb_remote.open` takes them, for the addresses.

    Raises
    ------
    InvalidAddress, BadDatasource, TypeError
        As for `nb_remote.open`.
    """
    several = [isinstance(one, str) and (described_of(one) or link_of(one)) for one in places]
    single = [place for place, what in zip(places, several, strict=True) if not what]
    if isinstance(credentials, list | tuple) and len(credentials) == len(places):
        pairs = zip(credentials, several, strict=True)
        credentials = [one for one, what in pairs if not what]
    addresses = iter(addresses_of(single, credentials) if single else ())
    return [
        (what, str(place)) if what else (next(addresses), "")
        for place, what in zip(places, several, strict=True)
    ]


def asked_by(what: What, access: Access | None) -> What:
    """Return it with the credentials that were typed beside it.

    Raises
    ------
    InvalidAddress
        They are none for it.
    """
    if isinstance(what, Address):
        return with_access(what, access)
    if access is not None and access.kind != "anonymous":
        raise InvalidAddress(
            "it names hosts of a stranger's choice, so nothing secret is sent along",
            where=shown(what),
            hint="Choose anonymous access here, and nb_remote.open(…, credentials={host: …}) in a "
            "cell where a host needs credentials.",
        )
    return what


def shown(what: What) -> str:
    """Return what may be shown of it."""
    if isinstance(what, Address):
        return what.location.display()
    if isinstance(what, Link):
        return what.display()
    name = _name_of(what)
    return f"datasource {name}" if name else "a datasource"


def name_of(what: What) -> str:
    """Return what it calls what lies there; empty where it says nothing."""
    match what:
        case Address():
            return what.location.name
        case Described():
            return _name_of(what)
        case _:
            return ""


def same(one: What, other: What) -> bool:
    """Whether two mean the same place, with whatever credentials."""
    if isinstance(one, Address) and isinstance(other, Address):
        return shown(one) == shown(other)
    return one == other


def source_of(what: What, patience: Patience) -> Source | None:
    """Return what an address is read through; what names several has none of its own."""
    if isinstance(what, Address):
        return Source(what.location, what.credentials, patience.limits)
    return None


async def explore_what(
    what: What, source: Source | None, patience: Patience, told: Told
) -> Exploration | NbRemoteError:
    """Find out what lies there. What a stranger names is asked without anybody's credentials."""
    if source is not None:
        return await explore_or_follow(source, patience, told)
    try:
        if isinstance(what, Link):
            return await explore_link(what, Granted({}), patience, told)
        assert isinstance(what, Described)  # noqa: S101  (an address has a source)
        return await explore_described(what, Granted({}), patience, told)
    except NbRemoteError as error:
        return error


def _name_of(described: Described) -> str:
    named = described.document.get("id")
    name = named.get("name") if isinstance(named, Mapping) else None
    return name[:_NAME_CHARACTERS] if isinstance(name, str) else ""
