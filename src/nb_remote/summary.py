"""A dataset in words: the table's content, and its plain-text form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nb_remote.datasource.build import left_out
from nb_remote.infer.category import element_class
from nb_remote.infer.channels import Channel
from nb_remote.infer.geometry import Triple
from nb_remote.infer.inferred import Inferred, Origin
from nb_remote.infer.layer import InferredLayer
from nb_remote.infer.rgb import looks_like_rgb
from nb_remote.infer.units import NANOMETERS

if TYPE_CHECKING:
    from nb_remote.dataset import Dataset
    from nb_remote.layer import Layer

_SYMBOLS = {
    "picometer": "pm",
    "angstrom": "Å",
    "nanometer": "nm",
    "micrometer": "µm",
    "millimeter": "mm",
    "centimeter": "cm",
    "meter": "m",
    "kilometer": "km",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One property of a layer as a person reads it."""

    label: str
    value: str
    origin: Origin
    note: str = ""


def layer_facts(layer: "Layer") -> tuple[Fact, ...]:
    """Everything the table says of a layer, in reading order, each with its origin."""
    known = layer.inferred
    geometry = known.geometry
    facts = [
        _fact("name", known.name, layer.name),
        Fact(label="format", value=known.format, origin="metadata"),
        _fact("category", known.category, str(known.category.value)),
        _element_fact(layer),
        _fact("axes", known.axes, _axes_text(known)),
        _fact("voxel size", geometry.voxel_size_nm_xyz, voxel_size_text(known)),
        _fact("bounding box", known.bounding_box, _box_text(layer)),
        _translation_fact(known),
        Fact(
            label="levels",
            value=_levels_text(layer),
            origin=_levels_origin(known),
            note="magnification per level along x, y, z",
        ),
    ]
    if layer.category == "color":
        facts += _channel_facts(layer)
    else:
        largest = known.largest_segment_id
        value = "unknown" if largest.value is None else str(largest.value)
        facts.append(_fact("largest id", largest, value))
    return tuple(facts)


def _element_fact(layer: "Layer") -> Fact:
    """What the voxels are, and what WEBKNOSSOS calls that where it has another name for it."""
    known = layer.inferred
    if known.is_rgb.value:
        note = known.is_rgb.note or "three channels of uint8 are one picture"
        return Fact(label="data type", value="uint24", origin=known.is_rgb.origin, note=note)
    name = element_class(layer.dtype, layer.category)
    note = f"{name} in WEBKNOSSOS" if name != str(layer.dtype) else ""
    return Fact(label="data type", value=str(layer.dtype), origin="metadata", note=note)


def _translation_fact(layer: InferredLayer) -> Fact:
    moved = layer.geometry.translation_xyz
    value = f"({', '.join(f'{n:.6g}' for n in moved.value)}) voxels" if any(moved.value) else "none"
    return _fact("translation", moved, value)


def _levels_origin(layer: InferredLayer) -> Origin:
    """The least that is known of any level."""
    origins = [level.origin for level in layer.geometry.levels]
    return next((one for one in origins if one != "metadata"), "metadata")


def _fact(label: str, inferred: Inferred[object], value: str) -> Fact:
    return Fact(label=label, value=value, origin=inferred.origin, note=inferred.note)


def _axes_text(layer: InferredLayer) -> str:
    shape = layer.arrays[0].shape
    return " ".join(f"{a}:{n}" for a, n in zip(layer.axes.value.names, shape, strict=True))


def voxel_size_text(layer: InferredLayer) -> str:
    """``1 × 1 × 2.5 µm``: the voxel size in its own unit, x y z."""
    unit = layer.geometry.unit.value
    sizes = _in_unit(layer.geometry.voxel_size_nm_xyz.value, unit)
    if layer.axes.value.z is None:
        sizes = sizes[:2]
    return f"{' × '.join(f'{s:.6g}' for s in sizes)} {_SYMBOLS.get(unit, unit)}"


