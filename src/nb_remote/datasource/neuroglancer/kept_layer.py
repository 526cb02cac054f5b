"""A layer that came with a link → the same with what a person chose otherwise since."""

from dataclasses import dataclass, field
from typing import Any

from nb_remote.datasource.neuroglancer.layer_state import image, segmentation
from nb_remote.datasource.neuroglancer.link_layer import drawn
from nb_remote.datasource.neuroglancer.looks import Looks, dimmed
from nb_remote.infer.layer import InferredLayer
from nb_remote.location.neuroglancer.from_link import FromLink
from nb_remote.location.neuroglancer.shader import DEFAULT_CONTROL


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLayer:
    """A layer of an exported state."""

    state: dict[str, Any]
    warnings: tuple[str, ...] = field(default=())
    """What a person chose and the link's own words can't say, one sentence each."""


def kept_layer(
    name: str,
    layer: InferredLayer,
    before: dict[str, Any],
    now: Looks,
    first: Looks,
    *,
    is_lowest: bool,
) -> KeptLayer:
    """Return what a link says of a layer, changed where a view no longer looks as it began.

    Parameters
    ----------
    before
        The layer as the link has it.
    first
        How a view of the link begins.
    is_lowest
        Whether nothing is drawn below it.
    """
    link = layer.link
    assert link is not None  # noqa: S101  (the caller looked)
    result = dict(before)
    if layer.name.origin == "user":
        result["name"] = name
    if layer.category.origin == "user":
        is_image = layer.category.value == "color"
        result["type"] = "image" if is_image else "segmentation"
    said = link.layer
    if now.visible.get(name, True) != (said.visible and not said.archived):
        result["visible"] = now.visible.get(name, True)
        result.pop("archived", None)
    if layer.category.value == "segmentation":
        return KeptLayer(state=result | _changed_segments(name, layer, link, now, first))
    controls, said_not = _changed_controls(name, layer, link, before, now)
    result |= controls
    opacity = now.opacity.get(name)
    if opacity is not None and opacity != first.opacity.get(name):
        result["opacity"] = opacity
        if is_lowest and opacity < 1:
            # Added to nothing: the lowest layer is opaque otherwise.
            result["blend"] = "additive"
    return KeptLayer(state=result, warnings=said_not)


def _changed_segments(
    name: str, layer: InferredLayer, link: FromLink, now: Looks, first: Looks
) -> dict[str, Any]:
    looks_like = segmentation(name, layer, now)
    chosen = tuple(now.selected_segments.get(name, ()))
    began = tuple(first.selected_segments.get(name, ()))
    changed: dict[str, Any] = {}
    opacity = now.opacity.get(name)
    if opacity is not None and opacity != first.opacity.get(name):
        changed["selectedAlpha"] = looks_like["selectedAlpha"]
    if set(chosen) != set(began):
        hidden = [f"!{n}" for n in link.layer.hidden_segments if n not in chosen]
        changed["segments"] = [*(str(n) for n in chosen), *hidden]
        if not began and link.layer.not_selected_alpha is None and opacity is not None:
            changed["notSelectedAlpha"] = dimmed(opacity)
    return changed


def _changed_controls(
    name: str, layer: InferredLayer, link: FromLink, before: dict[str, Any], now: Looks
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return shader controls with the contrast and colors of now, and what has no control."""
    said = link.layer
    given = before.get("shaderControls")
    controls: dict[str, Any] = dict(given) if isinstance(given, dict) else {}
    began = dict(controls)
    lost: dict[str, None] = {}
    numbers = [number for number, _, _ in drawn(layer, said)]
    for place, (number, _, contrast) in enumerate(drawn(layer, said)):
        looks_like, begins = (image(name, layer, number, one) for one in (now, Looks()))
        limits, limits_before = _contrast_of(looks_like), _contrast_of(begins)
        if limits is not None and limits != limits_before:
            control = DEFAULT_CONTROL if said.shader is None else None
            control = contrast.control if contrast is not None else control
            if control is None:
                lost["contrast"] = None
            else:
                old = controls.get(control)
                kept = old if isinstance(old, dict) else {}
                controls[control] = {**kept, "range": limits["range"]}
        color, color_before = (
            _color_of(now, name, layer, number),
            _color_of(Looks(), name, layer, number),
        )
        if color != color_before:
            if place < len(said.color_controls):
                controls[said.color_controls[place]] = color
            else:
                lost["colors"] = None
    shown = now.channels.get(name)
    if shown is not None and [n for n, one in enumerate(shown) if one] != sorted(numbers):
        lost["channels"] = None
    warnings = (
        (f"the {' and '.join(lost)} chosen here have no control in the link's shader",)
        if lost
        else ()
    )
    return ({"shaderControls": controls} if controls != began else {}), warnings


def _contrast_of(looks_like: dict[str, Any]) -> dict[str, Any] | None:
    controls = looks_like.get("shaderControls", {})
    found = [one for one in controls.values() if isinstance(one, dict)]
    return found[0] if found else None


def _color_of(looks: Looks, name: str, layer: InferredLayer, number: int) -> str:
    chosen = looks.colors.get(name)
    if chosen is not None:
        return chosen[number]
    return "#" + "".join(f"{part:02x}" for part in layer.channels[number].color.value)
