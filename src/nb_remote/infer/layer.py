"""A found pyramid → what it means: the end of inference, the beginning of the dataset."""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from nb_remote.containers.base import StoredArray
from nb_remote.dialects.affine import Affine
from nb_remote.dialects.base import XYZ, DataFormat, FoundLayer, SegmentColor, Stated
from nb_remote.errors import BadMetadata, NbRemoteError
from nb_remote.infer.axes import AxisMap, infer_axes
from nb_remote.infer.category import Category, infer_category
from nb_remote.infer.channels import Channel, infer_channels
from nb_remote.infer.correction import Box, Correction
from nb_remote.infer.geometry import Geometry, finest_first, infer_geometry
from nb_remote.infer.image import axis_units, image_of
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.names import layer_name
from nb_remote.infer.readable import readable_levels
from nb_remote.infer.segment_colors import infer_segment_colors
from nb_remote.infer.stated import first_voxel, is_rgb, largest_segment_id, stated_box
from nb_remote.infer.transform import infer_transform
from nb_remote.infer.units import infer_units
from nb_remote.location.location import Location
from nb_remote.location.neuroglancer.from_link import FromLink

MAX_CHANNELS = 256
"""Channels that are described one by one; spectral stacks beyond it are an extra axis' job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InferredLayer:
    """One layer with all that is known of it. Everything is stated in layer space."""

    name: Inferred[str]
    format: str
    """Name of the format, for people."""
    data_format: DataFormat
    location: Location
    """What the arrays' keys are relative to: the address that was opened, or one it names."""
    path: str
    """Where the layer lies below `location`."""
    axes: Inferred[AxisMap]
    dtype: np.dtype[np.generic]
    category: Inferred[Category]
    arrays: tuple[StoredArray, ...]
    """Finest first, one per level of `geometry`."""
    geometry: Geometry
    channels: tuple[Channel, ...]
    """At least one."""
    segment_colors: tuple[SegmentColor, ...]
    """Colours of single segments, where the metadata state some."""
    notes: tuple[str, ...]
    problem: NbRemoteError | None
    """Why voxels can't be read; the metadata above hold all the same."""
    found: FoundLayer
    """What all this was inferred from."""
    parent: Geometry | None
    """Of the image that a label image belongs to, where that was opened as well."""
    first_voxel_xyz: XYZ
    """Number that the format itself gives to the first voxel of the arrays: WEBKNOSSOS counts from
    it. Neuroglancer precomputed has an offset; most others count from 0."""
    box: Inferred[Box] | None
    """Bounding box where the metadata or a person state one, None where the arrays tell. Finest
    voxels, counted from `first_voxel_xyz`."""
    largest_segment_id: Inferred[int | None]
    """Largest id of a segmentation; None where nothing states it."""
    is_rgb: Inferred[bool]
    """Whether its three channels are red, green and blue of one picture (``uint24``)."""
    transform: Affine | None = None
    """Affine that turns, mirrors or shears the layer; None where it lies upright. It maps points
    x, y, z that count finest voxels of the layer, ``geometry.translation_xyz`` included and corner
    based, to points that count the same voxels. `affine.in_voxels` makes one of lengths."""
    uncorrected: "InferredLayer | None" = None
    """The layer as it was inferred, where a person corrected it."""
    correction: Correction | None = None
    """What the person said of it."""
    link: FromLink | None = None
    """The Neuroglancer link that the layer came with, and what that says of it."""

    @property
    def stated(self) -> Stated | None:
        """What a dataset's own file says of the layer, if it has one."""
        return self.found.stated

    @property
    def bounding_box(self) -> Inferred[Box]:
        """Lowest voxel and extent along x, y, z: finest voxels, counted as the format does."""
        if self.box is not None:
            return self.box
        box = (self.first_voxel_xyz, self.shape_xyz)
        return Inferred(box, self.geometry.levels[0].origin, "all that the arrays hold")

    @property
    def shape_xyz(self) -> tuple[int, int, int]:
        """Extent along x, y, z in finest voxels."""
        extent = self.axes.value.shape_xyz(self.arrays[0].shape)
        x, y, z = (
            max(1, round(n * f))
            for n, f in zip(extent, self.geometry.levels[0].factor_xyz, strict=True)
        )
        return (x, y, z)

    def used_xyz(self, level: int) -> tuple[tuple[int, int], ...]:
        """Voxels of a level that are used, from and to (exclusive) along x, y, z.

        Arrays may be padded far beyond the bounding box that the metadata state.
        """
        extent = self.axes.value.shape_xyz(self.arrays[level].shape)
        if self.box is None:
            return tuple((0, n) for n in extent)
        top_left_xyz, size_xyz = self.box.value
        used: list[tuple[int, int]] = []
        for n, factor, first, at, size in zip(
            extent,
            self.geometry.levels[level].factor_xyz,
            self.first_voxel_xyz,
            top_left_xyz,
            size_xyz,
            strict=True,
        ):
            start = min(max(0, floor((at - first) / factor)), n - 1)
            used.append((start, max(start + 1, min(n, ceil((at - first + size) / factor)))))
        return tuple(used)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLayer:
    """A layer of which nothing but its failure is known."""

    name: str
    format: str
    location: Location
    path: str
    problem: NbRemoteError


