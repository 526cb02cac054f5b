"""Which folders may hold datasets: what a store lists, else the names that people use."""

import asyncio
import re
from collections.abc import Iterable

from nb_remote.dialects.base import Documents
from nb_remote.errors import NbRemoteError
from nb_remote.location.location import Location
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json

ENDINGS = (".zarr", ".n5", ".precomputed")
"""Folders are called so after their format, and are folders even where a listing doesn't say so."""

_ZARR = (".zattrs", ".zarray", "zarr.json")
_ANY = (*_ZARR, "attributes.json", "info")
_DECIDES = {".zarr": _ZARR, ".n5": ("attributes.json",), ".precomputed": ("info",)}
_NAMES = (
    # First members of plain groups.
    *("0", "s0", "scale0"),
    # WEBKNOSSOS's layers, Neuroglancer's examples, CREMI and the like.
    *("color", "segmentation", "em", "raw", "image", "labels"),
    *("image.zarr", "data.zarr"),
)
# OpenOrganelle and CellMap: https://openorganelle.janelia.org, …/recon-1/em/fibsem-uint8
_NESTED = (
    "em/fibsem-uint8",
    "em/fibsem-uint16",
    "recon-1/em/fibsem-uint8",
    "recon-1/em/fibsem-uint16",
    "recon-1/em/fibsem-int16",
)
_NUMBERED = re.compile(r"(|s|scale)0")
_NEXT = range(1, 16)
"""Members that are asked for by number once the first one is there."""


async def listed(store: Store) -> tuple[str, ...] | None:
    """Return the folders at a location in natural order, or None where they can't be listed."""
    try:
        names = await store.names("")
    except NbRemoteError:
        return None
    if names is None:
        return None
    folders = {one.removesuffix("/") for one in names if one.endswith(("/", *ENDINGS))}
    return tuple(sorted((one for one in folders if not one.startswith(".")), key=_natural))


async def usual(documents: Documents, deciding: tuple[str, ...]) -> tuple[str, ...]:
    """Return the folders, of those that people use, which have one of the documents `deciding`.

    Takes one round trip, and another one where members are numbered.

    Parameters
    ----------
    documents
        Of the address; what is known of its folders is not asked for again.
    deciding
        As `deciding_for` gives them.
    """
    store = documents.store
    asked = dict.fromkeys((*_NAMES, *_NESTED), deciding or _ANY)
    if not deciding:
        asked |= _called_like(store.location)
        asked |= dict.fromkeys(("0", "s0", "scale0", *_NESTED[2:]), _ZARR)
    found = await _there(documents, asked)
    first = [one for one in found if _NUMBERED.fullmatch(one)]
    more = {f"{one[:-1]}{n}": asked[one] for one in first for n in _NEXT}
    return tuple(sorted({*found, *await _there(documents, more)}, key=_natural))


def deciding_for(documents: Documents) -> tuple[str, ...]:
    """Return the documents that tell a member of the group at an address; empty for any format."""
    if documents.json("zarr.json") is not None:
        return ("zarr.json",)
    if documents.json(".zgroup") is not None or documents.json(".zattrs") is not None:
        return (".zarray", ".zattrs", ".zgroup")
    if documents.json("attributes.json") is not None:
        return ("attributes.json",)
    return ()


def _called_like(location: Location) -> dict[str, tuple[str, ...]]:
    """Return names of a format's ending: ``data.zarr``, and those that repeat the folder's."""
    stem = location.name.partition(".")[0]
    names = {f"{stem}{ending}": _DECIDES[ending] for ending in ENDINGS} if location.path else {}
    return {**names, "image.zarr": _ZARR, "data.zarr": _ZARR}


async def _there(documents: Documents, asked: dict[str, tuple[str, ...]]) -> list[str]:
    pairs = [(folder, key) for folder, keys in asked.items() for key in keys]
    answers = await asyncio.gather(*(_is_there(documents, f"{one}/{key}") for one, key in pairs))
    return list(dict.fromkeys(one for (one, _), there in zip(pairs, answers, strict=True) if there))


async def _is_there(documents: Documents, key: str) -> bool:
    if key in documents.found:
        return documents.json(key) is not None
    try:
        return await read_json(documents.store, key) is not None
    except NbRemoteError:
        return False


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts: Iterable[str] = re.findall(r"\d+|\D+", name)
    return [(0, int(one), "") if one.isdecimal() else (1, 0, one) for one in parts]
