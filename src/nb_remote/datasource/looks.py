"""How a dataset and its layers are shown at first, as a datasource says it."""

from typing import Annotated

from pydantic import Field, StrictBool

from nb_remote.datasource.fields import Byte, Number, Part


class ViewConfiguration(Part):
    """How a layer is shown at first."""

    color: tuple[Byte, Byte, Byte] | None = None
    """Red, green, blue from 0 to 255."""
    alpha: Annotated[Number, Field(ge=0, le=100)] | None = None
    """Opacity in percent."""
    intensity_range: tuple[Number, Number] | None = None
    """What is shown black and what white."""
    min: Number | None = None
    """Lower end for `intensity_range`."""
    max: Number | None = None
    """Upper end for `intensity_range`."""
    is_disabled: StrictBool | None = None
    is_inverted: StrictBool | None = None
    is_in_edit_mode: StrictBool | None = None
    """Whether the ends of `intensity_range` can be edited at first."""
    mapping: dict[str, str] | None = None
    """Name and type of the mapping that is applied to ids."""


class DatasetViewConfiguration(Part):
    """How a dataset is shown at first."""

    position: tuple[Number, Number, Number] | None = None
    """x, y, z in voxels of mag 1."""
    rotation: tuple[Number, Number, Number] | None = None
    """About x, y, z in degrees."""
    zoom: Number | None = None
    interpolation: StrictBool | None = None
    four_bit: StrictBool | None = None
    render_missing_data_black: StrictBool | None = None
    loading_strategy: str | None = None
    segmentation_pattern_opacity: Number | None = None
    blend_mode: str | None = None
    color_layer_order: tuple[str, ...] | None = None
    layers: dict[str, ViewConfiguration] | None = None
    """By name of the layer."""
    natively_rendered_layer_name: str | None = None
