"""Affine maps of x, y, z: three rows of four numbers, the last of each moves."""

from itertools import product
from typing import cast

import numpy as np

Row = tuple[float, float, float, float]
Affine = tuple[Row, Row, Row]
"""Maps ``p`` to ``A[:, :3] @ p + A[:, 3]``; rows and columns stand for x, y, z."""
Vector = tuple[float, float, float]

IDENTITY: Affine = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))

_MOST_STRETCHED = 1e6
"""A voxel that a map makes larger or smaller than this is none that a microscope has."""
_FARTHEST = 2.0**53
"""Voxels beyond this are no longer counted exactly."""


def diagonal(factor: Vector, move: Vector = (0.0, 0.0, 0.0)) -> Affine:
    """Return the map that stretches by `factor` and afterwards moves by `move`."""
    (x, y, z), (a, b, c) = factor, move
    return ((x, 0.0, 0.0, a), (0.0, y, 0.0, b), (0.0, 0.0, z, c))


def compose(first: Affine, *later: Affine) -> Affine:
    """Return the map that does `first`, and then each of `later` in their order."""
    total = first
    for then in later:
        rows = (
            tuple(
                sum(row[k] * total[k][column] for k in range(3)) + (row[3] if column == 3 else 0.0)
                for column in range(4)
            )
            for row in then
        )
        total = cast("Affine", tuple(rows))
    return total


def apply(matrix: Affine, point: Vector) -> Vector:
    """Return where a point comes to lie."""
    x, y, z = (sum(row[k] * point[k] for k in range(3)) + row[3] for row in matrix)
    return (x, y, z)


def inverse(matrix: Affine) -> Affine:
    """Return the map back; `matrix` is one that `is_usable`."""
    whole = np.array([*matrix, (0.0, 0.0, 0.0, 1.0)])
    return affine(np.linalg.inv(whole)[:3].tolist())


def affine(rows: object) -> Affine:
    """Return rows of numbers as a map."""
    return cast(
        "Affine", tuple(tuple(float(n) for n in row) for row in cast("list[list[float]]", rows))
    )


def is_usable(matrix: Affine) -> bool:
    """Whether a map leads somewhere and back without losing itself in rounding."""
    whole = np.array(matrix)
    if not np.isfinite(whole).all() or np.abs(whole[:, 3]).max() > _FARTHEST:
        return False
    linear = whole[:, :3]
    if np.abs(linear).max() > _MOST_STRETCHED:
        return False
    try:
        back = np.linalg.inv(linear)
    except np.linalg.LinAlgError:
        return False
    return bool(np.abs(back).max() <= _MOST_STRETCHED)


def box_of(matrix: Affine, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
    """Return the corners of the smallest upright box around a box that was mapped."""
    corners = [apply(matrix, (x, y, z)) for x, y, z in product(*zip(lower, upper, strict=True))]
    low = cast("Vector", tuple(min(one[n] for one in corners) for n in range(3)))
    high = cast("Vector", tuple(max(one[n] for one in corners) for n in range(3)))
    return low, high


def in_voxels(matrix: Affine, voxel_xyz: Vector) -> Affine:
    """Return a map of lengths as one that counts voxels of a size, before and after."""
    rows = (
        tuple(n * side for n, side in zip(row, (*voxel_xyz, 1.0), strict=True)) for row in matrix
    )
    return cast(
        "Affine",
        tuple(tuple(n / own for n in row) for row, own in zip(rows, voxel_xyz, strict=True)),
    )
