"""A level whose axes run along others of the dataset, or backwards: voxels change places only."""

import numpy as np

from nb_remote.arrays.stored import StoredLevel, space_of, with_z
from nb_remote.chunks.reader import Reading
from nb_remote.chunks.selection import AxisRange
from nb_remote.dialects.affine import box_of
from nb_remote.infer.geometry import Triple


class TurnedLevel:
    """A stored level, transposed and flipped into the axes of the dataset.

    Parameters
    ----------
    stored
        The level; each row of its matrix has one number beside the translation.
    """

    def __init__(self, stored: StoredLevel) -> None:
        self.axes = with_z(stored.axes)
        self._stored = stored
        self._space = space_of(stored.axes)
        linear = np.array(stored.matrix)[:, :3]
        self._from_xyz = tuple(int(np.flatnonzero(row)[0]) for row in linear)
        """Per axis of the dataset the layer's own that runs along it."""
        steps = [linear[n, k] for n, k in enumerate(self._from_xyz)]
        self._backwards = tuple(bool(step < 0) for step in steps)
        x, y, z = (float(abs(step)) for step in steps)
        self.factor_xyz: Triple = (x, y, z)
        width, height, depth = stored.shape_xyz
        box = box_of(stored.matrix, (0.0, 0.0, 0.0), (width, height, depth))
        self.offset_xyz: Triple = box[0]
        self.shape = self._turned((*stored.shape, 1))
        self.chunk_shape = (
            None if stored.chunk_shape is None else self._turned((*stored.chunk_shape, 1))
        )
        self.chunk_bytes = stored.chunk_bytes

    def count_chunks(self, ranges: tuple[AxisRange, ...]) -> int:
        """Return how many stored chunks a read of `ranges` touches."""
        return self._stored.count_chunks(self._stored_ranges(ranges))

    async def read(self, ranges: tuple[AxisRange, ...], *, whole_chunks: bool) -> Reading:
        """Read voxels along the dataset's axes; see `ShownLevel.read`."""
        own = self._stored_ranges(ranges)
        reading = await self._stored.read(own, whole_chunks=whole_chunks)
        block = reading.block
        if block.ndim < len(self.axes.names):
            block = block[..., np.newaxis]
        order = list(range(block.ndim))
        for at, comes_from in zip(space_of(self.axes), self._from_xyz, strict=True):
            order[at] = self._space[comes_from]
        block = block.transpose(order)
        flipped = zip(space_of(self.axes), self._backwards, strict=True)
        block = np.flip(block, tuple(at for at, backwards in flipped if backwards))
        return Reading(block=block, missing_chunks=reading.missing_chunks)

    def _turned(self, per_axis: tuple[int, ...]) -> tuple[int, ...]:
        """Give each axis of the dataset what the stored axis along it has."""
        turned = list(per_axis[: len(self.axes.names)])
        for at, comes_from in zip(space_of(self.axes), self._from_xyz, strict=True):
            turned[at] = per_axis[self._space[comes_from]]
        return tuple(turned)

    def _stored_ranges(self, ranges: tuple[AxisRange, ...]) -> tuple[AxisRange, ...]:
        own = list(ranges)
        for at, comes_from, backwards in zip(
            space_of(self.axes), self._from_xyz, self._backwards, strict=True
        ):
            one, size = ranges[at], self.shape[at]
            mirrored = AxisRange(start=size - one.stop, stop=size - one.start)
            own[self._space[comes_from]] = mirrored if backwards else one
        return tuple(own[: len(self._stored.shape)])
