"""Voxel size, and where each scale level lies. The one place where physical units become voxels.

Space is voxel-corner based: voxel ``i`` covers ``i`` to ``i + 1``. OME-NGFF puts its origin at
voxel *centres*, so an image is shifted by half a finest voxel as a whole, and coarse levels
follow their translations from there.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nb_remote.dialects.base import RawLevel
from nb_remote.errors import BadMetadata
from nb_remote.infer.axes import AxisMap
from nb_remote.infer.inferred import Inferred, Origin
from nb_remote.infer.units import NANOMETERS

Triple = tuple[float, float, float]

_ORIGIN: Triple = (0.0, 0.0, 0.0)
_ONES: Triple = (1.0, 1.0, 1.0)

SMALLEST_NM, LARGEST_NM = 1e-30, 1e60
"""Voxel sizes beyond these are no lengths of anything (Planck length, visible universe: 1.6e-26
and 1e36 nm); within them no product or ratio of sizes overflows."""

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
    origin: Origin = "metadata"
    """How the factor is known; ``assumed`` where it follows from the shapes alone."""


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


def finest_first(levels: tuple[RawLevel, ...], axes: AxisMap) -> tuple[RawLevel, ...]:
    """Sort levels by the size of their voxels, or by their extents where a scale is missing."""

    def fineness(level: RawLevel) -> float:
        if all(one.scale for one in levels):
            return math.prod(axes.xyz(level.scale or (), 1.0))
        return -math.prod(axes.shape_xyz(level.array.shape))

    return tuple(sorted(levels, key=fineness))


def infer_geometry(
    levels: tuple[RawLevel, ...],
    axes: AxisMap,
    units: Inferred[tuple[str, str, str]],
    parent_voxel_nm_xyz: Triple | None = None,
    *,
    corner_based: bool = False,
    stated_voxel_xyz: Triple | None = None,
    where: str,
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
    corner_based
        Translations name corners, as in Neuroglancer precomputed: nothing is shifted.
    stated_voxel_xyz
        Voxel that mags count from, in `units`, where the metadata state one: then no level need be
        of that size, and arrays may reach beyond what is used of them.
    where
        Address of the layer, for the error.

    Raises
    ------
    BadMetadata
        A voxel size or a translation that nothing real can have.
    """
    notes: list[str] = []
    stands = all(level.scale and not level.by_shape for level in levels)
    known: Origin = "metadata" if stands else "assumed"
    to_nm = tuple(NANOMETERS[unit] for unit in units.value)
    sizes = _sizes(levels, axes, to_nm)
    centres = [
        _times(axes.xyz(one.translation, 0.0), to_nm) if one.translation else _ORIGIN
        for one in levels
    ]
    stated = _times(stated_voxel_xyz, to_nm) if stated_voxel_xyz is not None else None
    _check_possible([*sizes, *([stated] if stated else [])], centres, where)
    if len(levels) > 1 and not all(level.scale for level in levels):
        notes.append("no scale for every level: factors are taken from the shapes")
    finest = stated or _minimum(sizes)
    if stated is None and finest not in sizes:
        notes.append(
            "no single level is the finest along x, y and z: the smallest of each is taken"
        )
    first = sizes.index(finest) if finest in sizes else 0
    moved = any(level.translation for level in levels)
    # What is the same for every level says where the image lies, but not how the levels lie in it.
    told_apart = len(set(centres)) > 1
    if len(levels) > 1 and not told_apart and not corner_based:
        notes.append("no translation tells the levels apart: their corners are assumed to coincide")
    shift = parent_voxel_nm_xyz if parent_voxel_nm_xyz and moved else finest
    corners = (
        centres
        if corner_based
        else [
            _corner(centre, size if told_apart else sizes[first], shift)
            for centre, size in zip(centres, sizes, strict=True)
        ]
    )
    origin = corners[first] if moved else _ORIGIN
    if stated is None:
        notes += _extent_notes(levels, axes, sizes)
    return Geometry(
        voxel_size_nm_xyz=_voxel_size(
            finest, units, known=bool(levels[0].scale) and not levels[0].relative
        ),
        unit=Inferred(min(units.value, key=NANOMETERS.__getitem__), units.origin, units.note),
        units_xyz=units.value,
        translation_xyz=Inferred(
            _triple(map(_clean, _divide(origin, finest))), "metadata" if moved else "assumed"
        ),
        levels=tuple(
            _placement(
                _divide(size, finest), _divide(_minus(corner, corners[first]), finest), known
            )
            for size, corner in zip(sizes, corners, strict=True)
        ),
        notes=tuple(notes),
    )


