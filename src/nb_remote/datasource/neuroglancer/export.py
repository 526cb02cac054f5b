"""A dataset and how it looks → a state of Neuroglancer.

What came with a link keeps all that the link said; only what a person changed is written anew.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nb_remote.datasource.neuroglancer.clean import cleaned, hosts_in
from nb_remote.datasource.neuroglancer.exported import VIEWER, NeuroglancerState
from nb_remote.datasource.neuroglancer.first_view import first_traits
from nb_remote.datasource.neuroglancer.kept_layer import kept_layer
from nb_remote.datasource.neuroglancer.layer_state import layer_states, not_shown
from nb_remote.datasource.neuroglancer.link_space import step_nm
from nb_remote.datasource.neuroglancer.looks import Looks
from nb_remote.datasource.neuroglancer.source_url import source_url
from nb_remote.datasource.neuroglancer.state_space import (
    position_in,
    space_of,
    transform_of,
    written,
)
from nb_remote.datasource.neuroglancer.unreachable import warnings_of
from nb_remote.datasource.space import DatasetSpace
from nb_remote.infer.layer import InferredLayer
from nb_remote.infer.names import layer_name
from nb_remote.location.location import Location
from nb_remote.location.neuroglancer.from_link import LinkSpace
from nb_remote.location.neuroglancer.legacy import modern

_SHOWN = "xyz"
_BLACK = "#000000"
"""What is seen where nothing lies: here black, there gray unless it is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToExport:
    """A layer of a dataset, as an export needs it."""

    name: str
    layer: InferredLayer
    location: Location
    """What the layer's path is relative to."""
    is_anonymous: bool
    """Whether nothing secret is sent to read it."""


def export_state(
    layers: Sequence[ToExport],
    space: DatasetSpace,
    looks: Looks | None = None,
    *,
    broken: Sequence[str] = (),
    base: str = VIEWER,
) -> NeuroglancerState:
    """Return the state that shows a dataset.

    Parameters
    ----------
    layers
        At least one, in the dataset's order.
    space
        The dataset's.
    looks
        What a view shows; None for what one would begin with.
    broken
        Names of layers that are listed in the dataset with the reason why they are not shown: those
        of a link stay in it.
    base
        The viewer that is to show it, as warnings depend on it.
    """
    first = Looks.of(first_traits([(one.name, one.layer) for one in layers], space))
    now = looks or first
    state_space = space_of([one.layer for one in layers], space)
    linked = next((one.layer.link for one in layers if one.layer.link is not None), None)
    document: dict[str, Any] = {}
    if linked is not None:
        document = modern(linked.state.document())
    document.setdefault("dimensions", written(state_space.dimensions))
    _write_view(document, now, first, space, state_space, fresh=linked is None)
    document["layers"], not_said = _layers(
        layers, document.get("layers", []), now, first, state_space, broken
    )
    document, had_secrets = cleaned(document)
    warnings = [
        one
        for layer in layers
        for one in warnings_of(
            layer.name,
            layer.layer,
            layer.location,
            is_anonymous=layer.is_anonymous,
            base=base,
        )
    ]
    warnings += not_said
    if had_secrets:
        warnings.append("user names and queries in addresses of the link were left out")
    if hosts := sorted(hosts_in(document["layers"])):
        warnings.append(
            f"whether {', '.join(hosts)} lets pages of other hosts read (CORS) was not asked"
        )
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    return NeuroglancerState(text=text, warnings=tuple(dict.fromkeys(warnings)))


def _write_view(
    document: dict[str, Any],
    now: Looks,
    first: Looks,
    space: DatasetSpace,
    state_space: LinkSpace,
    *,
    fresh: bool,
) -> None:
    """Write position, zoom and layout, where they are others than those of the link."""
    size = space.voxel_size_nm_xyz.value
    moved = (now.position, _away(now)) != (first.position, _away(first))
    if now.position is not None and moved:
        document["position"] = position_in(state_space, now.position, size, dict(now.extra_axes))
    names = [
        name
        for axis in _SHOWN
        for one, name in zip(
            state_space.axes, (d.name for d in state_space.dimensions), strict=True
        )
        if one == axis
    ]
    if fresh and len(names) == len(_SHOWN):
        document["displayDimensions"] = names
    if now.zoom is not None and now.zoom != first.zoom:
        shown = document.get("displayDimensions")
        if not isinstance(shown, list):
            shown = [one.name for one in state_space.dimensions[: len(_SHOWN)]]
        steps = [step_nm(one) or min(size) for one in state_space.dimensions if one.name in shown]
        document["crossSectionScale"] = min(size) / (now.zoom * min(steps or size))
    if now.plane is not None and now.plane != first.plane:
        document["layout"] = now.plane
        if len(names) == len(_SHOWN):
            document["displayDimensions"] = names
    elif fresh:
        document["layout"] = now.plane or "4panel"
    if fresh:
        document["crossSectionBackgroundColor"] = _BLACK


def _away(looks: Looks) -> dict[str, int]:
    """Return the places on other axes that are not the first, where every view begins."""
    return {axis: at for axis, at in looks.extra_axes.items() if at}


def _layers(
    layers: Sequence[ToExport],
    before: list[dict[str, Any]],
    looks: Looks,
    first: Looks,
    space: LinkSpace,
    broken: Sequence[str],
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return all layers: the dataset's in its order, each after what the link had before it.

    And what can't be said of them in Neuroglancer's words, one sentence each.
    """
    kept = [
        n for n, one in enumerate(before) if layer_name(str(one.get("name", f"layer{n}"))) in broken
    ]
    state = next((one.layer.link.state for one in layers if one.layer.link is not None), None)
    result: list[dict[str, Any]] = []
    warnings: list[str] = []
    lowest = next((one for one in layers if looks.visible.get(one.name, True)), None)
    for one in layers:
        link = one.layer.link
        if link is None or link.state is not state or not link.number < len(before):
            result += _fresh(one, looks, space, is_lowest=one is lowest)
            said_not = not_shown(one.name, one.layer, looks, is_lowest=one is lowest)
        else:
            while kept and kept[0] < link.number:
                result.append(before[kept.pop(0)])
            made = kept_layer(
                one.name, one.layer, before[link.number], looks, first, is_lowest=one is lowest
            )
            result.append(made.state)
            said_not = made.warnings
        warnings += [f"{one.name}: {text}" for text in said_not]
    return [*result, *(before[n] for n in kept)], warnings


def _fresh(
    one: ToExport, looks: Looks, space: LinkSpace, *, is_lowest: bool
) -> list[dict[str, Any]]:
    source: dict[str, Any] = {"url": source_url(one.layer, one.location)}
    if (transform := transform_of(one.layer, space)) is not None:
        source["transform"] = transform
    return layer_states(one.name, one.layer, source, looks, is_lowest=is_lowest)
