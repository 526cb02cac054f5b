"""How an array is cut into stored chunks: the one thing the pipeline knows of a format."""

from dataclasses import dataclass, replace
from math import prod
from typing import Protocol

import numpy as np

from nb_remote.chunks.minishards import MinishardSharding
from nb_remote.chunks.sharding import ShardLevel
from nb_remote.codecs.base import Codec


class KeyNames(Protocol):
    """How a storage format names the objects that hold chunks. Implementations are frozen."""

    @property
    def prefix(self) -> str:
        """Folder of the array with a trailing slash, or empty."""

    @property
    def declared(self) -> bool:
        """Whether the names are certain; where not, `other` is tried before a chunk is missing."""

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds chunk `index` (stored axis order)."""

    def other(self) -> "KeyNames":
        """Return the names to try otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkKeys:
    """Chunk index → object name, as Zarr joins the indices."""

    prefix: str
    """Folder of the array with a trailing slash, or empty."""
    separator: str
    """``.`` or ``/`` between the indices."""
    declared: bool = True
    """Whether the metadata state the separator. Where they don't, the other one is tried before
    a chunk counts as missing."""
    lead: tuple[str, ...] = ()
    """What stands in front of the indices: ``c`` for the default keys of Zarr v3."""

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds chunk `index` (stored axis order)."""
        return self.prefix + (self.separator.join((*self.lead, *map(str, index))) or "0")

    def other(self) -> "ChunkKeys":
        """Return the same names with the other separator."""
        return replace(self, separator="/" if self.separator == "." else ".")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkLayout:
    """A regular grid of chunks, each an object or a part of one. Axes in the stored order."""

    shape: tuple[int, ...]
    """Voxels of the array per axis."""
    chunk_shape: tuple[int, ...]
    """Voxels of a chunk per axis."""
    dtype: np.dtype[np.generic]
    """As stored, byte order included."""
    fill_value: np.generic
    """Value of voxels in chunks that do not exist; native byte order."""
    memory_order: tuple[int, ...]
    """Axes from slowest to fastest within a chunk: ``(0, 1, 2)`` is C order."""
    codecs: tuple[Codec, ...]
    """In decoding order; empty means uncompressed."""
    keys: KeyNames
    metadata_key: str
    """The document that describes this array: read again before a missing chunk is believed."""
    sharding: tuple[ShardLevel, ...] = ()
    """Shards from the objects inwards; empty where each chunk is an object."""
    minishards: MinishardSharding | None = None
    """Neuroglancer's shards, which are found by hashes; None where there are none."""
    cropped: bool = False
    """Whether chunks at the upper borders are stored only as far as the array reaches (Neuroglancer
    precomputed); otherwise they are stored full size."""
    by_suffix: bool = False
    """Whether an object may lie compressed under its name with ``.gz`` and the like behind it, and
    an empty one stands for a missing chunk (Neuroglancer precomputed, as cloud-volume has it)."""

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def native_dtype(self) -> np.dtype[np.generic]:
        """The dtype in this machine's byte order: what readers return."""
        return self.dtype.newbyteorder("=")

    @property
    def chunk_bytes(self) -> int:
        """Decoded bytes of one chunk."""
        return prod(self.chunk_shape) * self.dtype.itemsize

    def stored_shape(self, index: tuple[int, ...]) -> tuple[int, ...]:
        """Voxels per axis that chunk `index` is stored with."""
        if not self.cropped:
            return self.chunk_shape
        ends = zip(self.shape, self.chunk_shape, index, strict=True)
        return tuple(min(chunk, size - at * chunk) for size, chunk, at in ends)

    @property
    def grid_shape(self) -> tuple[int, ...]:
        """Number of chunks per axis."""
        return tuple(-(-n // c) for n, c in zip(self.shape, self.chunk_shape, strict=True))

    @property
    def nbytes(self) -> int:
        """Decoded bytes of the whole array."""
        return prod(self.shape) * self.dtype.itemsize