def infer_layer(
    found: FoundLayer,
    format_name: str,
    location: Location,
    parent: InferredLayer | None,
    hint: Category | None = None,
) -> InferredLayer | BrokenLayer:
    """Work out what a found pyramid means. A layer that fails is returned as such, never raised.

    Parameters
    ----------
    found
        What the dialect read.
    format_name
        Name of the format, for people.
    location
        What the arrays' keys are relative to.
    parent
        The image that a label image belongs to.
    hint
        What the layer is by what led to it, as a link says it.
    """
    try:
        if not found.levels:
            raise found.problem or BadMetadata(
                "the layer has no levels", where=location.display(found.path)
            )
        return infer_found(found, format_name, location, parent.geometry if parent else None, hint)
    except NbRemoteError as problem:
        return BrokenLayer(
            name=layer_name(found.name),
            format=format_name,
            location=location,
            path=found.path,
            problem=problem,
        )


def infer_found(
    found: FoundLayer,
    format_name: str,
    location: Location,
    parent: Geometry | None,
    hint: Category | None = None,
) -> InferredLayer:
    """Work out what a found pyramid means.

    Parameters
    ----------
    parent
        Of the image that a label image belongs to.
    hint
        As for `infer_layer`.

    Raises
    ------
    BadMetadata
        It can't mean anything.
    """
    where = location.display(found.path)
    _check_levels(found, where)
    first = found.levels[0].array
    axes = infer_axes(found.axes, first.shape, where=where, holds=first.dtype.name)
    if found.axes_assumed:
        axes = Inferred(axes.value, "assumed", found.axes_assumed)
    levels = finest_first(found.levels, axes.value)
    arrays = tuple(level.array for level in levels)
    image = image_of(found.image, parent)
    units = infer_units(
        axis_units(found.axes, axes.value), image.units_xyz if image is not None else None
    )
    parent_voxel = image.voxel_size_nm_xyz if image is not None else None
    geometry = infer_geometry(
        levels,
        axes.value,
        units,
        parent_voxel,
        corner_based=found.corner_based,
        stated_voxel_xyz=found.stated.voxel_size_xyz if found.stated is not None else None,
        where=where,
    )
    count = 1 if axes.value.c is None else arrays[0].shape[axes.value.c]
    if count > MAX_CHANNELS:
        raise BadMetadata(f"{count} channels, more than {MAX_CHANNELS}", where=where, field="axes")
    dtype = arrays[0].dtype
    category = infer_category(
        found.name,
        dtype,
        is_label=found.is_label,
        stated=found.category,
        hint=hint,
        is_image=_signs_of_an_image(found, count),
        folders=tuple(found.path.split("/")[:-1]),
    )
    colors, notes = infer_segment_colors(found.segment_colors, category.value)
    transform, turned = infer_transform(found, axes.value, geometry, parent_voxel)
    arrays, geometry = readable_levels(arrays, geometry)
    # With levels left, only what concerns the layer itself stops it.
    of_levels = any(one.array.problem is found.problem for one in levels)
    problem = arrays[0].problem if of_levels else found.problem
    return InferredLayer(
        name=Inferred(layer_name(found.name), "metadata" if found.named_by_metadata else "name"),
        format=format_name,
        data_format=found.data_format,
        location=location,
        path=found.path,
        axes=axes,
        dtype=dtype,
        category=category,
        arrays=arrays,
        geometry=geometry,
        channels=infer_channels(found.channels, count),
        segment_colors=colors,
        notes=(*found.notes, *geometry.notes, *turned, *notes, *_of_arrays(arrays)),
        problem=problem,
        found=found,
        parent=parent,
        first_voxel_xyz=first_voxel(found, geometry),
        box=stated_box(found.stated),
        largest_segment_id=largest_segment_id(found.stated, dtype),
        is_rgb=is_rgb(found.stated),
        transform=transform,
    )


def _signs_of_an_image(found: FoundLayer, channels: int) -> str:
    """Say what in the metadata usually only images have; empty for nothing."""
    if channels > 1:
        return "it has several channels, as images do"
    if any(one.window or one.color for one in found.channels):
        return "it has display settings, as images do"
    return ""


def _of_arrays(arrays: tuple[StoredArray, ...]) -> tuple[str, ...]:
    """Notes of the levels' arrays, once each."""
    return tuple(dict.fromkeys(note for one in arrays for note in one.notes))


def _check_levels(found: FoundLayer, where: str) -> None:
    first = found.levels[0]
    for level in found.levels[1:]:
        if level.array.dtype != first.array.dtype:
            raise BadMetadata(
                f"levels of different types: {first.array.dtype} and {level.array.dtype}",
                where=where,
                field="datasets",
            )
    for level in found.levels:
        for name, numbers in (("scale", level.scale), ("translation", level.translation)):
            if numbers is not None and len(numbers) != len(level.array.shape):
                raise BadMetadata(
                    f"{name} of level {level.array.key!r} has {len(numbers)} numbers for "
                    f"{len(level.array.shape)} axes",
                    where=where,
                    field="coordinateTransformations",
                )
