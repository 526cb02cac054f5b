"""Fill values: JSON → an exact value of the array's type."""

import numpy as np

from nb_remote.errors import BadMetadata

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
    if isinstance(value, bool | int | float):
        try:
            exact = native.type(value)
        except (OverflowError, ValueError):
            exact = None
        if exact is not None and (native.kind == "f" or exact == value):
            return exact
    raise BadMetadata(
        f"fill_value {value!r} is not a {native.name}", where=where, field="fill_value"
    )
