"""A dask array with named axes and coordinates in dataset space, as xarray has them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import dask.array as da
    import xarray as xr


def to_xarray(
    array: "da.Array",
    axes: Sequence[str],
    *,
    corner_xyz: Sequence[float],
    factor_xyz: Sequence[float],
    channels: Sequence[str],
    name: str,
    attributes: dict[str, Any],
) -> "xr.DataArray":
    """Name the axes of an array and say where its voxels lie.

    Parameters
    ----------
    array
        Axes as in `axes`.
    corner_xyz, factor_xyz
        Corner of the first voxel and size of a voxel, in dataset voxels.
    channels
        Names along ``c``; used where they tell the channels apart.

    Returns
    -------
    xarray.DataArray
        Coordinates along x, y and z are centres of voxels, counted so that the voxel ``n`` of the
        dataset has the coordinate ``n``; those along other axes are indices, or channel names.

    Raises
    ------
    ImportError
        xarray is not installed.
    """
    try:
        import xarray as xr  # noqa: PLC0415  (an extra)
    except ImportError:
        raise ImportError('Layer.xarray() needs xarray: pip install "nb-remote[xarray]"') from None
    space = dict(zip("xyz", zip(corner_xyz, factor_xyz, strict=True), strict=True))
    coordinates: dict[str, Any] = {}
    for axis, extent in zip(axes, array.shape, strict=True):
        index = np.arange(extent)
        if axis in space:
            corner, factor = space[axis]
            coordinates[axis] = corner + (index + 0.5) * factor - 0.5
        elif axis == "c" and len(set(channels)) == extent:
            coordinates[axis] = list(channels)
        else:
            coordinates[axis] = index
    return xr.DataArray(array, dims=tuple(axes), coords=coordinates, name=name, attrs=attributes)
