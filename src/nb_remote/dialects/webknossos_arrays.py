"""The arrays of all layers: every document is asked for once, and all in one round trip."""

import asyncio
import posixpath
from dataclasses import dataclass, replace
from typing import cast

from nb_remote.containers.base import StoredArray
from nb_remote.containers.n5.metadata import attributes_key
from nb_remote.containers.n5.metadata import parse_array as parse_n5
from nb_remote.containers.precomputed.info import INFO_KEY, Scale, parse_info
from nb_remote.containers.precomputed.keys import BoxKeys
from nb_remote.containers.zarr2.metadata import array_key as zarr2_key
from nb_remote.containers.zarr2.metadata import parse_array as parse_zarr2
from nb_remote.containers.zarr3.metadata import array_key as zarr3_key
from nb_remote.containers.zarr3.metadata import parse_array as parse_zarr3
from nb_remote.dialects.base import XYZ, DataFormat, Documents
from nb_remote.dialects.webknossos_layer import LayerEntry, MagEntry
from nb_remote.dialects.webknossos_paths import gather
from nb_remote.dialects.webknossos_values import Json
from nb_remote.errors import BadMetadata, InvalidAddress, NbRemoteError, NotFound
from nb_remote.location.location import Location
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json

_ORIGIN = (0, 0, 0)
_DOCUMENTS = {"zarr": zarr2_key, "zarr3": zarr3_key, "n5": attributes_key}
_PARSERS = {"zarr": parse_zarr2, "zarr3": parse_zarr3, "n5": parse_n5}


@dataclass(frozen=True, slots=True)
class Level:
    """A scale level whose array is understood."""

    entry: MagEntry
    array: StoredArray
    corner_xyz: XYZ
    """First voxel, counted in voxels of the level."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What became of the mags of a layer."""

    target: str | None
    """Address that the keys are relative to; None for the dataset's own."""
    levels: tuple[Level, ...]
    notes: tuple[str, ...]
    problem: NbRemoteError | None
    """Why the first one that can't be used can't."""


@dataclass(frozen=True, slots=True)
class _Plan:
    entry: LayerEntry
    store: Store
    target: str | None
    keys: list[list[str]]
    """Per mag."""


async def read_levels(
    entries: tuple[LayerEntry, ...], documents: Documents
) -> tuple[Levels | NbRemoteError, ...]:
    """Read the arrays of layers; a layer that can't be followed at all gives its error."""
    plans = [_plan(entry, documents) for entry in entries]
    wanted: dict[tuple[str | None, str], Store] = {
        (plan.target, _document(plan.entry.data_format, key)): plan.store
        for plan in plans
        if isinstance(plan, _Plan)
        for keys in plan.keys
        for key in keys
    }
    found = await asyncio.gather(
        *(
            _read(store, key, documents if target is None else None)
            for (target, key), store in wanted.items()
        )
    )
    known = dict(zip(wanted, found, strict=True))
    return tuple(_levels(plan, known) if isinstance(plan, _Plan) else plan for plan in plans)


def _plan(entry: LayerEntry, documents: Documents) -> _Plan | NbRemoteError:
    try:
        target, keys = gather([one.places for one in entry.mags], documents.store.location)
        if target is None:
            return _Plan(entry, documents.store, target, keys)
        if documents.elsewhere is None:
            raise InvalidAddress("the layer lies at another address", where=target)
        return _Plan(entry, documents.elsewhere(target), target, keys)
    except NbRemoteError as error:
        return error


async def _read(store: Store, key: str, probed: Documents | None) -> object:
    if probed is not None and key in probed.found:
        return probed.found[key]
    try:
        return await read_json(store, key)
    except NbRemoteError as error:
        return error


def _document(data_format: DataFormat, key: str) -> str:
    if data_format == "neuroglancerPrecomputed":
        return _joined(posixpath.dirname(key), INFO_KEY)
    return _DOCUMENTS[data_format](key)


def _levels(plan: _Plan, known: dict[tuple[str | None, str], object]) -> Levels:
    levels: list[Level] = []
    notes: list[str] = []
    problem: NbRemoteError | None = None
    for mag, keys in zip(plan.entry.mags, plan.keys, strict=True):
        try:
            levels.append(_level(plan, mag, keys, known))
        except NbRemoteError as error:
            problem = problem or error
            where = f" at {error.where}" if error.where else ""
            notes.append(f"mag {list(mag.mag)} is left out: {error.text}{where}")
    return Levels(plan.target, tuple(levels), tuple(notes), problem)


def _level(
    plan: _Plan, mag: MagEntry, keys: list[str], known: dict[tuple[str | None, str], object]
) -> Level:
    location = plan.store.location
    if not keys:
        raise InvalidAddress("it lies on another server than other levels of the layer")
    of = {key: known[plan.target, _document(plan.entry.data_format, key)] for key in keys}
    key = next((one for one, document in of.items() if document is not None), None)
    if key is None:
        where = location.display(_document(plan.entry.data_format, keys[0]))
        raise NotFound("the level's metadata do not exist", where=where)
    document = of[key]
    if isinstance(document, NbRemoteError):
        raise document
    if plan.entry.data_format != "neuroglancerPrecomputed":
        array = _PARSERS[plan.entry.data_format](document, key, location)
        return Level(mag, array, _ORIGIN)
    scales = [_scale(document, one, location) for one in keys]
    scale = next((one for one in scales if one is not None), None)
    if scale is None:
        where = location.display(_document(plan.entry.data_format, key))
        name = posixpath.basename(key)
        raise BadMetadata(f"info has no scale {name!r}", where=where, field="scales")
    return Level(mag, scale.array, scale.voxel_offset_xyz)


def _scale(document: object, key: str, location: Location) -> Scale | None:
    """Return the scale whose folder is `key`, with keys relative to `location`."""
    folder, name = posixpath.split(key)
    volume = _below(location, folder)
    if not isinstance(document, dict):
        raise BadMetadata("info is not a JSON object", where=volume.display(INFO_KEY))
    scales = parse_info(cast("Json", document), volume).scales
    found = next((one for one in scales if one.array.key == name), None)
    if found is None or not folder:
        return found
    array, layout = found.array, found.array.layout
    if layout is not None:
        shards = layout.minishards
        layout = replace(
            layout,
            keys=replace(cast("BoxKeys", layout.keys), prefix=_joined(folder, layout.keys.prefix)),
            metadata_key=_joined(folder, layout.metadata_key),
            minishards=shards and replace(shards, prefix=_joined(folder, shards.prefix)),
        )
    return replace(found, array=replace(array, key=key, layout=layout))


def _below(location: Location, folder: str) -> Location:
    if location.zip_path is not None:
        return replace(location, zip_path=_joined(location.zip_path, folder))
    return replace(location, path=_joined(location.path, folder))


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)
