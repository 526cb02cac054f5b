"""The space of a link: its dimensions, or those of its first layer where it names none."""

from nb_remote.datasource.neuroglancer.corners import (
    is_centred,
    own_corner_nm,
    their_axes,
    their_corner_nm,
)
from nb_remote.infer.layer import InferredLayer
from nb_remote.location.neuroglancer.from_link import LinkSpace
from nb_remote.location.neuroglancer.state import Dimension, LinkSource, LinkState
from nb_remote.location.neuroglancer.units import nanometers

_XYZ = ("x", "y", "z")
_LOCAL = ("'", "^")


def link_space(state: LinkState, layer: InferredLayer, source: LinkSource) -> LinkSpace:
    """Return the space of a link whose first volume is `layer`.

    Parameters
    ----------
    source
        What the link says of where that layer is read from.
    """
    moved = source.transform
    named = their_axes(layer)
    if moved is not None and moved.output is not None:
        named = tuple(one.name for one in moved.output)
    dimensions = state.dimensions or _of_layer(layer, named)
    shift = (0.0, 0.0, 0.0)
    if moved is None or (moved.matrix is None and moved.input is None):
        own, their = own_corner_nm(layer), their_corner_nm(layer)
        shift = (own[0] - their[0], own[1] - their[1], own[2] - their[2])
    by_name = dict(zip(named, layer.axes.value.names, strict=False))
    spelled = {one.name.lower() for one in dimensions}
    return LinkSpace(
        dimensions=dimensions,
        # Dimensions that are called x, y, z are those, whatever the axes of the data are called.
        axes=tuple(
            one.name.lower() if {"x", "y"} <= spelled else by_name.get(one.name, one.name.lower())
            for one in dimensions
        ),
        shift_nm_xyz=shift,
        centred=is_centred(layer),
    )


def step_nm(dimension: Dimension) -> float | None:
    """Size of a step in nanometres; a plain number counts as one, as for data without a unit."""
    return dimension.nanometers if dimension.unit else nanometers(dimension.scale, "nm")


def _of_layer(layer: InferredLayer, named: tuple[str, ...]) -> tuple[Dimension, ...]:
    size = dict(zip(_XYZ, layer.geometry.voxel_size_nm_xyz.value, strict=True))
    return tuple(
        Dimension(name=name, scale=size.get(axis, 1.0), unit="nm" if axis in size else "")
        for name, axis in zip(named, layer.axes.value.names, strict=False)
        if not name.endswith(_LOCAL)
    )
