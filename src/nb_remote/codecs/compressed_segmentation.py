"""Neuroglancer's compressed_segmentation: per block a table of ids, and packed indices into it.

Specification:
https://github.com/google/neuroglancer/blob/master/src/sliceview/compressed_segmentation/README.md

Every offset in the data may be forged. Each look-up is one that NumPy bounds-checks, and nothing is
allocated by what the data say: the sizes are the chunk's.
"""

from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

import numpy as np

from nb_remote.codecs.base import Bytes, Codec, damaged
from nb_remote.codecs.shaped import ShapedCodec

NAME = "compressed_segmentation"
MAX_BLOCK_VOXELS = 2**18
"""64³; writers use 8³."""
_HEADER_WORDS = 2
_TABLE_BITS = 24
_WIDTHS = frozenset({0, 1, 2, 4, 8, 16, 32})
_SLAB_VOXELS = 2**19
"""Decoded at a time: the table entries of that many voxels take 4 MiB."""

_Words = np.ndarray[tuple[Any, ...], np.dtype[np.uint32]]
_Labels = np.ndarray[tuple[Any, ...], np.dtype[np.unsignedinteger[Any]]]
_Indices = np.ndarray[tuple[Any, ...], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressedSegmentation(ShapedCodec):
    """Labels of 32 or 64 bits. Only the blocks that are asked for are decoded."""

    block_xyz: tuple[int, int, int]
    """Voxels of a block along x, y, z."""
    itemsize: int
    """4 or 8 bytes per label."""
    shape: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Channels and voxels along z, y, x of the chunk."""
    name: str = NAME

    def for_shape(self, shape: tuple[int, ...]) -> Codec:
        """See `ShapedCodec.for_shape`."""
        z, y, x = shape[-3:]
        return replace(self, shape=(prod(shape[:-3]), z, y, x))

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002  (all at once)
        """See `Codec.decode`."""
        return self.decode_box(data, size, tuple((0, n) for n in self.shape))

    def decode_box(self, data: Bytes, size: int, box: tuple[tuple[int, int], ...]) -> Bytes:
        """See `BoxCodec.decode_box`."""
        if size != self.itemsize * prod(self.shape):
            raise damaged(NAME, f"{size} bytes are no chunk of shape {self.shape}")
        if len(data) % 4:
            raise damaged(NAME, f"{len(data)} bytes are no whole number of 32-bit words")
        words = np.frombuffer(data, "<u4")
        if len(words) < self.shape[0]:
            raise damaged(NAME, "the offsets of the channels are missing")
        *channels, z, y, x = box
        first, last = channels[0] if channels else (0, 1)
        extents = [stop - start for start, stop in (z, y, x)]
        out = np.empty((last - first, *extents), np.dtype(f"<u{self.itemsize}"))
        try:
            for channel in range(first, last):
                _Channel(self, words[int(words[channel]) :]).read(out[channel - first], (z, y, x))
        except IndexError:
            raise damaged(NAME, "a block points outside the data") from None
        return out.data.cast("B")


@dataclass(frozen=True, slots=True)
class _Span:
    """Blocks along one axis, and the voxels that are wanted of each."""

    first: int
    stop: int
    """Blocks."""
    low: int
    high: int
    """Voxels within every one of the blocks."""
    at: int
    """Where the first of them lies within the box; may be negative where it begins before it."""

    @property
    def extent(self) -> int:
        return (self.stop - self.first) * (self.high - self.low)


class _Channel:
    """One channel's words: headers of all blocks, then tables and packed indices."""

    def __init__(self, codec: CompressedSegmentation, words: _Words) -> None:
        _, *shape_zyx = codec.shape
        self._shape_zyx = tuple(shape_zyx)
        self._block_zyx = codec.block_xyz[::-1]
        grid_zyx = tuple(-(-n // b) for n, b in zip(shape_zyx, self._block_zyx, strict=True))
        blocks = prod(grid_zyx)
        if len(words) < _HEADER_WORDS * blocks:
            raise damaged(NAME, f"the headers of {blocks} blocks do not fit into the data")
        self._words = words
        self._headers = words[: _HEADER_WORDS * blocks].reshape(*grid_zyx, _HEADER_WORDS)
        self._table_step = codec.itemsize // 4
        # A label may begin at any word.
        self._labels: _Labels = words
        if codec.itemsize == 8:
            self._labels = words[:-1] | words[1:].astype(np.uint64) << np.uint64(32)

    def read(self, out: _Labels, box_zyx: tuple[tuple[int, int], ...]) -> None:
        """Decode a box into `out`, some blocks at a time."""
        most = _SLAB_VOXELS
        per_axis: list[list[_Span]] = []
        # Blocks along x first, as many as fit; then along y, then along z.
        for axis in (2, 1, 0):
            block, extent = self._block_zyx[axis], self._shape_zyx[axis]
            at_once = max(1, most // min(block, extent))
            spans = _spans(*box_zyx[axis], block, extent, at_once)
            per_axis.insert(0, spans)
            most //= max(span.extent for span in spans)
        for spans_zyx in product(*per_axis):
            self._read_blocks(out, spans_zyx)

    def _read_blocks(self, out: _Labels, spans_zyx: tuple[_Span, ...]) -> None:
        """Decode blocks side by side; what of them lies outside the box is cut off."""
        place = tuple(
            slice(max(0, span.at), min(n, span.at + span.extent))
            for span, n in zip(spans_zyx, out.shape, strict=True)
        )
        shape = tuple(span.extent for span in spans_zyx)
        target = out[place]
        whole = target.shape == shape
        blocks = target if whole else np.empty(shape, out.dtype)
        self._decode(_block_by_block(blocks, spans_zyx), spans_zyx)
        if not whole:
            target[...] = blocks[
                tuple(
                    slice(p.start - span.at, p.stop - span.at)
                    for p, span in zip(place, spans_zyx, strict=True)
                )
            ]

    def _decode(self, out: _Labels, spans_zyx: tuple[_Span, ...]) -> None:
        """Decode into `out`: blocks along z, y, x, then the voxels within each of them."""
        headers = self._headers[tuple(slice(span.first, span.stop) for span in spans_zyx)]
        widths = headers[..., 0] >> _TABLE_BITS
        tables = (headers[..., 0] & (2**_TABLE_BITS - 1)).astype(np.int64)
        packed = headers[..., 1].astype(np.int64)
        for bits in np.unique(widths).tolist():
            if bits not in _WIDTHS:
                raise damaged(NAME, f"a block has {bits} bits per voxel")
            these = np.nonzero(widths == bits)
            first = tables[these][:, None, None, None]
            if bits == 0:
                out[these] = self._labels[first]
                continue
            values = self._unpack(packed[these], bits, spans_zyx)
            entries = values.astype(np.int64)
            entries *= self._table_step
            entries += first
            out[these] = self._labels[entries]

    def _unpack(self, packed: _Indices, bits: int, spans_zyx: tuple[_Span, ...]) -> _Labels:
        """Return the table indices of the wanted voxels of some blocks: blocks, z, y, x.

        What lies beyond the chunk is not looked up: the packed values of that may be anything,
        or not be there.
        """
        z, y, x = spans_zyx
        _, height, width = self._block_zyx
        per_word = 32 // bits
        start, stop = z.low * height * width, z.high * height * width
        last = (z.high - 1) * height * width + (y.high - 1) * width + x.high - 1
        words = np.minimum(np.arange(start // per_word, -(-stop // per_word)), last // per_word)
        values = _split(self._words[packed[:, None] + words], bits)
        skipped = start % per_word
        values = values[:, skipped : skipped + stop - start]
        values = values.reshape(len(packed), z.high - z.low, height, width)
        return values[:, :, y.low : y.high, x.low : x.high]


def _spans(start: int, stop: int, block: int, extent: int, at_once: int) -> list[_Span]:
    """Cut the range ``start:stop`` of an axis into spans of at most `at_once` blocks."""
    first, last = start // block, -(-stop // block)
    if last - first == 1:  # no more of a single block than is wanted
        return [_Span(first, last, start - first * block, stop - first * block, 0)]
    whole = min(last, extent // block)
    spans = [
        _Span(one, min(whole, one + at_once), 0, block, one * block - start)
        for one in range(first, whole, at_once)
    ]
    if whole < last:  # the chunk ends within its last block
        spans.append(_Span(whole, last, 0, extent - whole * block, whole * block - start))
    return spans


def _block_by_block(voxels: _Labels, spans_zyx: tuple[_Span, ...]) -> _Labels:
    """View blocks that lie side by side as blocks along z, y, x, and the voxels within each."""
    shape = [n for one in spans_zyx for n in (one.stop - one.first, one.high - one.low)]
    # Splitting axes never copies, even of a part of an array.
    return voxels.reshape(shape).transpose(0, 2, 4, 1, 3, 5)


def _split(words: _Words, bits: int) -> _Labels:
    """Split each row of words into values of so many bits, the lowest first."""
    octets = np.ascontiguousarray(words).view(np.uint8)
    if bits >= 8:
        return octets.view(f"<u{bits // 8}")
    if bits == 1:
        return np.unpackbits(octets, axis=-1, bitorder="little")
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    values = octets[..., None] >> shifts & np.uint8(2**bits - 1)
    return values.reshape(len(words), -1)
