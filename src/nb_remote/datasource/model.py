"""The WEBKNOSSOS datasource: what ``datasource-properties.json`` holds, validated.

Field names in Python are snake_case, in JSON camelCase. All positions and extents are x, y, z.
"""

import json
import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from nb_remote.infer.names import LAYER_NAME_PATTERN, MOST_NAME_CHARACTERS
from nb_remote.infer.units import NANOMETERS

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Row = tuple[Finite, Finite, Finite, Finite]


def dataset_name_problem(name: str) -> str:
    """Say in one sentence why WEBKNOSSOS would refuse a dataset's name; empty when it wouldn't."""
    if not name:
        return "Give the dataset a name."
    if len(name) > MOST_NAME_CHARACTERS:
        return f"The name may have at most {MOST_NAME_CHARACTERS} characters."
    if name.startswith("."):
        return "The name may not start with a full stop."
    if not re.fullmatch(LAYER_NAME_PATTERN.strip("^$"), name):
        return "The name may have letters (a to z), digits, and _ - . $ but nothing else."
    return ""


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid"
    )


class DatasetId(_Model):
    """Name and team; WEBKNOSSOS replaces both on import."""

    name: str = ""
    team: str = ""


class VoxelSize(_Model):
    """Size of a voxel of mag 1."""

    factor: tuple[Positive, Positive, Positive]
    """x, y, z in `unit`."""
    unit: str

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        if unit not in NANOMETERS:
            msg = f"unit must be one of {', '.join(NANOMETERS)}"
            raise ValueError(msg)
        return unit


class BoundingBox(_Model):
    """A box in voxels of mag 1."""

    top_left: tuple[int, int, int]
    """x, y, z of the lowest voxel."""
    width: Annotated[int, Field(gt=0)]
    """Voxels along x."""
    height: Annotated[int, Field(gt=0)]
    """Voxels along y."""
    depth: Annotated[int, Field(gt=0)]
    """Voxels along z."""


class AxisOrder(_Model):
    """Positions of x, y, z and channel among the stored axes."""

    x: Annotated[int, Field(ge=0)]
    y: Annotated[int, Field(ge=0)]
    z: Annotated[int, Field(ge=0)] | None = None
    c: Annotated[int, Field(ge=0)] | None = None


class Mag(_Model):
    """One scale level of a layer."""

    mag: tuple[
        Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]
    ]
    """Downsampling factor along x, y, z."""
    path: str
    """Address of the level's array; holds no credentials."""
    axis_order: AxisOrder
    channel_index: Annotated[int, Field(ge=0)] | None = None


class AdditionalAxis(_Model):
    """An axis that is neither space nor channel."""

    name: str
    bounds: tuple[int, int]
    """First index and the one after the last."""
    index: Annotated[int, Field(ge=0)]
    """Position among the stored axes."""


class AffineTransformation(_Model):
    """A 4x4 matrix, row-major, translation in the last column, in voxels of mag 1."""

    type: Literal["affine"] = "affine"
    matrix: tuple[Row, Row, Row, Row]


class ViewConfiguration(_Model):
    """How a layer is shown at first."""

    color: tuple[int, int, int] | None = None
    intensity_range: tuple[Finite, Finite] | None = None
    min: Finite | None = None
    max: Finite | None = None
    is_disabled: bool | None = None
    is_inverted: bool | None = None


ElementClass = Literal[
    "uint8",
    "uint16",
    "uint24",
    "uint32",
    "uint64",
    "int8",
    "int16",
    "int32",
    "int64",
    "float",
    "double",
]


class DataLayer(_Model):
    """One layer, with a single channel, or three of them where it is ``uint24``."""

    name: Annotated[str, Field(pattern=LAYER_NAME_PATTERN)]
    category: Literal["color", "segmentation"]
    data_format: Literal["zarr", "zarr3", "n5", "neuroglancerPrecomputed"]
    bounding_box: BoundingBox
    element_class: ElementClass
    mags: Annotated[tuple[Mag, ...], Field(min_length=1)]
    num_channels: Annotated[int, Field(gt=0)] | None = None
    largest_segment_id: Annotated[int, Field(gt=0)] | None = None
    additional_axes: tuple[AdditionalAxis, ...] = ()
    coordinate_transformations: tuple[AffineTransformation, ...] | None = None
    default_view_configuration: ViewConfiguration | None = None


class DataSource(_Model):
    """A WEBKNOSSOS dataset: ``datasource-properties.json``."""

    id: DatasetId = DatasetId()
    scale: VoxelSize
    data_layers: tuple[DataLayer, ...]
    version: Literal[1] = 1

    @model_validator(mode="after")
    def _unique_layer_names(self) -> Self:
        names = [layer.name for layer in self.data_layers]
        if len(set(names)) != len(names):
            msg = f"layer names must be unique, got {names}"
            raise ValueError(msg)
        return self

    def to_dict(self) -> dict[str, object]:
        """Return the document as plain Python, camelCase, without empty fields."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def json(self, *, indent: int | None = 2) -> str:  # type: ignore[override]  # pydantic's is deprecated
        """Return ``datasource-properties.json`` as text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Show the document: as a tree where the notebook can, else as text."""
        return {"application/json": self.to_dict(), "text/plain": self.json()}

    def __repr__(self) -> str:
        names = ", ".join(layer.name for layer in self.data_layers)
        return f"DataSource({names}; {self.scale.factor} {self.scale.unit})"
