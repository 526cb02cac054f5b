"""A layer: one stored pyramid, ready to be read and computed on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nb_remote.arrays.labelled import to_xarray
from nb_remote.arrays.level import LevelArray
from nb_remote.arrays.region import Region, resolve
from nb_remote.arrays.shown import ShownLevel, shown_levels
from nb_remote.arrays.source import Source
from nb_remote.chunks.decode import Block
from nb_remote.chunks.selection import Index
from nb_remote.datasource.space import LayerPlacement
from nb_remote.dialects.affine import IDENTITY, compose, diagonal
from nb_remote.errors import NbRemoteError
from nb_remote.infer.category import Category
from nb_remote.infer.channels import Channel
from nb_remote.infer.geometry import Triple
from nb_remote.infer.layer import InferredLayer
from nb_remote.recipe import Recipe

if TYPE_CHECKING:
    import dask.array as da
    import xarray as xr


class Layer:
    """One layer of a dataset: named axes, scale levels, and how each property is known.

    ``layer[...]`` reads from the finest level with NumPy's basic indexing, in the stored axis
    order (`axes`). Made by `nb_remote.open`.
    """

    def __init__(
        self,
        name: str,
        inferred: InferredLayer,
        placement: LayerPlacement,
        source: Source,
        recipe: Recipe | None = None,
    ) -> None:
        self.name = name
        self.recipe = recipe
        """How it was made; see `Dataset.python`."""
        self.inferred = inferred
        """Everything that was inferred, each value with its origin."""
        self.placement = placement
        """Where the layer lies in dataset space."""
        self.source = source.at(inferred.location)
        self.levels: tuple[LevelArray, ...] = tuple(
            LevelArray(array, self.source, self.axes, self._dataset_mag(level.mag))
            for array, level in zip(inferred.arrays, inferred.geometry.levels, strict=True)
        )
        """Scale levels, finest first."""
        self.shown: tuple[ShownLevel, ...] = shown_levels(inferred, placement, self.source)
        """The same levels along the axes of the dataset, as a viewer reads them."""

    @property
    def axes(self) -> tuple[str, ...]:
        """Name of each axis in the stored order, for example ``("c", "z", "y", "x")``."""
        return self.inferred.axes.value.names

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels of the finest level per axis, stored order."""
        return self.levels[0].shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Data type of the voxels."""
        return self.inferred.dtype

    @property
    def category(self) -> Category:
        """``color`` (an image) or ``segmentation``."""
        return self.inferred.category.value

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Channels with names, colours and contrast limits; at least one."""
        return self.inferred.channels

    @property
    def voxel_size_nm_xyz(self) -> Triple:
        """Size of the layer's finest voxel along x, y, z in nanometres."""
        return self.inferred.geometry.voxel_size_nm_xyz.value

    @property
    def mags(self) -> tuple[tuple[int, int, int] | None, ...]:
        """Mag of each level in the dataset, x y z; None where a factor is no whole number."""
        return tuple(level.mag for level in self.levels)

    @property
    def bounding_box(self) -> tuple[Triple, Triple]:
        """Lower and upper corner in dataset voxels, x y z; the upper one is exclusive."""
        at, extent = self.inferred.bounding_box.value
        first = self.inferred.first_voxel_xyz
        left, top, front = (a - b for a, b in zip(at, first, strict=True))
        x, y, z = (a + n for a, n in zip((left, top, front), extent, strict=True))
        return self.placement.box((left, top, front), (x, y, z))

    @property
    def problem(self) -> NbRemoteError | None:
        """Why voxels can't be read, or None."""
        return self.inferred.problem

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd about the layer, one sentence each."""
        return (*self.inferred.notes, *self.placement.notes)

    def level_of(self, mag: int | tuple[int, int, int]) -> int:
        """Return the index of the level with a mag.

        Parameters
        ----------
        mag
            An int means the level whose largest component equals it; a tuple (x, y, z) is exact.

        Raises
        ------
        ValueError
            No level has it; the message lists those that exist.
        """
        for index, one in enumerate(self.mags):
            if one is not None and (one == mag if isinstance(mag, tuple) else max(one) == mag):
                return index
        there = ", ".join("-".join(map(str, one)) for one in self.mags if one is not None)
        raise ValueError(
            f"layer {self.name!r} has no mag {mag}; there are {there or 'none'} "
            f"(level 0 to {len(self.levels) - 1} can be given as level=…)"
        )

    def dask(
        self,
        *,
        mag: int | tuple[int, int, int] | None = None,
        level: int | None = None,
        chunks: tuple[int, ...] | None = None,
        region: Region | None = None,
    ) -> "da.Array":
        """Return one level, or a box of it, as a lazy dask array; computing it fetches.

        Parameters
        ----------
        mag
            Which level, by its mag (see `level_of`).
        level
            Which level, by its index; 0 is the finest. Neither given means the finest.
        chunks
            Voxels of a dask chunk per stored axis, whole multiples of the stored chunks. By default
            stored chunks are joined up to about 32 MiB.
        region
            Only this box: slices of the level's own voxels per stored axis, for example
            ``(slice(0, 64), slice(1000, 2000))``; the axes not named are taken whole.

        Raises
        ------
        ValueError
            No such mag, both `mag` and `level` given, unfit `chunks` or `region`.
        TooLarge
            More than a million chunks: dask would be busy with their names alone.
        """
        return self.levels[self._index(mag, level)].dask(chunks, region=region)

    def xarray(
        self,
        *,
        mag: int | tuple[int, int, int] | None = None,
        level: int | None = None,
        chunks: tuple[int, ...] | None = None,
        region: Region | None = None,
    ) -> "xr.DataArray":
        """Return one level, or a box of it, as a lazy `xarray.DataArray` on a dask array.

        Parameters
        ----------
        mag, level, chunks, region
            As for `dask`.

        Returns
        -------
        xarray.DataArray
            Dimensions are `axes`. Coordinates along x, y and z are centres of voxels in dataset
            space: ``.sel(x=100, method="nearest")`` is the dataset's voxel 100 at every level,
            whatever the offset of the layer. Along ``c`` they are channel names where those differ.
            Where the layer is turned or sheared they count its own finest voxels instead, and the
            attribute ``affine`` (3 rows of 4 numbers) takes x, y, z of these to dataset space.

        Raises
        ------
        ImportError
            xarray is not installed (the extra ``xarray``).
        ValueError, TooLarge
            As for `dask`.
        """
        index = self._index(mag, level)
        array = self.levels[index].dask(chunks, region=region)
        placed = self.inferred.geometry.levels[index]
        place = self.placement.matrix
        attributes: dict[str, Any] = {}
        if not self.placement.is_upright:
            # Coordinates are middles of voxels, the matrix is one of corners.
            ones, half = (1.0, 1.0, 1.0), (0.5, 0.5, 0.5)
            to_middles = diagonal(ones, (-0.5, -0.5, -0.5))
            attributes["affine"] = compose(diagonal(ones, half), place, to_middles)
            place = IDENTITY
        corner, ratio = [row[3] for row in place], [place[n][n] for n in range(3)]
        starts = dict(zip(self.axes, resolve(region, self.levels[index].shape), strict=True))
        factor = tuple(f * r for f, r in zip(placed.factor_xyz, ratio, strict=True))
        return to_xarray(
            array,
            self.axes,
            corner_xyz=[
                c + o * r + (starts[axis].start if axis in starts else 0) * f
                for axis, c, o, r, f in zip(
                    "xyz", corner, placed.offset_xyz, ratio, factor, strict=True
                )
            ],
            factor_xyz=factor,
            channels=[one.name.value for one in self.channels],
            name=self.name,
            attributes={
                "mag": self.mags[index],
                "voxel_size_nm_xyz": self.voxel_size_nm_xyz,
                **attributes,
            },
        )

    def _index(self, mag: int | tuple[int, int, int] | None, level: int | None) -> int:
        if mag is not None and level is not None:
            raise ValueError("give either mag or level, not both")
        return self.level_of(mag) if mag is not None else (level or 0)

    def __getitem__(self, index: Index | tuple[Index, ...]) -> Block:
        """Read voxels of the finest level; see `LevelArray.__getitem__`."""
        return self.levels[0][index]

    def __len__(self) -> int:
        return len(self.levels[0])

    def __iter__(self) -> Iterator[Block]:
        return iter(self.levels[0])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Block:  # noqa: ANN401, FBT001  (as NumPy calls it)
        return self.levels[0].__array__(dtype, copy)

    def _dataset_mag(self, mag: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
        rebase = self.placement.mag_xyz
        if mag is None or rebase is None:
            return None
        return (mag[0] * rebase[0], mag[1] * rebase[1], mag[2] * rebase[2])

    def __repr__(self) -> str:
        named = ", ".join(f"{a}: {n}" for a, n in zip(self.axes, self.shape, strict=True))
        state = f", unreadable: {self.problem}" if self.problem else ""
        what = f"{self.category} ({named}) {self.dtype}, {len(self.levels)} levels"
        return f"<Layer {self.name!r} {what}{state}>"
