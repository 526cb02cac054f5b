"""The transform of a link's source → where the layer lies in the dataset."""

import math
from dataclasses import replace
from typing import cast

from nb_remote.datasource.neuroglancer.corners import own_corner_nm, their_corner_nm
from nb_remote.datasource.neuroglancer.link_space import step_nm
from nb_remote.dialects.affine import IDENTITY, Affine, apply, compose, in_voxels, is_usable
from nb_remote.infer.geometry import LARGEST_NM, SMALLEST_NM, Triple
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import InferredLayer
from nb_remote.location.neuroglancer.from_link import LinkSpace
from nb_remote.location.neuroglancer.state import Dimension, LinkSource

_XYZ = ("x", "y", "z")
_BY_THE_LINK = "by the link"
_FARTHEST = 2.0**53
"""Voxels beyond this are no longer counted exactly."""
_ROUNDING = 1e-9
"""Relative to what is compared: residue of the arithmetic of units."""


def placed(layer: InferredLayer, source: LinkSource, space: LinkSpace) -> InferredLayer:
    """Return a layer where the link puts it.

    Scale and translation become voxel size and translation of the layer, exactly; anything that
    turns, mirrors or shears becomes its affine. What can't be followed is said in a note.
    """
    matrix = physical_affine(layer, source, space)
    if matrix is None or not all(math.isfinite(one) for row in matrix for one in row):
        return _unmoved(layer)
    if _close(matrix, IDENTITY, layer):
        return layer
    straight = all(
        math.isclose(matrix[i][j], 0.0, abs_tol=_ROUNDING)
        for i in range(3)
        for j in range(3)
        if i != j
    ) and all(matrix[i][i] > 0 for i in range(3))
    if straight and layer.transform is None:
        return _scaled(layer, matrix)
    turned = in_voxels(matrix, layer.geometry.voxel_size_nm_xyz.value)
    if layer.transform is not None:
        turned = compose(layer.transform, turned)
    if not is_usable(turned):
        return _unmoved(layer)
    return replace(
        layer, transform=turned, notes=(*layer.notes, "turned, mirrored or sheared by the link")
    )


def physical_affine(layer: InferredLayer, source: LinkSource, space: LinkSpace) -> Affine | None:
    """Return the map from where nb-remote would lay a layer to where the link has it.

    Both in nanometres, x y z, corner based. None where no such map follows from the link, because
    it mixes space with other axes or speaks of axes that the layer doesn't have.
    """
    size = layer.geometry.voxel_size_nm_xyz.value
    columns = _columns(layer, source, size)
    rows = _rows(layer, source, space)
    if columns is None or rows is None:
        return None
    linear = [[0.0] * 3 for _ in range(3)]
    move = [0.0] * 3
    for axis in range(3):
        if axis in rows:
            row, unit_nm = rows[axis]
            if any(value and n not in columns for n, value in enumerate(row[:-1])):
                return None
            for n, (which, stretch) in columns.items():
                if n < len(row) - 1:
                    linear[axis][which] = row[n] * stretch
            move[axis] = row[-1] * unit_nm
        elif layer.axes.value.z is None and axis not in {which for which, _ in columns.values()}:
            linear[axis][axis] = 1.0  # a picture lies in the plane that the viewer shows
        else:
            return None
    own, their = own_corner_nm(layer), their_corner_nm(layer)
    # From our corner to theirs, then through the link, then to the space of the dataset.
    before = [b - a for a, b in zip(own, their, strict=True)]
    result = tuple(
        (
            *linear[n],
            sum(a * b for a, b in zip(linear[n], before, strict=True))
            + move[n]
            + space.shift_nm_xyz[n],
        )
        for n in range(3)
    )
    return cast("Affine", result)


def _columns(
    layer: InferredLayer, source: LinkSource, size: Triple
) -> dict[int, tuple[int, float]] | None:
    """Number of an input → which of x, y, z it is, and how much longer the link makes its step."""
    names = layer.axes.value.names
    given = source.transform.input if source.transform is not None else None
    if given is not None and len(given) != len(names):
        return None
    columns: dict[int, tuple[int, float]] = {}
    for n, name in enumerate(names):
        if name not in _XYZ:
            continue
        axis = _XYZ.index(name)
        step = size[axis] if given is None else step_nm(given[n])
        if step is None:
            return None
        columns[n] = (axis, step / size[axis])
    return columns


def _rows(
    layer: InferredLayer, source: LinkSource, space: LinkSpace
) -> dict[int, tuple[tuple[float, ...], float]] | None:
    """Return which of x, y, z → row of the matrix, and nanometres of a step of the translation."""
    names = layer.axes.value.names
    moved = source.transform
    output = moved.output if moved is not None else None
    matrix = moved.matrix if moved is not None else None
    rank = len(names) if output is None else len(output)
    if matrix is None:
        matrix = tuple(
            tuple(float(row == column) for column in range(rank + 1)) for row in range(rank)
        )
    if len(matrix) != rank or any(len(row) < 2 for row in matrix):
        return None
    axis_of = dict(zip((one.name for one in space.dimensions), space.axes, strict=True))
    rows: dict[int, tuple[tuple[float, ...], float]] = {}
    for n, row in enumerate(matrix):
        name = names[n] if output is None else _axis(output[n], axis_of)
        if name not in _XYZ:
            continue
        step = 1.0 if output is None else step_nm(output[n])
        if step is None:
            return None
        rows[_XYZ.index(name)] = (row, step)
    return rows


def _axis(dimension: Dimension, axis_of: dict[str, str]) -> str:
    return axis_of.get(dimension.name, dimension.name.lower())


def _scaled(layer: InferredLayer, matrix: Affine) -> InferredLayer:
    geometry = layer.geometry
    before = geometry.voxel_size_nm_xyz.value
    size = tuple(_clean(matrix[n][n] * before[n], before[n]) for n in range(3))
    corner = apply(matrix, own_corner_nm(layer))
    if not all(SMALLEST_NM <= one <= LARGEST_NM for one in size) or not all(
        abs(a) <= _FARTHEST * b for a, b in zip(corner, size, strict=True)
    ):
        return _unmoved(layer)
    x, y, z = (_clean(a / b, round(2 * a / b) / 2) for a, b in zip(corner, size, strict=True))
    changed = geometry
    if size != before:
        voxel = cast("Triple", size)
        changed = replace(changed, voxel_size_nm_xyz=Inferred(voxel, "metadata", _BY_THE_LINK))
    if (x, y, z) != geometry.translation_xyz.value:
        changed = replace(changed, translation_xyz=Inferred((x, y, z), "metadata", _BY_THE_LINK))
    return replace(layer, geometry=changed)


def _clean(value: float, nearest: float) -> float:
    return nearest if math.isclose(value, nearest, rel_tol=_ROUNDING, abs_tol=1e-6) else value


def _close(matrix: Affine, other: Affine, layer: InferredLayer) -> bool:
    size = layer.geometry.voxel_size_nm_xyz.value
    return all(
        math.isclose(a, b, abs_tol=_ROUNDING * (size[n] if column == 3 else 1.0))
        for n, (row, then) in enumerate(zip(matrix, other, strict=True))
        for column, (a, b) in enumerate(zip(row, then, strict=True))
    )


def _unmoved(layer: InferredLayer) -> InferredLayer:
    note = "the link moves this layer in a way that can't be followed: its transform is not applied"
    return replace(layer, notes=(*layer.notes, note))
