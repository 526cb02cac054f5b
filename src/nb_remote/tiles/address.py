"""Which tile: a page's want, checked against the layers before anything is read for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from nb_remote.chunks.selection import AxisRange
from nb_remote.infer.axes import AxisMap
from nb_remote.layer import Layer

TILE_SIZE = 256
"""Side of a tile in voxels of its level: 64 KiB of uint8, measured best over comms."""

Want = tuple[int, ...]
"""``(layer, level, plane, channel, slice, row, column, *extra)``; see `widget.protocol`."""

_FIXED = 7

# Per plane the positions in x, y, z of: column axis, row axis, normal.
PLANES: tuple[tuple[int, int, int], ...] = (
    (0, 1, 2),  # xy
    (0, 2, 1),  # xz
    (2, 1, 0),  # yz: z to the right, y down, as Neuroglancer's unrotated panel
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileAddress:
    """One tile of one level, as ranges of the level's axes."""

    want: Want
    """What the page asked for; comes back with the answer."""
    layer: int
    level: int
    ranges: tuple[AxisRange, ...]
    """Voxels to read, one range per axis of the shown level."""
    row_axis: int | None
    """Axis that runs down the tile; None when there is none (2-D, seen from the side)."""
    column_axis: int | None
    """Axis that runs to the right."""
    normal_axis: int | None
    """Axis that the slices are counted along."""
    slices: AxisRange
    """The one slice, along that axis."""


def tile_address(want: Sequence[int], layers: Sequence[Layer]) -> TileAddress:
    """Check a want and work out what it reads.

    Raises
    ------
    ValueError
        The want names a tile that does not exist.
    """
    if len(want) < _FIXED or any(type(n) is not int or n < 0 for n in want):
        raise ValueError(f"not a tile: {list(want)!r}")
    layer_index, level_index, plane, channel, at, row, column = want[:_FIXED]
    extra = want[_FIXED:]
    if layer_index >= len(layers) or plane >= len(PLANES):
        raise ValueError(f"no such layer or plane: {list(want)}")
    shown = layers[layer_index].shown
    axes = shown[0].axes
    if level_index >= len(shown) or len(extra) != len(axes.extra):
        raise ValueError(f"no such level, or a wrong number of further axes: {list(want)}")
    shape = shown[level_index].shape
    column_xyz, row_xyz, normal_xyz = PLANES[plane]
    spans = {
        column_xyz: _tile_span(column, axes, column_xyz, shape),
        row_xyz: _tile_span(row, axes, row_xyz, shape),
        normal_xyz: AxisRange(start=at, stop=at + 1),
    }
    ranges: list[AxisRange] = [AxisRange(start=0, stop=0)] * len(shape)
    for axis_xyz, span in spans.items():
        position = axes.space_xyz[axis_xyz]
        if position is not None:
            ranges[position] = span
        elif span != AxisRange(start=0, stop=1):
            raise ValueError(f"outside of a 2-D image: {list(want)}")
    if axes.c is not None:
        ranges[axes.c] = AxisRange(start=channel, stop=channel + 1)
    for axis, index in zip(axes.extra, extra, strict=True):
        ranges[axis.index] = AxisRange(start=index, stop=index + 1)
    if any(one.count < 1 or one.stop > n for one, n in zip(ranges, shape, strict=True)):
        raise ValueError(f"outside of the level: {list(want)}")
    return TileAddress(
        want=tuple(want),
        layer=layer_index,
        level=level_index,
        ranges=tuple(ranges),
        row_axis=axes.space_xyz[row_xyz],
        column_axis=axes.space_xyz[column_xyz],
        normal_axis=axes.space_xyz[normal_xyz],
        slices=spans[normal_xyz],
    )


def _tile_span(number: int, axes: AxisMap, axis_xyz: int, shape: tuple[int, ...]) -> AxisRange:
    extent = axes.shape_xyz(shape)[axis_xyz]
    start = number * TILE_SIZE
    return AxisRange(start=start, stop=min(start + TILE_SIZE, extent))
