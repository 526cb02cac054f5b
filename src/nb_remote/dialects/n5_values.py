"""What N5 attributes say of voxel size, factors and axes, in the spellings of their writers.

All of it runs in the order of ``dimensions`` (x first). Keys: the ``attributes.json`` of N5-Viewer
(https://github.com/saalfeldlab/n5-viewer), Neuroglancer
(https://neuroglancer-docs.web.app/datasource/n5) and Paintera.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from nb_remote.dialects.base import RawAxis
from nb_remote.dialects.ome_metadata import MAX_LEVELS
from nb_remote.dialects.values import is_finite, shown
from nb_remote.errors import BadMetadata

Json = Mapping[str, object]
Numbers = tuple[float, ...]
T = TypeVar("T")

_KINDS = {"x": "space", "y": "space", "z": "space", "c": "channel", "t": "time"}
_IMAGEJ = ("pixelWidth", "pixelHeight", "pixelDepth")
"""What the N5 plugin of ImageJ writes of an image, with a ``pixelUnit``
(https://github.com/saalfeldlab/n5-ij: ``N5ImagePlusMetadata``)."""
_IMAGEJ_AXES = (("c", "numChannels"), ("z", "numSlices"), ("t", "numFrames"))
"""Its axes behind x and y, where there is more than one of them."""
_USUAL_ORDER = ("x", "y", "z", "t", "c")
"""Neuroglancer's default; N5 itself names no axes."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Size of a voxel per axis, and in what."""

    sizes: Numbers
    units: tuple[str, ...]
    """One for all axes, one per axis, or none."""


def attributes_of(document: object) -> Json:
    """Return a document's attributes; none where it is no object."""
    return cast("Json", document) if isinstance(document, dict) else {}


def numbers(value: object) -> Numbers | None:
    """Return a list of finite numbers, or None where it is something else."""
    if not isinstance(value, list) or not value or not all(is_finite(n) for n in value):
        return None
    return tuple(float(n) for n in value)


def positive(value: object) -> Numbers | None:
    """Return a list of positive numbers, or None where it is something else."""
    found = numbers(value)
    return found if found is not None and all(n > 0 for n in found) else None


def resolution(attributes: Json) -> Resolution | None:
    """Read ``pixelResolution`` with or without a unit, or ``resolution`` with ``units``."""
    unit = ""
    match attributes.get("pixelResolution"):
        case dict() as given:
            sizes, unit = positive(given.get("dimensions")), shown(given.get("unit"))
        case given:
            sizes = positive(given)
    if sizes is None:
        sizes, unit = positive(attributes.get("resolution")), ""
    if sizes is None:
        sizes, unit = positive([attributes.get(key) for key in _IMAGEJ]), _imagej_unit(attributes)
    if sizes is None:
        return None
    return Resolution(sizes, (unit,) if unit else listed_units(attributes))


def _imagej_unit(attributes: Json) -> str:
    return shown(attributes.get("pixelUnit"))


def listed_units(attributes: Json) -> tuple[str, ...]:
    """Read ``units``: one per axis, one for all, or none."""
    listed = attributes.get("units")
    if isinstance(listed, str) and listed.strip():
        return (shown(listed),)
    return tuple(map(shown, listed)) if isinstance(listed, list) else ()


def is_resolution_lost(attributes: Json) -> bool:
    """Whether a voxel size is given that is no list of positive numbers."""
    given = any(attributes.get(key) is not None for key in ("pixelResolution", "resolution"))
    return given and resolution(attributes) is None


def factors_per_level(attributes: Json, *, where: str) -> tuple[Numbers, ...]:
    """Read a group's ``scales`` or ``downsamplingFactors``: one list per level, or nothing.

    Raises
    ------
    BadMetadata
        It lists more levels than any volume has.
    """
    for key in ("scales", "downsamplingFactors"):
        value = attributes.get(key)
        if not isinstance(value, list):
            continue
        if len(value) > MAX_LEVELS:
            raise BadMetadata(
                f"{key} lists {len(value)} levels, more than {MAX_LEVELS}", where=where, field=key
            )
        listed = tuple(positive(one) for one in value)
        if listed and None not in listed:
            return cast("tuple[Numbers, ...]", listed)
    return ()


def axes_of(attributes: Json, ndim: int) -> tuple[str, ...] | None:
    """Names in ``axes`` where they are one per axis and tell x from y; else None.

    Neuroglancer marks channels with ``^`` or ``'``.
    """
    listed = attributes.get("axes")
    if not isinstance(listed, list):
        return usable_names(_imagej_axes(attributes), ndim)
    return usable_names([shown(name).rstrip("^'") for name in listed], ndim)


def _imagej_axes(attributes: Json) -> list[str]:
    counts = [(name, attributes.get(key)) for name, key in _IMAGEJ_AXES]
    if any(type(count) is not int for _, count in counts):
        return []
    return ["x", "y", *(name for name, count in counts if cast("int", count) > 1)]


def usable_names(names: list[str], ndim: int) -> tuple[str, ...] | None:
    """Names where there is one per axis, each once, x and y among them; else None."""
    known = {name.strip().lower() for name in names}
    if len(names) != ndim or len(known) != ndim or {"x", "y"} - known:
        return None
    return tuple(names)


def usual_axes(ndim: int) -> tuple[str, ...]:
    """Names of axes that nothing names."""
    return (*_USUAL_ORDER, *(f"d{n + 1}" for n in range(len(_USUAL_ORDER), ndim)))[:ndim]


def raw_axes(names: tuple[str, ...], units: tuple[str, ...]) -> tuple[RawAxis, ...]:
    """Describe axes by their names; a single unit is that of the space axes."""
    kinds = [_KINDS.get(name.strip().lower(), "") for name in names]
    if len(units) == 1:
        each = [units[0] if kind == "space" else "" for kind in kinds]
    else:
        each = [*spread(units, names, "")]
    return tuple(
        RawAxis(name=name, kind=kind, unit=unit)
        for name, kind, unit in zip(names, kinds, each, strict=True)
    )


def spread(values: tuple[T, ...], names: tuple[str, ...], fill: T) -> tuple[T, ...]:
    """One value per axis, where there may be one per space axis only."""
    space = [n for n, name in enumerate(names) if _KINDS.get(name.strip().lower()) == "space"]
    if len(values) < len(names) and len(values) == len(space):
        placed = dict(zip(space, values, strict=True))
        return tuple(placed.get(n, fill) for n in range(len(names)))
    return (*values, *(fill,) * len(names))[: len(names)]
