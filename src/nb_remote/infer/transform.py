"""Affine maps that turn or shear a layer, as maps of its finest voxels."""

import math
from typing import cast

from nb_remote.dialects.affine import Affine, compose, diagonal, in_voxels, is_usable
from nb_remote.dialects.base import FoundLayer, StoredMatrix
from nb_remote.infer.axes import AxisMap
from nb_remote.infer.geometry import Geometry, Triple
from nb_remote.infer.units import NANOMETERS

_NOT_FOLLOWED = (
    "the affine transformation is not followed, because {why}: the layer is shown as if it had none"
)


def infer_transform(
    found: FoundLayer, axes: AxisMap, geometry: Geometry, parent_voxel_nm_xyz: Triple | None
) -> tuple[Affine | None, tuple[str, ...]]:
    """Return the layer's affine as a map of its finest voxels, and what is odd about it.

    Parameters
    ----------
    found
        What the dialect read.
    axes
        Which stored axis is which.
    geometry
        Where the levels lie before the affine.
    parent_voxel_nm_xyz
        Finest voxel of the image that a label image belongs to, as for `infer_geometry`.

    Returns
    -------
    tuple
        The map as `InferredLayer.transform` has it, None where there is none; and notes.
    """
    stated = found.stated.transform if found.stated is not None else None
    if stated is not None:
        return _checked(stated)
    if found.transform is None:
        return None, ()
    fits = len(found.transform) == len(axes.names)
    matrix = _of_space(found.transform, axes) if fits else None
    if matrix is None:
        return None, (_NOT_FOLLOWED.format(why="it is not one of the axes of space alone"),)
    finest = geometry.voxel_size_nm_xyz.value
    x, y, z = (nm / NANOMETERS[unit] for nm, unit in zip(finest, geometry.units_xyz, strict=True))
    turned = in_voxels(matrix, (x, y, z))
    if not found.corner_based:
        moved = geometry.translation_xyz.origin == "metadata"
        shift = parent_voxel_nm_xyz if parent_voxel_nm_xyz and moved else finest
        turned = _from_corners(turned, shift, finest)
    return _checked(turned)


def _from_corners(matrix: Affine, shift_nm: Triple, finest_nm: Triple) -> Affine:
    """Turn a map of voxel centres into one of corners.

    Layers are shifted by half a voxel as a whole; this one too, by half of how far its voxel
    reaches along each axis once it is turned.
    """
    half = tuple(a / b / 2 for a, b in zip(shift_nm, finest_nm, strict=True))
    x, y, z = (-n for n in half)
    reach = (math.hypot(*(row[k] * half[k] for k in range(3))) for row in matrix)
    back = cast("Triple", tuple(reach))
    ones = (1.0, 1.0, 1.0)
    return compose(diagonal(ones, (x, y, z)), matrix, diagonal(ones, back))


def _of_space(matrix: StoredMatrix, axes: AxisMap) -> Affine | None:
    """Rows and columns of x, y, z; None where other axes take part."""
    places = axes.space_xyz
    space = [one for one in places if one is not None]
    for number, row in enumerate(matrix):
        if number in space:
            mixes = any(row[k] for k in range(len(matrix)) if k not in space)
        else:
            unit = [float(k == number) for k in range(len(matrix))]
            mixes = list(row[:-1]) != unit or row[-1] != 0
        if mixes:
            return None
    rows: list[tuple[float, ...]] = []
    for number, at in enumerate(places):
        if at is None:
            rows.append(tuple(float(k == number) for k in range(4)))
        else:
            row = matrix[at]
            rows.append((*(0.0 if k is None else row[k] for k in places), row[-1]))
    return cast("Affine", tuple(rows))


def _checked(matrix: Affine) -> tuple[Affine | None, tuple[str, ...]]:
    if is_usable(matrix):
        return matrix, ()
    return None, (_NOT_FOLLOWED.format(why="it flattens the layer or leads beyond all bounds"),)
