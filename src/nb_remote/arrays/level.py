"""One scale level as an array: NumPy indexing over remote chunks."""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nb_remote.arrays.region import Region
from nb_remote.arrays.source import Source
from nb_remote.chunks.decode import Block
from nb_remote.chunks.layout import ChunkLayout
from nb_remote.chunks.selection import Index, Selection, normalise
from nb_remote.containers.base import StoredArray
from nb_remote.errors import NbRemoteError, NotFound, TooLarge
from nb_remote.priority import Priority
from nb_remote.threads import run

if TYPE_CHECKING:
    import dask.array as da

MAX_READ_BYTES = 4 * 2**30
"""Largest result of one indexing: what fits a notebook's memory on most machines."""


class LevelArray:
    """A lazy, read-only array of one scale level.

    Indexing follows NumPy's basic indexing in the stored axis order and reads only the chunks
    that the result touches.

    Parameters
    ----------
    array
        What is stored.
    source
        Where it is stored.
    axes
        Name of each stored axis, for example ``("z", "y", "x")``.
    mag
        WEBKNOSSOS magnification in the dataset, x y z, or None when a factor is no whole number.
    """

    def __init__(
        self,
        array: StoredArray,
        source: Source,
        axes: tuple[str, ...],
        mag: tuple[int, int, int] | None,
    ) -> None:
        self._array = array
        self._source = source
        self.axes = axes
        self.mag = mag

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels per axis, stored order."""
        return self._array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Data type, native byte order."""
        return self._array.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def chunks(self) -> tuple[int, ...]:
        """Voxels of a stored chunk per axis, stored order."""
        return self.layout.chunk_shape

    @property
    def size(self) -> int:
        """Number of voxels."""
        return int(np.prod(self.shape, dtype=object))

    @property
    def nbytes(self) -> int:
        """Bytes of the whole level in memory."""
        return self.size * self.dtype.itemsize

    @property
    def layout(self) -> ChunkLayout:
        """How the level is stored.

        Raises
        ------
        NbRemoteError
            The level can't be read; the error says why.
        """
        if self._array.layout is None:
            raise self._array.problem or NotFound("the level can't be read")
        return self._array.layout

    @property
    def problem(self) -> NbRemoteError | None:
        """Why the level can't be read, or None."""
        return self._array.problem

    @property
    def where(self) -> str:
        """The address, as it may be shown."""
        return self._source.location.display(self._array.key)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of an array without axes")
        return self.shape[0]

    def __iter__(self) -> Iterator[Block]:
        """Yield ``self[0]``, ``self[1]``, …, each read when it is asked for.

        Raises
        ------
        TooLarge
            The whole level is larger than `MAX_READ_BYTES`: ``x in level``, ``max(level)`` and
            the like would silently read all of it. Loop over ``range(len(level))`` on purpose.
        """
        if not self.shape:
            raise TypeError("iteration over an array without axes")
        self._check_size(normalise(..., self.shape))
        return (self[n] for n in range(len(self)))

    def __getitem__(self, index: Index | tuple[Index, ...]) -> Block:
        """Read the voxels of a NumPy basic index.

        Raises
        ------
        IndexError
            The index is out of bounds or not basic.
        TooLarge
            The result would be larger than `MAX_READ_BYTES`; nothing was fetched.
        NbRemoteError
            A chunk could not be fetched or decoded.
        """
        selection = normalise(index, self.shape)
        self._check_size(selection)
        reader = self._source.reader(self.layout)
        try:
            reading = run(reader.read(selection.ranges, priority=Priority.BULK))
        except NbRemoteError as error:
            # The context is the task group that holds this very error: a circle that
            # distributed can't pickle, so the error would not arrive as itself.
            error.__context__ = None
            raise
        return reading.block[selection.finish]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Block:  # noqa: ANN401, FBT001  (as NumPy calls it)
        if copy is False:
            raise ValueError("a remote array can't be had without a copy")
        block = self[...]
        return block if dtype is None else block.astype(dtype, copy=False)

    def dask(
        self, chunks: tuple[int, ...] | None = None, *, region: Region | None = None
    ) -> "da.Array":
        """Return the level, or a box of it, as a lazy dask array; see `to_dask`."""
        from nb_remote.arrays.dask_array import to_dask  # noqa: PLC0415  (dask takes 0.3 s to import)

        return to_dask(self, chunks, region)

    def __dask_tokenize__(self) -> tuple[object, ...]:
        location = self._source.location
        # The same address may hold another array later, or another one by its query.
        query = hashlib.sha256(location.query.encode()).hexdigest()
        stored = (self._array.key, self.shape, self.chunks, self.layout.dtype.str)
        return (type(self).__name__, location.display(), query, *stored)

    def __reduce__(self) -> tuple[object, ...]:
        return (LevelArray, (self._array, self._source, self.axes, self.mag))

    def _check_size(self, selection: Selection) -> None:
        nbytes = int(np.prod(selection.shape, dtype=object)) * self.dtype.itemsize
        if nbytes > MAX_READ_BYTES:
            raise TooLarge(
                f"this would read {human_bytes(nbytes)} into memory, more than "
                f"{human_bytes(MAX_READ_BYTES)}",
                where=self.where,
                hint="Index a smaller box, take a coarser level, or compute on .dask().",
            )

    def __repr__(self) -> str:
        named = ", ".join(f"{a}: {n}" for a, n in zip(self.axes, self.shape, strict=True))
        mag = "" if self.mag is None else f", mag={'-'.join(map(str, self.mag))}"
        return f"<LevelArray ({named}) {self.dtype}{mag}, {human_bytes(self.nbytes)}>"


def human_bytes(count: int) -> str:
    """Write a number of bytes the way people read it: ``1.5 GiB``."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if amount < 1024 or unit == "PiB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError
