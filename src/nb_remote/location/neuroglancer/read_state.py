"""The JSON of a state → `LinkState`."""

import json
import math
from typing import Any

from nb_remote.location.neuroglancer.legacy import modern
from nb_remote.location.neuroglancer.linked_groups import with_groups
from nb_remote.location.neuroglancer.read_layer import read_layer
from nb_remote.location.neuroglancer.state import Dimension, LinkState
from nb_remote.location.neuroglancer.values import dimensions, number, numbers, text

_LAYOUTS = ("xy", "xz", "yz", "xy-3d", "xz-3d", "yz-3d", "4panel", "4panel-alt")
_DISPLAYED = 3
_QUATERNION = 4


def read_state(state: dict[str, Any]) -> LinkState:
    """Return what a state says, in the words of today whenever it was written.

    What makes no sense is left out with a note; nothing is raised.
    """
    now = modern(state)
    notes: list[str] = []
    space = dimensions(now.get("dimensions"))
    if space is None and now.get("dimensions") is not None:
        notes.append("the dimensions of the link can't be read")
    scale = number(now.get("crossSectionScale"))
    selected = now.get("selectedLayer")
    return LinkState(
        dimensions=space,
        position=_position(now.get("position"), space, notes),
        cross_section_scale=scale if scale is not None and scale > 0 else None,
        orientation=_orientation(now.get("crossSectionOrientation")),
        display_dimensions=_displayed(now.get("displayDimensions"), space, notes),
        layout=_layout(now.get("layout")),
        layers=with_groups(
            [read_layer(one, place) for place, one in enumerate(now["layers"])], now["layers"]
        ),
        selected_layer=text(selected.get("layer")) if isinstance(selected, dict) else None,
        title=text(now.get("title")),
        notes=tuple(notes),
        raw=json.dumps(state, separators=(",", ":"), allow_nan=False),
    )


def _position(
    value: object, space: tuple[Dimension, ...] | None, notes: list[str]
) -> tuple[float, ...] | None:
    position = numbers(value)
    if position is None or space is None or len(position) == len(space):
        return position
    notes.append(
        f"the position of the link has {len(position)} numbers for {len(space)} dimensions, and is "
        "not used"
    )
    return None


def _orientation(value: object) -> tuple[float, float, float, float] | None:
    found = numbers(value)
    if found is None or len(found) != _QUATERNION:
        return None
    length = math.hypot(*found)
    if not length:
        return None
    x, y, z, w = (one / length for one in found)
    return (x, y, z, w)


def _displayed(
    value: object, space: tuple[Dimension, ...] | None, notes: list[str]
) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    names = tuple(one for one in value if isinstance(one, str))[:_DISPLAYED]
    if space is not None and not {one.name for one in space}.issuperset(names):
        notes.append("the link displays dimensions that it does not have")
        return None
    return names or None


def _layout(value: object) -> str | None:
    """Return the first layout of slices: of the whole page, or of the first of its panels."""
    waiting = [value]
    first: str | None = None
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict):
            inner = one.get("children")
            kind = one.get("layout", one.get("type"))
            waiting[:0] = inner if isinstance(inner, list) else [kind]
        elif isinstance(one, str):
            if one in _LAYOUTS:
                return one
            first = first or one
    return first
