"""``multiscales`` in N5 attributes: COSEM's with a ``transform`` per level, or OME's.

OME-Zarr's metadata in an N5 container have no specification: n5-universe reads them in the order of
``dimensions``, other writers keep OME's own, which is the reverse. The names tell: OME demands y
before x.
"""

from dataclasses import replace
from typing import cast

from nb_remote.containers.n5.metadata import ATTRIBUTES_KEY
from nb_remote.dialects.base import FoundLayer, RawLevel
from nb_remote.dialects.n5_find import below, read_documents
from nb_remote.dialects.n5_pyramid import LevelDocument, broken, pyramid, read_levels
from nb_remote.dialects.n5_values import Json, Numbers
from nb_remote.dialects.ome_metadata import MAX_LEVELS, Multiscale, parse_multiscales
from nb_remote.dialects.values import shown
from nb_remote.errors import BadMetadata, NbRemoteError
from nb_remote.location.relative import join_key
from nb_remote.store.base import Store

MAX_ENTRIES = 16
"""Entries that are read; COSEM writes one."""


def entries_of(attributes: Json) -> list[Json]:
    """Entries of ``multiscales`` that list datasets."""
    listed = attributes.get("multiscales")
    entries = listed[:MAX_ENTRIES] if isinstance(listed, list) else []
    return [
        cast("Json", one)
        for one in entries
        if isinstance(one, dict) and isinstance(one.get("datasets"), list) and one["datasets"]
    ]


def is_ome(entry: Json) -> bool:
    """Whether an entry follows OME-Zarr: COSEM knows no ``coordinateTransformations``."""
    datasets = cast("list[object]", entry["datasets"])
    return "axes" in entry or any(
        isinstance(one, dict) and "coordinateTransformations" in one for one in datasets
    )


async def read_cosem(store: Store, attributes: Json, entry: Json, path: str) -> FoundLayer:
    """Read an entry whose datasets have a path and mostly a transform; levels repeat it."""
    where = store.location.display(below(path, ATTRIBUTES_KEY))
    datasets = cast("list[object]", entry["datasets"])
    try:
        if len(datasets) > MAX_LEVELS:
            raise BadMetadata(
                f"multiscales lists {len(datasets)} levels, more than {MAX_LEVELS}",
                where=where,
                field="multiscales",
            )
        transforms = dict(_dataset(one, path, where) for one in datasets)
    except NbRemoteError as problem:
        return broken(path, problem, store.location)
    found = await read_documents(store, transforms)
    levels = tuple(
        LevelDocument(path=one, document=found[one], transform=transform)
        for one, transform in transforms.items()
    )
    layer = pyramid(levels, attributes, path, store.location)
    return _named(layer, shown(entry.get("name")))


def _dataset(value: object, path: str, where: str) -> tuple[str, object]:
    name = value.get("path") if isinstance(value, dict) else None
    if not isinstance(name, str):
        raise BadMetadata("a dataset of multiscales has no path", where=where, field="multiscales")
    return join_key(path, name, where=where, field="multiscales"), cast("Json", value).get(
        "transform"
    )


async def read_ome(store: Store, attributes: Json, entry: Json, path: str) -> FoundLayer:
    """Read an entry as OME-Zarr has it."""
    where = store.location.display(below(path, ATTRIBUTES_KEY))
    (multiscale,) = parse_multiscales({**attributes, "multiscales": [entry]}, where=where)
    if isinstance(multiscale, BadMetadata):
        return broken(path, multiscale, store.location)
    paths = [below(path, one.path) for one in multiscale.datasets]
    found = await read_documents(store, paths)
    documents = tuple(LevelDocument(path=one, document=found[one]) for one in paths)
    levels, notes, failed = read_levels(documents, store.location)
    if not levels:
        problem = failed or BadMetadata("the group has no levels", where=where)
        return broken(path, problem, store.location)
    step = -1 if _is_reversed(multiscale) else 1
    places = dict(zip(paths, multiscale.datasets, strict=True))
    raw = tuple(
        RawLevel(
            array=level.array,
            scale=_in_order(places[level.array.key].scale, step),
            translation=_in_order(places[level.array.key].translation, step),
        )
        for level in levels
    )
    axes = multiscale.axes and multiscale.axes[::step]
    if axes is not None and len(axes) != len(levels[0].array.shape):
        text = f"{len(axes)} axes are described, the levels have {len(levels[0].array.shape)}"
        problem = BadMetadata(text, where=where, field="axes")
        return broken(path, problem, store.location)
    layer = FoundLayer(
        name=path.rpartition("/")[2] or store.location.name,
        named_by_metadata=False,
        path=path,
        data_format="n5",
        axes=axes,
        levels=raw,
        channels=multiscale.channels,
        is_label=multiscale.is_label,
        notes=(*multiscale.notes, *notes),
        problem=next((one.array.problem for one in levels if one.array.problem), None),
    )
    return _named(layer, multiscale.name)


def _is_reversed(multiscale: Multiscale) -> bool:
    names = [axis.name.strip().lower() for axis in multiscale.axes or ()]
    return "x" not in names or "y" not in names or names.index("y") < names.index("x")


def _in_order(values: Numbers | None, step: int) -> Numbers | None:
    return None if values is None else values[::step]


def _named(layer: FoundLayer, name: str) -> FoundLayer:
    return replace(layer, name=name, named_by_metadata=True) if name.strip("/ ") else layer
