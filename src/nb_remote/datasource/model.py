"""The WEBKNOSSOS datasource: what ``datasource-properties.json`` holds, validated.

Field names in Python are snake_case, in JSON camelCase. All positions and extents are x, y, z.
"""

import json
import re
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from nb_remote.datasource.fields import Part, Positive, PositiveWhole, Row
from nb_remote.datasource.layer_parts import (
    AdditionalAxis,
    AffineTransformation,
    Attachment,
    Attachments,
    AxisOrder,
    BoundingBox,
    Mag,
    ThinPlateSpline,
    Transformation,
)
from nb_remote.datasource.looks import DatasetViewConfiguration, ViewConfiguration
from nb_remote.datasource.problems import Problem
from nb_remote.datasource.spellings import current_id, current_layer, current_scale
from nb_remote.infer.names import LAYER_NAME_PATTERN, MOST_NAME_CHARACTERS
from nb_remote.infer.units import NANOMETERS

__all__ = [
    "AdditionalAxis",
    "AffineTransformation",
    "Attachment",
    "Attachments",
    "AxisOrder",
    "BoundingBox",
    "DataLayer",
    "DataSource",
    "DatasetId",
    "DatasetViewConfiguration",
    "ElementClass",
    "Mag",
    "Row",
    "ThinPlateSpline",
    "Transformation",
    "ViewConfiguration",
    "VoxelSize",
    "dataset_name_problem",
]

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


class DatasetId(Part):
    """Name and team; WEBKNOSSOS replaces both on import."""

    name: str = ""
    team: str = ""


class VoxelSize(Part):
    """Size of a voxel of mag 1. Older documents have a list, in nanometres."""

    factor: tuple[Positive, Positive, Positive]
    """x, y, z in `unit`."""
    unit: str

    _current = model_validator(mode="before")(current_scale)

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        if unit not in NANOMETERS:
            msg = f"unit must be one of {', '.join(NANOMETERS)}"
            raise ValueError(msg)
        return unit


class DataLayer(Part):
    """One layer, with a single channel, or three of them where it is ``uint24``."""

    name: Annotated[
        str, Field(pattern=LAYER_NAME_PATTERN, min_length=1, max_length=MOST_NAME_CHARACTERS)
    ]
    category: Literal["color", "segmentation"]
    data_format: Annotated[str, Field(min_length=1)]
    """``zarr``, ``zarr3``, ``n5``, ``neuroglancerPrecomputed``; ``wkw`` and others are kept, but
    can't be read."""
    bounding_box: BoundingBox
    element_class: ElementClass
    mags: Annotated[tuple[Mag, ...], Field(min_length=1)]
    num_channels: PositiveWhole | None = None
    largest_segment_id: PositiveWhole | None = None
    """Of a segmentation; None when it is not known."""
    mappings: tuple[str, ...] | None = None
    """Names of the mappings of a segmentation's ids."""
    additional_axes: tuple[AdditionalAxis, ...] = ()
    coordinate_transformations: tuple[Transformation, ...] | None = None
    """From voxels of the layer to those of the dataset, one after the other."""
    default_view_configuration: ViewConfiguration | None = None
    """How it is shown at first, unless an administrator chose otherwise."""
    admin_view_configuration: ViewConfiguration | None = None
    """The same as an administrator chose it: goes before the default."""
    attachments: Attachments | None = None
    """What a segmentation has beside voxels."""

    _current = model_validator(mode="before")(current_layer)

    @field_validator("largest_segment_id", mode="before")
    @classmethod
    def _number_of_id(cls, value: object) -> object:
        return current_id(value)

    def to_dict(self) -> dict[str, object]:
        """Return the layer as plain Python.

        A segmentation has ``largestSegmentId`` always, null when it is not known, so that
        WEBKNOSSOS offers the field. Ids that JavaScript can't count are written as text, as
        WEBKNOSSOS does.
        """
        written = super().to_dict()
        number = self.largest_segment_id
        if self.category == "segmentation" or number is not None:
            written["largestSegmentId"] = _id_in_json(number)
        return written


class DataSource(Part):
    """A WEBKNOSSOS dataset: ``datasource-properties.json``.

    Two are equal when they write the same document.
    """

    id: DatasetId = DatasetId()
    scale: VoxelSize
    data_layers: tuple[DataLayer, ...]
    version: Literal[1] = 1
    default_view_configuration: DatasetViewConfiguration | None = None
    """How the dataset is shown at first."""
    _notes: tuple[Problem, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        from nb_remote.datasource.checks import Contradiction, contradictions  # noqa: PLC0415

        if found := tuple(contradictions(self)):
            raise Contradiction(found)
        return self

    @classmethod
    def from_json(cls, text: str) -> "DataSource":
        """Read ``datasource-properties.json``, in any of the spellings that it had over the years.

        Fields that are not known are kept; credentials are dropped. Both stand in `notes`.

        Parameters
        ----------
        text
            The document.

        Raises
        ------
        BadDatasource
            It is no JSON, or no datasource. `BadDatasource.problems` has each problem with its
            JSON path, line and column.
        """
        from nb_remote.datasource.reading import read_datasource  # noqa: PLC0415  (it makes these)

        return read_datasource(text)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is worth knowing of it: what was dropped, is unknown, or WEBKNOSSOS would refuse."""
        from nb_remote.datasource.checks import remarks  # noqa: PLC0415  (as above)

        return (*self._notes, *remarks(self, {(one.path, one.text) for one in self._notes}))

    def with_notes(self, notes: tuple[Problem, ...]) -> "DataSource":
        """Return the same document with notes of how it came about."""
        other = self.model_copy()
        other._notes = notes  # noqa: SLF001  (of the same class)
        return other

    def json(self, *, indent: int | None = 2) -> str:  # type: ignore[override]  # pydantic's is deprecated
        """Return ``datasource-properties.json`` as text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataSource) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.id.name, len(self.data_layers)))

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Show the document: as a tree where the notebook can, else as text."""
        return {"application/json": self.to_dict(), "text/plain": self.json()}

    def __repr__(self) -> str:
        names = ", ".join(layer.name for layer in self.data_layers)
        return f"DataSource({names}; {self.scale.factor} {self.scale.unit})"


def _id_in_json(number: int | None) -> object:
    if number is None or number < 2**53:
        return number
    return {"customJsonEncoding": "bigint", "value": str(number)}
