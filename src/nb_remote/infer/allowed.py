"""Which values a person may give to a layer's properties: each refusal says what is allowed."""

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import NoReturn, TypeGuard, get_args

from nb_remote.containers.base import MAX_EXTENT
from nb_remote.errors import InvalidCorrection
from nb_remote.infer.category import Category
from nb_remote.infer.channels import Limits, Rgb
from nb_remote.infer.correction import Box, Correction
from nb_remote.infer.geometry import Triple
from nb_remote.infer.layer import InferredLayer
from nb_remote.infer.names import name_problem

_RGB_CHANNELS = 3
_MOST_BRIGHT = 255
_HUGE = 1e300
"""Below the largest float, so that sums and products of the numbers stay finite."""


def check_name(name: object) -> None:
    """Refuse a name that WEBKNOSSOS would refuse."""
    if not isinstance(name, str):
        _refuse("name", f"a name must be a text, not {name!r}")
    if problem := name_problem(name):
        _refuse("name", problem)


def check_category(layer: InferredLayer, category: object) -> None:
    """Refuse what is no category, and a segmentation that holds no ids."""
    if category not in get_args(Category):
        _refuse("category", f"a category is 'color' or 'segmentation', not {category!r}")
    if category == "segmentation" and layer.dtype.kind not in "iu":
        _refuse("category", f"a segmentation holds integer ids, and this layer {layer.dtype}")


def check_voxel_size(size: object) -> Triple:
    """Return three positive lengths."""
    x, y, z = _three_numbers(size, "voxel_size_xyz", "a voxel size")
    if min(x, y, z) <= 0:
        _refuse("voxel_size_xyz", f"a voxel size must be larger than 0, not {_written((x, y, z))}")
    return x, y, z


def check_translation(corner: object) -> Triple:
    """Return three numbers of voxels."""
    x, y, z = _three_numbers(corner, "translation_xyz", "a translation")
    if max(map(abs, (x, y, z))) > MAX_EXTENT:
        _refuse("translation_xyz", f"a translation of {_written((x, y, z))} voxels is impossible")
    return x, y, z


def check_axes(layer: InferredLayer, names: object) -> tuple[str, ...]:
    """Return a lower-case name for each stored axis, x and y among them, none of them twice."""
    shape = layer.arrays[0].shape
    if not isinstance(names, tuple) or not all(isinstance(one, str) for one in names):
        _refuse("axes", f"axes are names in the stored order, not {names!r}")
    axes = tuple(one.strip().lower() for one in names)
    if len(axes) != len(shape):
        _refuse("axes", f"{len(axes)} names for {len(shape)} stored axes (shape {list(shape)})")
    if len(set(axes)) != len(axes) or not all(axes):
        _refuse("axes", f"each axis needs a name of its own, not {', '.join(axes)}")
    if {"x", "y"} - set(axes):
        _refuse("axes", f"x and y must be among the axes, not only {', '.join(axes)}")
    return axes


def check_box(layer: InferredLayer, box: Box) -> str:
    """Refuse a box without extent or voxels; return a note where it reaches beyond the arrays."""
    if not _is_box(box):
        _refuse(
            "bounding_box",
            "a bounding box is ((left, top, front), (width, height, depth)) in whole voxels",
        )
    lower, size = box
    if min(size) <= 0:
        _refuse("bounding_box", f"the sides of a box must be larger than 0, not {_written(size)}")
    first, extent = layer.first_voxel_xyz, layer.shape_xyz
    held = " and ".join(
        [_written(first), _written(a + n for a, n in zip(first, extent, strict=True))]
    )
    ends = [a + n for a, n in zip(lower, size, strict=True)]
    last = [a + n for a, n in zip(first, extent, strict=True)]
    if any(a >= z or e <= f for a, e, f, z in zip(lower, ends, first, last, strict=True)):
        _refuse("bounding_box", f"the box holds no voxel of the arrays, which lie between {held}")
    if any(a < f or e > z for a, e, f, z in zip(lower, ends, first, last, strict=True)):
        return f"the bounding box reaches beyond the arrays, which lie between {held}"
    return ""


