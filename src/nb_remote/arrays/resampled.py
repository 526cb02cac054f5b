"""A level that lies oblique in the dataset, read as voxels along the dataset's axes.

What is asked for is cut into blocks, and each reads its own box of the stored level: a thin
oblique plane costs the chunks around it and not the volume.
"""

import asyncio
import functools
import math
from collections.abc import Iterator
from itertools import product

import numpy as np

from nb_remote.arrays.resample import Points, Span, resample, source_box
from nb_remote.arrays.stored import StoredLevel, space_of, with_z
from nb_remote.chunks.decode import Block
from nb_remote.chunks.reader import Reading
from nb_remote.chunks.selection import AxisRange
from nb_remote.containers.base import MAX_EXTENT
from nb_remote.dialects.affine import box_of, compose, diagonal, inverse
from nb_remote.infer.geometry import Triple
from nb_remote.threads import in_decode_pool

BLOCK = 64
"""Side of a block in voxels: what many chunks have. A tile of 256² takes 7 to 10 ms so, three times
as long in blocks of 32; in blocks of 128 it is as fast, but reads more chunks (measured)."""
_COUNTS = 1024
"""Counts remembered: twice the tiles that a view asks for."""
_MOST_BLOCKS = 16
"""Blocks of a read worked on at once: a tile of one slice has so many."""
_HELD_BYTES = 64 * 2**20
"""Of what these blocks are made from, at most, as long as one alone has no more."""
_LARGEST_STEP = 1.0
"""Voxels of the stored level from one shown voxel to the next."""


