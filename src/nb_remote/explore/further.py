"""From an address to what lies there, below it, or above it when that was meant."""

import asyncio
from dataclasses import replace

from nb_remote.arrays.source import Source
from nb_remote.containers.zarr2.nodes import GROUP_KEY
from nb_remote.dialects.base import Found
from nb_remote.dialects.n5_guessed import N5_NAMES, N5Guessed
from nb_remote.dialects.ordered import DIALECTS
from nb_remote.errors import BadMetadata, NotRecognised
from nb_remote.explore.below import Folder, Layers, look_below
from nb_remote.explore.collection import layers_of
from nb_remote.explore.members import deciding_for, listed, usual
from nb_remote.explore.named import Named, what_lies_there
from nb_remote.explore.parents import dataset_above
from nb_remote.explore.probing import (
    all_refused,
    damaged,
    probe,
    raise_if_unasked,
    raise_what_every_probe_said,
    unread_alone,
)
from nb_remote.explore.reasons import did_you_mean, not_recognised
from nb_remote.explore.recognise import Exploration, Unknown, explore_address, explored, store_of
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.location.viewers import viewer_hint
from nb_remote.store.watched import Told

SEARCH_S = 15.0
"""Half of what opening may take."""
# In folders that were listed, the names of their members are known: nothing has to be guessed.
_BY_DOCUMENTS = tuple(one for one in DIALECTS if not isinstance(one, N5Guessed))


async def explore(
    source: Source, told: Told | None = None, *, search_s: float = SEARCH_S
) -> Exploration:
    """Find out what lies at an address, or where that says that it lies now, or else below it.

    Parameters
    ----------
    told
        Hears of every document that is asked for, and of its answer.
    search_s
        Seconds for looking into the folders of an address that is nothing itself.

    Raises
    ------
    NotRecognised
        No dialect recognised it; carries each one's reason.
    NbRemoteError
        The server could not be asked at all, or the metadata can't be used.
    """
    try:
        return await explore_address(source, told, DIALECTS)
    except Unknown as unknown:
        here = unknown
    try:
        raise_if_unasked(here.documents, viewer_hint(source.location.url()))
    except BadMetadata:  # a page for whatever is asked for: a file may lie there all the same
        _raise_named(await what_lies_there(store_of(here.source, told)), here)
        raise
    return await _explore_below(here, told, search_s)


async def _explore_below(here: Unknown, told: Told | None, search_s: float) -> Exploration:
    """Look below an address that is nothing itself, and above it for what was meant.

    All that is asked for first goes out in one round trip. Where the server has refused everything
    so far, and refuses these few as well, nothing is guessed: it may do so for what doesn't exist,
    but then only the right address helps.
    """
    source, store = here.source, store_of(here.source, told)
    refused = all_refused(here.documents)
    group, inside, folders, named = await asyncio.gather(
        probe(store, (GROUP_KEY,)),
        dataset_above(source, likely=refused),
        listed(store),
        what_lies_there(store),
    )
    _raise_named(named, here)
    # Nothing is told by it but that this is a group, which says nothing of itself.
    documents = replace(here.documents, found={**here.documents.found, **group.found})
    # What is broken, refused or not answered must not be passed over for something below it.
    unusable = damaged(here.documents) is not None or unread_alone(here.documents) is not None
    if not unusable and (inside is None or not inside.array):
        deciding = deciding_for(documents) if folders is None else None
        if folders is not None:
            first = folders
        elif refused and all_refused(group):
            first = ()
        else:
            first = await usual(documents, deciding or ())

        async def look(child: Source, told: Told | None) -> Layers | Folder:
            return await _look_at_child(child, told, deciding)

        below = await look_below(source, first, look, told, within_s=search_s, wary=refused)
        layers = layers_of(below)
        if any(isinstance(one, InferredLayer) for one in layers):
            return Exploration(source=source, layers=layers)
        if layers and isinstance(layers[0], BrokenLayer):
            raise layers[0].problem
    meant = viewer_hint(source.location.url()) or did_you_mean(inside)
    raise_what_every_probe_said(here.documents, meant)
    raise not_recognised(documents, here.trail, meant, folders)


def _raise_named(named: Named | None, here: Unknown) -> None:
    if named is not None:
        where = here.source.location.display()
        raise NotRecognised(named.text, where=where, trail=here.trail, hint=named.hint)


async def _look_at_child(
    source: Source, told: Told | None, deciding: tuple[str, ...] | None
) -> Layers | Folder:
    """Find out what lies in one folder, or which folders are in it."""
    try:
        return (await explore_address(source, told, _BY_DOCUMENTS)).layers
    except Unknown as unknown:
        raise_what_every_probe_said(unknown.documents)
        if (problem := damaged(unknown.documents)) is not None:
            raise problem from None
        store = store_of(unknown.source, told)
        folders = await listed(store)
        if folders is None:
            return Folder(
                names=() if deciding is None else await usual(unknown.documents, deciding)
            )
        if N5_NAMES & set(folders):
            found = await N5Guessed().explore(unknown.documents)
            if isinstance(found, Found):
                return explored(found, unknown.source).layers
        return Folder(names=folders)
