"""JPEG XL chunks, decoded by imagecodecs (the extra ``encodings``).

The pixels are the voxels as in `image`. cloud-volume writes three channels as three frames instead
of colours; both are read. libjxl stood all damaged pictures that were tried; it is run apart all
the same (see `apart`), because a picture may hold any number of frames and further channels.

Specification: ISO/IEC 18181
"""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from nb_remote.codecs.apart import decode_apart
from nb_remote.codecs.base import Bytes, Codec, damaged
from nb_remote.codecs.shaped import ShapedCodec

CHANNELS = (1, 3, 4)
_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a"
_MOST_BOXES = 64
_SIZE_BYTES = 12
"""More than a size takes: three bits, and two numbers of up to 32."""
_SIZE_BITS = (9, 13, 18, 30)
_RATIOS = ((0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
"""Width to height; the first says that the width follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegXl(ShapedCodec):
    """A picture that holds a chunk. Its size is compared with the chunk's before it is decoded."""

    channels: int
    itemsize: int
    """1 or 2 bytes per sample."""
    shape: tuple[int, ...] = ()
    name: str = "jxl"

    def for_shape(self, shape: tuple[int, ...]) -> Codec:
        """See `ShapedCodec.for_shape`."""
        return replace(self, shape=shape)

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002  (all at once)
        """See `Codec.decode`."""
        pixels = prod(self.shape) // self.channels
        width, height = picture_size(data)
        if width * height != pixels:
            raise damaged(self.name, f"{width} x {height} pixels for {pixels} voxels")
        samples = decode_apart("imagecodecs", self.name, data, prod(self.shape))
        if samples.dtype != np.dtype(f"u{self.itemsize}"):
            raise damaged(self.name, f"samples of type {samples.dtype}")
        if samples.shape == (self.channels, height, width) and self.channels > 1:
            planar = samples
        elif samples.size == size // self.itemsize and samples.shape[:2] == (height, width):
            planar = samples.reshape(pixels, self.channels).T
        else:
            raise damaged(self.name, f"samples of shape {samples.shape}")
        return planar.astype(f"<u{self.itemsize}").tobytes()


def picture_size(data: Bytes) -> tuple[int, int]:
    """Return width and height as the header states them.

    Raises
    ------
    CorruptChunk
        There is no such header.
    """
    start = _codestream_start(data)
    header = bytes(data[start : start + _SIZE_BYTES])
    if not header.startswith(_CODESTREAM):
        raise damaged("jxl", f"they begin with {bytes(data[:12])!r}")
    bits = _Bits(int.from_bytes(header[2:], "little"))
    in_eighths = bits.take(1)
    height = bits.side(in_eighths=in_eighths)
    to, of = _RATIOS[bits.take(3)]
    return (height * to // of if to else bits.side(in_eighths=in_eighths)), height


def _codestream_start(data: Bytes) -> int:
    """Where the codestream begins: at once, or in a box of the container."""
    if bytes(data[: len(_CONTAINER)]) != _CONTAINER:
        return 0
    at = len(_CONTAINER)
    for _ in range(_MOST_BOXES):
        head = bytes(data[at : at + 16])
        length, kind, start = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, start = int.from_bytes(head[8:], "big"), 16
        if kind == b"jxlc":
            return at + start
        if kind == b"jxlp":  # the codestream in parts, each with its number first
            return at + start + 4
        if length < start:
            break
        at += length
    return at


class _Bits:
    """Bits of a header, lowest first."""

    def __init__(self, value: int) -> None:
        self._value = value

    def take(self, count: int) -> int:
        taken = self._value & ((1 << count) - 1)
        self._value >>= count
        return taken

    def side(self, *, in_eighths: int) -> int:
        """Read a width or a height."""
        if in_eighths:
            return 8 * (self.take(5) + 1)
        return self.take(_SIZE_BITS[self.take(2)]) + 1
