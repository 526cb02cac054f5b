"""Contrast limits from the coarsest level: a bounded sample, never the volume."""

from nb_remote.arrays.source import Source
from nb_remote.chunks.selection import AxisRange
from nb_remote.infer.channels import Limits
from nb_remote.infer.contrast import limits_from_samples
from nb_remote.infer.layer import InferredLayer
from nb_remote.threads import in_decode_pool

MAX_SAMPLE_VOXELS = 4 * 2**20
"""Voxels looked at per channel: a 160³ cube tells percentiles to well under 0.1 %."""


async def sample_contrast(
    layer: InferredLayer, source: Source, channel: int
) -> tuple[Limits, Limits] | None:
    """Measure contrast limits of one channel on the coarsest level.

    Returns
    -------
    tuple or None
        ``(limits, range)``; None when there is no finite voxel, or nothing can be read.

    Raises
    ------
    NbRemoteError
        A chunk of the sample could not be fetched or decoded.
    """
    array = layer.arrays[-1]
    if array.layout is None:
        return None
    ranges = sample_ranges(layer, array.layout.chunk_shape, channel)
    reading = await source.reader(array.layout).read(ranges, whole_chunks=True)
    return await in_decode_pool(limits_from_samples, reading.block)


def sample_ranges(
    layer: InferredLayer, chunk_shape: tuple[int, ...], channel: int
) -> tuple[AxisRange, ...]:
    """Choose the voxels to look at.

    One channel, the first of every further axis, and of space as much as the bound allows, around
    the middle. z is narrowed first, because the middle planes are what is seen first.
    """
    axes = layer.axes.value
    ranges = [AxisRange(start=0, stop=1)] * len(layer.arrays[-1].shape)
    if axes.c is not None:
        ranges[axes.c] = AxisRange(start=channel, stop=channel + 1)
    used = zip(axes.space_xyz, layer.used_xyz(len(layer.arrays) - 1), strict=True)
    space = [(axis, start, stop) for axis, (start, stop) in used if axis is not None][::-1]
    voxels = 1
    for axis, start, stop in space:
        ranges[axis] = AxisRange(start=start, stop=stop)
        voxels *= stop - start
    for axis, start, stop in space:
        if voxels <= MAX_SAMPLE_VOXELS:
            break
        rest = voxels // (stop - start)
        length = min(stop - start, max(1, MAX_SAMPLE_VOXELS // rest))
        at = _centred_start(start, stop, length, chunk_shape[axis])
        ranges[axis] = AxisRange(start=at, stop=min(stop, at + length))
        voxels = rest * length
    return tuple(ranges)


def _centred_start(begin: int, end: int, length: int, chunk: int) -> int:
    """Start of a centred run; within one chunk when it fits, so that no second one is fetched."""
    start = (begin + end - length) // 2
    if length <= chunk:
        first = (begin + end) // 2 // chunk * chunk
        start = min(max(start, first), first + chunk - length)
    return max(begin, min(start, end - length))
