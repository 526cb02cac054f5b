"""Shards that are compressed as a whole: fetched and undone whole, then opened like any other."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from nb_remote.chunks.sharding import ShardLevel, look_up
from nb_remote.codecs.base import Bytes, Codec, Compressor, damaged
from nb_remote.codecs.box import decode_box
from nb_remote.errors import CorruptChunk, ServerFailed, TooLarge
from nb_remote.store.encodings import decompress

Box = tuple[tuple[int, int], ...]
Voxels = np.ndarray[tuple[int, ...], np.dtype[np.generic]]

_STREAMS = {"gzip": "gzip", "zlib": "deflate", "zstd": "zstd"}
_BLOSC = "blosc"
_BLOSC_SIZE = slice(4, 8)
"""Where a blosc buffer states how many bytes it decodes to."""
_SLACK = 2**20
"""Bytes by which a shard may be larger than twice its voxels: its index, and chunks that grew."""


def can_undo(codec: Codec) -> bool:
    """Whether `codec` may lie around a shard, whose size nothing promises."""
    return codec.name in (*_STREAMS, _BLOSC) or codec.decoded_size(0) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeShard(Compressor):
    """A shard read as if it were one chunk; voxels come out in the stored order of axes."""

    around: tuple[Codec, ...]
    """What lies around it, in decoding order; each passes `can_undo`."""
    level: ShardLevel
    """How its index is found and read."""
    dtype: np.dtype[np.generic]
    """As stored, byte order included."""
    memory_order: tuple[int, ...]
    """Axes of a chunk in it from slowest to fastest."""
    codecs: tuple[Codec, ...]
    """Of its chunks, in decoding order."""
    fill_value: np.generic
    """Of chunks that were not written."""
    name: str = "sharding_indexed"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002  (no beginning)
        """See `Codec.decode`."""
        return self.decode_box(data, size, tuple((0, n) for n in self.level.shard_shape))

    def decode_box(self, data: Bytes, size: int, box: Box) -> Bytes:
        """See `BoxCodec.decode_box`; chunks outside of the box are not decoded."""
        shard = self._undone(bytes(data), size)
        level = self.level
        if len(shard) < level.index_bytes:
            raise damaged(self.name, f"{len(shard)} bytes have no room for an index")
        at = len(shard) - level.index_bytes if level.index_at_end else 0
        index = level.decode_index(shard[at : at + level.index_bytes])
        voxels = np.full([stop - start for start, stop in box], self.fill_value, self.dtype)
        touched = (
            range(start // n, -(-stop // n))
            for (start, stop), n in zip(box, level.inner_shape, strict=True)
        )
        for place in product(*touched):
            first = tuple(i * n for i, n in zip(place, level.inner_shape, strict=True))
            self._copy(shard, index, first, box, voxels)
        return np.ascontiguousarray(voxels).reshape(-1).view(np.uint8).data

    def _undone(self, shard: bytes, size: int) -> bytes:
        limit = 2 * size + _SLACK
        for codec in self.around:
            whole = codec.decoded_size(len(shard))
            if codec.name == _BLOSC:
                whole = int.from_bytes(shard[_BLOSC_SIZE], "little")
            if whole is None:
                shard = _decompressed(codec.name, shard, limit)
            elif 0 <= whole <= limit:
                shard = bytes(codec.decode(shard, whole, whole))
            else:
                raise damaged(codec.name, f"a shard of {whole} bytes where {limit} are accepted")
        return shard

    def _copy(
        self, shard: bytes, index: bytes, first: tuple[int, ...], box: Box, voxels: Voxels
    ) -> None:
        """Copy what the box has of the chunk whose first voxel is `first`."""
        found = look_up(index, self.level.entry(first), limit=len(shard))
        if found is None:
            return
        offset, length = found
        if offset + length > len(shard):
            raise CorruptChunk("the shard's index names bytes behind its end")
        inner = self.level.inner_shape
        shape = tuple(inner[axis] for axis in self.memory_order)
        chunk = decode_box(self.codecs, shard[offset : offset + length], self.dtype, shape)
        chunk = chunk.transpose(np.argsort(self.memory_order))
        ends = [(max(a, f), min(b, f + n)) for (a, b), f, n in zip(box, first, inner, strict=True)]
        target = tuple(slice(a - o, b - o) for (a, b), (o, _) in zip(ends, box, strict=True))
        source = tuple(slice(a - f, b - f) for (a, b), f in zip(ends, first, strict=True))
        voxels[target] = chunk[source]


def _decompressed(name: str, shard: bytes, limit: int) -> bytes:
    try:
        return decompress(_STREAMS[name], shard, limit=limit, where="")
    except (ServerFailed, TooLarge) as error:
        raise CorruptChunk(f"{name} around the shard: {error.text}") from None
