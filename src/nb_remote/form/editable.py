"""A layer's properties as a person edits them: in parts, as text."""

from nb_remote.form.messages import EditField
from nb_remote.form.protocol import Edit
from nb_remote.infer.correction import Correction
from nb_remote.infer.units import NANOMETERS
from nb_remote.layer import Layer

CORRECTED_BY: dict[EditField, tuple[str, ...]] = {
    "name": ("name",),
    "category": ("category",),
    "voxel_size": ("voxel_size_xyz", "unit"),
    "bounding_box": ("bounding_box",),
    "axes": ("axes",),
    "contrast": ("contrast_limits",),
    "color": ("colors",),
    "largest_segment_id": ("largest_segment_id",),
}
"""Fields of a `Correction` that hold a property."""

PER_CHANNEL = ("contrast_limits", "colors")
"""Those of them that hold one value for each channel."""


def edit_of(layer: Layer, field: EditField, channel: int = 0) -> Edit:
    """Return how a property stands now."""
    return Edit(
        field=field,
        channel=channel,
        value=parts_of(layer, field, channel),
        corrected=is_corrected(layer.inferred.correction, field, channel),
    )


def parts_of(layer: Layer, field: EditField, channel: int = 0) -> tuple[str, ...]:
    """Return a property in the parts that `protocol.Edit` lists."""
    known = layer.inferred
    match field:
        case "name":
            return (layer.name,)
        case "category":
            return (known.category.value,)
        case "voxel_size":
            unit = known.geometry.unit.value
            sizes = known.geometry.voxel_size_nm_xyz.value
            return (*(number_text(nm / NANOMETERS[unit]) for nm in sizes), unit)
        case "bounding_box":
            lower, upper = layer.bounding_box
            extent = (b - a for a, b in zip(lower, upper, strict=True))
            return tuple(number_text(one) for one in (*lower, *extent))
        case "axes":
            return known.axes.value.names
        case "contrast":
            limits = known.channels[channel].contrast_limits
            return ("", "") if limits is None else tuple(map(number_text, limits.value))
        case "color":
            return ("#" + bytes(known.channels[channel].color.value).hex(),)
        case "largest_segment_id":
            largest = known.largest_segment_id.value
            return ("" if largest is None else str(largest),)


def is_corrected(correction: Correction | None, field: EditField, channel: int) -> bool:
    """Whether the person said what a property is."""
    given = {} if correction is None else correction.given
    return any(
        name in given and (name not in PER_CHANNEL or channel in dict(given[name]))
        for name in CORRECTED_BY[field]
    )


def without(correction: Correction, field: EditField, channel: int) -> Correction | None:
    """Return a correction that says nothing of a property; None where it said nothing else."""
    given = correction.given
    for name in CORRECTED_BY[field]:
        values = given.pop(name, None)
        if values is not None and name in PER_CHANNEL:
            given[name] = {n: one for n, one in values if n != channel}
    left = Correction(**given)
    return left if left.given else None


def number_text(value: float) -> str:
    """Write a number as a person would; 12 digits hide the residue of the way to nanometres."""
    return f"{value:.12g}"