def check_mags(layer: InferredLayer, mags: object) -> None:
    """Refuse mags that are not whole, not one per level, or not rising."""
    levels = layer.arrays
    if not isinstance(mags, tuple) or len(mags) != len(levels):
        count = len(mags) if isinstance(mags, tuple) else repr(mags)
        keys = ", ".join(repr(one.key) for one in levels)
        _refuse("mags", f"{count} mags for {len(levels)} levels ({keys}); None leaves one out")
    kept = [one for one in mags if one is not None]
    if not kept:
        _refuse("mags", "at least one level has to stay")
    for one in kept:
        if not _is_whole_triple(one) or min(one) <= 0:
            _refuse("mags", f"a mag is three whole numbers larger than 0 (x, y, z), not {one!r}")
    for finer, coarser in pairwise(kept):
        if finer == coarser or any(a > b for a, b in zip(finer, coarser, strict=True)):
            found = ", ".join("-".join(map(str, one)) for one in kept)
            _refuse("mags", f"mags must rise from the finest level to the coarsest, not {found}")


def check_channel_numbers(layer: InferredLayer, correction: Correction) -> None:
    """Refuse channels that the layer doesn't have."""
    count = len(layer.channels)
    for field in ("contrast_limits", "colors", "visible", "inverted"):
        for number, _ in getattr(correction, field) or ():
            if not 0 <= number < count:
                has = "only channel 0" if count == 1 else f"channels 0 to {count - 1}"
                _refuse(field, f"there is no channel {number}; the layer has {has}")


def check_limits(limits: object, number: int) -> Limits:
    """Return two finite numbers that rise."""
    if not isinstance(limits, tuple) or len(limits) != 2 or not all(map(_is_number, limits)):
        _refuse(
            "contrast_limits", f"channel {number} needs two numbers (low, high), not {limits!r}"
        )
    low, high = map(float, limits)
    if not low < high:
        _refuse(
            "contrast_limits",
            f"the lower limit of channel {number} must be below the upper one, not "
            f"{low:g} to {high:g}; inverted turns bright and dark around",
        )
    return low, high


def check_color(color: object, number: int) -> Rgb:
    """Return red, green, blue."""
    if not _is_whole_triple(color) or not all(0 <= n <= _MOST_BRIGHT for n in color):
        _refuse(
            "colors",
            f"the colour of channel {number} is red, green, blue, each from 0 to {_MOST_BRIGHT}, "
            f"not {color!r}",
        )
    return color


def check_flag(value: object, field: str, number: int) -> bool:
    """Return True or False."""
    if not isinstance(value, bool):
        _refuse(field, f"{field} of channel {number} is True or False, not {value!r}")
    return value


def check_largest_segment_id(layer: InferredLayer, largest: object) -> str:
    """Refuse an id that the data type can't hold; return a note when none is left above it."""
    if layer.category.value != "segmentation":
        _refuse("largest_segment_id", "only a segmentation has a largest segment id")
    if type(largest) is not int:
        _refuse("largest_segment_id", f"a segment id is a whole number, not {largest!r}")
    most = 2 ** (8 * layer.dtype.itemsize) - 1
    if not 0 < largest <= most:
        _refuse(
            "largest_segment_id",
            f"the largest segment id of {layer.dtype} lies between 1 and {most}, not at {largest}",
        )
    if largest == most:
        return f"the largest segment id is the highest that {layer.dtype} can hold: none is left"
    return ""


def check_rgb(layer: InferredLayer, *, is_rgb: object) -> None:
    """Refuse one picture of anything but three uint8 channels."""
    if not isinstance(is_rgb, bool):
        _refuse("is_rgb", f"is_rgb is True or False, not {is_rgb!r}")
    fits = layer.category.value == "color" and layer.dtype.name == "uint8"
    if is_rgb and (not fits or len(layer.channels) != _RGB_CHANNELS):
        _refuse(
            "is_rgb",
            f"one picture of three colours needs an image with three uint8 channels; this is a "
            f"{layer.category.value} layer with {len(layer.channels)} of {layer.dtype}",
        )


def _three_numbers(value: object, field: str, what: str) -> Triple:
    if not isinstance(value, tuple) or len(value) != 3 or not all(map(_is_number, value)):
        _refuse(field, f"{what} is three finite numbers (x, y, z), not {value!r}")
    x, y, z = value
    return float(x), float(y), float(z)


def _is_number(value: object) -> TypeGuard[float]:
    # A whole number of thousands of digits is no float.
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < _HUGE and math.isfinite(value)


def _is_whole_triple(value: object) -> TypeGuard[tuple[int, int, int]]:
    return (
        isinstance(value, tuple)
        and len(value) == 3
        and all(type(n) is int and abs(n) <= MAX_EXTENT for n in value)
    )


def _is_box(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(map(_is_whole_triple, value))


def _written(numbers: Iterable[float]) -> str:
    return "(" + ", ".join(f"{n:.15g}" for n in numbers) + ")"


def _refuse(field: str, text: str) -> NoReturn:
    raise InvalidCorrection(text, field=field)
