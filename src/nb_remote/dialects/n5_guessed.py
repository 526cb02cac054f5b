"""An N5 group that doesn't list what is in it: found by the names that N5's tools use.

Listing is not possible over plain HTTP. The names: N5-Viewer ``s0`` and ``c0/s0``, BigDataViewer
``setup0/timepoint0/s0``, Paintera ``data/s0``.
"""

import asyncio
from dataclasses import dataclass, replace

from nb_remote.containers.n5.metadata import ATTRIBUTES_KEY, is_dataset
from nb_remote.dialects.base import Documents, Found, FoundLayer
from nb_remote.dialects.n5_above import group_layer
from nb_remote.dialects.n5_bdv import MAX_SETUPS, is_setup, project_of_container, read_setups
from nb_remote.dialects.n5_find import (
    FIRST_WAVE,
    guessed_levels,
    guessed_members,
    read_documents,
)
from nb_remote.dialects.n5_paintera import read_paintera
from nb_remote.dialects.n5_pyramid import pyramid
from nb_remote.dialects.n5_values import Json, attributes_of
from nb_remote.errors import Declined, NbRemoteError
from nb_remote.store.base import Store

_LEVELS = tuple(f"s{n}" for n in range(FIRST_WAVE))
_SETUP, _CHANNEL, _DATA = "setup0", "c0/s0", "data/s0"
_NAMES = (*_LEVELS, _SETUP, _CHANNEL, _DATA)
N5_NAMES = frozenset({"s0", "s1", "setup0", "c0", "data"})
"""Folders that make it worth to ask, where the names of folders are known."""
MAX_CHANNELS = 64
"""Channel folders that are looked at; each is a layer of its own."""


@dataclass(frozen=True, slots=True)
class N5Guessed:
    """Levels, channels or setups under their usual names. Asked for when nothing else matched."""

    name: str = "N5 by usual names"
    probes: tuple[str, ...] = (ATTRIBUTES_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        store, document = documents.store, documents.json(ATTRIBUTES_KEY)
        reason = f"there is no {', '.join(_NAMES)}"
        if is_dataset(document):
            reason = "a dataset, not a group"
        elif not _worth_asking(documents):
            reason = documents.why_not(ATTRIBUTES_KEY)
        else:
            known = await read_documents(store, _NAMES)
            found = await _read(documents, attributes_of(document), known)
            if found is not None:
                return found
        if "n5" in attributes_of(document):
            reason = "an N5 container that doesn't say where its datasets are; open one of them"
        return Declined(format=self.name, looked_at=self.probes, reason=reason)


def _worth_asking(documents: Documents) -> bool:
    """Whether guesses may help: not where another format lies, or the server answers nothing."""
    if documents.json(ATTRIBUTES_KEY) is not None:
        return True
    values = list(documents.found.values())
    answered = not all(isinstance(one, NbRemoteError) for one in values)
    return answered and not any(documents.json(key) is not None for key in documents.found)


async def _read(documents: Documents, attributes: Json, known: dict[str, object]) -> Found | None:
    store = documents.store
    if is_dataset(known[_LEVELS[0]]) or is_dataset(known[_LEVELS[1]]):
        levels = await guessed_levels(store, "", {one: known[one] for one in _LEVELS})
        layer = await group_layer(documents, levels, attributes)
        return Found(format="N5 multiscale", layers=(layer,))
    if is_setup(attributes_of(known[_SETUP])):
        setups, beside = await asyncio.gather(
            guessed_members(store, "setup{}", MAX_SETUPS, {_SETUP: known[_SETUP]}),
            project_of_container(documents),
        )
        return await read_setups(documents, setups, beside)
    if is_dataset(known[_CHANNEL]):
        channels = await guessed_members(store, "c{}/s0", MAX_CHANNELS, {_CHANNEL: known[_CHANNEL]})
        layers = await asyncio.gather(
            *(
                _channel(store, attributes, path.partition("/")[0])
                for path, one in channels.items()
                if is_dataset(one)
            )
        )
        return Found(format="N5 (N5-Viewer)", layers=tuple(layers))
    if is_dataset(known[_DATA]):
        return Found(format="N5 (Paintera)", layers=(await read_paintera(store, attributes),))
    return None


async def _channel(store: Store, attributes: Json, path: str) -> FoundLayer:
    levels, own = await asyncio.gather(guessed_levels(store, path), read_documents(store, (path,)))
    layer = pyramid(levels, {**attributes, **attributes_of(own[path])}, path, store.location)
    return replace(layer, name=path)
