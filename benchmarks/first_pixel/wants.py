"""Which tiles a page asks for first: the front end's rules, for an xy view of all of the images.

As `fitZoom`, `chooseLevel`, `visibleTiles` and `neededTiles` of ``js/src/view`` have them.
"""

import math
from itertools import product

MARGIN = 0.96
"""Part of the canvas that the bounding box takes up."""
TOLERANCE = 1.1
"""Device pixels that a voxel of a fine enough level may have."""
SAME = 1.01


def first_wants(scene, width, height):
    """Return the wants of a canvas of `width` × `height` device pixels at its first zoom."""
    voxel = scene.voxel_size_nm_xyz
    extent = [b - a for a, b in zip(scene.lower_xyz, scene.upper_xyz, strict=True)]
    middle = [(a + b) / 2 for a, b in zip(scene.lower_xyz, scene.upper_xyz, strict=True)]
    middle[2] = math.floor(middle[2]) + 0.5
    per_nm = MARGIN * min(width / extent[0] / voxel[0], height / extent[1] / voxel[1])
    candidates = []
    for number, layer in enumerate(scene.layers):
        if layer.category != "color":
            continue
        target = choose_level(layer.levels, voxel, 1 / per_nm)
        for index in dict.fromkeys((len(layer.levels) - 1, target)):
            level = layer.levels[index]
            at = [
                (c - o) / f
                for c, o, f in zip(middle, level.offset_xyz, level.factor_xyz, strict=True)
            ]
            z = min(level.shape_xyz[2] - 1, max(0, math.floor(at[2])))
            size = scene.tile_size
            # A view of everything touches every tile of a level.
            rows, columns = (range(math.ceil(level.shape_xyz[axis] / size)) for axis in (1, 0))
            for (row, column), channel in product(
                product(rows, columns), range(len(layer.channels))
            ):
                away = math.hypot(column + 0.5 - at[0] / size, row + 0.5 - at[1] / size)
                order = (index == target, away * level.factor_xyz[0])
                candidates.append((order, (number, index, 0, channel, z, row, column)))
    # Stable: at the same distance, layers keep their order.
    return [want for _, want in sorted(candidates, key=lambda one: one[0])]


def choose_level(levels, voxel, nm_per_pixel):
    """Return the coarsest level that is fine enough along all axes, else the finest."""
    target = nm_per_pixel * TOLERANCE
    finest, chosen = levels[0], len(levels) - 1
    for index in reversed(range(len(levels))):
        level, previous = levels[index], levels[chosen]
        if index != chosen and not any(
            was * nm > target and was > SAME * now
            for was, now, nm in zip(previous.factor_xyz, level.factor_xyz, voxel, strict=True)
        ):
            continue
        chosen = index
        if not any(
            factor * nm > target and factor > SAME * least
            for factor, least, nm in zip(level.factor_xyz, finest.factor_xyz, voxel, strict=True)
        ):
            break
    return chosen
