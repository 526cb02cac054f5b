"""One OME-Zarr image: the arrays of its levels and its label images, whatever the Zarr version."""

import asyncio
from dataclasses import replace

from nb_remote.containers.base import StoredArray
from nb_remote.containers.nodes import ZarrNodes, below
from nb_remote.dialects.base import FoundLayer, RawLevel
from nb_remote.dialects.ome_metadata import (
    Dataset,
    Json,
    Multiscale,
    is_multiscale,
    label_paths,
    ome_attributes,
    parse_multiscales,
)
from nb_remote.errors import AccessDenied, BadMetadata, NbRemoteError, NotFound
from nb_remote.location.relative import join_key

LABELS = "labels"
MAX_LABELS = 100
"""Label images that are looked at: each costs requests, and more than some tens are not met."""


async def read_image(
    nodes: ZarrNodes, path: str, attributes: Json
) -> tuple[list[FoundLayer], list[FoundLayer]]:
    """Read the images of the group at `path`, and their label images beside them.

    Parameters
    ----------
    attributes
        Of the group, with ``multiscales``.

    Returns
    -------
    tuple
        Images, at least one, and label images. One that is broken is there with its problem.

    Raises
    ------
    BadMetadata
        The attributes can't be used at all.
    """
    where = nodes.store.location.display(nodes.attributes_key(path))
    entries = parse_multiscales(attributes, where=where)
    images, (labels, notes) = await asyncio.gather(
        asyncio.gather(*(_pyramid(nodes, one, path) for one in entries)), _labels(nodes, path)
    )
    images[0] = replace(images[0], notes=(*images[0].notes, *notes))
    parent = next((one for one in images if one.levels), images[0]).name
    return images, [replace(one, parent=parent) for one in labels]


async def _labels(nodes: ZarrNodes, path: str) -> tuple[list[FoundLayer], list[str]]:
    """Read the label images of the image at `path`, and say when some may be there unseen.

    Not so where access is denied: some servers answer that to everything that isn't there.
    """
    folder = below(path, LABELS)
    try:
        names = label_paths(ome_attributes(await nodes.attributes(folder)))
    except AccessDenied:
        return [], []
    except NbRemoteError as failure:
        return [], [f"whether there are label images is not known: {failure.text}"]
    return await read_labels(nodes, folder, names)


async def read_labels(
    nodes: ZarrNodes, folder: str, names: tuple[str, ...]
) -> tuple[list[FoundLayer], list[str]]:
    """Read the label images of these names below `folder`, and say what is left out."""
    found = await asyncio.gather(*(_label(nodes, folder, name) for name in names[:MAX_LABELS]))
    notes: list[str] = []
    if len(names) > MAX_LABELS:
        notes.append(f"only the first {MAX_LABELS} of {len(names)} label images are shown")
    return [one for group in found for one in group], notes


async def _label(nodes: ZarrNodes, folder: str, name: str) -> list[FoundLayer]:
    """Read one label image; whatever is wrong stays with it, the image is shown all the same."""
    location = nodes.store.location
    title = f"labels-{name}"
    try:
        where = location.display(nodes.attributes_key(folder))
        path = join_key(folder, name, where=where, field=LABELS)
        key = location.display(nodes.attributes_key(path))
        attributes = ome_attributes(await nodes.attributes(path))
        if attributes is None:
            raise NotFound("a listed label image does not exist", where=key)
        if not is_multiscale(attributes):
            raise BadMetadata("a listed label image has no 'multiscales'", where=key)
        found = parse_multiscales(attributes, where=key)
    except NbRemoteError as problem:
        return [replace(broken(nodes, title, folder, problem), is_label=True)]
    layers = await asyncio.gather(*(_pyramid(nodes, one, path) for one in found))
    return [replace(one, name=title, named_by_metadata=True, is_label=True) for one in layers]


async def _pyramid(nodes: ZarrNodes, multiscale: Multiscale | BadMetadata, path: str) -> FoundLayer:
    """Read the arrays of every level at once; a level that fails is left out and noted."""
    location = nodes.store.location
    default_name = path.rpartition("/")[2] or location.name
    if isinstance(multiscale, BadMetadata):
        return broken(nodes, default_name, path, multiscale)
    arrays = await asyncio.gather(
        *(_array(nodes, below(path, one.path)) for one in multiscale.datasets)
    )
    read = (len(one.shape) for one in arrays if isinstance(one, StoredArray))
    ndim = len(multiscale.axes) if multiscale.axes is not None else next(read, 0)
    levels: list[RawLevel] = []
    notes = list(multiscale.notes)
    problem: NbRemoteError | None = None
    for one, array in zip(multiscale.datasets, arrays, strict=True):
        if isinstance(array, NbRemoteError):
            problem = problem or array
            # Without the hint: what to try with an address doesn't help with one of its levels.
            notes.append(f"level {one.path!r} is left out: {array.text} at {array.where}")
        elif len(array.shape) != ndim:
            who = "the first one has" if multiscale.axes is None else "the metadata describe"
            notes.append(
                f"level {one.path!r} is left out: it has {len(array.shape)} axes, {who} {ndim}"
            )
        else:
            levels.append(_level(one, array, notes))
    levels = _of_one_type(levels, notes)
    if levels:
        problem = next((one.array.problem for one in levels if one.array.problem), None)
    elif problem is None:
        problem = BadMetadata(f"no level fits its axes: {notes[-1]}", where=location.display(path))
    return FoundLayer(
        name=multiscale.name or default_name,
        named_by_metadata=bool(multiscale.name),
        path=path,
        data_format=nodes.data_format,
        axes=multiscale.axes,
        levels=tuple(levels),
        transform=multiscale.datasets[0].transform,
        channels=multiscale.channels,
        is_label=multiscale.is_label,
        segment_colors=multiscale.segment_colors,
        notes=tuple(notes),
        problem=problem,
    )


def _level(dataset: Dataset, array: StoredArray, notes: list[str]) -> RawLevel:
    """Leave out what has not one number per axis: which number is whose can't be known."""
    kept: dict[str, tuple[float, ...] | None] = {}
    for name, numbers in (("scale", dataset.scale), ("translation", dataset.translation)):
        fits = numbers is None or len(numbers) == len(array.shape)
        kept[name] = numbers if fits else None
        if numbers is not None and not fits:
            notes.append(
                f"the {name} of level {dataset.path!r} is left out: it has {len(numbers)} numbers "
                f"for {len(array.shape)} axes"
            )
    return RawLevel(array=array, scale=kept["scale"], translation=kept["translation"])


def _of_one_type(levels: list[RawLevel], notes: list[str]) -> list[RawLevel]:
    """Keep the levels of the first one's type: some writers average integers to floats."""
    kept = [one for one in levels if one.array.dtype == levels[0].array.dtype]
    notes += [
        f"level {one.array.key!r} is left out: it holds {one.array.dtype}, "
        f"the first one {levels[0].array.dtype}"
        for one in levels
        if one.array.dtype != levels[0].array.dtype
    ]
    return kept


def broken(nodes: ZarrNodes, name: str, path: str, problem: NbRemoteError) -> FoundLayer:
    """Return a layer of which nothing but its failure is known."""
    return FoundLayer(
        name=name,
        named_by_metadata=False,
        path=path,
        data_format=nodes.data_format,
        axes=None,
        levels=(),
        problem=problem,
    )


async def _array(nodes: ZarrNodes, path: str) -> StoredArray | NbRemoteError:
    try:
        return await nodes.array(path)
    except NbRemoteError as problem:
        return problem
