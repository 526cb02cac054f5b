"""The ``multiscales``, ``omero`` and ``labels`` attributes of OME-Zarr, read leniently.

What the specification requires but a reader can do without is noted, not refused.
"""

from dataclasses import dataclass, replace
from typing import cast

from nb_remote.dialects.base import RawAxis, RawChannel, SegmentColor, StoredMatrix
from nb_remote.dialects.image_label import parse_segment_colors
from nb_remote.dialects.ome_transforms import Combined, Step, combine, steps, turned_alike
from nb_remote.dialects.omero import parse_channels
from nb_remote.dialects.values import shown
from nb_remote.errors import BadMetadata
from nb_remote.location.relative import join_key

Json = dict[str, object]

MAX_LEVELS = 64
"""Halving more often than this would reduce any array to one voxel; each level costs a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One entry of ``multiscales[].datasets``, with the image's own transformations applied."""

    path: str
    """Relative to the group."""
    scale: tuple[float, ...] | None
    translation: tuple[float, ...] | None
    notes: tuple[str, ...]
    transform: StoredMatrix | None = None
    """Affine that follows both, the same for all levels; see `FoundLayer.transform`."""
    order: tuple[int, ...] = ()
    """Stored axis behind each axis of the image, where they are mapped; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiscale:
    """One entry of ``multiscales``."""

    name: str
    version: str
    axes: tuple[RawAxis, ...] | None
    datasets: tuple[Dataset, ...]
    notes: tuple[str, ...]
    channels: tuple[RawChannel, ...] = ()
    is_label: bool = False
    segment_colors: tuple[SegmentColor, ...] = ()


def ome_attributes(attributes: object) -> Json | None:
    """Attributes of a group in one shape: since OME-Zarr 0.5 they lie under ``ome``."""
    if not isinstance(attributes, dict):
        return None
    inner = attributes.get("ome")
    return {**attributes, **inner} if isinstance(inner, dict) else attributes


def is_multiscale(attributes: Json | None) -> bool:
    """Whether these attributes describe an image."""
    entries = attributes.get("multiscales") if attributes is not None else None
    return isinstance(entries, list) and bool(entries)


def label_paths(attributes: Json | None) -> tuple[str, ...]:
    """Names listed in the attributes of ``labels``, as written; anything else is ignored."""
    names = attributes.get("labels") if attributes is not None else None
    if not isinstance(names, list):
        return ()
    return tuple(one for one in names if isinstance(one, str) and one)


def parse_multiscales(attributes: Json, *, where: str) -> tuple[Multiscale | BadMetadata, ...]:
    """Translate the ``multiscales`` attribute.

    An entry without datasets, or with a value of an impossible type, gives the error that says
    so: the others can be used all the same.
    """
    channels = parse_channels(attributes.get("omero"))
    is_label = "image-label" in attributes
    colors = parse_segment_colors(attributes.get("image-label"))
    version = shown(attributes.get("version"))
    parsed: list[Multiscale | BadMetadata] = []
    for n, entry in enumerate(cast("list[object]", attributes["multiscales"])):
        at = f"multiscales[{n}]"
        try:
            found = _multiscale(entry, at, version, where=where)
            parsed.append(
                replace(found, channels=channels, is_label=is_label, segment_colors=colors)
            )
        except BadMetadata as problem:
            parsed.append(problem)
    return tuple(parsed)


def _multiscale(entry: object, at: str, group_version: str, *, where: str) -> Multiscale:
    if not isinstance(entry, dict):
        raise BadMetadata(f"{at} is not an object", where=where, field=at)
    meta = cast("Json", entry)
    datasets = meta.get("datasets")
    if not isinstance(datasets, list) or not datasets:
        raise BadMetadata(f"{at} lists no datasets", where=where, field=f"{at}.datasets")
    if len(datasets) > MAX_LEVELS:
        raise BadMetadata(
            f"{at} lists {len(datasets)} levels, more than {MAX_LEVELS}",
            where=where,
            field=f"{at}.datasets",
        )
    version = shown(meta.get("version")) or group_version
    outer = meta.get("coordinateTransformations")
    systems = meta.get("coordinateSystems")
    if isinstance(systems, list):  # OME-Zarr 0.6
        system = _intrinsic(systems, datasets[0])
        axes, notes = _axes(system.get("axes"), f"{at}.coordinateSystems", where)
        notes += _other_systems(systems, system)
        outer = None  # leads to the other systems
    else:
        axes, notes = _axes(meta.get("axes"), f"{at}.axes", where)
    if not version:
        notes.append("the metadata state no OME-Zarr version")
    ndim = len(axes) if axes is not None else None
    levels = _alike([_dataset(one, outer, at, n, ndim, where) for n, one in enumerate(datasets)])
    notes += dict.fromkeys(note for one in levels for note in one.notes)
    axes = _stored_axes(axes, levels, notes, at, where)
    name = shown(meta.get("name"))
    return Multiscale(
        name=name if name.strip("/ ") else "",
        version=version,
        axes=axes,
        datasets=levels,
        notes=tuple(notes),
    )


def _intrinsic(systems: list[object], dataset: object) -> Json:
    """Return the coordinate system that the levels are placed in (OME-Zarr 0.6)."""
    known = [cast("Json", one) for one in systems if isinstance(one, dict)]
    chain = dataset.get("coordinateTransformations") if isinstance(dataset, dict) else None
    last = chain[-1] if isinstance(chain, list) and chain else None
    output = last.get("output") if isinstance(last, dict) else None
    name = output.get("name") if isinstance(output, dict) else output
    return next((one for one in known if one.get("name") == name), known[-1] if known else {})


def _other_systems(systems: list[object], intrinsic: Json) -> list[str]:
    names = [shown(one.get("name")) for one in systems if isinstance(one, dict)]
    others = [repr(name) for name in names if name != intrinsic.get("name")]
    if not others:
        return []
    return [f"its place in the coordinate systems {', '.join(others)[:100]} is not used"]


def _axes(value: object, at: str, where: str) -> tuple[tuple[RawAxis, ...] | None, list[str]]:
    if value is None or value == []:
        return None, ["the metadata name no axes (OME-Zarr before 0.3)"]
    if not isinstance(value, list):
        raise BadMetadata(f"{at} is not a list", where=where, field=at)
    notes: list[str] = []
    axes: list[RawAxis] = []
    for n, one in enumerate(value):
        if isinstance(one, str):
            axes.append(RawAxis(name=shown(one), kind="", unit=""))
        elif isinstance(one, dict):
            name, kind, unit = (shown(one.get(key)) for key in ("name", "type", "unit"))
            # Drafts of the specification wrote `units`.
            axes.append(RawAxis(name=name, kind=kind, unit=unit or shown(one.get("units"))))
        else:
            raise BadMetadata(f"{at}[{n}] is not an axis", where=where, field=f"{at}[{n}]")
    return tuple(axes), notes


def _dataset(
    value: object, outer: object, image_at: str, number: int, ndim: int | None, where: str
) -> Dataset:
    at = f"{image_at}.datasets[{number}]"
    path = value.get("path") if isinstance(value, dict) else None
    if type(path) is int and 0 <= path < MAX_LEVELS:
        path = str(path)  # a writer that took the name of a level for its number
    if not isinstance(path, str):
        raise BadMetadata(f"{at} has no path", where=where, field=f"{at}.path")
    inner = cast("Json", value).get("coordinateTransformations")
    notes: list[str] = []
    field = "coordinateTransformations"
    order: list[int] = []
    found = steps(inner, f"{at}.{field}", where, notes, order)
    found += steps(outer, f"{image_at}.{field}", where, notes)
    combined = combine(_of_rank(found, ndim, at, notes), at, where)
    key = join_key("", path, where=where, field=f"{at}.path")
    return Dataset(
        path=key,
        scale=combined.scale,
        translation=combined.translation,
        transform=combined.transform,
        notes=tuple(notes),
        order=tuple(order),
    )


def _alike(levels: list[Dataset]) -> tuple[Dataset, ...]:
    """Let all levels have the affine of the first: they are turned together."""
    transform = levels[0].transform
    if transform is None:
        transform = next((one.transform for one in levels if one.transform is not None), None)
    if transform is None:
        return tuple(levels)
    return tuple(_turned(one, transform) for one in levels)


def _turned(level: Dataset, transform: StoredMatrix) -> Dataset:
    own = Combined(scale=level.scale, translation=level.translation, transform=level.transform)
    alike = turned_alike(own, transform)
    if alike is None:
        note = (
            f"level {level.path!r} is turned otherwise than others, and is shown turned like them"
        )
        return replace(level, transform=transform, notes=(*level.notes, note))
    return replace(
        level, scale=alike.scale, translation=alike.translation, transform=alike.transform
    )


def _stored_axes(
    axes: tuple[RawAxis, ...] | None,
    levels: tuple[Dataset, ...],
    notes: list[str],
    at: str,
    where: str,
) -> tuple[RawAxis, ...] | None:
    """Axes as they are stored, where the levels map them to those of the image.

    Raises
    ------
    BadMetadata
        The levels map them differently.
    """
    orders = {one.order for one in levels}
    if axes is None or orders == {()}:
        return axes
    order, *others = orders
    if others:
        raise BadMetadata(
            f"the levels of {at} map their axes differently", where=where, field=f"{at}.datasets"
        )
    if len(order) != len(axes):
        notes.append(f"a mapping of {len(order)} axes is left out: there are {len(axes)}")
        return axes
    return tuple(axes[order.index(stored)] for stored in range(len(order)))


def _of_rank(found: list[Step], ndim: int | None, at: str, notes: list[str]) -> list[Step]:
    """Leave out steps of another rank than the axes where others fit."""
    kept = [one for one in found if len(one[1]) == ndim]
    if not kept or len(kept) == len(found):
        return found
    kinds = " and ".join(sorted({kind for kind, numbers in found if len(numbers) != ndim}))
    notes.append(f"a {kinds} of {at} is left out: it has not one number for each axis")
    return kept
