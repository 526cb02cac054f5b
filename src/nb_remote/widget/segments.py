"""Segment ids and values under the pointer: exact in Python, decimal text on the wire.

JSON numbers are float64 in the page and lose whole numbers above 2**53.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import traitlets

from nb_remote.layer import Layer
from nb_remote.widget.layer_choices import merge, whole_number

Value: TypeAlias = int | float | None
"""One voxel's value; None where it is hidden, not here yet, or outside the layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hovered:
    """What lies under a pointer that rests on the canvas."""

    position: tuple[float, float, float]
    """The point, x y z in dataset voxels."""
    values: dict[str, Value | tuple[Value, ...]]
    """Layer name → the voxel's value, exact; one per channel where the layer has several. Layers
    that have nothing there are left out."""
    levels: dict[str, int]
    """Layer name → scale level the value was read from: above 0 it is a coarse voxel's value."""


def merge_selected(
    layers: Sequence[Layer], current: Mapping[str, Any], given: object
) -> dict[str, tuple[int, ...]]:
    """Segmentation layer name → selected ids, each once, in the order they were given.

    Raises
    ------
    traitlets.TraitError
        An unknown layer, or an id that the layer's data type has not, or 0, the background.
    """
    dtypes = {layer.name: layer.dtype for layer in layers if layer.category == "segmentation"}

    def check(name: str, value: object) -> tuple[int, ...]:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise traitlets.TraitError(f"must be ids, not {value!r}")
        return tuple(dict.fromkeys(_id(one, dtypes[name]) for one in value))

    defaults: dict[str, tuple[int, ...]] = dict.fromkeys(dtypes, ())
    return merge("selected_segments", defaults, current, given, check, kind="segmentation layer")


def segments_to_json(value: Mapping[str, Iterable[int]], _widget: object) -> dict[str, list[str]]:
    """Ids → decimal text."""
    return {name: [str(one) for one in ids] for name, ids in value.items()}


def segments_from_json(value: object, _widget: object) -> dict[str, tuple[int, ...]]:
    """Decimal text → ids."""
    if not isinstance(value, Mapping):
        raise traitlets.TraitError("selected_segments must be an object")
    try:
        return {name: tuple(int(one) for one in ids) for name, ids in value.items()}
    except (TypeError, ValueError):
        raise traitlets.TraitError("selected_segments must hold decimal text") from None


def read_hovered(layers: Sequence[Layer], sent: Mapping[str, Any] | None) -> Hovered | None:
    """Translate what the page says lies under the pointer; None when that makes no sense."""
    if not sent:
        return None
    known = {layer.name: layer.dtype for layer in layers}
    try:
        x, y, z = (float(one) for one in sent["position"])
        values = {
            name: _values(texts, known[name])
            for name, texts in sent["values"].items()
            if name in known
        }
        levels = {name: int(level) for name, level in sent["levels"].items() if name in values}
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return Hovered(position=(x, y, z), values=values, levels=levels)


def _id(value: object, dtype: np.dtype[Any]) -> int:
    number = whole_number(value)
    low, high = (np.iinfo(dtype).min, np.iinfo(dtype).max) if dtype.kind in "iu" else (0, 1)
    if number is None or not low <= number <= high:
        raise traitlets.TraitError(f"an id is a whole {dtype.name}, not {value!r}")
    if number == 0:
        raise traitlets.TraitError("0 is the background and can't be selected")
    return number


def _values(texts: Sequence[str | None], dtype: np.dtype[Any]) -> Value | tuple[Value, ...]:
    parse = float if dtype.kind == "f" else int
    values = tuple(None if text is None else parse(text) for text in texts)
    return values[0] if len(values) == 1 else values
