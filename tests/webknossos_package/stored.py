"""Volumes of this machine in each format, written by zarr-python and tensorstore."""

import json
from pathlib import Path

import numpy as np
import tensorstore as ts
import zarr

FORMATS = ("zarr", "zarr3", "n5", "neuroglancerPrecomputed")
MAGS = ((1, 1, 1), (2, 2, 1), (4, 4, 2))
SHAPE_XYZ = (40, 32, 24)
KINDS = {"t": "time", "c": "channel"}


def noise(dtype, shape=SHAPE_XYZ):
    """Numbers to both ends of the type, so that a wrong sign, width or order can't go unseen."""
    random = np.random.default_rng(len(shape))
    if np.dtype(dtype).kind == "f":
        return random.normal(0, 1e3, shape).astype(dtype)
    ends = np.iinfo(dtype)
    return random.integers(ends.min, ends.max, shape, dtype=dtype, endpoint=True)


def pyramid(values, axes="xyz", mags=MAGS):
    """Every level of an array, by mag: every second, every fourth voxel."""
    by_axis = [dict(zip("xyz", mag, strict=True)) for mag in mags]
    steps = [tuple(slice(None, None, one.get(axis, 1)) for axis in axes) for one in by_axis]
    return {mag: np.ascontiguousarray(values[step]) for mag, step in zip(mags, steps, strict=True)}


def write(folder: Path, data_format, levels, *, axes="xyz", **more):
    """Write levels in one of `FORMATS`; N5 and precomputed have x, y, z only.

    `more`: ``voxel`` (x, y, z), ``unit``, ``origin`` (x, y, z), ``omero``; ``corner`` and ``info``
    for precomputed.
    """
    if data_format in ("zarr", "zarr3"):
        return _write_ome(folder, data_format, levels, axes, **more)
    if data_format == "n5":
        return _write_n5(folder, levels, **more)
    return _write_precomputed(folder, levels, **more)


def _write_ome(
    folder, data_format, levels, axes, voxel=(4, 4, 40), unit="nanometer", origin=None, omero=None
):
    version = 2 if data_format == "zarr" else 3
    datasets = []
    for number, (mag, values) in enumerate(levels.items()):
        v3 = {"shards": _shards(values.shape)} if version == 3 else {}
        array = zarr.create_array(
            str(folder / str(number)),
            shape=values.shape,
            chunks=tuple(min(8, n) for n in values.shape),
            dtype=values.dtype,
            zarr_format=version,
            **v3,
        )
        array[...] = values
        scale = {axis: n * m for axis, n, m in zip("xyz", voxel, mag, strict=True)}
        steps = [{"type": "scale", "scale": [scale.get(axis, 1) for axis in axes]}]
        # the centre of a coarse voxel lies half of what it is larger behind that of a fine one
        at = {
            axis: (o or 0) + n * (m - 1) / 2
            for axis, o, n, m in zip("xyz", origin or (0, 0, 0), voxel, mag, strict=True)
        }
        steps.append({"type": "translation", "translation": [at.get(axis, 0) for axis in axes]})
        datasets.append({"path": str(number), "coordinateTransformations": steps})
    named = [
        {
            "name": axis,
            "type": KINDS.get(axis, "space"),
            **({} if axis in KINDS else {"unit": unit}),
        }
        for axis in axes
    ]
    image = {"axes": named, "datasets": datasets, "name": folder.name}
    extra = {"omero": omero} if omero else {}
    if version == 2:
        (folder / ".zgroup").write_text('{"zarr_format": 2}')
        attributes = {"multiscales": [{**image, "version": "0.4"}], **extra}
        (folder / ".zattrs").write_text(json.dumps(attributes))
    else:
        ome = {"version": "0.5", "multiscales": [image], **extra}
        group = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": ome}}
        (folder / "zarr.json").write_text(json.dumps(group))
    return folder


def _shards(shape):
    return tuple(-(-n // min(8, n)) * min(8, n) for n in shape)


def _write_n5(folder, levels, voxel=(4, 4, 40), unit="nanometer"):
    for number, values in enumerate(levels.values()):
        driver = {
            "driver": "n5",
            "kvstore": {"driver": "file", "path": str(folder / f"s{number}")},
            "metadata": {"compression": {"type": "gzip"}, "blockSize": [16, 16, 16]},
        }
        store = ts.open(driver, create=True, dtype=values.dtype.name, shape=values.shape).result()
        store[...] = values
    attributes = {
        "multiScale": True,
        "downsamplingFactors": [list(mag) for mag in levels],
        "resolution": list(voxel),
        "units": [unit] * 3,
    }
    (folder / "attributes.json").write_text(json.dumps(attributes))
    return folder


def _write_precomputed(folder, levels, voxel=(4, 4, 40), corner=(0, 0, 0), info=None):
    dtype = next(iter(levels.values())).dtype.name
    kind = "segmentation" if dtype in ("uint32", "uint64") else "image"
    for number, (mag, values) in enumerate(levels.items()):
        spec = {
            "driver": "neuroglancer_precomputed",
            "kvstore": {"driver": "file", "path": str(folder)},
            "scale_metadata": {
                "key": "_".join(map(str, mag)),
                "resolution": [n * m for n, m in zip(voxel, mag, strict=True)],
                "size": list(values.shape),
                "voxel_offset": [c // m for c, m in zip(corner, mag, strict=True)],
                "chunk_size": [16, 16, 16],
                "encoding": "raw",
            },
        }
        if number == 0:
            spec["multiscale_metadata"] = {"data_type": dtype, "num_channels": 1, "type": kind}
        ts.open(spec, create=True, open=True).result()[..., 0] = values
    if info:
        document = json.loads((folder / "info").read_text())
        (folder / "info").write_text(json.dumps({**document, **info}))
    return folder
