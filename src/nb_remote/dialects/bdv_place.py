"""Voxel size and place of BigDataViewer's views: their calibration and registration together."""

from nb_remote.dialects.bdv_project import BdvProject, BdvSetup
from nb_remote.dialects.n5_values import Json, Numbers

_SAME = 1e-3
"""Relative difference of calibrations that BigStitcher's rounding leaves."""
_LEFT_OUT = "is left out: the image is shown where it would lie without it"


def placed_by(project: BdvProject, setup: BdvSetup) -> tuple[Json, tuple[str, ...]]:
    """Return what a view's group would say of its finest level itself, and what can't be followed.

    The registration moves voxel centres; all views are moved half of the smallest voxel on, so
    that one that is not moved begins at 0 and all keep their distances.
    """
    size, origin, notes = _place(setup)
    if size is None:
        return {}, notes
    said: Json = {"pixelResolution": {"dimensions": list(size), "unit": setup.unit}}
    if origin is None:
        return said, notes
    others = [_place(one)[0] for one in project.setups if one.unit == setup.unit]
    least = [min(each) for each in zip(*(one for one in others if one is not None), strict=True)]
    corner = [at - (own - small) / 2 for at, own, small in zip(origin, size, least, strict=True)]
    return {**said, "offset": corner}, notes


def _place(setup: BdvSetup) -> tuple[Numbers | None, Numbers | None, tuple[str, ...]]:
    """Voxel size, centre of the first voxel, and notes."""
    size = setup.voxel_size
    if setup.affine is None:
        return size, None, ()
    rows = [setup.affine[4 * n : 4 * n + 4] for n in range(3)]
    scale, origin = [row[n] for n, row in enumerate(rows)], [row[3] for row in rows]
    beside = [abs(row[m]) for n, row in enumerate(rows) for m in range(3) if m != n]
    notes = (
        ("the registration differs between time points: that of the first one is used",)
        if setup.moves
        else ()
    )
    if min(scale) <= 0 or max(beside) > 1e-9 * max(scale):
        return size, None, (f"a registration that turns, shears or mirrors it {_LEFT_OUT}",)
    if size is None:
        return tuple(scale), tuple(origin), notes
    # What one unit of the world is, in the unit of the voxel size: 1, or the smallest voxel.
    units = [own / one for own, one in zip(size, scale, strict=True)]
    if max(units) - min(units) <= _SAME * max(units):
        return size, tuple(at * unit for at, unit in zip(origin, units, strict=True)), notes
    if len(set(size)) == 1:  # not calibrated: the registration is
        factor = size[0]
        return tuple(n * factor for n in scale), tuple(n * factor for n in origin), notes
    return size, None, (*notes, f"a registration that stretches it {_LEFT_OUT}")
