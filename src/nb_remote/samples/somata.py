"""Cell bodies of the procedural tissue: one at most in each cell of a coarse grid."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nb_remote.samples.bands import Box, Floats, field, mix

GRID = 1_200
"""Side of a grid cell in voxels. A soma stays inside its cell, so no neighbour is looked at."""
_SMALLEST, _LARGEST = 190, 320
"""Radii in voxels: somata of 3 to 5 µm across at 8 nm."""
_SHARE = 0.7
"""Grid cells with a soma."""
_BUMPS = ((420, 0.11), (120, 0.03))
"""Wavelengths and sizes of what makes a ball irregular, in `Somata.depth`."""
_REACH = 1.36
"""Radii that the skin may reach: 1.36² less the sum of all bumps (6 directions) is above 1."""
_MEMBRANE = 5.0
"""Voxels; `Somata.depth` changes by 2 over a radius, so this is 2.5 voxels each side."""
_KEY = 1 << 60
"""Above every key of the neuropil."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Somata:
    """The somata in and near a box."""

    depth: Floats
    """Square of the distance to the centre over that of the radius, bumps added: 1 at the skin."""
    rim: Floats
    """Thickness of a membrane in `depth`."""
    keys: npt.NDArray[np.uint64]
    """One number per soma."""


def somata(box: Box) -> Somata | None:
    """Return the somata of a box, or None where there are none."""
    axes = [box.axis(n).reshape(-1) for n in range(3)]
    cells, places = zip(*(np.unique(a // GRID, return_inverse=True) for a in axes), strict=True)
    z, y, x = (
        one.astype(np.uint64).reshape([-1 if n == m else 1 for m in range(3)])
        for n, one in enumerate(cells)
    )
    keys = (z << np.uint64(36)) + (y << np.uint64(18)) + x + np.uint64(_KEY)
    bits = mix(keys)
    radius = _SMALLEST + (_LARGEST - _SMALLEST) * _share(bits, 0)
    present = _share(bits, 1) < _SHARE
    where = np.ix_(*places)
    radius = np.where(present, radius, 0.0)
    free = GRID / 2 - _REACH * radius
    square = np.zeros(box.shape, np.float32)
    for n, grid in enumerate((z, y, x)):
        centre = (grid.astype(np.float64) + 0.5) * GRID + free * (2 * _share(bits, 2 + n) - 1)
        # Small whole numbers: exact in float32, so a voxel gets the same in every box.
        away = (box.axis(n) - np.rint(centre).astype(np.int64)[where]).astype(np.float32)
        square += away * away
    size = radius.astype(np.float32)[where]
    near = square < np.float32(_REACH**2) * size * size
    if not near.any():
        return None
    size = np.where(near, size, np.float32(1))
    depth = square / (size * size)
    bumps, _ = field(box, 31, _BUMPS)
    depth += bumps
    depth[~near] = np.inf
    return Somata(depth=depth, rim=np.float32(_MEMBRANE) / size, keys=keys[where])


def _share(bits: npt.NDArray[np.uint64], number: int) -> npt.NDArray[np.float64]:
    """Ten bits of a hash as a number from 0 to 1."""
    part = bits >> np.uint64(10 * number) & np.uint64(1023)
    return part.astype(np.float64) / 1024
