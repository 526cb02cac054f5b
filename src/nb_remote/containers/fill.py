"""Fill values: JSON → an exact value of the array's type."""

import re
from math import isfinite
from typing import Any, cast

import numpy as np

from nb_remote.containers.base import shortened
from nb_remote.errors import BadMetadata

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_FLOAT = re.compile(r"[-+]?([0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})([eE][-+]?[0-9]{1,3})?")
_NAMED_FLOATS = {
    "nan": float("nan"),
    "infinity": float("inf"),
    "inf": float("inf"),
    "-infinity": float("-inf"),
    "-inf": float("-inf"),
}


def parse_fill(value: object, dtype: np.dtype[np.generic], *, where: str) -> np.generic:
    """Translate a fill value.

    Parameters
    ----------
    value
        As in the metadata: a number, a bool, a number in quotes, ``"NaN"``, ``"Infinity"``,
        ``"-Infinity"``, or None (undefined, read as zero like every other reader does).
    dtype
        Type of the array.
    where
        Address of the metadata, for the error.

    Raises
    ------
    BadMetadata
        The value is not one of the array's type.
    """
    native = dtype.newbyteorder("=")
    if value is None:
        return native.type(0)
    number = _unquoted(value, native) if isinstance(value, str) else value
    if isinstance(number, bool | int | float):
        exact = _exact(number, native)
        if exact is not None:
            return exact
    raise BadMetadata(
        f"fill_value {shortened(value)} is not a {native.name}", where=where, field="fill_value"
    )


def _unquoted(text: str, native: np.dtype[Any]) -> object:
    """Return the number that a text stands for: some Java writers quote all of them."""
    if native.kind == "f":
        if text.lower() in _NAMED_FLOATS:
            return _NAMED_FLOATS[text.lower()]
        return float(text) if _FLOAT.fullmatch(text) else None
    if native.kind == "b" or not _NUMBER.fullmatch(text):
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _exact(value: float, native: np.dtype[np.generic]) -> np.generic | None:
    """The value in the array's type, or None where the type does not have it."""
    if native.kind == "f":
        try:
            finite = isfinite(value)
        except OverflowError:  # an integer of hundreds of digits
            return None
        with np.errstate(over="ignore"):
            rounded: np.generic = native.type(value)
        return rounded if bool(np.isfinite(rounded)) == finite else None
    if not isinstance(value, int) and not value.is_integer():
        return None
    whole = int(value)
    if native.kind == "b":
        return native.type(whole) if whole in (0, 1) else None
    limits = np.iinfo(cast("np.dtype[np.integer[Any]]", native))
    return native.type(whole) if limits.min <= whole <= limits.max else None
