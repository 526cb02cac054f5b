"""OME-Zarr 0.4 on Zarr v2 (and 0.1 to 0.3, which it widened).

Specification: https://ngff.openmicroscopy.org/0.4/
"""

import asyncio
from dataclasses import dataclass, replace
from typing import cast

from nb_remote.containers.base import StoredArray
from nb_remote.containers.zarr2.metadata import ATTRIBUTES_KEY, array_key, parse_array
from nb_remote.dialects.base import Documents, Found, FoundLayer, RawLevel
from nb_remote.dialects.ome_metadata import (
    Multiscale,
    label_paths,
    parse_multiscales,
    why_not_multiscale,
)
from nb_remote.errors import BadMetadata, Declined, NbRemoteError, NotFound
from nb_remote.location.relative import join_key
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json

LABELS_KEY = "labels/.zattrs"


@dataclass(frozen=True, slots=True)
class OmeZarr04:
    """A group whose attributes hold ``multiscales``."""

    name: str = "OME-Zarr 0.4"
    probes: tuple[str, ...] = (ATTRIBUTES_KEY, LABELS_KEY)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`. Labels are read beside the levels, never after them."""
        attributes = documents.json(ATTRIBUTES_KEY)
        if attributes is None:
            return self._declined(documents.why_not(ATTRIBUTES_KEY))
        reason = why_not_multiscale(attributes)
        if reason is not None:
            return self._declined(reason)
        store = documents.store
        multiscales = parse_multiscales(
            cast("dict[str, object]", attributes), where=store.location.display(ATTRIBUTES_KEY)
        )
        names = label_paths(documents.json(LABELS_KEY))
        images, labels = await asyncio.gather(
            asyncio.gather(*(_image(store, one, "") for one in multiscales)),
            asyncio.gather(*(_label(store, name) for name in names)),
        )
        parent = images[0].name
        layers = [*images, *(replace(one, parent=parent) for group in labels for one in group)]
        version = multiscales[0].version or "without a version"
        return Found(format=f"OME-Zarr {version}", layers=tuple(layers))

    def _declined(self, reason: str) -> Declined:
        return Declined(format=self.name, looked_at=(ATTRIBUTES_KEY,), reason=reason)


async def _image(store: Store, multiscale: Multiscale, path: str) -> FoundLayer:
    """Read the arrays of every level at once; a level that fails is left out and noted."""
    arrays = await asyncio.gather(
        *(_array(store, f"{path}/{one.path}" if path else one.path) for one in multiscale.datasets)
    )
    levels: list[RawLevel] = []
    notes = list(multiscale.notes)
    problem: NbRemoteError | None = None
    for one, array in zip(multiscale.datasets, arrays, strict=True):
        if isinstance(array, NbRemoteError):
            problem = problem or array
            notes.append(f"level {one.path!r} is left out: {array}")
        elif multiscale.axes is not None and len(multiscale.axes) != len(array.shape):
            notes.append(
                f"level {one.path!r} is left out: it has {len(array.shape)} axes, "
                f"the metadata describe {len(multiscale.axes)}"
            )
        else:
            levels.append(RawLevel(array=array, scale=one.scale, translation=one.translation))
    if levels:
        problem = next((one.array.problem for one in levels if one.array.problem), None)
    elif problem is None:
        problem = BadMetadata("no level fits its axes", where=store.location.display(path))
    return FoundLayer(
        name=multiscale.name or path.rpartition("/")[2] or store.location.name,
        named_by_metadata=bool(multiscale.name),
        path=path,
        data_format="zarr",
        axes=multiscale.axes,
        levels=tuple(levels),
        channels=multiscale.channels,
        is_label=multiscale.is_label,
        notes=tuple(notes),
        problem=problem,
    )


async def _label(store: Store, name: str) -> list[FoundLayer]:
    """Read one label image; whatever is wrong stays with it, the image is shown all the same."""
    try:
        path = join_key("labels", name, where=store.location.display(LABELS_KEY), field="labels")
        key = f"{path}/{ATTRIBUTES_KEY}"
        attributes = await read_json(store, key)
        if attributes is None:
            raise NotFound("a listed label image does not exist", where=store.location.display(key))
        reason = why_not_multiscale(attributes)
        if reason is not None:
            raise BadMetadata(
                f"a listed label image has {reason}", where=store.location.display(key)
            )
        found = parse_multiscales(
            cast("dict[str, object]", attributes), where=store.location.display(key)
        )
    except NbRemoteError as problem:
        return [_broken_label(name, problem)]
    layers = await asyncio.gather(*(_image(store, one, path) for one in found))
    return [
        replace(one, name=f"labels-{name}", named_by_metadata=True, is_label=True) for one in layers
    ]


def _broken_label(name: str, problem: NbRemoteError) -> FoundLayer:
    return FoundLayer(
        name=f"labels-{name}",
        named_by_metadata=True,
        path="labels",
        data_format="zarr",
        axes=None,
        levels=(),
        is_label=True,
        problem=problem,
    )


async def _array(store: Store, path: str) -> StoredArray | NbRemoteError:
    key = array_key(path)
    try:
        document = await read_json(store, key)
        if document is None:
            raise NotFound("the level's array does not exist", where=store.location.display(key))
        return parse_array(document, path, store.location)
    except NbRemoteError as problem:
        return problem
