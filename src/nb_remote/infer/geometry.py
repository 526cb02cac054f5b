"""Voxel size, and where each scale level lies. The one place where physical units become voxels.

Space is voxel-corner based: voxel ``i`` covers ``i`` to ``i + 1``. OME-NGFF puts its origin at
voxel *centres*, so an image is shifted by half a finest voxel as a whole, and coarse levels
follow their translations from there.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nb_remote.dialects.base import RawLevel
from nb_remote.infer.axes import AxisMap
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.units import NANOMETERS

Triple = tuple[float, float, float]

_MAG_TOLERANCE = 0.02
"""Largest relative distance of a ratio to a whole number that still makes it a mag: odd extents
give ratios like 2.007, anything off by more (2.25) is a fraction. Geometry uses the exact ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPlacement:
    """Where one scale level lies in layer space (finest voxels of the layer, x y z)."""

    factor_xyz: Triple
    """Size of one of its voxels."""
    offset_xyz: Triple
    """Corner of its first voxel, relative to the layer's translation."""
    mag: tuple[int, int, int] | None
    """WEBKNOSSOS magnification, or None where a factor is not a whole number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """Voxel size of the finest voxel, and all levels relative to it."""

    voxel_size_nm_xyz: Inferred[Triple]
    """Size of the finest voxel in nanometres."""
    unit: Inferred[str]
    """Unit the voxel size is best written in: the smallest of those that the metadata use."""
    units_xyz: tuple[str, str, str]
    """Units of x, y and z as the metadata use them: a label image without units takes these."""
    translation_xyz: Inferred[Triple]
    """Corner of the finest level in finest voxels; zeros when the metadata give none."""
    levels: tuple[LevelPlacement, ...]
    """In the order of the layer's levels."""
    notes: tuple[str, ...]


def infer_geometry(
    levels: tuple[RawLevel, ...],
    axes: AxisMap,
    units: Inferred[tuple[str, str, str]],
    parent_voxel_nm_xyz: Triple | None = None,
) -> Geometry:
    """Place the levels of a layer.

    Parameters
    ----------
    levels
        Finest first, stored axis order.
    axes
        Which stored axis is which.
    units
        Units of x, y, z.
    parent_voxel_nm_xyz
        Finest voxel of the image that a label image belongs to: they share one OME space, so
        they share its half-voxel shift.
    """
    notes: list[str] = []
    to_nm = tuple(NANOMETERS[unit] for unit in units.value)
    scaled = [level.scale is not None for level in levels]
    ratios_by_shape = _shape_ratios(levels, axes)
    sizes = [
        _times(axes.xyz(level.scale, 1.0), to_nm) if level.scale else ratios_by_shape[n]
        for n, level in enumerate(levels)
    ]
    if not all(scaled):
        sizes = [_times(ratio, to_nm) for ratio in ratios_by_shape]
        if len(levels) > 1:
            notes.append("no scale for every level: factors are taken from the shapes")
    finest = _minimum(sizes)
    if finest not in sizes:
        notes.append(
            "no single level is the finest along x, y and z: the smallest of each is taken"
        )
    first = sizes.index(finest) if finest in sizes else 0
    moved = any(level.translation for level in levels)
    shift = parent_voxel_nm_xyz if parent_voxel_nm_xyz and moved else finest
    corners = [
        _corner(axes, level, to_nm, size, shift) if moved else (0.0, 0.0, 0.0)
        for level, size in zip(levels, sizes, strict=True)
    ]
    origin = corners[first]
    if not moved and len(levels) > 1:
        notes.append("no level has a translation: their corners are assumed to coincide")
    return Geometry(
        voxel_size_nm_xyz=_voxel_size(finest, units, known=all(scaled)),
        unit=Inferred(min(units.value, key=NANOMETERS.__getitem__), units.origin, units.note),
        units_xyz=units.value,
        translation_xyz=Inferred(_divide(origin, finest), "metadata" if moved else "assumed"),
        levels=tuple(
            _placement(_divide(size, finest), _divide(_minus(corner, origin), finest))
            for size, corner in zip(sizes, corners, strict=True)
        ),
        notes=tuple(notes),
    )


def _voxel_size(
    finest: Triple, units: Inferred[tuple[str, str, str]], *, known: bool
) -> Inferred[Triple]:
    if known:
        return Inferred(finest, units.origin, units.note)
    return Inferred(finest, "assumed", "the metadata give no scale: one unit per voxel is assumed")


def _shape_ratios(levels: tuple[RawLevel, ...], axes: AxisMap) -> list[Triple]:
    finest = axes.shape_xyz(levels[0].array.shape)
    return [
        _triple(f / s for f, s in zip(finest, axes.shape_xyz(level.array.shape), strict=True))
        for level in levels
    ]


def _corner(
    axes: AxisMap, level: RawLevel, to_nm: tuple[float, ...], size: Triple, shift: Triple
) -> Triple:
    """Corner of the first voxel in nanometres: its centre, half its own back, half a finest on."""
    centre = axes.xyz(level.translation, 0.0) if level.translation else (0.0, 0.0, 0.0)
    centre_nm = _times(centre, to_nm)
    return _triple(c - s / 2 + f / 2 for c, s, f in zip(centre_nm, size, shift, strict=True))


def _placement(factor: Triple, offset: Triple) -> LevelPlacement:
    mag = tuple(_whole(one) for one in factor)
    whole = None if None in mag else (mag[0] or 1, mag[1] or 1, mag[2] or 1)
    return LevelPlacement(factor_xyz=factor, offset_xyz=_triple(map(_clean, offset)), mag=whole)


def _whole(factor: float) -> int | None:
    nearest = max(1, round(factor))
    return nearest if abs(factor - nearest) <= _MAG_TOLERANCE * factor else None


def _clean(value: float) -> float:
    """Rounding residue of the unit arithmetic is not an offset (a millionth of a voxel)."""
    nearest = round(value * 2) / 2
    return nearest if math.isclose(value, nearest, abs_tol=1e-6) else value


def _minimum(sizes: list[Triple]) -> Triple:
    return _triple(min(size[n] for size in sizes) for n in range(3))


def _times(a: tuple[float, ...], b: tuple[float, ...]) -> Triple:
    return _triple(x * y for x, y in zip(a, b, strict=True))


def _divide(a: Triple, b: Triple) -> Triple:
    return _triple(x / y for x, y in zip(a, b, strict=True))


def _minus(a: Triple, b: Triple) -> Triple:
    return _triple(x - y for x, y in zip(a, b, strict=True))


def _triple(values: Iterable[float]) -> Triple:
    x, y, z = values
    return (float(x), float(y), float(z))
