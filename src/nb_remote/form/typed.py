"""What a person typed for a property of a layer → a correction."""

import math
import re
from collections.abc import Callable, Sequence
from typing import cast

from nb_remote.errors import InvalidCorrection
from nb_remote.form.editable import parts_of
from nb_remote.form.messages import EditField
from nb_remote.infer.category import Category
from nb_remote.infer.channels import Limits, Rgb
from nb_remote.infer.correction import Box, Correction
from nb_remote.infer.geometry import Triple
from nb_remote.layer import Layer

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WHOLE_WITHIN = 1e-6
"""Of a voxel: what the way through dataset voxels may add."""


def correction_typed(
    layer: Layer, field: EditField, channel: int, value: Sequence[str]
) -> Correction:
    """Return what a person said by typing `value`; what stands there already is confirmed by it.

    Parameters
    ----------
    layer
        As it is now.
    channel
        Of contrast and colour; 0 for what belongs to the layer.
    value
        In the parts that `protocol.Edit` lists.

    Raises
    ------
    InvalidCorrection
        A part is no number, or there are too many or too few parts.
    """
    if channel >= len(layer.channels):
        raise InvalidCorrection("this channel does not exist", field=field)
    parts = tuple(one.strip() for one in value)
    if any(parts) and parts == parts_of(layer, field, channel):
        return _confirmed(layer, field, channel)
    return _TYPED[field](layer, channel, parts)


def _confirmed(layer: Layer, field: EditField, channel: int) -> Correction:
    """Return what stands there, without the rounding of its text."""
    known = layer.inferred
    match field:
        case "name":
            return Correction(name=layer.name)
        case "category":
            return Correction(category=known.category.value)
        case "bounding_box":
            return Correction(bounding_box=known.bounding_box.value)
        case "axes":
            return Correction(axes=known.axes.value.names)
        case "color":
            return Correction(colors=((channel, known.channels[channel].color.value),))
        case "largest_segment_id":
            return Correction(largest_segment_id=known.largest_segment_id.value)
        case "voxel_size" | "contrast":
            # Twelve digits of these are what the JSON holds as well.
            return _TYPED[field](layer, channel, parts_of(layer, field, channel))


def _name(_layer: Layer, _channel: int, parts: tuple[str, ...]) -> Correction:
    (name,) = _parts(parts, 1, "name")
    return Correction(name=name)


def _category(_layer: Layer, _channel: int, parts: tuple[str, ...]) -> Correction:
    (category,) = _parts(parts, 1, "category")
    return Correction(category=cast("Category", category))  # `corrected` looks whether it is one


def _voxel_size(_layer: Layer, _channel: int, parts: tuple[str, ...]) -> Correction:
    *sizes, unit = _parts(parts, 4, "voxel_size")
    x, y, z = (_number(one, "voxel_size") for one in sizes)
    return Correction(voxel_size_xyz=(x, y, z), unit=unit)


def _bounding_box(layer: Layer, _channel: int, parts: tuple[str, ...]) -> Correction:
    numbers = [_number(one, "bounding_box") for one in _parts(parts, 6, "bounding_box")]
    return Correction(bounding_box=_own_box(layer, numbers))


def _own_box(layer: Layer, numbers: Sequence[float]) -> Box:
    """Return a box of dataset voxels in the layer's own: it has to hit them exactly."""
    placed = layer.placement
    lower = [
        (at - corner) / ratio + first
        for at, corner, ratio, first in zip(
            numbers[:3],
            placed.translation_xyz,
            placed.ratio_xyz,
            layer.inferred.first_voxel_xyz,
            strict=True,
        )
    ]
    extent = [size / ratio for size, ratio in zip(numbers[3:], placed.ratio_xyz, strict=True)]
    if any(abs(one - round(one)) > _WHOLE_WITHIN for one in (*lower, *extent)):
        raise InvalidCorrection(
            "the box has to begin and end between voxels of the layer",
            field="bounding_box",
            hint=_grid(placed.ratio_xyz, placed.translation_xyz),
        )
    left, top, front = map(round, lower)
    width, height, depth = map(round, extent)
    return (left, top, front), (width, height, depth)


def _grid(ratio: Triple, corner: Triple) -> str:
    steps = " × ".join(f"{one:g}" for one in ratio)
    start = ", ".join(f"{one:g}" for one in corner)
    return f"Its voxels are {steps} voxels of the dataset, counted from ({start})."


def _axes(_layer: Layer, _channel: int, parts: tuple[str, ...]) -> Correction:
    return Correction(axes=tuple(one.lower() for one in parts))


def _contrast(_layer: Layer, channel: int, parts: tuple[str, ...]) -> Correction:
    low, high = (_number(one, "contrast") for one in _parts(parts, 2, "contrast"))
    limits: Limits = (low, high)
    return Correction(contrast_limits=((channel, limits),))


def _color(_layer: Layer, channel: int, parts: tuple[str, ...]) -> Correction:
    (text,) = _parts(parts, 1, "color")
    if not re.fullmatch("#?[0-9a-fA-F]{6}", text):
        raise InvalidCorrection("a colour is written #rrggbb", field="color")
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    color: Rgb = (red, green, blue)
    return Correction(colors=((channel, color),))


def _largest_segment_id(_layer: Layer, _channel: int, parts: tuple[str, ...]) -> Correction:
    (text,) = _parts(parts, 1, "largest_segment_id")
    if not re.fullmatch(r"\d{1,20}", text, re.ASCII):
        raise InvalidCorrection("an id is a whole number above 0", field="largest_segment_id")
    return Correction(largest_segment_id=int(text))


def _parts(parts: tuple[str, ...], count: int, field: str) -> tuple[str, ...]:
    if len(parts) != count:
        raise InvalidCorrection(f"{count} values are needed, not {len(parts)}", field=field)
    return parts


def _number(text: str, field: str) -> float:
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        said = f"{text[:40]!r} is no number" if text else "a number is missing"
        hint = "Write a full stop before decimals: 4.5." if "," in text else ""
        raise InvalidCorrection(said, field=field, hint=hint)
    return number


_TYPED: dict[EditField, Callable[[Layer, int, tuple[str, ...]], Correction]] = {
    "name": _name,
    "category": _category,
    "voxel_size": _voxel_size,
    "bounding_box": _bounding_box,
    "axes": _axes,
    "contrast": _contrast,
    "color": _color,
    "largest_segment_id": _largest_segment_id,
}
