"""Number types that NumPy lacks, as machine learning uses them: widened to the next one it has.

The specification of each: https://github.com/zarr-developers/zarr-extensions/tree/main/data-types
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from nb_remote.codecs.base import Bytes, check_length

_BFLOAT16 = "bfloat16"
_INTEGERS = {"int2": (2, True), "int4": (4, True), "uint2": (2, False), "uint4": (4, False)}
"""Bits that count of each byte, and whether they have a sign."""
_FLOATS = {
    "float8_e3m4": (4, 3, "ieee"),
    "float8_e4m3": (3, 7, "ieee"),
    "float8_e5m2": (2, 15, "ieee"),
    "float8_e4m3fn": (3, 7, "fn"),
    "float8_e4m3fnuz": (3, 8, "uz"),
    "float8_e4m3b11fnuz": (3, 11, "uz"),
    "float8_e5m2fnuz": (2, 16, "uz"),
}
"""Bits of the mantissa, bias of the exponent, and which patterns are no finite numbers: those with
the highest exponent (ieee), the two with all bits set (fn), or negative zero (uz)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallType:
    """One such type; as a codec it stands last, where its numbers become NumPy's."""

    name: str
    order: Literal["<", ">"] = "<"
    """Byte order of the stored numbers; only that of bfloat16 has a meaning."""

    @property
    def stored(self) -> np.dtype[np.generic]:
        """Type whose size the stored numbers have."""
        return np.dtype("u2" if self.name == _BFLOAT16 else "u1")

    @property
    def decoded(self) -> np.dtype[np.generic]:
        """Smallest type of NumPy that is usual and holds every number exactly, little-endian."""
        if self.name in _INTEGERS:
            return np.dtype("i1" if _INTEGERS[self.name][1] else "u1")
        return np.dtype("<f4")

    def encoded_size(self, size: int) -> int:
        """See `Codec.encoded_size`."""
        if size % self.decoded.itemsize:
            raise ValueError(f"{size} bytes are no whole number of {self.decoded.name} voxels")
        return size // self.decoded.itemsize * self.stored.itemsize

    def encoded_stop(self, size: int, stop: int) -> int:  # noqa: ARG002  (elements stand alone)
        """See `Codec.encoded_stop`."""
        return -(-stop // self.decoded.itemsize) * self.stored.itemsize

    def decoded_size(self, encoded: int) -> int | None:  # noqa: ARG002  (never around a compressor)
        """See `Codec.decoded_size`."""
        return None

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        check_length(self, data, size, stop)
        count = self.encoded_stop(size, stop) // self.stored.itemsize
        numbers = np.frombuffer(data, self.stored.newbyteorder(self.order), count=count)
        if self.name == _BFLOAT16:  # the upper half of a float32
            return (numbers.astype("<u4") << 16).view(np.uint8).data
        return np.ascontiguousarray(_table(self.name)[numbers]).view(np.uint8).data


def small_type(name: str) -> SmallType | None:
    """Return the type of this name, or None where it is none of these."""
    known = name == _BFLOAT16 or name in _INTEGERS or name in _FLOATS
    return SmallType(name=name) if known else None


@cache
def _table(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """What each of the 256 bytes stands for."""
    raw = np.arange(256)
    if name in _INTEGERS:
        bits, signed = _INTEGERS[name]
        low = raw % (1 << bits)
        if not signed:
            return low.astype("u1")
        return np.where(low >> (bits - 1), low - (1 << bits), low).astype("i1")
    mantissa_bits, bias, kind = _FLOATS[name]
    exponent, mantissa = (raw & 127) >> mantissa_bits, raw & ((1 << mantissa_bits) - 1)
    whole = np.where(exponent > 0, mantissa + (1 << mantissa_bits), mantissa).astype("f8")
    values = np.ldexp(whole, np.maximum(exponent, 1) - bias - mantissa_bits)
    if kind == "ieee":
        highest = exponent == 127 >> mantissa_bits
        values = np.where(highest, np.where(mantissa == 0, np.inf, np.nan), values)
    elif kind == "fn":
        values[raw & 127 == 127] = np.nan
    values = np.where(raw > 127, -values, values)
    if kind == "uz":
        values[128] = np.nan
    return np.asarray(values, "<f4")
