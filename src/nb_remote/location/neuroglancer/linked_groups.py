"""Layers of segments that share with another one which are selected, and their colors."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nb_remote.location.neuroglancer.state import LinkLayer
from nb_remote.location.neuroglancer.values import text

_GROUP, _COLORS = "linkedSegmentationGroup", "linkedSegmentationColorGroup"


def with_groups(
    layers: Sequence[LinkLayer], written: Sequence[Mapping[str, Any]]
) -> tuple[LinkLayer, ...]:
    """Return layers with what they take from the layers that they are linked to.

    As in the viewer, colors come from the same layer unless another is named, or ``false`` for
    those of its own.

    Parameters
    ----------
    layers
        As they are read.
    written
        The same layers in the keys of today.
    """
    place: dict[str, int] = {}
    for number, one in enumerate(layers):
        if one.kind == "segmentation":
            place.setdefault(one.name, number)

    def root(number: int, of_colors: bool) -> int:  # noqa: FBT001  (called below alone)
        seen = {number}
        while True:
            said = written[number]
            named = said.get(_COLORS) if of_colors else None
            if named is False:
                return number
            other = place.get(text(named) or text(said.get(_GROUP)) or "", number)
            if other in seen:
                return number
            seen.add(other)
            number = other

    found: list[LinkLayer] = []
    for number, one in enumerate(layers):
        if number not in place.values():
            found.append(one)
            continue
        group, colors = layers[root(number, of_colors=False)], layers[root(number, of_colors=True)]
        found.append(
            replace(
                one,
                segments=group.segments,
                hidden_segments=group.hidden_segments,
                shows_zero=group.shows_zero,
                shows_all_of_none=group.shows_all_of_none,
                merges=group.merges,
                segment_colors=colors.segment_colors,
                segment_default_color=colors.segment_default_color,
                color_seed=colors.color_seed,
            )
        )
    return tuple(found)
