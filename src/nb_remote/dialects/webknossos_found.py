"""What the file says of a layer and what its arrays are → a found layer, with contradictions."""

import posixpath
import re
from dataclasses import dataclass, replace

from nb_remote.containers.base import StoredArray, shortened
from nb_remote.dialects.affine import Affine, affine
from nb_remote.dialects.base import (
    XYZ,
    FoundLayer,
    RawAxis,
    RawChannel,
    RawLevel,
    Stated,
    StatedEntry,
)
from nb_remote.dialects.webknossos_arrays import Level, Levels
from nb_remote.dialects.webknossos_layer import LayerEntry
from nb_remote.dialects.webknossos_values import Json, Triple, as_steps
from nb_remote.errors import BadMetadata
from nb_remote.location.location import Location

_DTYPES = {
    **{f"{sign}int{bits}": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
    "uint24": "uint8",
    "float": "float32",
    "double": "float64",
    "float32": "float32",
    "float64": "float64",
}
"""Element class → the type of a voxel's numbers; the last two are older names."""
_RGB = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
_ONES, _ZEROS = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Voxel size of the dataset, and the rest of the file."""

    sizes_xyz: Triple
    unit: str
    known: bool
    """False where the file gives none, so that one nanometre stands in."""
    document: Json
    """The file without its layers."""


def found_layer(
    entries: tuple[LayerEntry, ...], read: Levels, scale: Whole, home: Location
) -> FoundLayer:
    """Make one layer of entries that are channels of the same arrays; most often it is one.

    Raises
    ------
    NbRemoteError
        No level can be used.
    """
    first = entries[0]
    notes = [*dict.fromkeys(note for one in entries for note in one.notes), *read.notes]
    levels = _alike(read.levels, notes)
    if not levels:
        raise read.problem or BadMetadata("the layer has no levels", where=home.display())
    axes, assumed = _axes(first, levels[0], scale.unit, notes)
    names = [axis.name for axis in axes]
    factor, shift, transform = _steps(first)
    size = _times(scale.sizes_xyz, factor)
    finest = min(levels, key=lambda one: one.entry.mag)
    corner = _times_int(finest.corner_xyz, finest.entry.mag)
    _note_contradictions(first, levels[0], finest, names, notes)
    return FoundLayer(
        name=_joint_name(entries, levels[0].array.key),
        named_by_metadata=len(entries) == 1,
        path=posixpath.dirname(levels[0].array.key),
        data_format=first.data_format,
        axes=axes,
        axes_assumed=assumed,
        levels=tuple(_raw(one, names, size, shift, scale) for one in levels),
        channels=_channels(entries, levels[0].array, names, notes),
        category=first.category,
        corner_based=True,
        stated=Stated(
            voxel_size_xyz=size,
            top_left_xyz=first.top_left_xyz,
            size_xyz=first.size_xyz,
            array_corner_xyz=corner,
            largest_segment_id=first.largest_segment_id,
            transform=transform,
            is_rgb=_is_rgb(first, levels[0].array, names),
            dataset=scale.document,
            entries=_stated(entries, _count(levels[0].array, names)),
            mag_of_key={one.array.key: one.entry.mag for one in levels},
        ),
        target=read.target,
        notes=tuple(notes),
        problem=next((one.array.problem for one in levels if one.array.problem), None),
    )


def _alike(levels: tuple[Level, ...], notes: list[str]) -> list[Level]:
    """Leave out levels whose arrays are of another kind than the first one's."""
    kept: list[Level] = []
    for one in levels:
        first = kept[0] if kept else one
        same = (
            one.array.dtype == first.array.dtype
            and len(one.array.shape) == len(first.array.shape)
            and one.entry.axis_order == first.entry.axis_order
        )
        if same:
            kept.append(one)
        else:
            notes.append(
                f"mag {list(one.entry.mag)} is left out: its type, its number of axes or its "
                "axisOrder is not that of the first level"
            )
    return kept


def _axes(
    entry: LayerEntry, level: Level, unit: str, notes: list[str]
) -> tuple[tuple[RawAxis, ...], str]:
    """Name every stored axis, as the file does, as the array does, or as WEBKNOSSOS would."""
    array, assumed = level.array, ""
    ndim = len(array.shape)
    order = {name: at for name, at in level.entry.axis_order if at < ndim}
    # 2-D data are written with a z axis behind the last one.
    lost = {name for name, at in level.entry.axis_order if at >= ndim and (name, at) != ("z", ndim)}
    own = [one.strip().lower() for one in array.dimension_names or ()]
    if entry.data_format == "neuroglancerPrecomputed":
        order = dict(zip("xyzc", range(ndim), strict=False))
    elif lost or not order:
        if lost:
            notes.append(f"axisOrder names more axes than the {ndim} that the arrays have")
        if {"x", "y"} <= set(own) and len(set(own)) == len(own):
            order = {name: own.index(name) for name in "xyzc" if name in own}
        else:
            order = _usual_order(ndim, {at for _, at, _ in entry.extra_axes})
            assumed = "no axisOrder: taken as channel, x, y, z as WEBKNOSSOS does"
    names: list[str] = [""] * ndim
    for name, at in order.items():
        names[at] = name
    for name, at, upper in entry.extra_axes:
        free = [n for n, one in enumerate(names) if not one]
        if not free:
            notes.append(f"the arrays have no axis for {shortened(name)}")
            continue
        position = at if at in free else free[0]
        names[position] = name
        size = array.shape[position]
        if upper and upper != size:
            notes.append(f"{name!r} has {size} entries, the file gives {upper}")
    names = [one or f"axis{n}" for n, one in enumerate(names)]
    return tuple(_axis(name, order, unit) for name in names), assumed


def _usual_order(ndim: int, extra: set[int]) -> dict[str, int]:
    """The last three axes are x, y and z, and the one before them the channel."""
    first = max(0, ndim - 3)
    order = {name: first + n for n, name in enumerate("xyz"[:ndim])}
    return order | ({"c": first - 1} if first and first - 1 not in extra else {})


def _axis(name: str, order: dict[str, int], unit: str) -> RawAxis:
    if name in order:
        return RawAxis(
            name=name, kind="channel" if name == "c" else "space", unit="" if name == "c" else unit
        )
    return RawAxis(name=name, kind="time" if name in ("t", "time") else "", unit="")


def _steps(entry: LayerEntry) -> tuple[Triple, Triple, Affine | None]:
    """Factors and translation (in voxels of the dataset) that the layer's transformation has.

    One that turns or shears is handed on as it is.
    """
    if entry.transformation is None:
        return _ONES, _ZEROS, None
    steps = as_steps(entry.transformation)
    if steps is None:
        return _ONES, _ZEROS, affine(entry.transformation[:3])
    return *steps, None


def _raw(level: Level, names: list[str], size: Triple, shift: Triple, scale: Whole) -> RawLevel:
    mag = level.entry.mag
    voxel = _times(size, mag)
    corner = tuple(
        t * s + n * v
        for t, s, n, v in zip(shift, scale.sizes_xyz, level.corner_xyz, voxel, strict=True)
    )
    return RawLevel(
        array=level.array,
        scale=tuple(voxel["xyz".index(n)] if n in ("x", "y", "z") else 1.0 for n in names),
        translation=tuple(corner["xyz".index(n)] if n in ("x", "y", "z") else 0.0 for n in names),
        relative=not scale.known,
    )


def _channels(
    entries: tuple[LayerEntry, ...], array: StoredArray, names: list[str], notes: list[str]
) -> tuple[RawChannel, ...]:
    """Describe the arrays' channels by the entries that show them; the others are hidden."""
    count = _count(array, names)
    first = entries[0]
    if _is_rgb(first, array, names):
        hidden = not first.view.visible
        return tuple(
            RawChannel(
                color=one, window=(0.0, 255.0), visible=not hidden, inverted=first.view.inverted
            )
            for one in _RGB
        )
    if first.mags[0].channel is None:
        return (first.view,) if count == 1 else (replace(first.view, color=None),) * min(count, 256)
    by_index = {one.mags[0].channel: one for one in entries}
    if any(index is None or not 0 <= index < count for index in by_index):
        notes.append(f"channelIndex is none of the {count} channels that the arrays have")
    if count > len(by_index):
        notes.append(f"the file shows {len(by_index)} of {count} channels; the others are hidden")
    return tuple(
        replace(by_index[n].view, name=by_index[n].name if count > 1 else None)
        if n in by_index
        else RawChannel(visible=False)
        for n in range(min(count, 256))
    )


def _stated(entries: tuple[LayerEntry, ...], count: int) -> tuple[StatedEntry | None, ...]:
    """Return the entry of each channel; one for all where the file doesn't take them apart."""
    if entries[0].mags[0].channel is None:
        return (entries[0].stated,)
    by_index = {one.mags[0].channel: one.stated for one in entries}
    return tuple(by_index.get(n) for n in range(min(count, 256)))


def _is_rgb(entry: LayerEntry, array: StoredArray, names: list[str]) -> bool:
    stored = (array.dtype.name, _count(array, names))
    return entry.element_class == "uint24" and stored == ("uint8", 3)


def _count(array: StoredArray, names: list[str]) -> int:
    return array.shape[names.index("c")] if "c" in names else 1


def _joint_name(entries: tuple[LayerEntry, ...], key: str) -> str:
    """Name a layer of several entries by what their names share, else by the folder."""
    first = entries[0].name
    if len(entries) == 1:
        return first
    stems = {re.sub(r"_\d+$", "", one.name) for one in entries}
    return stems.pop() if len(stems) == 1 else posixpath.basename(posixpath.dirname(key)) or first


def _note_contradictions(
    entry: LayerEntry, level: Level, finest: Level, names: list[str], notes: list[str]
) -> None:
    """Say where the arrays are not what the file says; the arrays decide what is read."""
    dtype = level.array.dtype
    wanted = _DTYPES.get(entry.element_class)
    labels = entry.category == "segmentation" and dtype.kind == "i"
    if wanted is None:
        notes.append(f"the element class {entry.element_class!r} is none that is known")
    elif dtype.name != wanted and not (labels and wanted == f"u{dtype.name}"):
        notes.append(f"the file says {entry.element_class}, but the arrays hold {dtype.name}")
    count = _count(level.array, names)
    single = level.entry.channel is not None
    expected = 3 if entry.element_class == "uint24" else entry.channels
    if expected is not None and expected != count and not single:
        notes.append(f"the file says {expected} channels, but the arrays have {count}")
    extent = tuple(finest.array.shape[names.index(n)] if n in names else 1 for n in "xyz")
    reach = zip(
        entry.top_left_xyz, entry.size_xyz, finest.corner_xyz, extent, finest.entry.mag, strict=True
    )
    # A mag's last voxel may be cut by the box.
    if any(at < c * m or at + n > (c + e) * m + m - 1 for at, n, c, e, m in reach):
        notes.append("the bounding box reaches beyond the arrays: nothing is stored there")


def _times(a: Triple, b: tuple[float, ...]) -> Triple:
    return (a[0] * b[0], a[1] * b[1], a[2] * b[2])


def _times_int(a: XYZ, b: XYZ) -> XYZ:
    return (a[0] * b[0], a[1] * b[1], a[2] * b[2])
