"""A level as a dask array, with chunks that cost one task for many stored chunks."""

from math import prod
from typing import TYPE_CHECKING

import dask.array as da
import numpy as np

if TYPE_CHECKING:
    from nb_remote.arrays.level import LevelArray

TARGET_BYTES = 32 * 2**20
"""A dask task costs 0.3 ms; at 16 to 64 MiB a task that vanishes beside reading it (measured)."""
MAX_BYTES = 64 * 2**20
_SPACE = ("z", "y", "x")


def to_dask(level: "LevelArray", chunks: tuple[int, ...] | None = None) -> da.Array:
    """Wrap a level as a lazy dask array.

    Parameters
    ----------
    level
        What to wrap.
    chunks
        Voxels of a dask chunk per axis. By default whole stored chunks, several of them joined
        along z, y and x up to about 32 MiB.

    Raises
    ------
    ValueError
        `chunks` has the wrong rank, or cuts stored chunks apart.
    """
    stored = level.chunks
    if chunks is None:
        chunks = grow_chunks(level.shape, stored, level.dtype.itemsize, level.axes)
    elif len(chunks) != level.ndim:
        raise ValueError(f"chunks {chunks} for {level.ndim} axes {level.axes}")
    elif any(
        c < 1 or (c % s and c < n) for c, s, n in zip(chunks, stored, level.shape, strict=True)
    ):
        raise ValueError(
            f"chunks {chunks} must be whole multiples of the stored chunks {stored}: "
            "otherwise every stored chunk is fetched several times"
        )
    array: da.Array = da.from_array(  # type: ignore[no-untyped-call]  # dask has no types here
        level,
        chunks=chunks,
        asarray=False,
        fancy=False,
        meta=np.empty((0,) * level.ndim, dtype=level.dtype),
    )
    return array


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
