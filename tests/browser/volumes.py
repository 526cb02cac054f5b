"""Volumes for the browser tests: no two voxels alike, and neighbours far apart.

Written by zarr-python as OME-Zarr 0.4. Values are a seeded permutation, so that a picture
that is shifted by one voxel, mirrored, transposed or taken from another slice, level or channel
differs nearly everywhere.
"""

from math import prod

import numpy as np
import zarr
import zarr.storage

SPACE_UNIT = "nanometer"


def shuffled(shape, dtype, seed=0):
    """Return an array whose values are all different (as far as the type has that many)."""
    count = prod(shape)
    values = np.random.default_rng(seed).permutation(count)
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        span = min(int(info.max) - int(info.min), 2**53)
        step = max(1, span // count)
        values = (values * step) % (span + 1) + int(info.min)
    else:
        values = values / count - 0.25
    return values.astype(dtype).reshape(shape)


def write_ome_zarr(
    levels, axes, *, scales=None, name="image", omero=None, labels=None, order="C", chunks=None
):
    """Return the objects of an OME-Zarr 0.4: key → bytes.

    Parameters
    ----------
    levels
        Arrays, finest first, axes in the order of `axes`.
    axes
        One letter per axis, for example ``czyx``.
    scales
        Voxel size per level and axis; by default 1, 2, 4, … along x and y and z.
    labels
        Name → list of arrays (axes zyx), written below ``labels/``.
    """
    objects = {}
    store = zarr.storage.MemoryStore(objects)
    root = zarr.open_group(store, mode="w", zarr_format=2)
    _write_image(root, levels, axes, scales, name, order, chunks)
    if omero is not None:
        root.attrs["omero"] = omero
    if labels:
        group = root.create_group("labels")
        group.attrs["labels"] = list(labels)
        for label, arrays in labels.items():
            one = group.create_group(label)
            _write_image(one, arrays, "zyx", None, label, "C", None)
            one.attrs["image-label"] = {"version": "0.4"}
    return {key: value.to_bytes() for key, value in objects.items()}


def _write_image(group, levels, axes, scales, name, order, chunks):
    datasets = []
    for number, array in enumerate(levels):
        stored = group.create_array(
            str(number),
            shape=array.shape,
            dtype=array.dtype,
            chunks=chunks or tuple(min(16, n) for n in array.shape),
            order=order,
            chunk_key_encoding={"name": "v2", "separator": "/"},
        )
        stored[...] = array
        factor = 2.0**number
        scale = scales[number] if scales else [factor if a in "xyz" else 1.0 for a in axes]
        first = scales[0] if scales else [1.0] * len(axes)
        shift = [(s - f) / 2 for s, f in zip(scale, first, strict=True)]
        datasets.append(
            {
                "path": str(number),
                "coordinateTransformations": [
                    {"type": "scale", "scale": list(scale)},
                    {"type": "translation", "translation": shift},
                ],
            }
        )
    kinds = {"c": "channel", "t": "time"}
    group.attrs["multiscales"] = [
        {
            "version": "0.4",
            "name": name,
            "axes": [
                {"name": a, "type": kinds.get(a, "space")}
                | ({} if a in kinds else {"unit": SPACE_UNIT})
                for a in axes
            ],
            "datasets": datasets,
        }
    ]
