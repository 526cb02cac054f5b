"""Voxels of a grid at points between them: nearest for labels, linear for images."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from nb_remote.chunks.decode import Block

_ON_A_VOXEL = 1e-6
"""Distances below this, in voxels, are rounding: the point lies on the voxel's middle."""

Span = tuple[int, int]
"""First voxel and the one after the last."""
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Weights = np.ndarray[tuple[int, ...], np.dtype[np.floating]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A box of points, as positions in the grid that is read."""

    back: Floats
    """Three rows (z, y, x of what is read) of four numbers, which take z, y, x of a point there."""
    spans: tuple[Span, Span, Span]
    """Points along z, y, x; those with whole numbers plus a half are asked for."""

    def reach(self) -> tuple[Floats, Floats]:
        """Return the lowest and the highest position along each axis."""
        spans = np.array(self.spans, dtype=float)
        middle = self.back[:, :3] @ spans.mean(axis=1) + self.back[:, 3]
        half = np.abs(self.back[:, :3]) @ ((spans[:, 1] - spans[:, 0] - 1) / 2)
        return middle - half, middle + half

    def positions(self) -> list[Floats]:
        """Return the position of every point along z, y and x, each of the shape of the box."""
        along = [np.arange(*span) + 0.5 for span in self.spans]
        z, y, x = np.ix_(*along)
        return [row[0] * z + row[1] * y + row[2] * x + row[3] for row in self.back]


def source_box(
    points: Points, shape: tuple[int, int, int], *, nearest: bool
) -> tuple[Span, Span, Span] | None:
    """Return the voxels along z, y, x that the points are made of; None where it is none."""
    low, high = points.reach()
    margin = 0.0 if nearest else 0.5
    first = np.floor(low - margin - _ON_A_VOXEL)
    last = np.floor(high + margin + _ON_A_VOXEL)
    spans: list[Span] = []
    for start, stop, lowest, highest, size in zip(first, last, low, high, shape, strict=True):
        if highest < 0 or lowest >= size:
            return None
        spans.append((max(0, int(start)), min(size, int(stop) + 1)))
    z, y, x = spans
    return (z, y, x)


def resample(
    block: Block,
    box: tuple[Span, Span, Span],
    points: Points,
    shape: tuple[int, int, int],
    *,
    nearest: bool,
    outside: np.generic,
) -> Block:
    """Return the values at the points.

    Parameters
    ----------
    block
        Voxels of `box`, shape (n, z, y, x).
    box
        What `source_box` says of the points.
    points
        Where values are asked for.
    shape
        Voxels of the whole grid along z, y, x. What lies in one of them is inside; towards its
        border a linear value is that of the last voxel.
    nearest
        Take the voxel that a point lies in, else what is linear between the middles of voxels.
    outside
        What the points outside of the grid get.

    Returns
    -------
    ndarray
        Shape (n, z, y, x) of the points, type of `block`; linear values of integers are rounded.
    """
    positions = points.positions()
    inside = np.ones(positions[0].shape, dtype=bool)
    for at, size in zip(positions, shape, strict=True):
        inside &= (at >= 0) & (at < size)
    result = np.full((len(block), *inside.shape), outside, dtype=block.dtype)
    if not inside.any():
        return result
    held = [at[inside] for at in positions]
    flat = block.reshape(len(block), -1)
    if nearest:
        result[:, inside] = flat[:, _flat([np.floor(at) for at in held], box)]
    else:
        result[:, inside] = _linear(flat, held, box, shape)
    return result


def _linear(
    flat: Block, held: list[Floats], box: tuple[Span, Span, Span], shape: tuple[int, int, int]
) -> Block:
    exact = flat.dtype.itemsize <= 2 or flat.dtype == np.float32
    work = np.float32 if exact else np.float64
    taps = [_taps(at, size, work) for at, size in zip(held, shape, strict=True)]
    total = np.zeros((len(flat), held[0].size), dtype=work)
    for corner in product(*taps):
        values: Weights = flat[:, _flat([voxel for voxel, _ in corner], box)].astype(work)
        for _, weight in corner:
            if weight is not None:
                values = values * weight
        total += values
    return _as_type(total, flat.dtype)


def _taps(at: Floats, size: int, work: type[np.floating]) -> list[tuple[Floats, Weights | None]]:
    """Return the voxels on both sides with their weights, or the one that all points lie on."""
    middle = at - 0.5
    low = np.floor(middle + _ON_A_VOXEL)
    part = middle - low
    below = np.clip(low, 0, size - 1)
    if np.abs(part).max() <= _ON_A_VOXEL:
        return [(below, None)]
    upper: Weights = np.maximum(part, 0).astype(work)
    return [(below, 1 - upper), (np.clip(low + 1, 0, size - 1), upper)]


def _as_type(values: Block, dtype: np.dtype[np.generic]) -> Block:
    if dtype.kind not in "iu":
        return values.astype(dtype)
    if dtype.itemsize == 8:
        # The largest ids are no floats; the next float below them is in range.
        ends = np.iinfo(dtype.name)
        values = np.clip(values, float(ends.min), np.nextafter(float(ends.max), 0.0))
    return np.rint(values).astype(dtype)


def _flat(voxels: list[Floats], box: tuple[Span, Span, Span]) -> Block:
    """Place of voxels in a block of the box, counted along z, y, x."""
    z, y, x = (
        np.clip(one.astype(np.int64), start, stop - 1) - start
        for one, (start, stop) in zip(voxels, box, strict=True)
    )
    height, width = (stop - start for start, stop in box[1:])
    return (z * height + y) * width + x
