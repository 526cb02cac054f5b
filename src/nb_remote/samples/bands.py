"""Smooth random fields over huge integer grids, evaluated on any regular box of them.

The turning bands method: a field in space is a sum of one-dimensional noises along several
directions. With directions of small integers the argument of each noise is a whole number, so
a box needs one short table per direction, and the table is laid over the box by strides alone.
What a voxel gets depends on its coordinates only, bit for bit, whichever box it is computed in:
tables are exact functions of integers, and sums are made in one order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Triple = tuple[int, int, int]

DIRECTIONS: tuple[Triple, ...] = (
    (3, 1, 2),
    (2, 3, -1),
    (-1, 2, 3),
    (1, -3, 2),
    (2, -1, -3),
    (3, -2, 1),
)
"""Steps per voxel along z, y, x. Spread over the sphere, none along an axis; all of length √14."""
_LENGTH = 14**0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A regular grid of level-0 voxels: ``start + step · index`` along z, y and x."""

    start: Triple
    """Level-0 voxel of index 0."""
    step: int
    """Level-0 voxels from one index to the next."""
    shape: Triple

    def axis(self, number: int) -> npt.NDArray[np.int64]:
        """Level-0 coordinates along one axis, 0 for z, shaped to broadcast over the box."""
        values = self.start[number] + self.step * np.arange(self.shape[number], dtype=np.int64)
        return values.reshape([-1 if n == number else 1 for n in range(3)])


def mix(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Scramble 64-bit integers one to one: the finaliser of SplitMix64 (Steele et al. 2014)."""
    out = values + np.uint64(0x9E3779B97F4A7C15)
    out ^= out >> np.uint64(30)
    out *= np.uint64(0xBF58476D1CE4E5B9)
    out ^= out >> np.uint64(27)
    out *= np.uint64(0x94D049BB133111EB)
    out ^= out >> np.uint64(31)
    return out


def field(
    box: Box, seed: int, octaves: Sequence[tuple[int, float]]
) -> tuple[Floats, tuple[float, float]]:
    """Return a random field, z y x, and two values between which it surely lies.

    Parameters
    ----------
    box
        Where it is wanted.
    seed
        Another field for every seed.
    octaves
        Wavelength in level-0 voxels, and amplitude: the standard deviation is about as large.
    """
    total: Floats | None = None
    low = high = 0.0
    for number, direction in enumerate(DIRECTIONS):
        reach = [d * (n - 1) for d, n in zip(direction, box.shape, strict=True)]
        first, last = (sum(cut(0, r) for r in reach) for cut in (min, max))
        origin = sum(d * s for d, s in zip(direction, box.start, strict=True))
        along = origin + box.step * np.arange(first, last + 1, dtype=np.int64)
        salt = seed * len(DIRECTIONS) + number
        table = sum(
            (np.float32(size) * _noise(along, round(_LENGTH * wave), salt * 8 + n))
            for n, (wave, size) in enumerate(octaves)
        )
        assert isinstance(table, np.ndarray)  # noqa: S101  (there is at least one octave)
        low, high = low + float(table.min()), high + float(table.max())
        strides = [d * table.itemsize for d in direction]
        view = np.lib.stride_tricks.as_strided(table[-first:], box.shape, strides, writeable=False)
        total = view.copy() if total is None else np.add(total, view, out=total)
    assert total is not None  # noqa: S101  (DIRECTIONS is not empty)
    return total, (low, high)


def _noise(along: npt.NDArray[np.int64], wave: int, salt: int) -> Floats:
    """Value noise on the integers from -1 to 1: random at multiples of `wave`, smooth between."""
    knot, rest = np.divmod(along, wave)
    first = int(knot.min())
    # 2^40 knots per salt: more than there are in 100 000³ voxels, with negative ones
    keys = np.arange(first, int(knot.max()) + 2, dtype=np.int64) + ((salt << 40) + (1 << 39))
    if len(keys) > 2 * len(along):  # coarse levels skip knots
        left, right = (
            _unit(mix((knot + (n + (salt << 40) + (1 << 39))).astype(np.uint64))) for n in (0, 1)
        )
    else:
        values = _unit(mix(keys.astype(np.uint64)))
        left, right = values[knot - first], values[knot - first + 1]
    part = rest / wave
    blend = part * part * part * (part * (part * 6 - 15) + 10)  # Perlin's quintic: C² at knots
    return (left + (right - left) * blend).astype(np.float32)


def _unit(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0
