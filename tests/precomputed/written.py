"""Volumes that tensorstore writes, and our reader on their address."""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import tensorstore

from nb_remote.threads import run

DRIVER = "neuroglancer_precomputed"


def labels(shape, dtype, seed=0):
    """Boxes of few ids with some noise, large ids among them, so that blocks need all widths."""
    random = np.random.default_rng(seed)
    top = np.iinfo(dtype).max
    ids = random.integers(1, top, 40, dtype=dtype, endpoint=True)
    coarse = random.integers(0, len(ids), [-(-n // 5) for n in shape[:3]] + list(shape[3:]))
    fine = coarse.repeat(5, 0).repeat(5, 1).repeat(5, 2)[tuple(slice(n) for n in shape)]
    noise = random.random(shape) < 0.02
    return np.where(noise, random.integers(0, top, shape, dtype=dtype), ids[fine])


def noise(shape, dtype, seed=0):
    random = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return random.normal(size=shape).astype(dtype)
    info = np.iinfo(dtype)
    return random.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)


def scale(size=(21, 17, 11), **changes):
    return {
        "size": list(size),
        "resolution": [4.0, 4.0, 40.0],
        "encoding": "raw",
        "chunk_size": [8, 8, 4],
    } | changes


def write(*scales, data, kind="image"):
    """Return the objects of a volume by key; `data` has one x, y, z, channel array per scale."""
    folder = Path(tempfile.mkdtemp())
    try:
        for one, voxels in zip(scales, data, strict=True):
            spec = {
                "driver": DRIVER,
                "kvstore": {"driver": "file", "path": f"{folder}/"},
                "multiscale_metadata": {
                    "data_type": voxels.dtype.name,
                    "num_channels": voxels.shape[3],
                    "type": kind,
                },
                "scale_metadata": one,
            }
            store = tensorstore.open(spec, create=True, open=True).result()
            store[...] = voxels
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}
    finally:
        shutil.rmtree(folder)


def below(prefix, objects):
    return {f"{prefix}/{key}": value for key, value in objects.items()}


def changed(objects, **fields):
    """The same volume with other fields in its ``info``."""
    info = json.loads(objects["info"])
    return objects | {"info": json.dumps(info | fields).encode()}


def with_tensorstore(url, scale_index=0):
    """Open an address with the independent reader."""
    spec = {"driver": DRIVER, "kvstore": {"driver": "http", "base_url": f"{url}/"}}
    return tensorstore.open(spec | {"scale_index": scale_index}).result()


def read_whole_chunks(level, index=...):
    """Read as the viewer does."""
    from nb_remote.chunks.selection import normalise

    selection = normalise(index, level.shape)
    reader = level._source.reader(level.layout)
    return run(reader.read(selection.ranges, whole_chunks=True), deadline=10).block[
        selection.finish
    ]


BOXES = [
    ...,
    np.s_[20, 16, 10],
    np.s_[:, :, 3],
    np.s_[:, 8, :],
    np.s_[7:9, 7:9, 3:5],
    np.s_[5:21:3, ::-1, 2:11:4],
    np.s_[16:, 16:, 8:],
]
"""Everything, the last corner, planes, across borders, strides, edge chunks."""
