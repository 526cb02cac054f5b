"""The levels of an N5 group with what is said of them, here or there → one layer.

Which source of a level's place goes before which: its own ``transform`` (COSEM); the factors that
the group lists; its own ``downsamplingFactors``; its own voxel size; last its shape. Factors are
those of N5-Viewer, Neuroglancer and BigDataViewer: corners of all levels coincide, because their
centres are ``(f - 1) / 2`` finest voxels apart (n5-universe: ``N5SingleScaleMetadataParser``).
"""

from dataclasses import dataclass

from nb_remote.containers.base import StoredArray
from nb_remote.containers.n5.metadata import attributes_key, parse_array
from nb_remote.dialects.base import FoundLayer, RawLevel
from nb_remote.dialects.n5_cosem import Transform, parse_transform
from nb_remote.dialects.n5_values import (
    Json,
    Numbers,
    Resolution,
    attributes_of,
    axes_of,
    is_resolution_lost,
    listed_units,
    numbers,
    positive,
    raw_axes,
    resolution,
    spread,
    usual_axes,
)
from nb_remote.errors import BadMetadata, NbRemoteError, NotFound
from nb_remote.location.location import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelDocument:
    """A level's ``attributes.json``, and what its group says of it."""

    path: str
    """Relative to the address."""
    document: object
    """Parsed JSON, None where there is none, or the error that reading it raised."""
    factors: Numbers | None = None
    """Finest voxels per voxel and axis, as the group lists them."""
    transform: object = None
    """COSEM's ``transform`` as the group repeats it."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level whose array is understood."""

    array: StoredArray
    attributes: Json
    factors: Numbers | None
    transform: Transform | None


def pyramid(
    documents: tuple[LevelDocument, ...],
    group: Json,
    path: str,
    location: Location,
    *,
    finest: Numbers | None = None,
) -> FoundLayer:
    """Make one layer of levels. A level that can't be used is left out and noted.

    Parameters
    ----------
    documents
        Finest first.
    group
        Attributes of the group; empty where the address is a level itself.
    path
        Of the group, relative to `location`.
    finest
        Voxel size of the finest level in the units of ``transform``, where that level is none of
        `documents`: half of it lies before the centre that all others are counted from.
    """
    levels, notes, failed = read_levels(documents, location)
    if not levels:
        problem = failed or BadMetadata("the group has no levels", where=location.display(path))
        return broken(path, problem, location)
    notes += _left_unused(levels, group)
    transforms = [level.transform for level in levels if level.transform is not None]
    ndim = len(levels[0].array.shape)
    given = resolution(group) or resolution(levels[0].attributes)
    if transforms:
        named, units = transforms[0].axes, transforms[0].units
        raw = _by_transform(levels, finest if finest and len(finest) == ndim else None)
    else:
        named = axes_of(group, ndim) or axes_of(levels[0].attributes, ndim)
        units = (given.units if given is not None else ()) or listed_units(group)
        raw = _by_factors(levels, group, given, named or usual_axes(ndim), notes)
    axes = named or usual_axes(ndim)
    return FoundLayer(
        name=path.rpartition("/")[2] or location.name,
        named_by_metadata=False,
        path=path,
        data_format="n5",
        axes=raw_axes(axes, units),
        axes_assumed=""
        if named
        else f"no axis names: taken as {', '.join(axes)} in the order of 'dimensions'",
        levels=raw,
        corner_based=not transforms or (finest is not None and len(finest) == ndim),
        notes=tuple(notes),
        problem=next((one.array.problem for one in levels if one.array.problem), None),
    )


def broken(path: str, problem: NbRemoteError, location: Location) -> FoundLayer:
    """Describe a layer of which nothing can be used."""
    return FoundLayer(
        name=path.rpartition("/")[2] or location.name,
        named_by_metadata=False,
        path=path,
        data_format="n5",
        axes=None,
        levels=(),
        problem=problem,
    )


