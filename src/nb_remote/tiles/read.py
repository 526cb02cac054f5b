"""A tile's address → its voxels, rows first; of one slice, or of several in the same chunks."""

from dataclasses import dataclass, replace

import numpy as np

from nb_remote.arrays.shown import ShownLevel
from nb_remote.chunks.decode import Block
from nb_remote.chunks.selection import AxisRange
from nb_remote.tiles.address import TileAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The voxels of one tile."""

    samples: Block
    """Shape (rows, columns), native byte order, contiguous."""
    missing_chunks: int
    """Chunks under it that do not exist: their voxels are the fill value."""


async def read_tile(address: TileAddress, level: ShownLevel, *, keep_chunks: bool = True) -> Tile:
    """Read one tile, as urgently as the task that asks for it.

    Parameters
    ----------
    keep_chunks
        Decode touched chunks whole and keep them: the next slice lies in the same ones.

    Raises
    ------
    NbRemoteError
        A chunk could not be fetched or decoded, or the level can't be read at all.
    """
    (tile,) = await read_slab(address, level, address.slices, keep_chunks=keep_chunks)
    return tile


async def read_slab(
    address: TileAddress,
    level: ShownLevel,
    slices: AxisRange,
    *,
    keep_chunks: bool,
) -> list[Tile]:
    """Read the same tile of several slices at once; parameters and errors as for `read_tile`."""
    ranges = list(address.ranges)
    if address.normal_axis is not None:
        ranges[address.normal_axis] = slices
    reading = await level.read(tuple(ranges), whole_chunks=keep_chunks)
    axes = (address.normal_axis, address.row_axis, address.column_axis)
    kept = [axis for axis in axes if axis is not None]
    others = [axis for axis in range(reading.block.ndim) if axis not in kept]
    shape = [1 if axis is None else ranges[axis].count for axis in axes]
    planes = np.ascontiguousarray(reading.block.transpose([*kept, *others])).reshape(shape)
    return [Tile(samples=plane, missing_chunks=reading.missing_chunks) for plane in planes]


def slab_slices(address: TileAddress, level: ShownLevel, most: int) -> AxisRange:
    """Return up to `most` slices around the address's in the same chunks, for each the same."""
    axis = address.normal_axis
    if axis is None or level.chunk_shape is None:
        return address.slices
    chunk = level.chunk_shape[axis]
    first = address.slices.start // chunk * chunk
    start = first + (address.slices.start - first) // most * most
    stop = min(start + most, first + chunk, level.shape[axis])
    return replace(address.slices, start=start, stop=stop)
