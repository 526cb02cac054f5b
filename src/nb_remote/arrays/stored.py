"""A stored level with its place: what an upright layer shows, and what others are made from."""

from nb_remote.arrays.source import Source
from nb_remote.chunks.plan import count_chunks
from nb_remote.chunks.reader import Reading
from nb_remote.chunks.selection import AxisRange
from nb_remote.containers.base import StoredArray
from nb_remote.dialects.affine import Affine
from nb_remote.errors import NotFound
from nb_remote.infer.axes import AxisMap
from nb_remote.infer.geometry import Triple


class StoredLevel:
    """A level as it is stored.

    Parameters
    ----------
    array
        What is stored.
    source
        Where it is stored.
    axes
        Which stored axis is which.
    matrix
        Takes its own voxels, counted from the corner of the first, to those of the dataset.
    """

    def __init__(self, array: StoredArray, source: Source, axes: AxisMap, matrix: Affine) -> None:
        self.array = array
        self.axes = axes
        self.matrix = matrix
        self._source = source

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels per stored axis."""
        return self.array.shape

    @property
    def shape_xyz(self) -> tuple[int, int, int]:
        """Voxels along its own x, y, z; 1 where there is no z."""
        return self.axes.shape_xyz(self.array.shape)

    @property
    def factor_xyz(self) -> Triple:
        """Size of a voxel in dataset voxels, where the layer is upright."""
        return (self.matrix[0][0], self.matrix[1][1], self.matrix[2][2])

    @property
    def offset_xyz(self) -> Triple:
        """Corner of the first voxel in dataset voxels."""
        return (self.matrix[0][3], self.matrix[1][3], self.matrix[2][3])

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """Voxels of a chunk per stored axis; None where nothing can be read."""
        return None if self.array.layout is None else self.array.layout.chunk_shape

    @property
    def chunk_bytes(self) -> int:
        """Decoded bytes of a chunk."""
        return 0 if self.array.layout is None else self.array.layout.chunk_bytes

    def count_chunks(self, ranges: tuple[AxisRange, ...]) -> int:
        """Return how many chunks `ranges` touch."""
        return 1 if self.array.layout is None else count_chunks(self.array.layout, ranges)

    async def read(self, ranges: tuple[AxisRange, ...], *, whole_chunks: bool) -> Reading:
        """Read voxels as `ChunkReader.read` does.

        Raises
        ------
        NbRemoteError
            A chunk could not be fetched or decoded, or the level can't be read at all.
        """
        if self.array.layout is None:
            raise self.array.problem or NotFound("the level can't be read")
        reader = self._source.reader(self.array.layout)
        return await reader.read(ranges, whole_chunks=whole_chunks)


def with_z(axes: AxisMap) -> AxisMap:
    """Return the axes with a z behind them where they have none."""
    if axes.z is not None:
        return axes
    return AxisMap(
        names=(*axes.names, "z"), x=axes.x, y=axes.y, z=len(axes.names), c=axes.c, extra=axes.extra
    )


def space_of(axes: AxisMap) -> tuple[int, int, int]:
    """Positions of x, y and z, behind all axes where there is no z."""
    return (axes.x, axes.y, len(axes.names) if axes.z is None else axes.z)
