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
from nb_remote.errors import AccessDenied, BadMetadata, Declined, NbRemoteError, NotFound
from nb_remote.location.relative import join_key
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json

LABELS_KEY = "labels/.zattrs"
MAX_LABELS = 100
"""Label images that are looked at: each costs requests, and more than some tens are not met."""


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
        entries = parse_multiscales(
            cast("dict[str, object]", attributes), where=store.location.display(ATTRIBUTES_KEY)
        )
        names = label_paths(documents.json(LABELS_KEY))
        images, labels = await asyncio.gather(
            asyncio.gather(*(_image(store, one, "") for one in entries)),
            asyncio.gather(*(_label(store, name) for name in names[:MAX_LABELS])),
        )
        images[0] = replace(images[0], notes=(*images[0].notes, *_label_notes(documents, names)))
        parent = next((one for one in images if one.levels), images[0]).name
        layers = [*images, *(replace(one, parent=parent) for group in labels for one in group)]
        versions = [one.version for one in entries if isinstance(one, Multiscale) and one.version]
        version = versions[0] if versions else "without a version"
        return Found(format=f"OME-Zarr {version}", layers=tuple(layers))

    def _declined(self, reason: str) -> Declined:
        return Declined(format=self.name, looked_at=(ATTRIBUTES_KEY,), reason=reason)


def _label_notes(documents: Documents, names: tuple[str, ...]) -> list[str]:
    """Say when label images may be there that are not shown.

    Not so where access is denied: some servers answer that to everything that isn't there.
    """
    notes: list[str] = []
    failure = documents.found.get(LABELS_KEY)
    if isinstance(failure, NbRemoteError) and not isinstance(failure, AccessDenied):
        notes.append(f"whether there are label images is not known: {failure.text}")
    if len(names) > MAX_LABELS:
        notes.append(f"only the first {MAX_LABELS} of {len(names)} label images are shown")
    return notes


async def _image(store: Store, multiscale: Multiscale | BadMetadata, path: str) -> FoundLayer:
    """Read the arrays of every level at once; a level that fails is left out and noted."""
    if isinstance(multiscale, BadMetadata):
        return _broken(path.rpartition("/")[2] or store.location.name, path, multiscale)
    arrays = await asyncio.gather(
        *(_array(store, f"{path}/{one.path}" if path else one.path) for one in multiscale.datasets)
    )
    levels: list[RawLevel] = []
    notes = list(multiscale.notes)
    problem: NbRemoteError | None = None
    for one, array in zip(multiscale.datasets, arrays, strict=True):
        if isinstance(array, NbRemoteError):
            problem = problem or array
            # Without the hint: what to try with an address doesn't help with one of its levels.
            notes.append(f"level {one.path!r} is left out: {array.text} at {array.where}")
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
        return [replace(_broken(f"labels-{name}", "labels", problem), is_label=True)]
    layers = await asyncio.gather(*(_image(store, one, path) for one in found))
    return [
        replace(one, name=f"labels-{name}", named_by_metadata=True, is_label=True) for one in layers
    ]


def _broken(name: str, path: str, problem: NbRemoteError) -> FoundLayer:
    return FoundLayer(
        name=name,
        named_by_metadata=False,
        path=path,
        data_format="zarr",
        axes=None,
        levels=(),
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
