"""What can be checked of a compresso chunk before the package decodes it.

A header states the sizes of all parts but one: the boundaries, in runs, which must cover the whole
box. So data that are cut off or put together wrongly are noticed; the package (3.3) gives wrong
labels for them, or ends its process.

Specification: https://github.com/seung-lab/compresso#compresso-stream-format
"""

import struct

import numpy as np

from nb_remote.codecs.base import Bytes

_HEADER = struct.Struct("<4sBBHHHBBBQIQB")
_MAGIC, _NEWEST = b"cpso", 1
_WIDTHS = (1, 2, 4, 8)
_MOST_BITS = 64
"""Voxels of a window, one bit each."""


def objection(data: Bytes, xyz: tuple[int, ...]) -> str:
    """Why `data` can't be a chunk of `xyz` voxels; empty where nothing speaks against it."""
    if len(data) < _HEADER.size:
        return f"{len(data)} bytes have no room for the header"
    magic, version, width, x, y, z, *steps, ids, values, locations, _ = _HEADER.unpack_from(data)
    if magic != _MAGIC or version > _NEWEST or width not in _WIDTHS:
        return f"they begin with {bytes(data[:6])!r}"
    if (x, y, z) != xyz:
        return f"a box of {(x, y, z)} voxels where the chunk has {xyz}"
    bits = steps[0] * steps[1] * steps[2]
    if not 0 < bits <= _MOST_BITS:
        return f"windows of {steps}"
    window = next(size for size in _WIDTHS if 8 * size >= bits)
    start = _HEADER.size + width * (ids + locations) + window * values
    end = len(data) - (2 * z * _counts_width(x * y) if version else 0)
    if start > end or (end - start) % window:
        return "a part of them is missing"
    runs = np.frombuffer(data, f"<u{window}", (end - start) // window, start)
    empty = (runs & 1).astype(bool)
    numbers = runs >> 1
    windows = 1
    for size, step in zip(xyz, steps, strict=True):
        windows *= -(-size // step)
    # floats can't wrap around, and are exact as far as it matters
    if float(numbers[empty].sum(dtype=float)) + np.count_nonzero(~empty) != windows:
        return "the boundaries do not cover the chunk"
    if int(numbers[~empty].max(initial=0)) >= max(values, 1):
        return "a window is none of those listed"
    return ""


def _counts_width(plane: int) -> int:
    """Bytes of each number in the table of planes at the end (since version 1)."""
    return next(size for size in _WIDTHS if 2 * plane < 1 << 8 * size)
