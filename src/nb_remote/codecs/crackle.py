"""What can be checked of a crackle chunk before the package decodes it.

The sizes of its parts must add up, and the checksum of the labels is compared, which the package
(0.53) leaves out; it compares that of each plane's outlines itself (see `apart_process`).

Specification: https://github.com/seung-lab/crackle#stream-format
"""

import struct

import google_crc32c
import numpy as np

from nb_remote.codecs.base import Bytes

_OLD = struct.Struct("<4sBHIIIBI")
_HEADER = struct.Struct("<4sBHIIIBQB")
_MAGIC, _NEWEST = b"crkl", 1
_NUMBER = 4
"""Bytes of a length in the index, and of a checksum."""


def objection(data: Bytes, xyz: tuple[int, ...]) -> str:
    """Why `data` can't be a chunk of `xyz` voxels; empty where nothing speaks against it."""
    if len(data) < _HEADER.size:
        return f"{len(data)} bytes have no room for the header"
    magic, version, _, x, y, z, _, labels, *_ = _HEADER.unpack_from(data)
    if magic != _MAGIC or version > _NEWEST:
        return f"they begin with {bytes(data[:5])!r}"
    if (x, y, z) != xyz:
        return f"a box of {(x, y, z)} voxels where the chunk has {xyz}"
    checked = version > 0
    head = _HEADER.size if checked else _OLD.size
    labels = labels if checked else _OLD.unpack_from(data)[-1]
    start = head + _NUMBER * (z + checked)
    end = len(data) - (_NUMBER * (z + 1) if checked else 0)
    if start + labels > end:
        return "a part of them is missing"
    outlines = np.frombuffer(data, "<u4", z, head)
    if start + labels + int(outlines.sum(dtype=np.uint64)) != end:
        return "the outlines of the planes have another length"
    if checked:
        body = np.frombuffer(data, np.uint8, labels, start)
        stated = int.from_bytes(data[end : end + _NUMBER], "little")
        if int(google_crc32c.value(body)) != stated:
            return "the checksum of the labels is wrong"
    return ""
