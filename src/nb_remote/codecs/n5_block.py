"""The header in front of every N5 block, and blocks that end before the grid does.

Layout: https://github.com/saalfeldlab/n5#file-system-specification (point 9). Java writes blocks
at the border only as far as the array reaches, tensorstore and zarr write them full: the header
tells which.
"""

import struct
from dataclasses import dataclass
from math import prod

import numpy as np

from nb_remote.codecs.base import Bytes, Codec, Compressor, damaged
from nb_remote.codecs.chain import decode_part

_START = struct.Struct(">HH")
_NUMBER_BYTES = 4
_DEFAULT, _VARLENGTH, _OBJECT = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class N5Block(Compressor):
    """Header, then the voxels through at most one compressor; the first axis is the fastest."""

    block_shape: tuple[int, ...]
    """Voxels of a full block, stored axis order."""
    itemsize: int
    """Bytes of a voxel."""
    inner: Codec | None
    """What follows the header is compressed with; None when it is not."""
    name: str = "N5 block"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        return self.decode_part(data, size, 0, stop)

    def decode_part(self, data: Bytes, size: int, start: int, stop: int) -> Bytes:
        """See `PartCodec.decode_part`. What a smaller block leaves out is zero."""
        view = memoryview(data)
        shape, begin = self._header(view)
        codecs = () if self.inner is None else (self.inner,)
        if shape == self.block_shape:
            return decode_part(codecs, view[begin:], size, start, stop)
        there = prod(shape) * self.itemsize
        voxels = np.frombuffer(decode_part(codecs, view[begin:], there, 0, there), np.uint8)
        full = np.zeros(size, np.uint8)
        memory = full.reshape((*reversed(self.block_shape), self.itemsize))
        memory[tuple(slice(n) for n in reversed(shape))] = voxels.reshape(
            (*reversed(shape), self.itemsize)
        )
        return full.data[start:stop]

    def _header(self, data: memoryview) -> tuple[tuple[int, ...], int]:
        """Shape of the block as stored, and where its voxels begin."""
        if len(data) < _START.size:
            raise damaged(self.name, f"{len(data)} bytes are too few for a header")
        mode, ndim = _START.unpack_from(data)
        if mode == _OBJECT:
            raise damaged(self.name, "it holds objects (mode 2), not voxels")
        if mode not in (_DEFAULT, _VARLENGTH):
            raise damaged(self.name, f"mode {mode} is not known")
        if ndim != len(self.block_shape):
            raise damaged(self.name, f"it has {ndim} axes, the array {len(self.block_shape)}")
        end = _START.size + _NUMBER_BYTES * (ndim + (mode == _VARLENGTH))
        if len(data) < end:
            raise damaged(self.name, "the header is cut off")
        numbers = struct.unpack_from(f">{(end - _START.size) // _NUMBER_BYTES}I", data, _START.size)
        shape = numbers[:ndim]
        if any(not 0 < n <= full for n, full in zip(shape, self.block_shape, strict=True)):
            raise damaged(
                self.name,
                f"it has {list(shape)} voxels where blocks have {list(self.block_shape)}",
            )
        if numbers[ndim:] not in ((), (prod(shape),)):
            raise damaged(
                self.name, f"{numbers[ndim]} elements of varying length (mode 1), not voxels"
            )
        return shape, end
