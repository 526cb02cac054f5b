"""Fill values: JSON → an exact value of the array's type."""

import re
from math import isfinite
from typing import Any, cast

import numpy as np

from nb_remote.containers.base import shortened
from nb_remote.errors import BadMetadata

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_NAMED_FLOATS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def parse_fill(value: object, dtype: np.dtype[np.generic], *, where: str) -> np.generic:
    """Translate a fill value.

    Parameters
    ----------
    value
        As in the metadata: a number, a bool, ``"NaN"``, ``"Infinity"``, ``"-Infinity"``, or
        None (undefined, read as zero like every other reader does).
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
    if isinstance(value, str) and value in _NAMED_FLOATS and native.kind == "f":
        return native.type(_NAMED_FLOATS[value])
    if isinstance(value, str) and native.kind != "b":
        value = _quoted_number(value)
    if isinstance(value, bool | int | float):
        exact = _exact(value, native)
        if exact is not None:
            return exact
    raise BadMetadata(
        f"fill_value {shortened(value)} is not a {native.name}", where=where, field="fill_value"
    )


def _quoted_number(text: str) -> object:
    """Return the number in a text, as some Java writers put it (``"0"``), else the text."""
    if not _NUMBER.fullmatch(text):
        return text
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