def _sizes(levels: tuple[RawLevel, ...], axes: AxisMap, to_nm: tuple[float, ...]) -> list[Triple]:
    """Voxel size of each level in nanometres; by its shape where a level has no scale."""
    first = _times(axes.xyz(levels[0].scale, 1.0) if levels[0].scale else _ONES, to_nm)
    if all(level.scale for level in levels):
        return [_times(axes.xyz(level.scale or (), 1.0), to_nm) for level in levels]
    return [_times(ratio, first) for ratio in _shape_ratios(levels, axes)]


def _check_possible(sizes: list[Triple], centres: list[Triple], where: str) -> None:
    sizes_fit = all(SMALLEST_NM <= n <= LARGEST_NM for size in sizes for n in size)
    if not sizes_fit or any(abs(n) > LARGEST_NM for centre in centres for n in centre):
        raise BadMetadata(
            "a voxel size or a translation is impossible",
            where=where,
            field="coordinateTransformations",
        )


def _extent_notes(levels: tuple[RawLevel, ...], axes: AxisMap, sizes: list[Triple]) -> list[str]:
    """Name the levels whose scale contradicts their shape: they would cover something else."""
    whole = _times(axes.shape_xyz(levels[0].array.shape), sizes[0])
    notes: list[str] = []
    for level, size in zip(levels[1:], sizes[1:], strict=True):
        covered = _times(axes.shape_xyz(level.array.shape), size)
        # Rounding costs a writer up to a voxel; two are no rounding any more.
        if any(abs(a - b) > 2 * s for a, b, s in zip(whole, covered, size, strict=True)):
            notes.append(
                f"level {level.array.key!r} covers another extent than the finest one, "
                "going by its scale"
            )
    return notes


def _voxel_size(
    finest: Triple, units: Inferred[tuple[str, str, str]], *, known: bool
) -> Inferred[Triple]:
    if known:
        return Inferred(finest, units.origin, units.note)
    return Inferred(finest, "assumed", "the metadata give no scale: one unit per voxel is assumed")


def _shape_ratios(levels: tuple[RawLevel, ...], axes: AxisMap) -> list[Triple]:
    finest = axes.shape_xyz(levels[0].array.shape)
    return [
        _triple(map(_shape_ratio, finest, axes.shape_xyz(level.array.shape))) for level in levels
    ]


def _shape_ratio(finest: float, coarse: float) -> float:
    """Whole where a whole factor gives this extent: 13 voxels in halves are 6 or 7."""
    whole = max(1, round(finest / coarse))
    fits = coarse in (finest // whole, -(-finest // whole))
    return whole if fits else finest / coarse


def _corner(centre: Triple, size: Triple, shift: Triple) -> Triple:
    """Corner of the first voxel in nanometres: its centre, half its own back, half a finest on."""
    return _triple(c - s / 2 + f / 2 for c, s, f in zip(centre, size, shift, strict=True))


def _placement(factor: Triple, offset: Triple, origin: Origin) -> LevelPlacement:
    mag = tuple(_whole(one) for one in factor)
    whole = None if None in mag else (mag[0] or 1, mag[1] or 1, mag[2] or 1)
    return LevelPlacement(
        factor_xyz=factor, offset_xyz=_triple(map(_clean, offset)), mag=whole, origin=origin
    )


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
