"""Blosc 1. The header is checked before the C library sees the data.

c-blosc trusts its header: a truncated buffer decodes to half garbage without an
error, and 16 forged bytes return memory of the process or end it. So everything
the decoder will follow (sizes, block offsets, stream lengths) is compared with the
buffer first. Layout: https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst

Where only a part is needed, a buffer of just its blocks is handed to the library: a plane of a
chunk of 128³ lies in one block of four to sixteen.
"""

import struct
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numcodecs import blosc as _blosc

from nb_remote.codecs.base import Bytes, CodecType, Compressor, damaged, wrong_size

_HEADER = struct.Struct("<BBBBIII")
_LENGTH = struct.Struct("<i")
_FORMAT_VERSION = 2
_STORED_FLAG = 0x02
_DONT_SPLIT_FLAG = 0x10
_MIN_SPLIT_SIZE = 128
"""Blocks with fewer elements than this are never split by byte (BLOSC_MIN_BUFFERSIZE)."""
_MAX_SPLITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Blosc(Compressor):
    """A Blosc 1 buffer with any inner compressor and shuffle."""

    name: str = "blosc"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        return self.decode_part(data, size, 0, stop)

    def decode_part(self, data: Bytes, size: int, start: int, stop: int) -> Bytes:
        """See `PartCodec.decode_part`."""
        if start == stop:
            return b""
        view = memoryview(data)
        blocks = _Blocks.read(view, size)
        if blocks is None:
            return view[_HEADER.size + start : _HEADER.size + stop]
        first, end = start // blocks.block_size, -(-stop // blocks.block_size)
        if first > 0 or end < len(blocks.starts):
            data = blocks.some(view, first, end)
        out = np.empty(blocks.decoded_size(first, end), dtype=np.uint8)
        try:
            _blosc.decompress(data, out)
        except (RuntimeError, ValueError) as error:
            raise damaged(self.name, error) from None
        skipped = first * blocks.block_size
        return out.data[start - skipped : stop - skipped]


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks of a buffer, each checked to lie inside it."""

    head: tuple[int, int, int, int]
    """Version, version of the inner format, flags, item size."""
    size: int
    """Decoded bytes."""
    block_size: int
    """Decoded bytes of each block but the last."""
    starts: "array[int]"
    stops: "array[int]"

    @classmethod
    def read(cls, data: memoryview, size: int) -> "_Blocks | None":
        """Check all that c-blosc will follow; None says that the bytes are stored as they are."""
        if len(data) < _HEADER.size:
            raise damaged("blosc", f"{len(data)} bytes are too few for a header")
        *head, nbytes, block_size, cbytes = _HEADER.unpack_from(data)
        version, _inner, flags, typesize = head
        if nbytes != size:
            raise wrong_size("blosc", nbytes, size)
        if cbytes != len(data):
            raise damaged("blosc", f"the header promises {cbytes} bytes, {len(data)} are there")
        if version != _FORMAT_VERSION:
            raise damaged("blosc", f"format version {version} is not known")
        if flags & _STORED_FLAG:
            if cbytes != _HEADER.size + nbytes:
                raise damaged("blosc", "a stored buffer has the wrong length")
            return None
        if block_size == 0 or block_size > nbytes or typesize == 0:
            raise damaged("blosc", f"impossible block size {block_size} or item size {typesize}")
        count = -(-nbytes // block_size)
        if _HEADER.size + 4 * count > cbytes:
            raise damaged("blosc", "the block table is cut off")
        split = (
            not flags & _DONT_SPLIT_FLAG
            and typesize <= _MAX_SPLITS
            and block_size // typesize >= _MIN_SPLIT_SIZE
        )
        starts = array("i")
        starts.frombytes(data[_HEADER.size : _HEADER.size + 4 * count])
        if sys.byteorder == "big":
            starts.byteswap()
        stops = _ends(
            data, starts, typesize if split else 1, last_is_short=nbytes % block_size != 0
        )
        return cls((version, _inner, flags, typesize), size, block_size, starts, stops)

    def decoded_size(self, first: int, end: int) -> int:
        """Decoded bytes of the blocks ``first:end``."""
        return min(end * self.block_size, self.size) - first * self.block_size

    def some(self, data: memoryview, first: int, end: int) -> bytes:
        """Return a buffer of the blocks ``first:end`` alone."""
        bodies = [data[self.starts[at] : self.stops[at]] for at in range(first, end)]
        place = _HEADER.size + 4 * len(bodies)
        table: list[int] = []
        for body in bodies:
            table.append(place)
            place += len(body)
        version, inner, flags, typesize = self.head
        size = self.decoded_size(first, end)
        block_size = min(self.block_size, size)
        if block_size < self.block_size:
            # The short last block alone: c-blosc doesn't see any more that it is short.
            flags |= _DONT_SPLIT_FLAG
        header = _HEADER.pack(version, inner, flags, typesize, size, block_size, place)
        return b"".join((header, struct.pack(f"<{len(table)}i", *table), *bodies))


def _ends(
    data: memoryview, starts: "array[int]", streams: int, *, last_is_short: bool
) -> "array[int]":
    """Follow the streams of each block; a short last block is never split.

    Blocks don't overlap, so together they are no longer than the buffer: that bounds what
    forged tables of millions of blocks cost.
    """
    left = len(data) - _HEADER.size - 4 * len(starts)
    last = len(starts) - 1
    stops = array("i")
    for at, place in enumerate(starts):
        if place < _HEADER.size:
            raise damaged("blosc", "a block lies outside the buffer")
        end = place
        for _ in range(1 if at == last and last_is_short else streams):
            if end + 4 > len(data):
                raise damaged("blosc", "a block lies outside the buffer")
            (length,) = _LENGTH.unpack_from(data, end)
            end += 4 + length
            if length < 0 or end > len(data):
                raise damaged("blosc", "a stream lies outside the buffer")
        left -= end - place
        if left < 0:
            raise damaged("blosc", "blocks overlap")
        stops.append(end)
    return stops


def _parse(_config: Mapping[str, object]) -> Blosc:
    return Blosc()


BLOSC = CodecType(name="blosc", parse=_parse)
