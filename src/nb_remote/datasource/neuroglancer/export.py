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
from nb_remote.datasource.neuroglancer.layer_state import image, layer_states, segmentation
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
    document["layers"] = _layers(layers, document.get("layers", []), now, state_space, broken)
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


def _away(looks: Looks) -> dict[str, int]:
    """Return the places on other axes that are not the first, where every view begins."""
    return {axis: at for axis, at in looks.extra_axes.items() if at}


def _layers(
    layers: Sequence[ToExport],
    before: list[dict[str, Any]],
    looks: Looks,
    space: LinkSpace,
    broken: Sequence[str],
) -> list[dict[str, Any]]:
    """Return all layers: the dataset's in its order, each after what the link had before it."""
    kept = [
        n for n, one in enumerate(before) if layer_name(str(one.get("name", f"layer{n}"))) in broken
    ]
    result: list[dict[str, Any]] = []
    for one in layers:
        link = one.layer.link
        if link is None or not link.number < len(before):
            result += _fresh(one, looks, space)
            continue
        while kept and kept[0] < link.number:
            result.append(before[kept.pop(0)])
        result.append(_kept(one, before[link.number], looks))
    return [*result, *(before[n] for n in kept)]


def _fresh(one: ToExport, looks: Looks, space: LinkSpace) -> list[dict[str, Any]]:
    source: dict[str, Any] = {"url": source_url(one.layer, one.location)}
    if (transform := transform_of(one.layer, space)) is not None:
        source["transform"] = transform
    return layer_states(one.name, one.layer, source, looks)


def _kept(one: ToExport, before: dict[str, Any], looks: Looks) -> dict[str, Any]:
    """Return a layer of the link with what is now chosen otherwise."""
    link = one.layer.link
    assert link is not None  # noqa: S101  (the caller looked)
    result = dict(before)
    if one.layer.name.origin == "user":
        result["name"] = one.name
    said = link.layer
    if looks.visible.get(one.name, True) != (said.visible and not said.archived):
        result["visible"] = looks.visible.get(one.name, True)
        result.pop("archived", None)
    if one.layer.category.value == "segmentation":
        if one.layer.category.origin == "user":
            result["type"] = "segmentation"
        result |= _changed_segmentation(one, looks)
    else:
        if one.layer.category.origin == "user":
            result["type"] = "image"
        result |= _changed_image(one, before, looks)
    return result


def _changed_segmentation(one: ToExport, looks: Looks) -> dict[str, Any]:
    link = one.layer.link
    said = link.layer if link is not None else None
    now = segmentation(one.name, one.layer, looks)
    chosen = tuple(looks.selected_segments.get(one.name, ()))
    changed: dict[str, Any] = {}
    if said is not None and set(chosen) != {n for n in said.segments if n}:
        hidden = [f"!{n}" for n in said.hidden_segments if n not in chosen]
        changed["segments"] = [*(str(n) for n in chosen), *hidden]
    if said is not None and _is_new(looks.opacity.get(one.name), said.selected_alpha, 0.4):
        changed["selectedAlpha"] = now["selectedAlpha"]
    return changed


def _changed_image(one: ToExport, before: dict[str, Any], looks: Looks) -> dict[str, Any]:
    link = one.layer.link
    said = link.layer if link is not None else None
    if said is None:
        return {}
    changed: dict[str, Any] = {}
    if _is_new(looks.opacity.get(one.name), said.opacity, 1.0):
        changed["opacity"] = looks.opacity[one.name]
    drawn = [n for n, channel in enumerate(one.layer.channels) if channel.visible]
    number = drawn[0] if drawn else 0
    looks_like = image(one.name, one.layer, number, looks)
    begins = image(one.name, one.layer, number, Looks())
    controls = looks_like.get("shaderControls", {})
    if controls == begins.get("shaderControls", {}):
        return changed
    contrast = next((value for name, value in controls.items() if name != "color"), None)
    control = said.contrast[0].control if said.contrast else "normalized"
    if contrast is not None and (said.contrast or said.shader is None):
        given = before.get("shaderControls")
        given = given if isinstance(given, dict) else {}
        old = given.get(control)
        old = old if isinstance(old, dict) else {}
        changed["shaderControls"] = {**given, control: {**old, "range": contrast["range"]}}
    return changed


def _is_new(now: float | None, said: float | None, default: float) -> bool:
    """Whether an opacity was chosen: `default` is what a view has where the link says nothing."""
    return now is not None and now != (default if said is None else said)
