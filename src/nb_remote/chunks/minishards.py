"""Where a chunk lies in Neuroglancer's shards: its number, its hash, and two levels of index.

Specification: https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/sharded.rst
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nb_remote.codecs.base import Bytes
from nb_remote.codecs.gunzip import gunzip
from nb_remote.errors import CorruptChunk

Hash = Literal["identity", "murmurhash3_x86_128"]
ENTRY_BYTES = 16
"""Start and end of a minishard's index, both uint64."""
PAGE_ENTRIES = 4096
"""Entries of a shard's index read at a time: 64 KiB; most shards have fewer."""
MAX_INDEX_BYTES = 24 * 2**20
"""A minishard of a million chunks; writers aim at some hundreds."""
MAX_OFFSET = 2**53
"""Larger than any object."""
_CHUNK_BYTES = 24
"""Number, start and size, all uint64."""
_MASK32 = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MinishardSharding:
    """``neuroglancer_uint64_sharded_v1`` of one scale."""

    prefix: str
    """Folder of the scale with a trailing slash."""
    grid_xyz: tuple[int, int, int]
    """Chunks along x, y, z."""
    preshift_bits: int
    hash: Hash
    minishard_bits: int
    shard_bits: int
    index_gzip: bool
    """Whether the indexes of minishards are compressed."""

    @property
    def index_bytes(self) -> int:
        """Size of a shard's index; all offsets count from its end."""
        return ENTRY_BYTES << self.minishard_bits

    def place(self, index: tuple[int, ...]) -> tuple[int, str, int]:
        """Return the chunk's number, the name of its shard, and its minishard."""
        number = morton(index[:3], self.grid_xyz)
        hashed = number >> self.preshift_bits
        if self.hash == "murmurhash3_x86_128":
            hashed = murmur(hashed)
        minishard = hashed & ((1 << self.minishard_bits) - 1)
        shard = (hashed >> self.minishard_bits) & ((1 << self.shard_bits) - 1)
        digits = max(1, -(-self.shard_bits // 4))
        return number, f"{self.prefix}{shard:0{digits}x}.shard", minishard

    def decode_index(self, raw: Bytes) -> bytes:
        """Return a minishard's index as numbers, starts and ends of chunks, sorted by number.

        Raises
        ------
        CorruptChunk
            It is damaged, too large, or says something impossible.
        """
        if self.index_gzip:
            raw = gunzip(raw, MAX_INDEX_BYTES)
        if len(raw) % _CHUNK_BYTES or len(raw) > MAX_INDEX_BYTES:
            raise CorruptChunk(f"the index of a minishard has {len(raw)} bytes")
        steps, gaps, sizes = np.frombuffer(raw, "<u8").reshape(3, -1)
        if float(gaps.sum(dtype=float)) + float(sizes.sum(dtype=float)) > MAX_OFFSET:
            raise CorruptChunk("the index of a minishard names bytes beyond any object")
        numbers = np.cumsum(steps, dtype=np.uint64)  # wraps around as the writers' does
        ends = np.cumsum(gaps + sizes, dtype=np.uint64)
        order = np.argsort(numbers, kind="stable")
        table = np.stack([numbers, ends - sizes, ends])[:, order]
        return table.astype("<u8").tobytes()


def look_up(index: bytes, number: int) -> tuple[int, int] | None:
    """Return first and last offset of a chunk in a decoded index, or None where it has none."""
    numbers, starts, ends = np.frombuffer(index, "<u8").reshape(3, -1)
    at = int(np.searchsorted(numbers, np.uint64(number)))
    if at == len(numbers) or int(numbers[at]) != number:
        return None
    return int(starts[at]), int(ends[at])


def morton(cell: tuple[int, ...], grid: tuple[int, int, int]) -> int:
    """Interleave the bits of a grid cell, leaving out those that its axis doesn't need."""
    code = at = 0
    for bit in range(max(grid).bit_length()):
        for position, count in zip(cell, grid, strict=True):
            if 1 << bit < count:
                code |= (position >> bit & 1) << at
                at += 1
    return code


def murmur(number: int) -> int:
    """Low 64 bits of MurmurHash3_x86_128 of a uint64, seed 0."""
    k1, k2 = number & _MASK32, number >> 32
    c1, c2, c3 = 0x239B961B, 0xAB0E9789, 0x38B34AE5
    h2 = _rotated(k2 * c2 & _MASK32, 16) * c3 & _MASK32
    h1 = _rotated(k1 * c1 & _MASK32, 15) * c2 & _MASK32
    h1, h2, h3, h4 = h1 ^ 8, h2 ^ 8, 8, 8  # the length in bytes
    h1 = h1 + h2 + h3 + h4 & _MASK32
    h2, h3, h4 = (h + h1 & _MASK32 for h in (h2, h3, h4))
    h1, h2, h3, h4 = map(_mixed, (h1, h2, h3, h4))
    h1 = h1 + h2 + h3 + h4 & _MASK32
    return h1 | (h2 + h1 & _MASK32) << 32


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _MASK32


def _mixed(h: int) -> int:
    h = (h ^ h >> 16) * 0x85EBCA6B & _MASK32
    h = (h ^ h >> 13) * 0xC2B2AE35 & _MASK32
    return h ^ h >> 16
