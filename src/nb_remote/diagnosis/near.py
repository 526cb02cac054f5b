"""Addresses that are nearly the one that leads nowhere: names beside it and beside its folders."""

import asyncio
from dataclasses import dataclass, replace
from difflib import get_close_matches

from nb_remote.arrays.source import Source
from nb_remote.errors import NbRemoteError
from nb_remote.explore.members import ENDINGS
from nb_remote.location.location import ZIP_ENDINGS
from nb_remote.location.nearby import above
from nb_remote.store.base import MOST_NAMES
from nb_remote.store.json_document import read_json
from nb_remote.store.open import RemoteStore

MOST_ABOVE = 3
"""Folders above the address that are listed."""
MOST_PLACES = 3
_LIKE = 0.6
_DECIDING = ("zarr.json", ".zattrs", ".zarray", "attributes.json", "info")
_ENDINGS = (".zarr", ".ome.zarr", ".n5")
_VOLUMES = (*ENDINGS, *ZIP_ENDINGS, ".xml")


async def places_near(source: Source) -> tuple[str, ...]:
    """Return addresses like this one at which something lies, the most likely first.

    What the server lists tells; where it lists nothing, other endings of the name are tried.
    """
    _, names = above(source.location, MOST_ABOVE)
    tops = [source.above(steps) for steps in range(1, len(names) + 1)]
    listings = await asyncio.gather(*(_names(one) for one in tops if one is not None))
    for steps, listing in enumerate(listings, start=1):  # the deepest folder that there is
        top = source.above(steps)
        if top is None or not listing:
            continue
        wanted, *rest = names[-steps:]
        found = _like(wanted, listing)
        if found or len(listing) < MOST_NAMES:  # longer ones are cut
            return tuple(top.location.display("/".join((one, *rest))) for one in found)
        break
    return await _with_other_endings(source, names[-1]) if names else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketsNear:
    """What the buckets that the credentials may list tell of a name that leads nowhere."""

    listed: int
    """Buckets that were listed; 0 where that is not allowed, too."""
    like: tuple[str, ...]
    """The address with the names of buckets like it, the most likely first."""


async def buckets_near(source: Source) -> BucketsNear:
    """Return addresses in buckets whose name is nearly that of this one.

    Raises
    ------
    NbRemoteError
        The server does not list them.
    """
    location, store = source.location, source.store
    names = await store.buckets() if isinstance(store, RemoteStore) else ()
    close = get_close_matches(location.host, names, n=MOST_PLACES, cutoff=_LIKE)
    like = tuple(replace(location, host=one).display() for one in close)
    return BucketsNear(listed=len(names), like=like)


async def _names(source: Source) -> tuple[str, ...]:
    try:
        return await source.store.names("") or ()
    except NbRemoteError:
        return ()


def _like(wanted: str, listing: tuple[str, ...]) -> list[str]:
    """Return names that are nearly the wanted one: those of volumes and folders."""
    folders = [one.removesuffix("/") for one in listing if one.endswith(("/", *_VOLUMES))]
    by_form = {one.lower(): one for one in folders if one != wanted}
    stem = _stem(wanted)
    same = [name for form, name in by_form.items() if _stem(form) == stem]
    if wanted in folders:  # it is there, so it is no mistyped one
        return same[:MOST_PLACES]
    close = get_close_matches(wanted.lower(), list(by_form), n=MOST_PLACES, cutoff=_LIKE)
    return list(dict.fromkeys((*same, *(by_form[one] for one in close))))[:MOST_PLACES]


def _stem(name: str) -> str:
    return name.lower().partition(".")[0]


async def _with_other_endings(source: Source, name: str) -> tuple[str, ...]:
    top = source.above(1)
    if top is None:
        return ()
    stem = name.partition(".")[0]
    others = dict.fromkeys((*(f"{stem}{ending}" for ending in _ENDINGS), stem, name.lower()))
    asked = [one for one in others if one and one != name]
    there = await asyncio.gather(*(_is_dataset(top, one) for one in asked))
    return tuple(top.location.display(one) for one, yes in zip(asked, there, strict=True) if yes)


async def _is_dataset(top: Source, name: str) -> bool:
    async def one(key: str) -> bool:
        try:
            return await read_json(top.store, f"{name}/{key}") is not None
        except NbRemoteError:
            return False

    return any(await asyncio.gather(*map(one, _DECIDING)))
