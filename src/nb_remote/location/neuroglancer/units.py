"""Units as Neuroglancer writes them: an SI prefix and ``m``, ``s``, ``Hz``, ``rad/s``."""

import re
from decimal import Decimal

_PREFIXES = "Y:24 Z:21 E:18 P:15 T:12 G:9 M:6 k:3 h:2 d:-1 c:-2 m:-3 u:-6 \u00b5:-6 \u03bc:-6 n:-9"
_SMALL = "p:-12 f:-15 a:-18 z:-21 y:-24"
_EXPONENTS = {"": 0} | {
    prefix: int(exponent)
    for prefix, exponent in (one.split(":") for one in f"{_PREFIXES} {_SMALL}".split())
}
_UNIT = re.compile(f"([{''.join(_EXPONENTS)}]?)(m|s|Hz|rad/s)")
_NANO = 9
_SMALLEST, _LARGEST = 1e-30, 1e60
"""Nanometres, as for voxel sizes: within these no product or ratio overflows."""


def is_unit(text: str) -> bool:
    """Whether a text is one of the units; the empty one is."""
    return not text or _UNIT.fullmatch(text) is not None


def nanometers(scale: float, unit: str) -> float | None:
    """Return a length in nanometres; None for anything else, and for what nothing real has.

    The decimal point is moved in the number as it is written, so that 4e-9 m are 4 nm exactly.
    """
    found = _UNIT.fullmatch(unit)
    if found is None or found[2] != "m":
        return None
    length = float(Decimal(repr(scale)).scaleb(_EXPONENTS[found[1]] + _NANO))
    return length if _SMALLEST <= length <= _LARGEST else None


def meters(nanometers: float) -> float:
    """Return a length in metres, as a state writes it."""
    return float(Decimal(repr(nanometers)).scaleb(-_NANO))