def read_levels(
    documents: tuple[LevelDocument, ...], location: Location
) -> tuple[list[Level], list[str], NbRemoteError | None]:
    """Return the levels that can be used, a note for each other one, and the first one's error."""
    levels: list[Level] = []
    notes: list[str] = []
    failed: NbRemoteError | None = None
    for one in documents:
        try:
            array = _array(one, location)
            ndim = len(levels[0].array.shape) if levels else len(array.shape)
            if len(array.shape) != ndim:
                raise BadMetadata(
                    f"it has {len(array.shape)} axes, the first level {ndim}",
                    where=location.display(attributes_key(one.path)),
                    field="dimensions",
                )
        except NbRemoteError as error:
            failed = failed or error
            notes.append(f"level {one.path!r} is left out: {error.text} at {error.where}")
            continue
        attributes = attributes_of(one.document)
        own = parse_transform(attributes.get("transform"), ndim)
        transform = own or parse_transform(one.transform, ndim)
        levels.append(Level(array, attributes, one.factors, transform))
    return levels, notes, failed


def _array(one: LevelDocument, location: Location) -> StoredArray:
    if isinstance(one.document, NbRemoteError):
        raise one.document
    if one.document is None:
        where = location.display(attributes_key(one.path))
        raise NotFound("the level's attributes.json does not exist", where=where)
    return parse_array(one.document, one.path, location)


def _left_unused(levels: list[Level], group: Json) -> list[str]:
    """Name what the metadata say that is not followed."""
    all_of_them = (group, *(level.attributes for level in levels))
    notes: list[str] = []
    if any("affineTransform" in one for one in all_of_them):
        notes.append("an 'affineTransform' is left out")
    if any(is_resolution_lost(one) for one in all_of_them):
        notes.append("a voxel size is left out: it is no list of positive numbers")
    return notes


def _by_transform(levels: list[Level], finest: Numbers | None) -> tuple[RawLevel, ...]:
    return tuple(
        RawLevel(
            array=level.array,
            scale=level.transform.scale if level.transform else None,
            translation=_corner(level.transform, finest) if level.transform else None,
        )
        for level in levels
    )


def _corner(transform: Transform, finest: Numbers | None) -> Numbers | None:
    """Corner of the first voxel, counted from that of the finest level; its centre without one."""
    centre = transform.translation
    if centre is None or finest is None:
        return centre
    sizes = zip(centre, transform.scale, finest, strict=True)
    return tuple(at - own / 2 + least / 2 for at, own, least in sizes)


def _by_factors(
    levels: list[Level],
    group: Json,
    given: Resolution | None,
    axes: tuple[str, ...],
    notes: list[str],
) -> tuple[RawLevel, ...]:
    """Place levels by their factors, corners together; `notes` hears of those that are guessed."""
    sizes = spread(given.sizes, axes, 1.0) if given is not None else (1.0,) * len(axes)
    offset = numbers(group.get("offset")) or numbers(levels[0].attributes.get("offset"))
    corner = spread(offset, axes, 0.0) if offset is not None else None
    guessed: list[str] = []
    placed: list[RawLevel] = []
    for level in levels:
        factors = _factors(level, levels[0])
        if factors is None:
            factors = _by_shape(level.array, levels[0].array, axes)
            guessed.append(level.array.key)
        scale = tuple(a * b for a, b in zip(sizes, spread(factors, axes, 1.0), strict=True))
        relative = given is None
        placed.append(
            RawLevel(
                array=level.array,
                scale=scale,
                translation=corner,
                relative=relative,
                by_shape=level.array.key in guessed,
            )
        )
    if guessed:
        names = ", ".join(guessed)
        notes.append(f"no downsampling factors for {names}: they are taken from the shapes")
    return tuple(placed)


def _factors(level: Level, first: Level) -> Numbers | None:
    """Factors as the group or the level says them, or as the voxel sizes do; else None."""
    stated = level.factors or positive(level.attributes.get("downsamplingFactors"))
    if stated is not None:
        return stated
    if level is first:
        return (1.0,) * len(level.array.shape)
    own, finest = resolution(level.attributes), resolution(first.attributes)
    if own is None or finest is None or own.sizes == finest.sizes:
        return None
    if len(own.sizes) != len(finest.sizes):
        return None
    return tuple(a / b for a, b in zip(own.sizes, finest.sizes, strict=True))


def _by_shape(array: StoredArray, first: StoredArray, axes: tuple[str, ...]) -> Numbers:
    """Whole factors that come closest: coarse levels lose the rest of a division."""
    return tuple(
        float(max(1, round(finest / n))) if name.strip().lower() in ("x", "y", "z") else 1.0
        for n, finest, name in zip(array.shape, first.shape, axes, strict=True)
    )
