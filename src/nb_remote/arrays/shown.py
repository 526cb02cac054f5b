"""A layer's levels as a viewer sees them: upright in dataset space, however they are stored."""

from typing import Protocol

from nb_remote.arrays.resampled import ResampledLevel
from nb_remote.arrays.source import Source
from nb_remote.arrays.stored import StoredLevel
from nb_remote.arrays.turned import TurnedLevel
from nb_remote.chunks.reader import Reading
from nb_remote.chunks.selection import AxisRange
from nb_remote.datasource.space import LayerPlacement
from nb_remote.dialects.affine import compose, diagonal
from nb_remote.infer.axes import AxisMap
from nb_remote.infer.geometry import Triple
from nb_remote.infer.layer import InferredLayer


class ShownLevel(Protocol):
    """One scale level along the axes of the dataset. Axes of its ranges are `axes`."""

    @property
    def axes(self) -> AxisMap:
        """The stored axes; a turned image that has no z gets one behind them."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels per axis."""

    @property
    def factor_xyz(self) -> Triple:
        """Size of a voxel in dataset voxels."""

    @property
    def offset_xyz(self) -> Triple:
        """Corner of the first voxel in dataset voxels."""

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """Voxels per axis that are best read together; None where nothing can be read."""

    @property
    def chunk_bytes(self) -> int:
        """Decoded bytes of a stored chunk."""

    def count_chunks(self, ranges: tuple[AxisRange, ...]) -> int:
        """Return how many stored chunks a read of `ranges` touches."""

    async def read(self, ranges: tuple[AxisRange, ...], *, whole_chunks: bool) -> Reading:
        """Read voxels as `ChunkReader.read` does; ranges have no steps.

        Raises
        ------
        NbRemoteError
            A chunk could not be fetched or decoded, or the level can't be read at all.
        """


def shown_levels(
    layer: InferredLayer, placement: LayerPlacement, source: Source
) -> tuple[ShownLevel, ...]:
    """Return the levels of a layer along the axes of the dataset, finest first."""
    nearest = layer.category.value == "segmentation"
    levels: list[ShownLevel] = []
    for array, placed in zip(layer.arrays, layer.geometry.levels, strict=True):
        matrix = compose(diagonal(placed.factor_xyz, placed.offset_xyz), placement.matrix)
        stored = StoredLevel(array, source, layer.axes.value, matrix)
        if placement.is_upright:
            levels.append(stored)
        elif placement.is_square:
            levels.append(TurnedLevel(stored))
        else:
            levels.append(ResampledLevel(stored, nearest=nearest))
    return tuple(levels)
