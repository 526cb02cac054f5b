"""Levels of a pyramid that can't be read are left out, and named: the others are shown."""

from dataclasses import replace

from nb_remote.containers.base import StoredArray
from nb_remote.infer.geometry import Geometry


def readable_levels(
    arrays: tuple[StoredArray, ...], geometry: Geometry
) -> tuple[tuple[StoredArray, ...], Geometry]:
    """Return what can be read of a layer; all of it where that is nothing.

    Voxel size and offsets stay those of the whole pyramid, so that what is left of it lies where
    it lay.

    Parameters
    ----------
    arrays
        Finest first, one per level of `geometry`.
    """
    kept = [n for n, one in enumerate(arrays) if one.problem is None]
    if not kept or len(kept) == len(arrays):
        return arrays, geometry
    notes = [f"level {one.key!r} is left out: {one.problem.text}" for one in arrays if one.problem]
    if kept[0] > 0:
        finest = (
            f"the finest level can't be read: voxels come from level {arrays[kept[0]].key!r} on"
        )
        notes.insert(0, finest)
    levels = tuple(geometry.levels[n] for n in kept)
    notes = [*notes, *geometry.notes]
    return tuple(arrays[n] for n in kept), replace(geometry, levels=levels, notes=tuple(notes))
