"""A tile's address → its voxels, rows first."""

from dataclasses import dataclass

import numpy as np

from nb_remote.arrays.source import Source
from nb_remote.chunks.decode import Block
from nb_remote.containers.base import StoredArray
from nb_remote.errors import NotFound
from nb_remote.priority import Priority
from nb_remote.tiles.address import TileAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The voxels of one tile."""

    samples: Block
    """Shape (rows, columns), native byte order, contiguous."""
    missing_chunks: int
    """Chunks under it that do not exist: their voxels are the fill value."""


async def read_tile(address: TileAddress, array: StoredArray, source: Source) -> Tile:
    """Read one tile.

    Touched chunks are decoded whole and kept: the next slice lies in the same ones.

    Raises
    ------
    NbRemoteError
        A chunk could not be fetched or decoded, or the level can't be read at all.
    """
    if array.layout is None:
        raise array.problem or NotFound("the level can't be read")
    reading = await source.reader(array.layout).read(
        address.ranges, whole_chunks=True, priority=Priority.VISIBLE
    )
    block = reading.block
    kept = [axis for axis in (address.row_axis, address.column_axis) if axis is not None]
    others = tuple(axis for axis in range(block.ndim) if axis not in kept)
    plane = block.squeeze(axis=others)
    if kept != sorted(kept):
        plane = plane.T
    if address.row_axis is None:
        plane = plane[np.newaxis, :]
    if address.column_axis is None:
        plane = plane[:, np.newaxis]
    return Tile(samples=np.ascontiguousarray(plane), missing_chunks=reading.missing_chunks)
