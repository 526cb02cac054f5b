"""Types of voxels and of the numbers between filters: integers, floats and bool."""

import re

import numpy as np

_KINDS = {"bool": "b", "int": "i", "uint": "u", "float": "f"}
_SHORT = re.compile(r"([<>|=]?)(b1|[iu][1248]|f[248])")
_LONG = re.compile(r"(bool)|(int|uint)(8|16|32|64)|(float)(16|32|64)")


def number_type(value: object) -> np.dtype[np.generic]:
    """Translate a type such as ``<u2`` or ``uint16``; little-endian where no order is given.

    Raises
    ------
    ValueError
        It is none, with a sentence why.
    """
    # By a grammar: NumPy itself understands a small language here.
    if isinstance(value, str):
        if short := _SHORT.fullmatch(value):
            order = short[1] if short[1] in ("<", ">") else "<"
            return np.dtype(order + short[2])
        if long := _LONG.fullmatch(value):
            bits = int(long[3] or long[5] or 8)
            return np.dtype(f"<{_KINDS[long[1] or long[2] or long[4]]}{bits // 8}")
    raise ValueError("a type is no integer, float or bool of up to 8 bytes")
