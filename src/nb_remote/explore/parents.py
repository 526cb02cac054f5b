"""Whether an address lies inside a dataset: then that one was most likely meant."""

import asyncio
import re
from dataclasses import dataclass

from nb_remote.arrays.source import Source
from nb_remote.containers.n5.metadata import is_dataset
from nb_remote.dialects.n5_multiscales import entries_of
from nb_remote.dialects.n5_values import attributes_of
from nb_remote.dialects.ome_collections import collection_kind
from nb_remote.dialects.ome_metadata import is_multiscale, ome_attributes
from nb_remote.errors import NbRemoteError
from nb_remote.location.nearby import above
from nb_remote.store.json_document import read_json

MAX_ABOVE = 4
"""A chunk ``0/0/0`` of a level lies four folders below its pyramid."""
_DECIDING: tuple[str, ...] = (".zattrs", ".zarray", "zarr.json", "attributes.json", "info")
_BY_ENDING = {".zarr": _DECIDING[:3], ".n5": ("attributes.json",), ".precomputed": ("info",)}
_IN_ARRAY = re.compile(r"c|[0-9]+(?:[-_.][0-9]+)*")
"""Chunks, and the levels of precomputed volumes and OME-Zarr: ``0``, ``8_8_8``, ``0-8_0-8_0-4``."""
_LEVEL = re.compile(r"s[0-9]+")
_LISTS_LEVELS = ("painteraData", "downsamplingFactors", "scales", "multiScale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What an address lies in."""

    where: str
    """Address of the dataset, as it may be shown."""
    array: bool
    """The address lies in an array: there is nothing below it but chunks."""


async def dataset_above(source: Source, *, likely: bool = False) -> Inside | None:
    """Look for a dataset in the folders above an address; of an array, its pyramid counts.

    Takes one round trip, with the address's own credentials and query. Nothing above the root of
    the host is asked for.

    Parameters
    ----------
    likely
        Whether to look only where the address reads as if it led into a dataset: at what is called
        like one, and above what is called like a chunk or a level.
    """
    asking = source.above(MAX_ABOVE)
    if asking is None:
        return None
    _, names = above(source.location, MAX_ABOVE)
    keys = (
        _likely((asking.location.name, *names))
        if likely
        else dict.fromkeys(reversed(range(len(names))), _DECIDING)
    )
    ends = list(keys)
    paths = ["/".join(names[:n]) for n in ends]
    found = await asyncio.gather(
        *(_documents(asking, path, keys[n]) for n, path in zip(ends, paths, strict=True))
    )
    kinds = [_kind(one, "/".join(names[n:])) for n, one in zip(ends, found, strict=True)]
    in_array = next((n for n, kind in enumerate(kinds) if kind in ("array", "scale")), None)
    meant = next((n for n, kind in enumerate(kinds) if kind in ("pyramid", "scale")), in_array)
    if meant is None:
        return None
    return Inside(where=asking.location.display(paths[meant]), array=in_array is not None)


def _likely(names: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """Return which folders above may be datasets, nearest first, and which documents say so.

    Folder `n` is called ``names[n]``, and the address itself as the last one.
    """
    last = len(names) - 1
    end = last
    while end > 0 and _IN_ARRAY.fullmatch(names[end]):
        end -= 1
    inside = {end} if end < last else set()
    if end and _LEVEL.fullmatch(names[end]):
        inside.add(end - 1)
    likely: dict[int, tuple[str, ...]] = {}
    for n in reversed(range(last)):
        ending = next((keys for one, keys in _BY_ENDING.items() if names[n].endswith(one)), None)
        if ending is not None or n in inside:
            likely[n] = ending or _DECIDING
    return likely


async def _documents(source: Source, path: str, keys: tuple[str, ...]) -> dict[str, object]:
    async def one(key: str) -> object:
        try:
            return await read_json(source.store, f"{path}/{key}" if path else key)
        except NbRemoteError:
            return None

    found = dict(zip(keys, await asyncio.gather(*map(one, keys)), strict=True))
    return dict.fromkeys(_DECIDING) | found


def _kind(documents: dict[str, object], rest: str) -> str:
    """Say what these documents describe: a ``pyramid``, an ``array``, or nothing.

    ``scale`` is a pyramid one of whose levels holds the folder `rest`.
    """
    node, n5 = documents["zarr.json"], attributes_of(documents["attributes.json"])
    groups = [documents[".zattrs"], node.get("attributes") if isinstance(node, dict) else None]
    for one in groups:
        attributes = ome_attributes(one)
        if attributes and (is_multiscale(attributes) or collection_kind(attributes)):
            return "pyramid"
    if documents[".zarray"] is not None or is_dataset(n5):
        return "array"
    if isinstance(node, dict) and node.get("node_type") == "array":
        return "array"
    if entries_of(n5) or any(one in n5 for one in _LISTS_LEVELS):
        return "pyramid"
    info = documents["info"]
    scales = info.get("scales") if isinstance(info, dict) else None
    if not isinstance(scales, list):
        return ""
    keys = [one.get("key") for one in scales if isinstance(one, dict)]
    inside = any(isinstance(key, str) and f"{rest}/".startswith(f"{key}/") for key in keys)
    return "scale" if inside else "pyramid"
