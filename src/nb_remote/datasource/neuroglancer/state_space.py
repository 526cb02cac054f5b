"""The space that an exported state counts in, and where the layers lie in it."""

import math
from collections.abc import Sequence
from typing import Any

from nb_remote.datasource.neuroglancer.corners import (
    is_centred,
    own_corner_nm,
    their_axes,
    their_corner_nm,
)
from nb_remote.datasource.neuroglancer.link_space import step_nm
from nb_remote.datasource.space import DatasetSpace
from nb_remote.dialects.affine import Affine, compose, diagonal
from nb_remote.infer.geometry import Triple
from nb_remote.infer.layer import InferredLayer
from nb_remote.location.neuroglancer.from_link import LinkSpace
from nb_remote.location.neuroglancer.state import Dimension
from nb_remote.location.neuroglancer.units import meters

_XYZ = ("x", "y", "z")
_ONES: Triple = (1.0, 1.0, 1.0)
_SECONDS = {"second": "s", "millisecond": "ms", "microsecond": "us", "nanosecond": "ns"}


def space_of(layers: Sequence[InferredLayer], space: DatasetSpace) -> LinkSpace:
    """Return the space of a state: that of the link of the first layer, or the dataset's voxels."""
    for layer in layers:
        if layer.link is not None:
            return layer.link.space
    first = layers[0]
    own, their = own_corner_nm(first), their_corner_nm(first)
    shift = (0.0, 0.0, 0.0)
    if first.uncorrected is None and first.transform is None:
        shift = (own[0] - their[0], own[1] - their[1], own[2] - their[2])
    x, y, z = (meters(one) for one in space.voxel_size_nm_xyz.value)
    dimensions = [
        Dimension(name=name, scale=size, unit="m")
        for name, size in zip(_XYZ, (x, y, z), strict=True)
    ]
    extra = dict(pair for layer in layers for pair in _extra(layer))
    return LinkSpace(
        dimensions=(*dimensions, *extra.values()),
        axes=(*_XYZ, *extra),
        shift_nm_xyz=shift,
        centred=is_centred(first),
    )


def _extra(layer: InferredLayer) -> list[tuple[str, Dimension]]:
    """Return axes like time with their steps, as the metadata give them."""
    found: list[tuple[str, Dimension]] = []
    raw, scale = layer.found.axes, layer.found.levels[0].scale
    for axis in layer.axes.value.extra:
        unit = _SECONDS.get(raw[axis.index].unit.lower(), "") if raw is not None else ""
        step = scale[axis.index] if unit and scale is not None and scale[axis.index] > 0 else 1.0
        found.append((axis.name, Dimension(name=axis.name, scale=step, unit=unit)))
    return found


def written(dimensions: Sequence[Dimension]) -> dict[str, list[Any]]:
    """Return dimensions as a state has them."""
    return {one.name: [one.scale, one.unit] for one in dimensions}


def transform_of(layer: InferredLayer, space: LinkSpace) -> dict[str, Any] | None:
    """Return what moves a layer from where Neuroglancer would lay it to where the dataset has it.

    None where that is the same place.
    """
    base = layer.uncorrected or layer
    size = layer.geometry.voxel_size_nm_xyz.value
    before = base.geometry.voxel_size_nm_xyz.value
    # What Neuroglancer calls the first voxel, in the steps that the state gives it.
    there = tuple(a / b * s for a, b, s in zip(their_corner_nm(base), before, size, strict=True))
    own = own_corner_nm(layer)
    to_ours = (own[0] - there[0], own[1] - there[1], own[2] - there[2])
    back = tuple(-one for one in space.shift_nm_xyz)
    matrix = compose(
        diagonal(_ONES, to_ours),
        _turned(layer),
        diagonal(_ONES, (back[0], back[1], back[2])),
    )
    if size == before and _moves_nothing(matrix, size):
        return None
    names = their_axes(layer)
    steps = [
        [meters(size[_XYZ.index(one)]), "m"] if one in _XYZ else [1, ""]
        for one in layer.axes.value.names
    ]
    rows = [_row(n, layer.axes.value.names, matrix, size) for n in range(len(names))]
    dimensions = dict(zip(names, steps, strict=True))
    return {"inputDimensions": dimensions, "outputDimensions": dimensions, "matrix": rows}


def _moves_nothing(matrix: Affine, size: Triple) -> bool:
    return all(
        math.isclose(value, float(row == column), abs_tol=1e-9 * (size[row] if column == 3 else 1))
        for row, values in enumerate(matrix)
        for column, value in enumerate(values)
    )


def _turned(layer: InferredLayer) -> Affine:
    """Return the affine of a layer as a map of nanometres."""
    if layer.transform is None:
        return diagonal(_ONES)
    x, y, z = layer.geometry.voxel_size_nm_xyz.value
    return compose(diagonal((1 / x, 1 / y, 1 / z)), layer.transform, diagonal((x, y, z)))


def _row(number: int, names: tuple[str, ...], matrix: Affine, size: Triple) -> list[float]:
    """One row of the matrix of all axes: the last column counts steps of the output."""
    name = names[number]
    if name not in _XYZ:
        return [float(column == number) for column in range(len(names) + 1)]
    at = _XYZ.index(name)
    linear = [matrix[at][_XYZ.index(one)] if one in _XYZ else 0.0 for one in names]
    return [*linear, matrix[at][3] / size[at]]


def position_in(
    space: LinkSpace, position: Triple, voxel_nm: Triple, extra: dict[str, int]
) -> list[float]:
    """Return a position of dataset voxels in the steps of a state."""
    result: list[float] = []
    for dimension, axis in zip(space.dimensions, space.axes, strict=True):
        if axis in _XYZ:
            n = _XYZ.index(axis)
            step = step_nm(dimension) or voxel_nm[n]
            result.append((position[n] * voxel_nm[n] - space.shift_nm_xyz[n]) / step)
        else:
            result.append(float(extra.get(axis, 0)))
    return result
