"""What a person says of a layer, where what was inferred is wrong or only assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar, cast

from nb_remote.errors import InvalidCorrection
from nb_remote.infer.category import Category
from nb_remote.infer.channels import Limits, Rgb
from nb_remote.infer.geometry import Triple
from nb_remote.infer.units import unit_name

T = TypeVar("T")

PerChannel = tuple[tuple[int, T], ...]
"""Pairs of channel number and value, in rising order: a mapping that can be hashed."""
Box = tuple[tuple[int, int, int], tuple[int, int, int]]
"""``((left, top, front), (width, height, depth))``: lowest voxel and extent along x, y, z."""

PER_CHANNEL_FIELDS = ("contrast_limits", "colors", "visible", "inverted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Values for properties of one layer; None leaves what was inferred.

    Whether a value is possible depends on the layer: `corrected` checks it.

    Raises
    ------
    InvalidCorrection
        The unit is not known, or a value per channel is no mapping by channel number.
    """

    name: str | None = None
    """What the layer is called."""
    category: Category | None = None
    """``color`` (an image) or ``segmentation``."""
    voxel_size_xyz: Triple | None = None
    """Size of the layer's finest voxel along x, y, z in `unit`; without one in the unit it has."""
    unit: str | None = None
    """WEBKNOSSOS's name of a unit of length; short forms (``nm``, ``µm``) become the name.
    Alone it keeps the numbers of the voxel size."""
    axes: tuple[str, ...] | None = None
    """A name for each stored axis: ``x``, ``y``, ``z``, ``c``, or any other for an axis that is
    neither space nor channel."""
    bounding_box: Box | None = None
    """``((left, top, front), (width, height, depth))`` in whole finest voxels of the layer."""
    translation_xyz: Triple | None = None
    """Corner of the layer's finest level in finest voxels of the layer."""
    mags: tuple[tuple[int, int, int] | None, ...] | None = None
    """One (x, y, z) per level that was found, in the layer's own voxels; None leaves it out."""
    contrast_limits: PerChannel[Limits] | None = None
    """What is shown black and what white, by channel number. A mapping is accepted, as below."""
    colors: PerChannel[Rgb] | None = None
    """Red, green, blue from 0 to 255, by channel number."""
    visible: PerChannel[bool] | None = None
    """Whether a channel is shown at first, by channel number."""
    inverted: PerChannel[bool] | None = None
    """Whether small values are bright, by channel number."""
    largest_segment_id: int | None = None
    """Largest id in a segmentation."""
    is_rgb: bool | None = None
    """Whether the three uint8 channels are red, green and blue of one picture (``uint24``)."""

    def __post_init__(self) -> None:
        if self.unit is not None:
            object.__setattr__(self, "unit", _known_unit(self.unit))
        for name in PER_CHANNEL_FIELDS:
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, _pairs(name, given) or None)
        for name in ("voxel_size_xyz", "axes", "bounding_box", "translation_xyz", "mags"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, _hashable(given))

    @property
    def given(self) -> dict[str, Any]:
        """The fields that say something, by name."""
        each = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in each.items() if value is not None}

    def then(self, later: "Correction") -> "Correction":
        """Return both together; where both say something the later one holds, per channel too.

        What a later category leaves without meaning is dropped: an image has no largest id.
        """
        before, after = self.given, later.given
        if later.category is not None:
            before.pop("largest_segment_id" if later.category == "color" else "is_rgb", None)
        for name in PER_CHANNEL_FIELDS:
            if name in before and name in after:
                after[name] = {**dict(before[name]), **dict(after[name])}
        return Correction(**{**before, **after})


def correction_of(values: Mapping[str, Any]) -> Correction:
    """Return a correction of fields by name.

    Raises
    ------
    TypeError
        A name that no field has; the message lists those there are.
    InvalidCorrection
        As for `Correction`.
    """
    known = [one.name for one in fields(Correction)]
    unknown = [name for name in values if name not in known]
    if unknown:
        raise TypeError(f"{unknown[0]!r} can't be corrected; what can be is {', '.join(known)}")
    return Correction(**values)


def _known_unit(text: object) -> str:
    name = unit_name(text) if isinstance(text, str) else None
    if name is None:
        raise InvalidCorrection(
            f"{text!r} is not a unit of length that WEBKNOSSOS knows",
            field="unit",
            hint="Write for example nm, µm, mm, or the whole name (micrometer).",
        )
    return name


def _pairs(name: str, given: object) -> PerChannel[Any]:
    items = given.items() if isinstance(given, Mapping) else given
    try:
        pairs = [(number, _hashable(value)) for number, value in cast("Any", items)]
    except (TypeError, ValueError):
        pairs = [(None, None)]
    numbers = [number for number, _ in pairs]
    if any(type(n) is not int for n in numbers) or len(set(numbers)) != len(numbers):
        raise InvalidCorrection(
            f"{name} must be given by channel number, not as {given!r}",
            field=name,
            hint="Write a dict, for example {0: …} for the first channel.",
        )
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def _hashable(value: object) -> object:
    """Turn lists, as JSON has them, and arrays into tuples, however deep."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return tuple(_hashable(one) for one in value)
    return value
