"""Blosc 1. The header is checked before the C library sees the data.

c-blosc trusts its header: a truncated buffer decodes to half garbage without an
error, and 16 forged bytes return memory of the process or end it. So everything
the decoder will follow (sizes, block offsets, stream lengths) is compared with the
buffer first. Layout: https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numcodecs import blosc as _blosc

from nb_remote.codecs.base import Bytes, CodecType, Compressor, damaged, wrong_size

_HEADER = struct.Struct("<BBBBIII")
_STORED_FLAG = 0x02
_DONT_SPLIT_FLAG = 0x10
_MIN_SPLIT_SIZE = 128
"""Blocks with fewer elements than this are never split by byte (BLOSC_MIN_BUFFERSIZE)."""
_MAX_SPLITS = 16
_BLOCKS_AT_ONCE = 2**16
_Offsets = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blosc(Compressor):
    """A Blosc 1 buffer with any inner compressor and shuffle."""

    name: str = "blosc"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002  (blosc 1 can't stop early)
        """See `Codec.decode`."""
        if size == 0:
            return b""
        _check(memoryview(data), size)
        out = np.empty(size, dtype=np.uint8)
        try:
            _blosc.decompress(data, out)
        except (RuntimeError, ValueError) as error:
            raise damaged(self.name, error) from None
        return out.data


def _check(data: memoryview, size: int) -> None:
    if len(data) < _HEADER.size:
        raise damaged("blosc", f"{len(data)} bytes are too few for a header")
    _version, _lz, flags, typesize, nbytes, blocksize, cbytes = _HEADER.unpack_from(data)
    if nbytes != size:
        raise wrong_size("blosc", nbytes, size)
    if cbytes != len(data):
        raise damaged("blosc", f"the header promises {cbytes} bytes, {len(data)} are there")
    if flags & _STORED_FLAG:
        if cbytes != _HEADER.size + nbytes:
            raise damaged("blosc", "a stored buffer has the wrong length")
        return
    if blocksize == 0 or blocksize > nbytes or typesize == 0:
        raise damaged("blosc", f"impossible block size {blocksize} or item size {typesize}")
    blocks = -(-nbytes // blocksize)
    if _HEADER.size + 4 * blocks > cbytes:
        raise damaged("blosc", "the block table is cut off")
    split = (
        not flags & _DONT_SPLIT_FLAG
        and typesize <= _MAX_SPLITS
        and blocksize // typesize >= _MIN_SPLIT_SIZE
    )
    last_is_short = nbytes % blocksize != 0
    table = np.frombuffer(data, "<i4", count=blocks, offset=_HEADER.size)
    for first in range(0, blocks, _BLOCKS_AT_ONCE):
        starts = table[first : first + _BLOCKS_AT_ONCE].astype(np.int64)
        unsplit = last_is_short and first + _BLOCKS_AT_ONCE >= blocks
        _check_blocks(data, starts, typesize if split else 1, unsplit_last=unsplit)


def _check_blocks(data: memoryview, starts: _Offsets, streams: int, *, unsplit_last: bool) -> None:
    """Follow the streams of many blocks at once: forged data may name millions."""
    raw = np.frombuffer(data, np.uint8)
    for stream in range(streams):
        if stream == 1 and unsplit_last:
            starts = starts[:-1]
        if ((starts < _HEADER.size) | (starts + 4 > len(raw))).any():
            raise damaged("blosc", "a block lies outside the buffer")
        lengths = raw[starts[:, np.newaxis] + np.arange(4)].view("<i4")[:, 0]
        starts = starts + 4 + lengths
        if ((lengths < 0) | (starts > len(raw))).any():
            raise damaged("blosc", "a stream lies outside the buffer")


def _parse(_config: Mapping[str, object]) -> Blosc:
    return Blosc()


BLOSC = CodecType(name="blosc", parse=_parse)
