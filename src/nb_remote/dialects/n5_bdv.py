"""BigDataViewer's and BigStitcher's N5: ``setup0/timepoint0/s0``, factors at the setup.

Layout: https://github.com/bigdataviewer/bigdataviewer-core (N5ImageLoader, BdvN5Format). The XML
beside it, which places the setups and names the unit, is not read.
"""

import asyncio
from dataclasses import replace

from nb_remote.containers.n5.metadata import ATTRIBUTES_KEY, is_dataset
from nb_remote.dialects.base import FoundLayer
from nb_remote.dialects.n5_find import below, guessed_levels, listed_levels, read_documents
from nb_remote.dialects.n5_pyramid import broken, pyramid
from nb_remote.dialects.n5_values import Json, attributes_of, factors_per_level
from nb_remote.errors import NbRemoteError, NotFound
from nb_remote.store.base import Store

MAX_SETUPS = 100
"""Setups that are looked at: each costs requests and is a layer of its own."""
_TIMEPOINT = "timepoint0"
_NEXT_TIMEPOINT = "timepoint1/s0"


def is_setup(attributes: Json) -> bool:
    """Whether these are a setup's attributes: a type without being an array."""
    return "dataType" in attributes and "dimensions" not in attributes


async def read_setup(store: Store, attributes: Json, path: str) -> FoundLayer:
    """Read the first time point of a setup; others are separate pyramids, and are only noted."""
    folder, following = below(path, _TIMEPOINT), below(path, _NEXT_TIMEPOINT)
    where = store.location.display(below(path, ATTRIBUTES_KEY))
    try:
        factors = factors_per_level(attributes, where=where)
    except NbRemoteError as problem:
        return broken(path, problem, store.location)
    levels, found = await asyncio.gather(
        listed_levels(store, folder, factors) if factors else guessed_levels(store, folder),
        read_documents(store, (folder, following)),
    )
    if not levels:
        missing = NotFound("the setup has no timepoint0", where=store.location.display(folder))
        return broken(path, missing, store.location)
    notes: tuple[str, ...] = ()
    if is_dataset(found[following]):
        notes = ("only timepoint0 is shown; others can be opened by their own address",)
    layer = pyramid(levels, attributes_of(found[folder]), path, store.location)
    return replace(layer, notes=(*layer.notes, *notes))
