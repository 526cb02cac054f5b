"""How chunks lie in a shard: an index of offsets and lengths, at its start or its end.

Specification: https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from nb_remote.codecs.base import Bytes, Codec
from nb_remote.codecs.chain import decode_chain
from nb_remote.errors import CorruptChunk

MAX_INDEX_ENTRIES = 2**20
"""Chunks per shard. 16 MiB of index; shards of more are not met, and each index is held whole."""
MISSING = 2**64 - 1
"""Offset and length of a chunk that was not written (the specification)."""
MAX_OFFSET = 2**53
"""Larger than any object; JavaScript writers can't count further."""
ENTRY_BYTES = 16
"""Offset and length, both uint64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardLevel:
    """One level of nesting. Shapes in the array's stored axis order."""

    shard_shape: tuple[int, ...]
    """Voxels of a shard per axis."""
    inner_shape: tuple[int, ...]
    """Voxels per axis of what lies in it: chunks, or the shards of the next level."""
    axes: tuple[int, ...]
    """The stored axis behind each axis of the index: differs where voxels were transposed first."""
    index_at_end: bool
    """Where the index lies in the shard."""
    index_dtype: np.dtype[np.generic]
    """uint64 in the byte order of the index."""
    index_order: tuple[int, ...]
    """Axes of the index from slowest to fastest; the last axis is (offset, length)."""
    index_codecs: tuple[Codec, ...]
    """In decoding order; of fixed sizes only."""
    index_bytes: int
    """Encoded size of the index."""
    tail_bytes: int = 0
    """Checksums behind the whole shard. They are not verified: a shard is never read whole."""

    @property
    def index_shape(self) -> tuple[int, ...]:
        """Chunks of a shard per axis of the index, and the two numbers of each."""
        counts = (self.shard_shape[a] // self.inner_shape[a] for a in self.axes)
        return (*counts, 2)

    def entry(self, first_voxel: tuple[int, ...]) -> int:
        """Position in the decoded index of the chunk that begins at `first_voxel` of the array."""
        at = 0
        for axis in self.axes:
            inner = self.inner_shape[axis]
            at = at * (self.shard_shape[axis] // inner)
            at += first_voxel[axis] % self.shard_shape[axis] // inner
        return at

    def decode_index(self, raw: Bytes) -> bytes:
        """Return the index as little-endian numbers in C order.

        Raises
        ------
        CorruptChunk
            Its checksum or its size is wrong.
        """
        shape = self.index_shape
        size = prod(shape) * self.index_dtype.itemsize
        decoded = decode_chain(self.index_codecs, raw, size, size)
        memory_shape = [shape[axis] for axis in self.index_order]
        numbers = np.frombuffer(decoded, self.index_dtype, count=prod(shape)).reshape(memory_shape)
        return numbers.transpose(np.argsort(self.index_order)).astype("<u8").tobytes()


def look_up(index: bytes, entry: int, *, limit: int) -> tuple[int, int] | None:
    """Return offset and length of an entry in a decoded index, or None where it was not written.

    Parameters
    ----------
    limit
        Most bytes that it may have.

    Raises
    ------
    CorruptChunk
        The numbers are impossible.
    """
    at = entry * ENTRY_BYTES
    offset = int.from_bytes(index[at : at + 8], "little")
    length = int.from_bytes(index[at + 8 : at + ENTRY_BYTES], "little")
    if offset == length == MISSING:
        return None
    if offset > MAX_OFFSET or length > MAX_OFFSET:
        raise CorruptChunk(f"the shard's index names bytes from {offset}, {length} of them")
    if length > limit:
        raise CorruptChunk(
            f"the shard's index gives the chunk {length} bytes, {limit} are accepted"
        )
    return offset, length
