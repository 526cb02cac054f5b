"""A layer → the layers of a state that show it: one, or one for each channel that is drawn."""

from typing import Any

from nb_remote.datasource.neuroglancer.looks import Looks, dimmed
from nb_remote.infer.channels import WHITE, Channel, Limits
from nb_remote.infer.layer import InferredLayer
from nb_remote.location.neuroglancer.shader import DEFAULT_CONTROL

_SHADER = """#uicontrol invlerp contrast{options}
#uicontrol vec3 color color
void main() {{ emitRGB(color * contrast()); }}
"""
_CONTRAST, _COLOR = "contrast", "color"
_ALPHA = 0.5
"""How opaque Neuroglancer draws segments when nothing is said."""
_OPAQUE = 255


def layer_states(
    name: str,
    layer: InferredLayer,
    source: dict[str, Any],
    looks: Looks,
    *,
    is_lowest: bool = False,
) -> list[dict[str, Any]]:
    """Return the layers that show a layer as it looks.

    Parameters
    ----------
    source
        Its address and transform, as a state has them.
    is_lowest
        Whether nothing is drawn below it.
    """
    common: dict[str, Any] = {"type": "image", "name": name, "source": source}
    if not looks.visible.get(name, True):
        common["visible"] = False
    if layer.category.value == "segmentation":
        return [{**common, "type": "segmentation", **segmentation(name, layer, looks)}]
    drawn = drawn_channels(name, layer, looks)
    if len(layer.channels) == 1:
        one = {**common, **image(name, layer, 0, looks)}
        if not is_lowest or one["opacity"] < 1:
            # Images are added up here. The lowest is as dark as here where it is added to nothing.
            one["blend"] = "additive"
        return [one]
    return [
        {
            **common,
            "name": f"{name} {layer.channels[n].name.value}",
            **image(name, layer, n, looks),
            "blend": "additive",
            **_local(layer, n),
        }
        for n in drawn
    ]


def not_shown(name: str, layer: InferredLayer, looks: Looks, *, is_lowest: bool) -> tuple[str, ...]:
    """Return what of a layer looks otherwise in Neuroglancer, one sentence each."""
    found: list[str] = []
    opacity = looks.opacity.get(name, 1.0)
    if layer.category.value == "segmentation":
        if is_lowest and opacity < 1:
            found.append("Neuroglancer draws segments opaque where no other layer lies below")
        if any(rgba[3] < _OPAQUE for _, rgba in layer.segment_colors):
            found.append("Neuroglancer knows no opacity of a single segment")
    return tuple(found)


def drawn_channels(name: str, layer: InferredLayer, looks: Looks) -> list[int]:
    """Return the channels that are drawn; the first where none is."""
    shown = looks.channels.get(name, [one.visible for one in layer.channels])
    return [n for n, one in enumerate(shown) if one] or [0]


def segmentation(name: str, layer: InferredLayer, looks: Looks) -> dict[str, Any]:
    """Return what a segmentation looks like."""
    said: dict[str, Any] = {}
    if name in looks.opacity:
        said["selectedAlpha"] = looks.opacity[name]
    if looks.selected_segments.get(name):
        said["segments"] = [str(one) for one in looks.selected_segments[name]]
        said["notSelectedAlpha"] = dimmed(looks.opacity.get(name, _ALPHA))
    if layer.segment_colors:
        said["segmentColors"] = {
            str(number): _hex((red, green, blue))
            for number, (red, green, blue, _) in layer.segment_colors
        }
    return said


def image(name: str, layer: InferredLayer, number: int, looks: Looks) -> dict[str, Any]:
    """Return what one channel of an image looks like."""
    channel = layer.channels[number]
    said: dict[str, Any] = {"opacity": looks.opacity.get(name, 1.0)}
    contrast = _contrast(name, channel, number, looks)
    chosen = looks.colors.get(name)
    color = chosen[number] if chosen is not None else _hex(channel.color.value)
    if len(layer.channels) == 1 and color == _hex(WHITE):
        if contrast:
            said["shaderControls"] = {DEFAULT_CONTROL: contrast}
        return said
    in_shader = layer.data_format == "neuroglancerPrecomputed" and len(layer.channels) > 1
    said["shader"] = _SHADER.format(options=f"(channel={number})" if in_shader else "")
    controls: dict[str, Any] = {_COLOR: color}
    if contrast:
        controls[_CONTRAST] = contrast
    said["shaderControls"] = controls
    return said


def _contrast(name: str, channel: Channel, number: int, looks: Looks) -> dict[str, Any]:
    """Return range and window; nothing where the limits were not measured yet."""
    chosen = looks.contrast_limits.get(name)
    limits: Limits | None = chosen[number] if chosen is not None else None
    if limits is None and channel.contrast_limits is not None:
        limits = channel.contrast_limits.value
    if limits is None:
        return {}
    flipped = looks.inverted.get(name)
    low, high = limits
    is_inverted = flipped[number] if flipped is not None else channel.inverted
    said: dict[str, Any] = {"range": [high, low] if is_inverted else [low, high]}
    if channel.contrast_range is not None:
        ends = channel.contrast_range
        said["window"] = [min(low, ends[0]), max(high, ends[1])]
    return said


def _local(layer: InferredLayer, number: int) -> dict[str, Any]:
    if layer.data_format == "neuroglancerPrecomputed":
        return {}
    return {"localDimensions": {"c'": [1, ""]}, "localPosition": [number]}


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in rgb)
