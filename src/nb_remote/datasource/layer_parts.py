"""What a layer of a datasource is made of. All positions and extents are x, y, z."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from nb_remote.datasource.fields import Index, Number, Part, PositiveWhole, Row, Whole
from nb_remote.datasource.spellings import current_box, current_mag, current_transformation
from nb_remote.dialects.webknossos_secrets import bare_address

Point = tuple[Number, Number, Number]


class BoundingBox(Part):
    """A box in voxels of mag 1."""

    top_left: tuple[Whole, Whole, Whole]
    """x, y, z of the lowest voxel."""
    width: PositiveWhole
    """Voxels along x."""
    height: PositiveWhole
    """Voxels along y."""
    depth: PositiveWhole
    """Voxels along z."""

    _current = model_validator(mode="before")(current_box)


class AxisOrder(Part):
    """Positions of x, y, z and channel among the stored axes."""

    x: Index
    y: Index
    z: Index | None = None
    c: Index | None = None


class Mag(Part):
    """One scale level of a layer."""

    mag: tuple[PositiveWhole, PositiveWhole, PositiveWhole]
    """Downsampling factor along x, y, z."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """Address of the level's array, or its path from the document; holds no credentials. None for
    the folder that WEBKNOSSOS gives it, ``<layer>/<mag>``."""
    axis_order: AxisOrder | None = None
    channel_index: Index | None = None
    """Channel that the layer shows; None where it shows all."""

    _current = model_validator(mode="before")(current_mag)

    @field_validator("path")
    @classmethod
    def _without_secrets(cls, path: str | None) -> str | None:
        return path and bare_address(path)


class AdditionalAxis(Part):
    """An axis that is neither space nor channel."""

    name: Annotated[str, Field(min_length=1)]
    bounds: tuple[Whole, Whole]
    """First index and the one after the last."""
    index: Index
    """Position among the stored axes."""


class AffineTransformation(Part):
    """A 4x4 matrix, row-major, translation in the last column, in voxels of mag 1."""

    type: Literal["affine"] = "affine"
    matrix: tuple[Row, Row, Row, Row]

    _current = model_validator(mode="before")(current_transformation)


class Correspondences(Part):
    """Pairs of points, x y z in voxels of mag 1."""

    source: tuple[Point, ...]
    target: tuple[Point, ...]


class ThinPlateSpline(Part):
    """A smooth map that takes points of the layer to points of the dataset."""

    type: Literal["thin_plate_spline"] = "thin_plate_spline"
    correspondences: Correspondences


Transformation = Annotated[AffineTransformation | ThinPlateSpline, Field(discriminator="type")]


class Attachment(Part):
    """A file or folder that belongs to a segmentation."""

    name: str
    path: str
    data_format: Annotated[str, Field(min_length=1)]
    """``zarr3``, ``hdf5``, ``json`` or ``neuroglancerPrecomputed``."""

    @field_validator("path")
    @classmethod
    def _without_secrets(cls, path: str) -> str:
        return bare_address(path)


class Attachments(Part):
    """What a segmentation has beside voxels: none of it is read or shown here."""

    meshes: tuple[Attachment, ...] | None = None
    agglomerates: tuple[Attachment, ...] | None = None
    connectomes: tuple[Attachment, ...] | None = None
    segment_index: Attachment | None = None
    segment_statistics: Attachment | None = None
    cumsum: Attachment | None = None
