"""What people choose per layer, channel and axis → complete, checked dicts.

One function per trait; each lays what was given over what is there. Names that are not given
keep their value, and a name that does not exist is refused with those that do.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import traitlets

from nb_remote.layer import Layer

LABEL_OPACITY = 0.4
"""Labels let the image below through."""

Value = TypeVar("Value")


def merge_visible(
    layers: Sequence[Layer], current: Mapping[str, Any], given: object
) -> dict[str, bool]:
    """Layer name → whether it is drawn."""
    return merge(
        "visible", {layer.name: True for layer in layers}, current, given, lambda _, v: _flag(v)
    )


def merge_opacity(
    layers: Sequence[Layer], current: Mapping[str, Any], given: object
) -> dict[str, float]:
    """Layer name → 0 (clear) to 1 (opaque)."""
    defaults = {
        layer.name: LABEL_OPACITY if layer.category == "segmentation" else 1.0 for layer in layers
    }
    return merge("opacity", defaults, current, given, lambda _, v: _share(v))


def merge_channels(
    layers: Sequence[Layer], current: Mapping[str, Any], given: object
) -> dict[str, list[bool]]:
    """Image layer name → per channel whether it is drawn."""
    defaults = {one.name: [c.visible for c in one.channels] for one in _images(layers)}
    return _merge_per_channel("channels", defaults, current, given, _flag)


def merge_inverted(
    layers: Sequence[Layer], current: Mapping[str, Any], given: object
) -> dict[str, list[bool]]:
    """Image layer name → per channel whether low values are bright."""
    defaults = {one.name: [c.inverted for c in one.channels] for one in _images(layers)}
    return _merge_per_channel("inverted", defaults, current, given, _flag)


def merge_colors(
    layers: Sequence[Layer], current: Mapping[str, Any], given: object
) -> dict[str, list[str]]:
    """Image layer name → per channel ``#rrggbb``."""
    defaults = {one.name: [_hex(c.color.value) for c in one.channels] for one in _images(layers)}
    return _merge_per_channel("colors", defaults, current, given, _color)


def merge_extra_axes(
    layers: Sequence[Layer], current: Mapping[str, Any], given: object
) -> dict[str, int]:
    """Axis name → index. Layers that share an axis move together along it."""
    sizes: dict[str, int] = {}
    for layer in layers:
        for axis in layer.inferred.axes.value.extra:
            sizes[axis.name] = max(axis.size, sizes.get(axis.name, 1))

    def check(name: str, value: object) -> int:
        index = whole_number(value)
        if index is None or not 0 <= index < sizes[name]:
            raise traitlets.TraitError(
                f"axis {name!r} goes from 0 to {sizes[name] - 1}, not to {value!r}"
            )
        return index

    return merge("extra_axes", dict.fromkeys(sizes, 0), current, given, check, kind="axis")


def merge(
    trait: str,
    defaults: Mapping[str, Value],
    current: Mapping[str, Any],
    given: object,
    check: Callable[[str, object], Value],
    *,
    kind: str = "layer",
) -> dict[str, Value]:
    """Lay `given` over `current` over `defaults`, whose names are all there are.

    Raises
    ------
    traitlets.TraitError
        `given` is no mapping, names what does not exist, or `check` refuses a value.
    """
    if not isinstance(given, Mapping):
        raise traitlets.TraitError(f"{trait} must map a {kind}'s name to a value, not {given!r}")
    merged = {name: current.get(name, default) for name, default in defaults.items()}
    for name, value in given.items():
        if name not in merged:
            known = ", ".join(map(repr, merged)) or "none"
            raise traitlets.TraitError(f"{trait}: no {kind} {name!r}; there are {known}")
        try:
            merged[name] = check(name, value)
        except traitlets.TraitError as error:
            raise traitlets.TraitError(f"{trait} of {name!r}: {error}") from None
    return merged


def whole_number(value: object) -> int | None:
    """Return a whole number of Python or NumPy as an int; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]  # that is the question
    except TypeError:
        return None


def _merge_per_channel(
    trait: str,
    defaults: Mapping[str, list[Value]],
    current: Mapping[str, Any],
    given: object,
    check: Callable[[object], Value],
) -> dict[str, list[Value]]:
    def check_layer(name: str, value: object) -> list[Value]:
        channels: list[Value] = list(current.get(name, defaults[name]))
        if _is_one(value):
            return [check(value)] * len(channels)
        if not isinstance(value, Sequence) or len(value) > len(channels):
            raise traitlets.TraitError(
                f"one value, or one for each of {len(channels)} channels, not {value!r}"
            )
        for n, one in enumerate(value):
            if one is not None:
                channels[n] = check(one)
        return channels

    return merge(trait, defaults, current, given, check_layer, kind="image layer")


def _is_one(value: object) -> bool:
    """Tell one value for all channels, a color triple among them, from one per channel."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return len(value) == 3 and all(whole_number(part) is not None for part in value)
    return True


def _flag(value: object) -> bool:
    if type(value).__name__ in {"bool", "bool_"}:
        return bool(value)
    raise traitlets.TraitError(f"must be True or False, not {value!r}")


def _share(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number) and 0 <= number <= 1:
            return number
    raise traitlets.TraitError(f"must be from 0 to 1, not {value!r}")


def _color(value: object) -> str:
    if isinstance(value, str) and re.fullmatch("#?[0-9a-fA-F]{6}", value):
        return "#" + value.removeprefix("#").lower()
    if isinstance(value, Sequence) and len(value) == 3:
        parts = [whole_number(part) for part in value]
        if all(part is not None and 0 <= part <= 255 for part in parts):
            return _hex(parts)
    raise traitlets.TraitError(f"must be '#rrggbb' or (red, green, blue) to 255, not {value!r}")


def _hex(color: Sequence[int | None]) -> str:
    return "#" + "".join(f"{part:02x}" for part in color)


def _images(layers: Sequence[Layer]) -> list[Layer]:
    return [layer for layer in layers if layer.category == "color"]