def _in_unit(nm_xyz: Triple, unit: str) -> Sequence[float]:
    return [nm / NANOMETERS[unit] for nm in nm_xyz]


def _box_text(layer: "Layer") -> str:
    lower, upper = layer.bounding_box
    extent = " × ".join(f"{round(b - a)}" for a, b in zip(lower, upper, strict=True))
    at = ", ".join(f"{a:g}" for a in lower)
    return f"{extent} voxels at ({at})"


def _levels_text(layer: "Layer") -> str:
    names = [
        "-".join(map(str, mag))
        if mag is not None and len(set(mag)) > 1
        else str(mag[0])
        if mag is not None
        else "×".join(
            f"{f * r:.3g}" for f, r in zip(level.factor_xyz, layer.placement.ratio_xyz, strict=True)
        )
        for mag, level in zip(layer.mags, layer.inferred.geometry.levels, strict=True)
    ]
    return f"{len(names)}: mag {', '.join(names)}"


def _channel_facts(layer: "Layer") -> list[Fact]:
    facts: list[Fact] = []
    many = len(layer.channels) > 1
    for number, channel in enumerate(layer.channels):
        if many:
            facts.append(_fact(f"channel {number}", channel.name, channel.name.value))
        facts.append(_look_fact(f"color {number}" if many else "color", channel))
        limits = channel.contrast_limits
        label = f"contrast {number}" if many else "contrast"
        if limits is None:
            facts.append(
                Fact(
                    label=label,
                    value="from the coarsest level when shown",
                    origin="sampled",
                    note="1st to 99th percentile",
                )
            )
        else:
            facts.append(_fact(label, limits, f"{limits.value[0]:g} to {limits.value[1]:g}"))
    return facts


def _look_fact(label: str, channel: Channel) -> Fact:
    """Colour, and whether it is shown at first; what the person said of it counts for all."""
    value = "#" + bytes(channel.color.value).hex()
    value += ", inverted" if channel.inverted else ""
    value += "" if channel.visible else ", hidden at first"
    origins = (channel.color.origin, channel.visible_origin, channel.inverted_origin)
    origin = "user" if "user" in origins else channel.color.origin
    return Fact(label=label, value=value, origin=origin)


def layer_notes(layer: "Layer") -> tuple[str, ...]:
    """What is odd about a layer, and what of it can't go into the datasource."""
    known = layer.inferred
    offers: tuple[str, ...] = ()
    # Who said that it is none has decided.
    if looks_like_rgb(known) and not known.is_rgb.value and known.is_rgb.origin == "assumed":
        how = f"corrected({layer.name!r}, is_rgb=True)"
        offers = (f"its three channels look like one picture; {how} makes a uint24 layer of them",)
    return (*layer.notes, *offers, *left_out(known))


def dataset_title(dataset: "Dataset") -> str:
    """``Dataset 'mouse' with 2 layers``."""
    name = f" {dataset.name!r}" if dataset.name else ""
    return f"Dataset{name} with {len(dataset)} layer{'s' if len(dataset) != 1 else ''}"


def dataset_text(dataset: "Dataset") -> str:
    """Write the table as plain text: one line per property, with its origin in brackets."""
    origin = f"  [{dataset.inferred_name.origin}]" if dataset.name else ""
    lines = [f"{dataset_title(dataset)}{origin}"]
    for layer in dataset.layers:
        lines.append(f"\n{layer.name}  {layer.source.location.display(layer.inferred.path)}")
        for fact in layer_facts(layer):
            note = f"; {fact.note}" if fact.note else ""
            lines.append(f"  {fact.label:<13} {fact.value}  [{fact.origin}{note}]")
        lines += [f"  note: {note}" for note in layer_notes(layer)]
        if layer.problem is not None:
            lines.append(f"  can't be read: {layer.problem}")
    lines += [f"\n{one.name}\n  can't be used: {one.problem}" for one in dataset.broken]
    lines += [f"\nnot opened: {error}" for error in dataset.failures]
    return "\n".join(lines)
