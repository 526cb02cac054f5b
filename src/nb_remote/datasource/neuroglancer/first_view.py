"""What a link shows at first → values of the view's traits, in dataset voxels."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nb_remote.datasource.neuroglancer.link_space import step_nm
from nb_remote.datasource.space import DatasetSpace
from nb_remote.infer.geometry import Triple
from nb_remote.infer.layer import InferredLayer
from nb_remote.location.neuroglancer.from_link import FromLink

_XYZ = ("x", "y", "z")
_FARTHEST = 2.0**53
"""Voxels beyond this are no longer counted exactly."""
_SIDES = {"xy": (0, 1), "xz": (0, 2), "yz": (2, 1)}
"""Layout → which of the displayed dimensions go to the right and down."""
_PLANES = {
    frozenset("xy"): "xy",
    frozenset("xz"): "xz",
    frozenset("yz"): "yz",
}
_OURS = {"xy": ("x", "y"), "xz": ("x", "z"), "yz": ("z", "y")}
"""Plane → what goes to the right and down here."""
_OPACITY = 0.5
"""Neuroglancer's, of images and of selected segments, where a link says nothing."""


def first_traits(
    layers: Sequence[tuple[str, InferredLayer]], space: DatasetSpace
) -> dict[str, Any]:
    """Return what the view of a dataset is to begin with; nothing where no layer is from a link.

    Parameters
    ----------
    layers
        By name, in the dataset's order.
    space
        The dataset's.
    """
    linked = [(name, one, one.link) for name, one in layers if one.link is not None]
    if not linked:
        return {}
    link = linked[0][2]
    traits: dict[str, Any] = {
        "position": _position(link, space),
        "zoom": _zoom(link, space),
        "plane": _plane(link),
        "extra_axes": _extra_axes(link, [one for _, one in layers]),
        "visible": {name: one.layer.visible and not one.layer.archived for name, _, one in linked},
        "opacity": _opacities(linked),
        "selected_segments": {
            name: ids
            for name, layer, one in linked
            if layer.category.value == "segmentation"
            for ids in (_segments(layer, one),)
            if ids
        },
    }
    return {name: value for name, value in traits.items() if value not in (None, {})}


def laid_over(first: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the traits of a link with those that a person gives laid over them.

    A dict of layers changes only what it names.
    """
    result = dict(first)
    if isinstance(given.get("slice"), int) and "position" in result and "position" not in given:
        axis = {"xy": 2, "xz": 1, "yz": 0}.get(given.get("plane", first.get("plane", "xy")), 2)
        position = list(result["position"])
        position[axis] = given["slice"] + 0.5
        result["position"] = tuple(position)
    for name, value in given.items():
        both = isinstance(value, Mapping) and isinstance(result.get(name), Mapping)
        result[name] = {**result[name], **value} if both else value
    return result


def first_notes(link: FromLink) -> tuple[str, ...]:
    """Return what of a link's first view is not followed, one sentence each."""
    notes = list(link.state.notes)
    turned = link.state.orientation
    if turned is not None and abs(turned[3]) < 1 - 1e-9:
        notes.append("the link turns its slices; here they are shown upright")
    if link.state.layout == "3d":
        notes.append("the link shows no slices; here one is shown")
    plane, sides = _plane(link), _sides(link)
    if plane is not None and (sides != _OURS[plane] or _is_mirrored(link)):
        right, down = _OURS[plane]
        notes.append(
            f"the link shows the {plane} plane turned or mirrored; here {right} goes to the right "
            f"and {down} down"
        )
    return tuple(notes)


def _position(link: FromLink, space: DatasetSpace) -> Triple | None:
    position = link.state.position
    if position is None or len(position) != len(link.space.dimensions):
        return None
    found: dict[str, float] = {}
    for value, dimension, axis in zip(
        position, link.space.dimensions, link.space.axes, strict=True
    ):
        step = step_nm(dimension)
        if axis in _XYZ and step is not None:
            n = _XYZ.index(axis)
            length = value * step + link.space.shift_nm_xyz[n]
            found[axis] = length / space.voxel_size_nm_xyz.value[n]
    if not {"x", "y"} <= set(found) or not all(abs(one) <= _FARTHEST for one in found.values()):
        return None
    return (found["x"], found["y"], found.get("z", 0.5))


def _zoom(link: FromLink, space: DatasetSpace) -> float | None:
    scale = link.state.cross_section_scale
    shown = displayed(link)
    steps = [
        step
        for one in link.space.dimensions
        if one.name in shown and (step := step_nm(one)) is not None
    ]
    if scale is None or not steps:
        return None
    zoom = min(space.voxel_size_nm_xyz.value) / (scale * min(steps))
    return zoom if math.isfinite(zoom) and zoom > 0 else None


def displayed(link: FromLink) -> tuple[str, ...]:
    """Names of the dimensions that are drawn to the right, down and into the depth."""
    return link.state.display_dimensions or tuple(one.name for one in link.space.dimensions[:3])


def _plane(link: FromLink) -> str | None:
    return _PLANES.get(frozenset(_sides(link)))


def _sides(link: FromLink) -> tuple[str, ...]:
    """Axes that are drawn horizontally and vertically; nothing where they are not displayed."""
    axis_of = dict(zip((one.name for one in link.space.dimensions), link.space.axes, strict=True))
    shown = [axis_of.get(name, name) for name in displayed(link)]
    right, down = _SIDES.get(_layout(link), (0, 1))
    return (shown[right], shown[down]) if len(shown) > max(right, down) else ()


def _layout(link: FromLink) -> str:
    return (link.state.layout or "4panel").partition("-")[0]


def _is_mirrored(link: FromLink) -> bool:
    # Neuroglancer turns its xy plane about y, so that the third dimension runs to the left.
    return _layout(link) == "yz"


def _extra_axes(link: FromLink, layers: Sequence[InferredLayer]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for layer in layers:
        for axis in layer.axes.value.extra:
            sizes[axis.name] = max(axis.size, sizes.get(axis.name, 1))
    position = link.state.position
    if position is None or len(position) != len(link.space.axes):
        return {}
    half = 0.5 if link.space.centred else 0.0
    return {
        axis: min(max(0, math.floor(value + half)), sizes[axis] - 1)
        for axis, value in zip(link.space.axes, position, strict=True)
        if axis in sizes
    }


def _opacities(linked: Sequence[tuple[str, InferredLayer, FromLink]]) -> dict[str, float]:
    """Return how opaque layers are there: the lowest wholly, unless it is added to what is below.

    Neuroglancer blends a layer with what it has drawn before, and replaces it where that is
    nothing.
    """
    found: dict[str, float] = {}
    nothing_below = True
    for name, layer, one in linked:
        said = one.layer
        is_image = layer.category.value == "color"
        share = said.opacity if is_image else said.selected_alpha
        found[name] = _OPACITY if share is None else share
        if nothing_below and said.visible and not said.archived:
            nothing_below = False
            if not (is_image and said.blend == "additive"):
                found[name] = 1.0
    return found


def _segments(layer: InferredLayer, link: FromLink) -> tuple[int, ...]:
    """Selected ids that a voxel of the layer may hold."""
    bits = 8 * layer.dtype.itemsize - (layer.dtype.kind == "i")
    return tuple(one for one in link.layer.segments if 0 < one < 2**bits)
