"""Which layers and channels become layers of the datasource, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from nb_remote.datasource.kept import KeptLayer, kept_layer
from nb_remote.datasource.model import ElementClass
from nb_remote.infer.category import element_class
from nb_remote.infer.geometry import LevelPlacement
from nb_remote.infer.layer import InferredLayer


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenChannel:
    """What becomes one layer of the datasource."""

    layer: int
    """Position of the layer among those of the dataset."""
    number: int
    """Channel of it; 0 where all are written as one."""
    kept: KeptLayer | None
    """What the dataset's own file says of it."""


def written_channels(layers: Sequence[InferredLayer]) -> tuple[WrittenChannel, ...]:
    """Return what is written, in this order.

    Layers of one file stand as they do there, unless somebody has moved them.
    """
    found = [
        WrittenChannel(layer=n, number=number, kept=kept_layer(layer, number))
        for n, layer in enumerate(layers)
        if fits_element_class(layer) and any(map(fits_mag, layer.geometry.levels))
        for number in _numbers(layer)
    ]
    firsts: dict[int, int] = {}
    for one in found:
        if one.kept is not None:
            before = firsts.get(one.layer, one.kept.position)
            firsts[one.layer] = min(before, one.kept.position)
    as_in_file = list(firsts.values()) == sorted(firsts.values()) and all(
        one.kept is not None for one in found
    )

    def place(one: WrittenChannel) -> tuple[int, int]:
        position = one.kept.position if one.kept is not None else one.number
        return (0, position) if as_in_file else (one.layer, position)

    return tuple(sorted(found, key=place))


def _numbers(layer: InferredLayer) -> Sequence[int]:
    """Return the channels that are written as layers of their own; the first for all in one."""
    entries = layer.stated.entries if layer.stated is not None else ()
    before = layer.uncorrected or layer
    if layer.is_rgb.value:
        return (0,)
    if len(entries) == 1 and not before.is_rgb.value and len(layer.channels) > 1:
        kept = kept_layer(layer, 0)
        if kept is not None and kept.shows_all and layer.axes.value == before.axes.value:
            return (0,)
    shown = [
        n
        for n, channel in enumerate(layer.channels)
        if len(entries) < 2 or n >= len(entries) or entries[n] is not None or channel.visible
    ]
    return shown or range(len(layer.channels))


def fits_element_class(layer: InferredLayer) -> bool:
    """Whether WEBKNOSSOS has an element class for a layer."""
    return element_class_of(layer) in get_args(ElementClass)


def fits_mag(level: LevelPlacement) -> bool:
    """Whether WEBKNOSSOS takes a level, by its mag."""
    return level.mag is not None and all(n.bit_count() == 1 for n in level.mag)


def element_class_of(layer: InferredLayer) -> str:
    """Return the element class of a layer, whether WEBKNOSSOS has it or not."""
    return element_class(layer.dtype, layer.category.value)
