"""What nb-remote says of a layer, in the words of `docs/detection.md`."""

from collections.abc import Callable

import nb_remote as nbr
from nb_remote.infer.inferred import Inferred

Said = tuple[str, str, str]
"""Value, origin and what is said with it, empty for nothing."""


def axes(layer: nbr.Layer) -> Said:
    known = layer.inferred.axes
    return " ".join(known.value.names), known.origin, known.note


def voxel_size(layer: nbr.Layer) -> Said:
    known = layer.inferred.geometry.voxel_size_nm_xyz
    return _numbers(known.value, " × ") + " nm", known.origin, known.note


def levels(layer: nbr.Layer) -> Said:
    placed = layer.inferred.geometry.levels
    mags = ["-".join(map(str, mag)) if mag else "none" for mag in layer.mags]
    (origin,) = {one.origin for one in placed}
    return ", ".join(mags), origin, "; ".join(layer.notes)


def place(layer: nbr.Layer) -> Said:
    known = layer.inferred.geometry.translation_xyz
    lower, upper = layer.bounding_box
    extent = [b - a for a, b in zip(lower, upper, strict=True)]
    return f"{_numbers(extent, ' × ')} at {_numbers(lower, ', ')}", known.origin, ""


def category(layer: nbr.Layer) -> Said:
    known = layer.inferred.category
    return known.value, known.origin, known.note


def element_class(layer: nbr.Layer) -> Said:
    """As the datasource has it."""
    try:
        written = layer_dataset(layer).datasource.data_layers
    except ValueError:
        written = ()
    return (written[0].element_class if written else "none"), "", ""


def channels(layer: nbr.Layer) -> Said:
    """The last channel: name, colour, contrast and whether it is hidden."""
    last = layer.channels[-1]
    limits = last.contrast_limits
    shown: list[Inferred[object]] = [last.name, last.color]
    contrast = f"{limits.value[0]:g} to {limits.value[1]:g}" if limits else "by samples"
    hidden = "" if last.visible else ", hidden"
    color = "#" + "".join(f"{n:02x}" for n in last.color.value)
    origins = [one.origin for one in shown] + [limits.origin if limits else "sampled"]
    return f"{last.name.value}, {color}, {contrast}{hidden}", ", ".join(origins), ""


def largest_id(layer: nbr.Layer) -> Said:
    known = layer.inferred.largest_segment_id
    return str(known.value or "none"), known.origin, known.note


def name(layer: nbr.Layer) -> Said:
    return layer.name, layer.inferred.name.origin, ""


def layer_dataset(layer: nbr.Layer) -> nbr.Dataset:
    return nbr.Dataset(((layer.inferred, layer.source),))


def _numbers(values: object, between: str) -> str:
    return between.join(f"{n:g}" for n in values)  # type: ignore[attr-defined]  # three numbers


SAID: dict[str, Callable[[nbr.Layer], Said]] = {
    "Axes": axes,
    "Voxel size and unit": voxel_size,
    "Levels": levels,
    "Place": place,
    "Image or segmentation": category,
    "Element class": element_class,
    "Channels, colours, contrast": channels,
    "Largest segment id": largest_id,
    "Names": name,
}
