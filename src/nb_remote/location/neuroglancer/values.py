"""Single values of a state: what is of another type than it should be counts as left out."""

import math
import re
from typing import Any

from nb_remote.location.neuroglancer.css_colors import NAMED_COLORS
from nb_remote.location.neuroglancer.state import Dimension, Rgb
from nb_remote.location.neuroglancer.units import is_unit

_MOST_ID = 2**64 - 1
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", re.ASCII)


def text(value: object) -> str | None:
    """Return a text that is not empty."""
    return value if isinstance(value, str) and value else None


def flag(value: object, default: bool) -> bool:  # noqa: FBT001  (a default is positional everywhere)
    """Return a bool."""
    return value if isinstance(value, bool) else default


def number(value: object) -> float | None:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def share(value: object) -> float | None:
    """Return a number from 0 to 1; what lies beyond is cut, as Neuroglancer does."""
    result = number(value)
    return None if result is None else min(1.0, max(0.0, result))


def numbers(value: object) -> tuple[float, ...] | None:
    """Return finite numbers, or None when one is none."""
    if not isinstance(value, list):
        return None
    result = [number(one) for one in value]
    return None if None in result else tuple(one for one in result if one is not None)


def pair(value: object) -> tuple[float, float] | None:
    """Return two numbers; large integers are written as text, too."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    found = numbers([_plain(one) for one in value])
    return None if found is None else (found[0], found[1])


def _plain(value: object) -> object:
    whole = isinstance(value, str) and re.fullmatch(r"-?\d{1,20}", value, re.ASCII)
    return int(str(value)) if whole else value


def segment_id(value: object) -> int | None:
    """Return an id: a whole number up to 2^64 - 1, as one or as decimal text, exactly."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,20}", value, re.ASCII):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MOST_ID else None


def color(value: object) -> Rgb | None:
    """Return the color of ``#rrggbb``, ``#rgb``, ``rgb(r, g, b)`` or a name of CSS."""
    if not isinstance(value, str):
        return None
    written = value.strip().lower()
    if re.fullmatch("#[0-9a-f]{3}", written):
        written = "#" + "".join(2 * digit for digit in written[1:])
    if re.fullmatch("#[0-9a-f]{6}", written):
        return (int(written[1:3], 16), int(written[3:5], 16), int(written[5:], 16))
    if (found := _RGB.fullmatch(written)) and max(
        parts := [int(one) for one in found.groups()]
    ) < 256:
        return (parts[0], parts[1], parts[2])
    return NAMED_COLORS.get(written)


def dimensions(value: object) -> tuple[Dimension, ...] | None:
    """Return the dimensions of a coordinate space, in the order in which they are written."""
    if not isinstance(value, dict):
        return None
    found = [_dimension(name, one) for name, one in value.items()]
    return None if None in found else tuple(one for one in found if one is not None)


def _dimension(name: str, value: Any) -> Dimension | None:  # noqa: ANN401  (JSON may be anything)
    if isinstance(value, dict) and isinstance(value.get("labels"), list):
        return Dimension(name=name, scale=1.0, unit="")
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], str):
        return None
    scale = number(value[0])
    if scale is None or scale <= 0 or not is_unit(value[1]):
        return None
    return Dimension(name=name, scale=scale, unit=value[1])
