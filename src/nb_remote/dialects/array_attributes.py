"""Where the attributes of a single Zarr array place it: no convention is around it to say so.

Three are met: ``dimension_units`` (Neuroglancer), ``transform`` with axes, scale and translation
(Janelia), and ``resolution`` or ``voxel_size`` with ``offset`` (funlib, gunpowder, daisy, DaCapo).
"""

import re
from dataclasses import dataclass
from typing import cast

from nb_remote.dialects.base import RawAxis
from nb_remote.dialects.values import is_finite, shown

Json = dict[str, object]
Numbers = tuple[float, ...]

_KINDS = {
    "x": "space",
    "y": "space",
    "z": "space",
    "c": "channel",
    "channel": "channel",
    "t": "time",
    "time": "time",
}
_LENGTH = re.compile(r"\s*([0-9.eE+-]*)\s*([^\s0-9]\S*)\s*")
_SPACE = ("z", "y", "x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the attributes say; None where they don't."""

    axes: tuple[RawAxis, ...] | None = None
    scale: Numbers | None = None
    translation: Numbers | None = None
    corner_based: bool = False
    """The translation names the corner of the first voxel instead of its centre."""
    notes: tuple[str, ...] = ()


def place_of(attributes: object, names: tuple[str, ...] | None, ndim: int) -> Place:
    """Return where an array lies.

    Parameters
    ----------
    names
        Of its axes as the array itself has them, or None.
    ndim
        Number of its axes.
    """
    given = cast("Json", attributes) if isinstance(attributes, dict) else {}
    axes = named_axes(names)
    if axes is not None and (lengths := _lengths(given, ndim)) is not None:
        units = [unit for _, unit in lengths]
        return Place(axes=_with_units(axes, units), scale=tuple(n for n, _ in lengths))
    return _transformed(given, ndim) or _sized(given, axes, ndim) or Place(axes=axes)


def named_axes(names: tuple[str, ...] | None) -> tuple[RawAxis, ...] | None:
    """Axes as named; None where the names do not tell x from y, so that the position decides."""
    known = [name.strip().lower() for name in names or ()]
    if {"x", "y"} - set(known) or len(set(known)) != len(known):
        return None
    return tuple(
        RawAxis(name=shown(name), kind=_KINDS.get(low, ""), unit="")
        for name, low in zip(names or (), known, strict=True)
    )


def _with_units(axes: tuple[RawAxis, ...], units: list[str]) -> tuple[RawAxis, ...]:
    return tuple(
        RawAxis(name=axis.name, kind=axis.kind, unit=unit)
        for axis, unit in zip(axes, units, strict=True)
    )


def _transformed(given: Json, ndim: int) -> Place | None:
    """``transform`` names its axes, so that its order is certain."""
    transform = given.get("transform")
    if not isinstance(transform, dict):
        return None
    axes = named_axes(_texts(transform.get("axes"), ndim))
    scale = _positive(transform.get("scale"))
    if axes is None or scale is None or len(scale) != ndim:
        return None
    units = _texts(transform.get("units"), ndim) or ("",) * ndim
    moved = _numbers(transform.get("translate", transform.get("translation")))
    return Place(
        axes=_with_units(axes, [shown(unit) for unit in units]),
        scale=scale,
        translation=moved if moved is not None and len(moved) == ndim else None,
    )


def _sized(given: Json, axes: tuple[RawAxis, ...] | None, ndim: int) -> Place | None:
    """``resolution`` and ``offset`` count in the order of the array's axes, of those in space."""
    key = "voxel_size" if "voxel_size" in given else "resolution"
    size = _positive(given.get(key))
    if size is None:
        return None
    listed = _texts(given.get("axis_names", given.get("axes")), ndim)
    axes = axes or named_axes(tuple(n.rstrip("^") for n in listed) if listed else None)
    if axes is None and len(_SPACE) - 1 <= len(size) <= len(_SPACE) and ndim - 1 <= len(size):
        first = ("c",) if len(size) == ndim - 1 else ()
        axes = named_axes((*first, *_SPACE[-len(size) :]))
    if axes is None or len(axes) != ndim:
        return None
    where = [n for n, one in enumerate(axes) if one.name.lower() in _SPACE]
    if len(size) == ndim:  # channels have a number, too
        where = list(range(ndim))
    if len(where) != len(size):
        return None
    units = _texts(given.get("units"), len(size))
    if units:
        named = dict(zip(where, units, strict=True))
        axes = _with_units(axes, [shown(named.get(n, "")) for n in range(ndim)])
    offset = _numbers(given.get("offset"))
    moved = offset if offset is not None and len(offset) == len(size) else None
    found = f"{key} and offset of the array are" if moved else f"{key} of the array is"
    return Place(
        axes=axes,
        scale=_spread(size, where, ndim, 1.0),
        translation=_spread(moved, where, ndim, 0.0) if moved else None,
        corner_based=True,
        notes=(f"{found} taken to be in the order of its axes",),
    )


def _spread(numbers: Numbers, where: list[int], ndim: int, other: float) -> Numbers:
    """Give each number to its axis, and `other` to the axes that are not in space."""
    by_axis = dict(zip(where, numbers, strict=True))
    return tuple(by_axis.get(n, other) for n in range(ndim))


def _texts(value: object, count: int) -> tuple[str, ...] | None:
    if not isinstance(value, list) or len(value) != count:
        return None
    return tuple(value) if all(isinstance(one, str) for one in value) else None


def _numbers(value: object) -> Numbers | None:
    if not isinstance(value, list) or not value or not all(is_finite(n) for n in value):
        return None
    return tuple(float(n) for n in value)


def _positive(value: object) -> Numbers | None:
    found = _numbers(value)
    return found if found is not None and all(n > 0 for n in found) else None


def _lengths(given: Json, ndim: int) -> list[tuple[float, str]] | None:
    """Number and unit per axis, or None where they are not given for a single one."""
    values = given.get("dimension_units")
    if not isinstance(values, list) or len(values) != ndim:
        return None
    parsed = [_length(value) for value in values]
    return [one or (1.0, "") for one in parsed] if any(parsed) else None


def _length(value: object) -> tuple[float, str] | None:
    match = _LENGTH.fullmatch(value) if isinstance(value, str) and len(value) < 40 else None
    if match is None:
        return None
    try:
        number = float(match[1] or 1)
    except ValueError:
        return None
    return (number, shown(match[2])) if is_finite(number) and number > 0 else None