class ResampledLevel:
    """A stored level, resampled along the axes of the dataset.

    Its voxels are as large as lets none of the stored ones be skipped. Points outside of the
    stored level are 0 in a segmentation; in an image they are NaN, or the smallest number of its
    type, which is drawn black and so adds nothing to what lies there.

    Parameters
    ----------
    stored
        The level, with the matrix that takes its voxels to those of the dataset.
    nearest
        Take the nearest voxel: ids can't be mixed.
    """

    def __init__(self, stored: StoredLevel, *, nearest: bool) -> None:
        self.axes = with_z(stored.axes)
        self._stored = stored
        self._space = space_of(stored.axes)
        self._nearest = nearest or stored.array.dtype.kind == "b"
        back = inverse(stored.matrix)
        x, y, z = (_LARGEST_STEP / math.sqrt(sum(row[n] ** 2 for row in back)) for n in range(3))
        self.factor_xyz: Triple = (x, y, z)
        width, height, depth = stored.shape_xyz
        lower, upper = box_of(stored.matrix, (0.0, 0.0, 0.0), (width, height, depth))
        self.offset_xyz: Triple = lower
        extents = zip(lower, upper, self.factor_xyz, strict=True)
        shown = [min(MAX_EXTENT, max(1, math.ceil((b - a) / f - 1e-6))) for a, b, f in extents]
        self.shape = self._with_space(stored.shape, shown)
        to_stored = np.array(compose(diagonal(self.factor_xyz, lower), back))
        # Blocks have z, y, x.
        self._back = np.column_stack([to_stored[::-1, 2::-1], to_stored[::-1, 3]])
        self._stored_zyx = (depth, height, width)
        self.chunk_bytes = stored.chunk_bytes
        # A tile's are counted several times on its way, at 1 ms.
        self._counted = functools.lru_cache(_COUNTS)(self._count)
        ones = [1] * len(stored.shape)
        self.chunk_shape = (
            None if stored.chunk_shape is None else self._with_space(tuple(ones), [BLOCK] * 3)
        )

    def count_chunks(self, ranges: tuple[AxisRange, ...]) -> int:
        """Return how many stored chunks a read of `ranges` touches."""
        return self._counted(ranges)

    def _count(self, ranges: tuple[AxisRange, ...]) -> int:
        sizes = self._stored.chunk_shape
        if sizes is None:
            return 1
        touched: set[tuple[int, ...]] = set()
        for points in self._blocks(ranges):
            box = source_box(points, self._stored_zyx, nearest=self._nearest)
            if box is not None:
                own = zip(self._own_ranges(ranges, box), sizes, strict=True)
                touched.update(product(*(_chunks_of(one, size) for one, size in own)))
        return max(1, len(touched))

    async def read(self, ranges: tuple[AxisRange, ...], *, whole_chunks: bool) -> Reading:
        """Resample voxels along the dataset's axes; see `ShownLevel.read`."""
        result = np.full(
            tuple(one.count for one in ranges), self._outside(), dtype=self._stored.array.dtype
        )
        blocks = self._blocks(ranges)
        missing = 0

        async def work() -> None:
            nonlocal missing
            for points in blocks:
                missing += await self._fill(result, ranges, points, whole_chunks=whole_chunks)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._workers(ranges)):
                    group.create_task(work())
        except BaseExceptionGroup as errors:
            # As in a read of chunks: one block's failure is the read's failure.
            raise _first(errors) from None
        return Reading(block=result, missing_chunks=missing)

    async def _fill(
        self,
        result: Block,
        ranges: tuple[AxisRange, ...],
        points: Points,
        *,
        whole_chunks: bool,
    ) -> int:
        """Make one block of a result; return the missing chunks under it."""
        box = source_box(points, self._stored_zyx, nearest=self._nearest)
        if box is None:
            return 0
        reading = await self._stored.read(self._own_ranges(ranges, box), whole_chunks=whole_chunks)
        await in_decode_pool(self._resample, result, ranges, points, box, reading.block)
        return reading.missing_chunks

    def _resample(
        self,
        result: Block,
        ranges: tuple[AxisRange, ...],
        points: Points,
        box: tuple[Span, Span, Span],
        block: Block,
    ) -> None:
        if block.ndim < result.ndim:
            block = block[..., np.newaxis]
        order = _space_last(self._space, block.ndim)
        block = block.transpose(order)
        made = resample(
            block.reshape(-1, *block.shape[-3:]),
            box,
            points,
            self._stored_zyx,
            nearest=self._nearest,
            outside=self._outside(),
        )
        shown = space_of(self.axes)
        target = result.transpose(_space_last(shown, result.ndim))
        starts = [ranges[at].start for at in reversed(shown)]
        z, y, x = (
            slice(start - first, stop - first)
            for (start, stop), first in zip(points.spans, starts, strict=True)
        )
        target[..., z, y, x] = made.reshape(*block.shape[:-3], *made.shape[1:])

    def _blocks(self, ranges: tuple[AxisRange, ...]) -> Iterator[Points]:
        x, y, z = (ranges[at] for at in space_of(self.axes))
        spans = product(_cut(z), _cut(y), _cut(x))
        return (Points(back=self._back, spans=one) for one in spans)

    def _workers(self, ranges: tuple[AxisRange, ...]) -> int:
        """How many blocks may be made at once."""
        x, y, z = (min(BLOCK, ranges[at].count) for at in space_of(self.axes))
        reach = np.abs(self._back[:, :3]) @ np.array([z, y, x]) + 2
        voxels = float(np.minimum(reach, self._stored_zyx).prod())
        held = voxels * self._stored.array.dtype.itemsize
        return max(1, min(_MOST_BLOCKS, int(_HELD_BYTES / held)))

    def _outside(self) -> np.generic:
        dtype = self._stored.array.dtype
        if self._nearest:
            return dtype.type(0)
        return dtype.type(np.nan if dtype.kind == "f" else np.iinfo(dtype.name).min)

    def _own_ranges(
        self, ranges: tuple[AxisRange, ...], box: tuple[Span, Span, Span]
    ) -> tuple[AxisRange, ...]:
        """Ranges of the stored axes for a box in space."""
        own = list(ranges[: len(self._stored.shape)])
        for at, (start, stop) in zip(self._space, reversed(box), strict=True):
            if at < len(own):
                own[at] = AxisRange(start=start, stop=stop)
        return tuple(own)

    def _with_space(self, per_axis: tuple[int, ...], xyz: list[int]) -> tuple[int, ...]:
        """Put numbers for x, y and z in their places."""
        shown = [*per_axis, 1][: len(self.axes.names)]
        for at, one in zip(space_of(self.axes), xyz, strict=True):
            shown[at] = one
        return tuple(shown)


def _space_last(space_xyz: tuple[int, int, int], ndim: int) -> list[int]:
    """Order of axes with all others first, then z, y and x."""
    return [n for n in range(ndim) if n not in space_xyz] + list(reversed(space_xyz))


def _cut(one: AxisRange) -> list[Span]:
    return [(start, min(start + BLOCK, one.stop)) for start in range(one.start, one.stop, BLOCK)]


def _chunks_of(one: AxisRange, size: int) -> range:
    return range(one.start // size, (one.stop - 1) // size + 1)


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
