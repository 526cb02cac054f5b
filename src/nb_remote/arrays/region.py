"""A box of a level that stands for itself: what a dask array of a part of a level reads from."""

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from nb_remote.chunks.decode import Block
from nb_remote.chunks.selection import AxisRange, Index, normalise

if TYPE_CHECKING:
    from nb_remote.arrays.level import LevelArray

Region = tuple[slice, ...]
"""One slice without a step per axis, stored order; the axes not named are taken whole."""


class RegionArray:
    """A box of a level, indexed from its own corner. Pickled by description, as the level is.

    Parameters
    ----------
    level
        What it is cut from.
    box
        Voxels of the level per axis, stored order.
    """

    def __init__(self, level: "LevelArray", box: tuple[AxisRange, ...]) -> None:
        self.level = level
        self.box = box

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels per axis, stored order."""
        return tuple(one.count for one in self.box)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.box)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Data type, native byte order."""
        return self.level.dtype

    def __getitem__(self, index: Index | tuple[Index, ...]) -> Block:
        selection = normalise(index, self.shape)
        moved = tuple(
            slice(box.start + one.start, max(box.start + one.start, box.start + one.stop), one.step)
            for box, one in zip(self.box, selection.ranges, strict=True)
        )
        return self.level[moved][selection.finish]

    def __dask_tokenize__(self) -> tuple[object, ...]:
        ends = tuple((one.start, one.stop) for one in self.box)
        return (type(self).__name__, self.level.__dask_tokenize__(), ends)


def resolve(region: Region | None, shape: tuple[int, ...]) -> tuple[AxisRange, ...]:
    """Return the box that a region names in an array of `shape`; None means all of it.

    Raises
    ------
    ValueError
        Not slices, too many, or with a step.
    """
    slices = () if region is None else region
    given: object = slices  # what people pass is not checked by mypy
    if not isinstance(given, tuple) or not all(isinstance(one, slice) for one in given):
        raise ValueError(f"region {region!r} must be a tuple of slices, one per axis")
    if len(slices) > len(shape):
        raise ValueError(f"region {region!r} has more slices than the {len(shape)} axes")
    if any(one.step is not None and operator.index(one.step) != 1 for one in slices):
        raise ValueError(f"region {region!r} has a step; take it on the dask array instead")
    whole = slices + (slice(None),) * (len(shape) - len(slices))
    ends = [one.indices(size) for one, size in zip(whole, shape, strict=True)]
    return tuple(AxisRange(start=start, stop=max(start, stop)) for start, stop, _ in ends)
