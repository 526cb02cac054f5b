"""A dataset → the scene that the page draws."""

from nb_remote.dataset import Dataset
from nb_remote.errors import ErrorInfo
from nb_remote.layer import Layer
from nb_remote.tiles.address import TILE_SIZE
from nb_remote.widget.protocol import (
    PROTOCOL_VERSION,
    Scene,
    SceneAxis,
    SceneChannel,
    SceneLayer,
    SceneLevel,
)

ContrastRanges = dict[tuple[int, int], tuple[float, float]]
"""Measured ends of the contrast sliders by (layer, channel)."""


def build_scene(dataset: Dataset, measured: ContrastRanges) -> Scene:
    """Describe `dataset` for the page.

    Parameters
    ----------
    dataset
        What to show.
    measured
        Contrast ranges that were sampled so far.
    """
    lower, upper = dataset.bounding_box
    return Scene(
        protocol=PROTOCOL_VERSION,
        tile_size=TILE_SIZE,
        voxel_size_nm_xyz=dataset.voxel_size_nm_xyz,
        voxel_size_known=dataset.space.voxel_size_nm_xyz.origin != "assumed",
        lower_xyz=lower,
        upper_xyz=upper,
        layers=tuple(
            _scene_layer(layer, index, measured) for index, layer in enumerate(dataset.layers)
        ),
    )


def _scene_layer(layer: Layer, index: int, measured: ContrastRanges) -> SceneLayer:
    known = layer.inferred
    return SceneLayer(
        name=layer.name,
        category=layer.category,
        dtype=layer.dtype.name,
        levels=_levels(layer),
        channels=tuple(
            SceneChannel(
                name=channel.name.value,
                color=channel.color.value,
                visible=channel.visible,
                inverted=channel.inverted,
                contrast_range=channel.contrast_range or measured.get((index, number)),
            )
            for number, channel in enumerate(layer.channels)
        ),
        extra_axes=tuple(
            SceneAxis(name=axis.name, size=axis.size) for axis in known.axes.value.extra
        ),
        segment_colors=tuple(
            (str(segment), "#" + bytes(rgba).hex()) for segment, rgba in known.segment_colors
        ),
        problem=_problem(layer),
    )


def _levels(layer: Layer) -> tuple[SceneLevel, ...]:
    return tuple(
        SceneLevel(
            shape_xyz=level.axes.shape_xyz(level.shape),
            factor_xyz=level.factor_xyz,
            offset_xyz=level.offset_xyz,
        )
        for level in layer.shown
    )


def _problem(layer: Layer) -> ErrorInfo | None:
    return None if layer.problem is None else layer.problem.info
