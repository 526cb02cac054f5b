"""Layers of which nothing says whether they are images or segmentations: a few voxels do."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

import numpy as np

from nb_remote.arrays.source import Source
from nb_remote.chunks.decode import Block
from nb_remote.chunks.selection import AxisRange
from nb_remote.errors import NbRemoteError
from nb_remote.explore.recognise import Exploration
from nb_remote.infer.again import with_category
from nb_remote.infer.category import Category
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.infer.sampled_category import is_open, looks_like
from nb_remote.threads import in_decode_pool

SAMPLE_S = 2.0
"""Longest that opening waits for samples; what is not there by then stays assumed."""
MAX_SAMPLED_LAYERS = 8
"""Of one address. Where more are open, none is sampled: plates and series hold images."""
MAX_CHUNK_BYTES = 16 * 2**20
"""Decoded; larger ones are not fetched for this. Usual chunks have 0.5 to 8 MiB."""
FEWEST_VOXELS = 2**12
"""A chunk of fewer shows too little of what it holds: 64², or 16³."""
MAX_VOXELS = 2**18
"""Voxels compared with each other, as many as a chunk of 64³ has."""


async def with_sampled_categories(explored: Exploration, within_s: float = SAMPLE_S) -> Exploration:
    """Look at one chunk of each layer that is open, all at the same time.

    It is read from a coarse level, where a view begins, so that the view finds it cached. Nothing
    is asked where the metadata, a link or a name decide. A chunk that can't be read, or not within
    so many seconds, leaves the layer as it is.
    """
    parents = {one.found.parent for one in explored.layers if isinstance(one, InferredLayer)}
    open_ones = [
        n
        for n, one in enumerate(explored.layers)
        if isinstance(one, InferredLayer) and is_open(one) and one.found.name not in parents
    ]
    if not 0 < len(open_ones) <= MAX_SAMPLED_LAYERS:
        return explored
    tasks = {
        n: asyncio.ensure_future(_look(explored.layers[n], explored.source)) for n in open_ones
    }
    try:
        await asyncio.wait(tasks.values(), timeout=within_s)
    finally:
        late = [one for one in tasks.values() if not one.done()]
        for one in late:
            one.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    return replace(explored, layers=_decided(explored.layers, tasks))


def _decided(
    layers: Sequence[InferredLayer | BrokenLayer],
    tasks: Mapping[int, "asyncio.Future[tuple[Category, str] | None]"],
) -> tuple[InferredLayer | BrokenLayer, ...]:
    result = list(layers)
    for number, task in tasks.items():
        # Whatever went wrong with a sample, the layer was found.
        found = None if task.cancelled() or task.exception() else task.result()
        layer = result[number]
        if found is not None and isinstance(layer, InferredLayer):
            category, reason = found
            result[number] = with_category(layer, Inferred(category, "sampled", reason))
    return tuple(result)


async def _look(layer: InferredLayer | BrokenLayer, source: Source) -> tuple[Category, str] | None:
    if isinstance(layer, BrokenLayer):
        return None
    level = sampled_level(layer)
    layout = None if level is None else layer.arrays[level].layout
    if (
        level is None
        or layout is None
        or prod(layout.chunk_shape) * layer.dtype.itemsize > MAX_CHUNK_BYTES
    ):
        return None
    ranges = middle_chunk(layer, level)
    try:
        reading = await source.at(layer.location).reader(layout).read(ranges, whole_chunks=True)
    except NbRemoteError:
        return None  # whoever looks at the layer is told
    if reading.missing_chunks:
        return None
    return await in_decode_pool(looks_like, _cut(reading.block))


def sampled_level(layer: InferredLayer) -> int | None:
    """Return the coarsest level of which one chunk has enough voxels; None where none has."""
    for level in reversed(range(len(layer.arrays))):
        if prod(one.count for one in middle_chunk(layer, level)) >= FEWEST_VOXELS:
            return level
    return None


def middle_chunk(layer: InferredLayer, level: int) -> tuple[AxisRange, ...]:
    """Return the chunk in the middle of what is used of a level, within its bounds.

    Of axes that are not space it is the first entry.
    """
    layout = layer.arrays[level].layout
    chunk_shape = layer.arrays[level].shape if layout is None else layout.chunk_shape
    ranges = [AxisRange(start=0, stop=1)] * len(chunk_shape)
    used = zip(layer.axes.value.space_xyz, layer.used_xyz(level), strict=True)
    for axis, (start, stop) in used:
        if axis is not None:
            size = chunk_shape[axis]
            first = (start + stop - 1) // 2 // size * size
            ranges[axis] = AxisRange(start=max(start, first), stop=min(stop, first + size))
    return tuple(ranges)


def _cut(block: Block) -> Block:
    """Return the middle of a block, with no more voxels than are compared."""
    squeezed = np.squeeze(block)
    side = max(1, int(MAX_VOXELS ** (1 / max(1, squeezed.ndim))))
    middle = tuple(
        slice(max(0, (n - side) // 2), max(0, (n - side) // 2) + side) for n in squeezed.shape
    )
    return squeezed[middle]
