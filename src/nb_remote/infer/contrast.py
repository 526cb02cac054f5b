"""Contrast limits from samples, when the metadata give none."""

import numpy as np

from nb_remote.chunks.decode import Block

LOW_PERCENTILE, HIGH_PERCENTILE = 1.0, 99.0
"""What Neuroglancer's middle button sets: robust against hot pixels and empty borders."""


def limits_from_samples(samples: Block) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Contrast limits and their range from some voxels.

    Parameters
    ----------
    samples
        Voxels of any shape. Values that are not finite are left out; so is the exact minimum,
        when it fills more than half of the samples (background).

    Returns
    -------
    tuple or None
        ``(limits, range)``: the 1st and 99th percentile, and the smallest and largest value.
        None when no voxel is finite.
    """
    values = np.asarray(samples).ravel()
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if values.size == 0:
        return None
    lowest, highest = values.min(), values.max()
    foreground = values[values > lowest]
    if 0 < foreground.size < values.size / 2:
        values = foreground
    ranks = (LOW_PERCENTILE, HIGH_PERCENTILE)
    low, high = (float(v) for v in np.percentile(values.astype(np.float64), ranks))
    ends = (float(lowest), float(highest))
    if low == high:
        low, high = ends
    if low == high:
        high = low + 1
        ends = (low, high)
    return (low, high), ends
