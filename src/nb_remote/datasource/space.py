"""One dataset space for several layers: its voxel size, and each layer's place in it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nb_remote.infer.geometry import Triple
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import InferredLayer

_RATIO_TOLERANCE = 1e-3
"""Relative distance of a ratio to a power of two that is rounding, as long as it adds up to less
than half a voxel over the layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlacement:
    """Where a layer lies in dataset space (voxels of mag 1 of the dataset, x y z, corner based)."""

    ratio_xyz: Triple
    """Size of the layer's finest voxel in dataset voxels."""
    mag_xyz: tuple[int, int, int] | None
    """The same as a mag, when every component is a power of two; otherwise None."""
    translation_xyz: Triple
    """Corner of the layer's finest level in dataset voxels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSpace:
    """The space that all layers share."""

    voxel_size_nm_xyz: Inferred[Triple]
    """Finest voxel of the finest layer, nanometres."""
    unit: Inferred[str]
    """WEBKNOSSOS unit name that the voxel size is written in."""
    layers: tuple[LayerPlacement, ...]
    """One per layer, in their order."""


def unify(layers: Sequence[InferredLayer]) -> DatasetSpace:
    """Take the finest layer's voxel (smallest volume, the first of equals) as the dataset's.

    Layers never fail to agree: one whose ratio is no power of two keeps its own mags and is
    placed by a transformation.
    """
    base = min(layers, key=lambda one: math.prod(one.geometry.voxel_size_nm_xyz.value))
    size = base.geometry.voxel_size_nm_xyz
    return DatasetSpace(
        voxel_size_nm_xyz=size,
        unit=base.geometry.unit,
        layers=tuple(_place(one, size.value) for one in layers),
    )


def _place(layer: InferredLayer, base_nm: Triple) -> LayerPlacement:
    own_nm = layer.geometry.voxel_size_nm_xyz.value
    exact = tuple(own / base for own, base in zip(own_nm, base_nm, strict=True))
    mags = tuple(
        _power_of_two(ratio, extent) for ratio, extent in zip(exact, layer.shape_xyz, strict=True)
    )
    rebased = None if None in mags else (mags[0] or 1, mags[1] or 1, mags[2] or 1)
    ratio = rebased or exact
    moved = layer.geometry.translation_xyz.value
    return LayerPlacement(
        ratio_xyz=(float(ratio[0]), float(ratio[1]), float(ratio[2])),
        mag_xyz=rebased,
        translation_xyz=(moved[0] * ratio[0], moved[1] * ratio[1], moved[2] * ratio[2]),
    )


def _power_of_two(ratio: float, extent: int) -> int | None:
    if ratio <= 0:
        return None
    nearest = 2 ** max(0, round(math.log2(ratio)))
    off = abs(ratio / nearest - 1)
    return nearest if off <= _RATIO_TOLERANCE and off * extent < 0.5 else None
