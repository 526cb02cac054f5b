"""What every storage format yields: arrays, each with its layout, or a reason why not."""

from dataclasses import dataclass
from math import prod
from typing import cast

import numpy as np

from nb_remote.chunks.layout import ChunkLayout
from nb_remote.errors import BadMetadata, NbRemoteError

MAX_NDIM = 8
"""More axes than any imaging format defines (OME-NGFF has five)."""
MAX_CHUNK_BYTES = 512 * 2**20
"""Largest decoded chunk that is ever allocated for one read."""
MAX_EXTENT = 2**53
"""Above this an index is no longer exact in JSON and JavaScript."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArray:
    """One array at a location. Axes in the stored order."""

    key: str
    """Path of the array relative to the location; empty when it is the location itself."""
    shape: tuple[int, ...]
    """Voxels per axis."""
    dtype: np.dtype[np.generic]
    """Native byte order."""
    dimension_names: tuple[str, ...] | None
    """Axis names that the array itself carries, or None."""
    layout: ChunkLayout | None
    """How to read it; None when it can't be read."""
    problem: NbRemoteError | None
    """Why it can't be read; None when it can."""
    notes: tuple[str, ...] = ()
    """What to know of how it is read, one sentence each."""


def parse_extents(value: object, field: str, where: str) -> tuple[int, ...]:
    """Translate a list of integers, also where a writer made floats of them (``10.0``).

    Raises
    ------
    BadMetadata
        It is something else.
    """
    extents = [_extent(n) for n in value] if isinstance(value, list) else [None]
    if None in extents:
        raise BadMetadata(
            f"{field} must be a list of integers, not {shortened(value)}", where=where, field=field
        )
    return tuple(cast("list[int]", extents))


def _extent(value: object) -> int | None:
    if isinstance(value, float) and abs(value) <= MAX_EXTENT and value.is_integer():
        return int(value)
    return value if type(value) is int else None


def check_grid(
    shape: tuple[int, ...], chunk_shape: tuple[int, ...], itemsize: int, *, where: str
) -> None:
    """Refuse shapes and chunks that are impossible, before anything is allocated for them.

    Raises
    ------
    BadMetadata
        Too many axes, different ranks, extents or chunks out of range, or a chunk too large.
    """
    if len(shape) > MAX_NDIM:
        raise BadMetadata(
            f"the array has {len(shape)} axes, more than {MAX_NDIM}", where=where, field="shape"
        )
    if len(shape) != len(chunk_shape):
        raise BadMetadata(
            f"the shape has {len(shape)} axes and the chunks {len(chunk_shape)}",
            where=where,
            field="chunks",
        )
    if any(not 0 < n <= MAX_EXTENT for n in shape):
        raise BadMetadata(f"impossible shape {shortened(list(shape))}", where=where, field="shape")
    if any(not 0 < n <= MAX_EXTENT for n in chunk_shape):
        raise BadMetadata(
            f"impossible chunks {shortened(list(chunk_shape))}", where=where, field="chunks"
        )
    chunk_bytes = prod(chunk_shape) * itemsize
    if chunk_bytes > MAX_CHUNK_BYTES:
        raise BadMetadata(
            f"one chunk of {list(chunk_shape)} decodes to {chunk_bytes} bytes, "
            f"more than {MAX_CHUNK_BYTES}",
            where=where,
            field="chunks",
        )


def not_a_volume(
    field: str, value: object, kind: str, shape: tuple[int, ...], where: str
) -> BadMetadata:
    """Return the error for an array of something else than plain numbers, which it describes.

    Parameters
    ----------
    field, value
        The data type as the metadata give it.
    kind
        What that holds, in the plural; empty when not known.
    """
    return BadMetadata(
        f"{field} {shortened(value)}{f' ({kind})' if kind else ''} is no integer, float or bool of "
        f"up to 8 bytes, so this array of shape {shortened(list(shape))} can't be read as a volume",
        where=where,
        field=field,
    )


def shortened(value: object) -> str:
    """Write a value of the metadata so that it fits into a message."""
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        text = f"a huge {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "…"
