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
_SLAB_VOXELS = 2**20
"""Decoded at a time: the indices of that many voxels take 8 MiB."""

_Words = np.ndarray[tuple[Any, ...], np.dtype[np.uint32]]
_Labels = np.ndarray[tuple[Any, ...], np.dtype[np.unsignedinteger[Any]]]
_Indices = np.ndarray[tuple[Any, ...], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressedSegmentation(ShapedCodec):
    """Labels of 32 or 64 bits. Of one channel only the planes that are asked for are decoded."""

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

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        return self.decode_part(data, size, 0, stop)

    def decode_part(self, data: Bytes, size: int, start: int, stop: int) -> Bytes:
        """See `PartCodec.decode_part`."""
        channels, depth, height, width = self.shape
        plane = height * width * self.itemsize
        if size != channels * depth * plane:
            raise damaged(NAME, f"{size} bytes are no chunk of shape {self.shape}")
        if len(data) % 4:
            raise damaged(NAME, f"{len(data)} bytes are no whole number of 32-bit words")
        words = np.frombuffer(data, "<u4")
        if len(words) < channels:
            raise damaged(NAME, "the offsets of the channels are missing")
        first, last = start // plane, -(-stop // plane)
        out = np.empty((last - first, height, width), np.dtype(f"<u{self.itemsize}"))
        try:
            for channel in range(first // depth, -(-last // depth)):
                z0, z1 = max(0, first - channel * depth), min(depth, last - channel * depth)
                at = channel * depth - first
                _Channel(self, words[int(words[channel]) :]).read(out[at + z0 : at + z1], z0, z1)
        except IndexError:
            raise damaged(NAME, "a block points outside the data") from None
        decoded: memoryview = out.data.cast("B")
        return decoded[start - first * plane : stop - first * plane]


class _Channel:
    """One channel's words: headers of all blocks, then tables and packed indices."""

    def __init__(self, codec: CompressedSegmentation, words: _Words) -> None:
        _, *shape_zyx = codec.shape
        self._shape_zyx = tuple(shape_zyx)
        self._block_zyx = codec.block_xyz[::-1]
        self._grid_zyx = tuple(-(-n // b) for n, b in zip(shape_zyx, self._block_zyx, strict=True))
        blocks = prod(self._grid_zyx)
        if len(words) < _HEADER_WORDS * blocks:
            raise damaged(NAME, f"the headers of {blocks} blocks do not fit into the data")
        self._words = words
        headers = words[: _HEADER_WORDS * blocks].reshape(*self._grid_zyx, _HEADER_WORDS)
        self._tables = (headers[..., 0] & (2**_TABLE_BITS - 1)).astype(np.int64)
        self._widths = headers[..., 0] >> _TABLE_BITS
        self._packed = headers[..., 1].astype(np.int64)
        self._table_step = codec.itemsize // 4
        # A label may begin at any word.
        self._labels: _Labels = words
        if codec.itemsize == 8:
            self._labels = words[:-1] | words[1:].astype(np.uint64) << np.uint64(32)

    def read(self, out: _Labels, z0: int, z1: int) -> None:
        """Decode the planes ``z0:z1`` into `out`, some blocks at a time."""
        depth, height, width = self._block_zyx
        _, rows, columns = self._grid_zyx
        block = prod(min(b, n) for b, n in zip(self._block_zyx, self._shape_zyx, strict=True))
        columns_at_once = min(columns, max(1, _SLAB_VOXELS // block))
        rows_at_once = max(1, _SLAB_VOXELS // (block * columns_at_once))
        places = product(
            range(z0 // depth, -(-z1 // depth)),
            range(0, rows, rows_at_once),
            range(0, columns, columns_at_once),
        )
        for layer, row, column in places:
            low, high = max(z0, layer * depth), min(z1, (layer + 1) * depth)
            some = out[
                low - z0 : high - z0,
                row * height : (row + rows_at_once) * height,
                column * width : (column + columns_at_once) * width,
            ]
            blocks = (
                layer,
                slice(row, row + rows_at_once),
                slice(column, column + columns_at_once),
            )
            self._read_blocks(some, blocks, low - layer * depth, high - layer * depth)

    def _read_blocks(
        self, out: _Labels, blocks: tuple[int, slice, slice], z0: int, z1: int
    ) -> None:
        """Decode the planes ``z0:z1`` of a layer's blocks; what lies beyond the chunk is cut off.

        The packed values of that may be anything, so they are not looked up.
        """
        _, block_height, block_width = self._block_zyx
        height, width = min(block_height, self._shape_zyx[1]), min(block_width, self._shape_zyx[2])
        tables, widths, packed = self._tables[blocks], self._widths[blocks], self._packed[blocks]
        rows, columns = widths.shape
        z, y, x = np.ogrid[z0:z1, :height, :width]
        place = (x + block_width * (y + block_height * z)).astype(np.int64)
        entries = np.empty((rows, columns, *place.shape), np.int64)
        for bits in np.unique(widths).tolist():
            if bits not in _WIDTHS:
                raise damaged(NAME, f"a block has {bits} bits per voxel")
            these = widths == bits
            index = self._unpack(packed[these], place, bits) * self._table_step
            entries[these] = index + tables[these][:, None, None, None]
        # rows, columns, z, y, x → z, y, x of all blocks side by side
        flat = entries.transpose(2, 0, 3, 1, 4).reshape(z1 - z0, rows * height, columns * width)
        out[...] = self._labels[flat[:, : out.shape[1], : out.shape[2]]]

    def _unpack(self, packed: _Indices, place: _Indices, bits: int) -> _Indices:
        if bits == 0:
            return np.zeros((len(packed), *place.shape), np.int64)
        bit = place * bits
        words = self._words[packed[:, None, None, None] + (bit >> 5)]
        mask = np.uint32(2**bits - 1)
        return ((words >> (bit & 31).astype(np.uint32)) & mask).astype(np.int64)
