"""A level as a dask array, with chunks that cost one task for many stored chunks."""

import itertools
from math import prod
from typing import TYPE_CHECKING

import dask.array as da
import numpy as np

from nb_remote.arrays.region import Region, RegionArray, resolve
from nb_remote.chunks.selection import AxisRange
from nb_remote.errors import TooLarge

if TYPE_CHECKING:
    from nb_remote.arrays.level import LevelArray

TARGET_BYTES = 32 * 2**20
"""A dask task costs 0.3 ms; at 16 to 64 MiB a task that vanishes beside reading it (measured)."""
MAX_BYTES = 64 * 2**20
MAX_TASKS = 1_000_000
"""At 0.3 ms each (measured, as above) these are 5 minutes of dask's own work."""
_SPACE = ("z", "y", "x")


def to_dask(
    level: "LevelArray", chunks: tuple[int, ...] | None = None, region: Region | None = None
) -> da.Array:
    """Wrap a level, or a box of it, as a lazy dask array.

    Parameters
    ----------
    level
        What to wrap.
    chunks
        Voxels of a dask chunk per axis. By default whole stored chunks, several of them joined
        along z, y and x up to about 32 MiB.
    region
        The box, as slices of the level per axis, stored order. Borders of dask chunks are borders
        of stored chunks, so the first and the last one along an axis may be smaller.

    Raises
    ------
    ValueError
        `chunks` has the wrong rank, or cuts stored chunks apart; `region` is no box.
    TooLarge
        The graph would have more than `MAX_TASKS` tasks; nothing was built.
    """
    stored = level.chunks
    box = resolve(region, level.shape)
    # from the border of a stored chunk at or before the box, to its end
    spans = tuple(r.stop - r.start // s * s for r, s in zip(box, stored, strict=True))
    if chunks is None:
        shape = tuple(one.count for one in box)
        chunks = grow_chunks(shape, stored, level.dtype.itemsize, level.axes)
    elif len(chunks) != level.ndim:
        raise ValueError(f"chunks {chunks} for {level.ndim} axes {level.axes}")
    elif any(c < 1 or (c % s and c < n) for c, s, n in zip(chunks, stored, spans, strict=True)):
        raise ValueError(
            f"chunks {chunks} must be whole multiples of the stored chunks {stored}: "
            "otherwise every stored chunk is fetched several times"
        )
    _check_tasks(level, chunks, spans)
    array: da.Array = da.from_array(  # type: ignore[no-untyped-call]  # dask has no types here
        level if region is None else RegionArray(level, box),
        chunks=tuple(_cut(r, s, c) for r, s, c in zip(box, stored, chunks, strict=True)),
        asarray=False,
        fancy=False,
        meta=np.empty((0,) * level.ndim, dtype=level.dtype),
    )
    return array


def _check_tasks(level: "LevelArray", chunks: tuple[int, ...], spans: tuple[int, ...]) -> None:
    tasks = prod(-(-n // c) for n, c in zip(spans, chunks, strict=True))
    if tasks > MAX_TASKS:
        raise TooLarge(
            f"a dask array of {spans} voxels in chunks of {chunks} would have {tasks:,} tasks, "
            f"more than {MAX_TASKS:,}",
            where=level.where,
            hint="Take a coarser level (mag=… or level=…), a part (region=(slice(…), …) in "
            f"voxels along {', '.join(level.axes)}), or larger chunks=….",
        )


def _cut(one: AxisRange, stored: int, chunk: int) -> tuple[int, ...]:
    """Lengths of the dask chunks along an axis."""
    first = one.start // stored * stored + chunk
    borders = [one.start, *range(first, one.stop, chunk), one.stop]
    return tuple(b - a for a, b in itertools.pairwise(borders))


def grow_chunks(
    shape: tuple[int, ...], stored: tuple[int, ...], itemsize: int, axes: tuple[str, ...]
) -> tuple[int, ...]:
    """Join stored chunks along the shortest space axis until there are about `TARGET_BYTES`."""
    chunk = list(stored)

    def nbytes() -> int:
        # Chunks reach over the edge; what lies outside is not computed.
        return prod(min(c, n) for c, n in zip(chunk, shape, strict=True)) * itemsize

    while nbytes() < TARGET_BYTES:
        growable = [n for n, name in enumerate(axes) if name in _SPACE and chunk[n] < shape[n]]
        if not growable or nbytes() * 2 > MAX_BYTES:
            break
        shortest = min(growable, key=lambda n: chunk[n])
        chunk[shortest] *= 2
    return tuple(chunk)
