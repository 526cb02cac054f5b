"""The process's two chunk caches, shared by the viewer and the arrays.

Looking at data therefore warms computing on it, and the other way round.
"""

import functools
from dataclasses import dataclass, field

from nb_remote.chunks.cache import ByteCache
from nb_remote.chunks.decode import Block

RAW_CAPACITY = 256 * 2**20
"""Bytes of compressed chunks: the neighbourhood of a 1024² view in 64³ chunks is about 76 MB."""
DECODED_CAPACITY = 512 * 2**20
"""Bytes of decoded chunks: twice the 170 MB that a 1024² slice of 128³ chunks touches, and some."""


@dataclass(frozen=True, slots=True)
class Caches:
    """Raw and decoded chunks. Keys start with an identity of their reader."""

    raw: ByteCache[bytes] = field(default_factory=lambda: ByteCache(RAW_CAPACITY, len))
    decoded: ByteCache[Block] = field(
        default_factory=lambda: ByteCache(DECODED_CAPACITY, lambda block: block.nbytes)
    )


@functools.cache
def process_caches() -> Caches:
    """Return the caches that everything in this process shares."""
    return Caches()
