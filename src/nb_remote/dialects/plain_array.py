"""A single array without a convention around it, with its own axis names and units."""

import re

from nb_remote.containers.base import StoredArray
from nb_remote.dialects.base import DataFormat, FoundLayer, RawAxis, RawLevel
from nb_remote.dialects.values import is_finite, shown

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


def array_layer(
    array: StoredArray, *, name: str, data_format: DataFormat, attributes: object = None
) -> FoundLayer:
    """Return the layer of one level that an array is by itself.

    Parameters
    ----------
    attributes
        Of the array: ``dimension_units``, a text such as ``"4 nm"`` or null per axis (a convention
        of Neuroglancer), gives the voxel size.
    """
    axes = _axes(array.dimension_names)
    scale: tuple[float, ...] | None = None
    notes: tuple[str, ...] = ()
    if axes is None and array.dimension_names and any(array.dimension_names):
        names = ", ".join(shown(name) or "?" for name in array.dimension_names)
        notes = (f"the dimension names ({names[:100]}) do not say which axes are x and y",)
    lengths = _lengths(attributes, len(array.shape))
    if axes is not None and lengths is not None:
        scale = tuple(number for number, _ in lengths)
        axes = tuple(
            RawAxis(name=axis.name, kind=axis.kind, unit=unit)
            for axis, (_, unit) in zip(axes, lengths, strict=True)
        )
    return FoundLayer(
        name=name,
        named_by_metadata=False,
        path=array.key,
        data_format=data_format,
        axes=axes,
        levels=(RawLevel(array=array, scale=scale, translation=None),),
        notes=notes,
        problem=array.problem,
    )


def _axes(names: tuple[str, ...] | None) -> tuple[RawAxis, ...] | None:
    """Axes as named; None where the names do not tell x from y, so that the position decides."""
    known = [name.strip().lower() for name in names or ()]
    if {"x", "y"} - set(known) or len(set(known)) != len(known):
        return None
    return tuple(
        RawAxis(name=shown(name), kind=_KINDS.get(low, ""), unit="")
        for name, low in zip(names or (), known, strict=True)
    )


def _lengths(attributes: object, ndim: int) -> list[tuple[float, str]] | None:
    """Number and unit per axis, or None where they are not given for a single one."""
    values = attributes.get("dimension_units") if isinstance(attributes, dict) else None
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
