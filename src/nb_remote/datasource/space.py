"""One dataset space for several layers: its voxel size, and each layer's place in it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from nb_remote.dialects.affine import Affine, box_of, compose, diagonal
from nb_remote.infer.geometry import Triple
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import InferredLayer

_RATIO_TOLERANCE = 1e-3
"""Relative distance of a ratio to a power of two that is rounding, as long as it adds up to less
than half a voxel over the layer, and on the way to it."""
_STRAIGHT = 1e-3
"""Voxels that a shear may move a layer by, over all of its extent, and still be rounding: the
cosine of a right angle is 6e-17 in most files."""
_ROUNDING = 1e-6
"""The same relative to how far the axis reaches along the others."""
_ONES: Triple = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlacement:
    """Where a layer lies in dataset space (voxels of mag 1 of the dataset, x y z, corner based)."""

    ratio_xyz: Triple
    """Size of the layer's finest voxel in dataset voxels, along its own axes where it is turned."""
    mag_xyz: tuple[int, int, int] | None
    """The same as a mag, when every component is a power of two; otherwise None."""
    translation_xyz: Triple
    """Corner of the layer's finest level in dataset voxels."""
    matrix: Affine
    """Takes the layer's own voxels to those of the dataset: finest ones of the layer, counted from
    the corner of its finest level. Where the layer is upright it holds `ratio_xyz` and
    `translation_xyz` and nothing else."""
    notes: tuple[str, ...] = ()
    """What to know of it, one sentence each."""

    @property
    def is_upright(self) -> bool:
        """Whether the layer's axes are those of the dataset, neither turned nor mirrored."""
        return all(
            row[k] > 0 if k == n else row[k] == 0
            for n, row in enumerate(self.matrix)
            for k in range(3)
        )

    @property
    def is_square(self) -> bool:
        """Whether each axis of the layer runs along one of the dataset, in either direction."""
        return all(sum(row[k] != 0 for k in range(3)) == 1 for row in self.matrix)

    def box(self, lower_xyz: Triple, upper_xyz: Triple) -> tuple[Triple, Triple]:
        """Return the upright box in dataset space around a box of the layer's finest voxels."""
        return box_of(self.matrix, lower_xyz, upper_xyz)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSpace:
    """The space that all layers share."""

    voxel_size_nm_xyz: Inferred[Triple]
    """Finest voxel of the finest layer, or the one that a person chose; nanometres."""
    unit: Inferred[str]
    """WEBKNOSSOS unit name that the voxel size is written in."""
    layers: tuple[LayerPlacement, ...]
    """One per layer, in their order."""


def unify(layers: Sequence[InferredLayer], voxel_size_nm_xyz: Triple | None = None) -> DatasetSpace:
    """Take the finest layer's voxel (smallest volume, the first of equals) as the dataset's.

    Layers never fail to agree: one whose ratio is no power of two keeps its own mags and is
    placed by a transformation.

    Parameters
    ----------
    layers
        At least one.
    voxel_size_nm_xyz
        Voxel that a person wants the dataset to have instead, x y z in nanometres.
    """
    base = min(layers, key=lambda one: math.prod(one.geometry.voxel_size_nm_xyz.value))
    size = base.geometry.voxel_size_nm_xyz
    if voxel_size_nm_xyz is not None:
        size = Inferred(voxel_size_nm_xyz, "user")
    return DatasetSpace(
        voxel_size_nm_xyz=size,
        unit=base.geometry.unit,
        layers=tuple(_place(one, size.value) for one in layers),
    )


def _place(layer: InferredLayer, base_nm: Triple) -> LayerPlacement:
    own_nm = layer.geometry.voxel_size_nm_xyz.value
    moved = layer.geometry.translation_xyz.value
    exact = tuple(own / base for own, base in zip(own_nm, base_nm, strict=True))
    mags = tuple(
        _power_of_two(ratio, max(extent, abs(at), abs(at + extent)))
        for ratio, extent, at in zip(exact, layer.shape_xyz, moved, strict=True)
    )
    rebased = None if None in mags else (mags[0] or 1, mags[1] or 1, mags[2] or 1)
    x, y, z = (float(one) for one in rebased or exact)
    ratio = (x, y, z)
    if layer.transform is None:
        matrix = compose(diagonal(_ONES, moved), diagonal(ratio))
    else:
        matrix = compose(diagonal(_ONES, moved), layer.transform, diagonal(ratio))
        matrix = _straightened(matrix, layer.shape_xyz)
    left, top, front = (row[3] for row in matrix)
    placement = LayerPlacement(
        ratio_xyz=ratio, mag_xyz=rebased, translation_xyz=(left, top, front), matrix=matrix
    )
    notes = [] if rebased else [_odd_ratio(ratio)]
    if not placement.is_upright:
        notes.append(_turned(placement, layer))
    return replace(placement, notes=tuple(notes))


def _power_of_two(ratio: float, reach: float) -> int | None:
    """Return the mag that a ratio is, as far as `reach` voxels can tell."""
    if ratio <= 0:
        return None
    nearest = 2 ** max(0, round(math.log2(ratio)))
    off = abs(ratio / nearest - 1)
    return nearest if off <= _RATIO_TOLERANCE and off * reach < 0.5 else None


def _straightened(matrix: Affine, shape_xyz: tuple[int, int, int]) -> Affine:
    """Take out what is only the rounding of right angles."""
    largest = [max(abs(row[k]) for row in matrix) for k in range(3)]

    def straight(number: float, column: int) -> float:
        bends = abs(number) * shape_xyz[column] >= _STRAIGHT
        return number if bends or abs(number) > _ROUNDING * largest[column] else 0.0

    rows = (
        (straight(row[0], 0), straight(row[1], 1), straight(row[2], 2), row[3]) for row in matrix
    )
    return cast("Affine", tuple(rows))


def _turned(placement: LayerPlacement, layer: InferredLayer) -> str:
    if placement.is_square:
        how = "it lies turned or mirrored in the dataset, and is shown so voxel by voxel"
    else:
        between = (
            "from the nearest voxel"
            if layer.category.value == "segmentation"
            else "linear between voxels"
        )
        how = f"it lies oblique in the dataset, and is shown resampled, {between}"
    return f"{how}; outside of it nothing is shown, and arrays are as stored"


def _odd_ratio(ratio: Triple) -> str:
    sizes = " x ".join(f"{n:.6g}" for n in ratio)
    return (
        f"its voxel is {sizes} of the dataset's, which is no power of two: the WEBKNOSSOS "
        "datasource keeps the layer's own mags and places it by an affine transformation"
    )
