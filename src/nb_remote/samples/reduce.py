"""How a coarse level is made from level 0: block means for images, majorities for labels.

Every coarse level is computed from level 0, never from the level before, so what
its voxels mean can be said in one sentence and rounding does not add up. Blocks at
the far edges are smaller when a size is no multiple of the factor; they count only
the voxels that exist.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

_SUM_DTYPE = {"u": np.uint64, "i": np.int64, "f": np.float64}
"""What blocks are summed in, by kind of dtype: wide enough for 2³² voxels of 32 bit."""


def block_mean(array: npt.NDArray[Any], factors: Sequence[int]) -> npt.NDArray[Any]:
    """Mean of every block; integers are rounded half up.

    Parameters
    ----------
    array
        Level 0; an integer or floating dtype of up to 32 bit.
    factors
        Voxels per block along each axis of `array`.
    """
    total = _block_sum(array, factors, _SUM_DTYPE[array.dtype.kind])
    count = _block_size(array.shape, factors)
    if array.dtype.kind == "f":
        mean = total / count
    else:
        count = count.astype(total.dtype)
        mean = (2 * total + count) // (2 * count)
    return np.asarray(mean, array.dtype)


def block_majority(labels: npt.NDArray[Any], factors: Sequence[int]) -> npt.NDArray[Any]:
    """Most frequent label of every block, the smallest one of several; for few labels."""
    values = np.unique(labels)
    winner: npt.NDArray[Any] | None = None
    most: npt.NDArray[Any] | None = None
    for value in values:
        votes = _block_sum(labels == value, factors, np.uint32)
        if winner is None or most is None:
            winner, most = np.full(votes.shape, value, labels.dtype), votes
        else:
            winner[votes > most] = value
            most = np.maximum(most, votes)
    if winner is None:
        raise ValueError("labels must hold at least one voxel")
    return winner


def _block_sum(
    array: npt.NDArray[Any], factors: Sequence[int], dtype: npt.DTypeLike
) -> npt.NDArray[Any]:
    total = array
    for axis, factor in enumerate(factors):
        starts = np.arange(0, array.shape[axis], factor)
        total = np.add.reduceat(total, starts, axis=axis, dtype=dtype)
    return total


def _block_size(shape: Sequence[int], factors: Sequence[int]) -> npt.NDArray[Any]:
    """Voxels in every block, as an array that has the shape of the blocks."""
    sizes = [
        np.minimum(factor, size - np.arange(0, size, factor))
        for size, factor in zip(shape, factors, strict=True)
    ]
    return reduce(np.multiply.outer, sizes)
