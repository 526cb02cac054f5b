"""BigDataViewer's and BigStitcher's N5: ``setup0/timepoint0/s0``, factors at the setup.

Layout: https://github.com/bigdataviewer/bigdataviewer-core (N5ImageLoader, BdvN5Format). The XML
file, at the address or beside the container, says how large voxels are, where views lie, how
many time points there are, and names.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nb_remote.containers.n5.metadata import ATTRIBUTES_KEY, is_dataset
from nb_remote.dialects.base import Documents, Found, FoundLayer
from nb_remote.dialects.bdv_files import project_beside
from nb_remote.dialects.bdv_place import placed_by
from nb_remote.dialects.bdv_project import BdvProject, BdvSetup
from nb_remote.dialects.n5_find import below, guessed_levels, listed_levels, read_documents
from nb_remote.dialects.n5_pyramid import broken, pyramid
from nb_remote.dialects.n5_timepoints import count_timepoints, folder_of, joined
from nb_remote.dialects.n5_values import Json, attributes_of, factors_per_level
from nb_remote.errors import NbRemoteError, NotFound
from nb_remote.store.base import Store

MAX_SETUPS = 100
"""Setups that are looked at: each costs requests and is a layer of its own."""
_FORMAT = "N5 (BigDataViewer)"
_SAID_BY_FILE = ("resolution", "units", "pixelResolution", "offset")
"""What the file says better: BigDataViewer itself reads nothing else."""


def is_setup(attributes: Json) -> bool:
    """Whether these are a setup's attributes: a type without being an array."""
    return "dataType" in attributes and "dimensions" not in attributes


async def read_project(
    documents: Documents, project: BdvProject, known: Mapping[str, object]
) -> Found:
    """Read the setups that a file lists.

    Parameters
    ----------
    known
        Attributes of setups that were read before.
    """
    listed = {f"setup{one.number}": one for one in project.setups[:MAX_SETUPS]}
    more = await read_documents(documents.store, [path for path in listed if path not in known])
    layers = await _read_setups(documents.store, {**more, **known}, listed, project)
    cut = len(project.setups) - MAX_SETUPS
    if cut > 0:
        layers[0] = _noted(layers[0], [f"{cut} further views of the file are not opened"])
    return Found(format=_FORMAT, layers=tuple(layers))


async def read_setups(
    documents: Documents, setups: Mapping[str, object], beside: tuple[BdvProject | None, list[str]]
) -> Found:
    """Read the setups of a container: those found, or those that the file beside it lists.

    Parameters
    ----------
    setups
        Folder → attributes.
    beside
        What `project_of_container` gave.
    """
    project, notes = beside
    if project is not None and project.setups:
        return await read_project(documents, project, setups)
    found = {path: None for path, one in setups.items() if is_setup(attributes_of(one))}
    layers = await _read_setups(documents.store, setups, found, None)
    return Found(format=_FORMAT, layers=tuple(_noted(one, notes) for one in layers))


async def project_of_container(documents: Documents) -> tuple[BdvProject | None, list[str]]:
    """Read the file beside the container at the address, and what is wrong with it."""
    return await project_beside(documents)


async def read_one_setup(documents: Documents, attributes: Json) -> Found:
    """Read the setup at the address itself; its file lies beside the folder above it."""
    name = documents.store.location.name
    project, notes = await project_beside(documents, up=1)
    setups = project.setups if project is not None else ()
    described = {"": next((one for one in setups if name == f"setup{one.number}"), None)}
    layers = await _read_setups(
        documents.store, {"": attributes}, described, project if described[""] else None
    )
    return Found(format=_FORMAT, layers=tuple(_noted(one, notes) for one in layers))


async def _read_setups(
    store: Store,
    documents: Mapping[str, object],
    setups: Mapping[str, BdvSetup | None],
    project: BdvProject | None,
) -> list[FoundLayer]:
    """Read the first time point of each setup, then join the others to it."""
    read = await asyncio.gather(
        *(
            _first_timepoint(store, documents.get(path), path, setup, project)
            for path, setup in setups.items()
        )
    )
    timepoints = project.timepoints if project is not None else (0,)
    more = [path for path, (_, is_more) in zip(setups, read, strict=True) if is_more]
    if more:
        timepoints = tuple(range(await count_timepoints(store, more[0])))
    return list(
        await asyncio.gather(
            *(
                joined(store, layer, path, timepoints)
                for path, (layer, _) in zip(setups, read, strict=True)
            )
        )
    )


async def _first_timepoint(
    store: Store,
    document: object,
    path: str,
    setup: BdvSetup | None,
    project: BdvProject | None,
) -> tuple[FoundLayer, bool]:
    """Read one time point, and see whether another one follows where no file tells."""
    location = store.location
    where = location.display(below(path, ATTRIBUTES_KEY))
    if isinstance(document, NbRemoteError):
        return broken(path, document, location), False
    first = project.timepoints[0] if project is not None else 0
    folder, following = folder_of(path, first), below(folder_of(path, first + 1), "s0")
    try:
        factors = factors_per_level(attributes_of(document), where=where)
    except NbRemoteError as problem:
        return broken(path, problem, location), False
    levels, found = await asyncio.gather(
        listed_levels(store, folder, factors) if factors else guessed_levels(store, folder),
        read_documents(store, (folder, *((following,) if project is None else ()))),
    )
    if not levels:
        missing = NotFound(f"the setup has no timepoint{first}", where=location.display(folder))
        return broken(path, missing, location), False
    group = attributes_of(found[folder])
    if project is None or setup is None:
        return pyramid(levels, group, path, location), is_dataset(found.get(following))
    said, notes = placed_by(project, setup)
    if said:
        group = {key: one for key, one in group.items() if key not in _SAID_BY_FILE} | dict(said)
    layer = _noted(pyramid(levels, group, path, location), notes)
    if setup.name.strip("/ "):
        layer = replace(layer, name=setup.name, named_by_metadata=True)
    return layer, False


def _noted(layer: FoundLayer, notes: Iterable[str]) -> FoundLayer:
    return replace(layer, notes=(*layer.notes, *notes))
