"""Chunk index → ``x0-x1_y0-y1_z0-z1``: objects are named by the box of voxels they hold.

Specification: https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.rst
"""

from dataclasses import dataclass

_X0_TO_Z1 = "{}-{}_{}-{}_{}-{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxKeys:
    """Names of one scale's chunks. Border chunks are named as far as the scale reaches."""

    prefix: str
    """Folder of the scale with a trailing slash."""
    size_xyz: tuple[int, int, int]
    """Voxels of the scale."""
    chunk_xyz: tuple[int, int, int]
    """Voxels of a chunk."""
    voxel_offset_xyz: tuple[int, int, int]
    """First voxel of the scale, in its own voxels; part of the names."""
    declared: bool = True
    """There is only one way to write them."""

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds chunk `index` (x, y, z, and channel where there is one)."""
        ends: list[int] = []
        grid = zip(index, self.chunk_xyz, self.size_xyz, self.voxel_offset_xyz, strict=False)
        for at, chunk, size, offset in grid:
            ends += (offset + at * chunk, offset + min((at + 1) * chunk, size))
        return self.prefix + _X0_TO_Z1.format(*ends)

    def other(self) -> "BoxKeys":
        """Return the same names."""
        return self
