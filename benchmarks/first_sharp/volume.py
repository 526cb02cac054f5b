"""An image (uint8) with a segmentation (uint64), OME-Zarr 0.4, in 64³ chunks.

One layer of chunks is written and linked again and again along z: caches go by the chunk's
place and not by its bytes, so that costs a reader as much as different ones, and the disk less.
"""

import os

import numcodecs
import numpy as np
import zarr

CHUNK = 64
SHAPE_YX = (1024, 1536)
"""6 × 4 tiles, 768 chunks a slice: a little more than the canvas of 1280 × 850 shows."""
LAYERS_Z = 6
LEVELS = 4
CODECS = {
    "gzip": lambda: numcodecs.GZip(5),
    "blosc-lz4": lambda: numcodecs.Blosc("lz4", 5, 1),
}


def write(folder, codec):
    """Write the volume, unless it is there."""
    if (folder / ".done").exists():
        return
    root = zarr.open_group(str(folder), mode="w", zarr_format=2)
    image = em_like()
    labels = cells()
    _write(root, "image", [image[:, :: 2**n, :: 2**n] for n in range(LEVELS)], codec)
    group = root.create_group("labels")
    group.attrs["labels"] = ["cells"]
    one = group.create_group("cells")
    _write(one, "cells", [labels[:, :: 2**n, :: 2**n] for n in range(LEVELS)], codec)
    one.attrs["image-label"] = {"version": "0.4"}
    (folder / ".done").touch()


def em_like():
    """Return smooth structure and camera noise, hardly compressible like real EM."""
    rng = np.random.default_rng(1)
    z, y, x = (np.arange(n, dtype="f4") for n in (CHUNK, *SHAPE_YX))
    volume = np.empty((CHUNK, *SHAPE_YX), "u1")
    for at in range(CHUNK):
        wave = np.sin(x / 17 + z[at] / 9)[None, :] * np.cos(y / 23 - z[at] / 11)[:, None]
        volume[at] = np.clip(128 + 60 * wave + rng.normal(0, 12, SHAPE_YX), 0, 255)
    return volume


def cells():
    """Return ids above 2⁵³ in cells of about 40 voxels with wavy borders."""
    z, y, x = np.meshgrid(*(np.arange(n) for n in (CHUNK, *SHAPE_YX)), indexing="ij", sparse=True)
    row = (y + 9 * np.sin(x / 13) + 5 * np.sin(z / 7)) // 37
    column = (x + 9 * np.sin(y / 11) + 5 * np.cos(z / 9)) // 43
    number = (row * 64 + column + 4096).astype("u8")
    return number * np.uint64(0x9E3779B97F4A7C15)


def _write(group, name, levels, codec):
    for number, array in enumerate(levels):
        depth = LAYERS_Z * CHUNK >> number
        stored = group.create_array(
            str(number),
            shape=(depth, *array.shape[1:]),
            dtype=array.dtype,
            chunks=(CHUNK,) * 3,
            compressors=CODECS[codec](),
            chunk_key_encoding={"name": "v2", "separator": "/"},
        )
        stored[: min(depth, CHUNK)] = array[:depth]
        _link(stored.store_path, depth)
    group.attrs["multiscales"] = [
        {
            "version": "0.4",
            "name": name,
            "axes": [{"name": a, "type": "space", "unit": "nanometer"} for a in "zyx"],
            "datasets": [_dataset(number) for number in range(len(levels))],
        }
    ]


def _dataset(number):
    factor = 2.0**number
    transformations = [
        {"type": "scale", "scale": [factor] * 3},
        {"type": "translation", "translation": [(factor - 1) / 2] * 3},
    ]
    return {"path": str(number), "coordinateTransformations": transformations}


def _link(path, depth):
    folder = path.store.root / path.path
    for layer in range(1, -(-depth // CHUNK)):
        for chunk in (folder / "0").rglob("*"):
            if chunk.is_file():
                target = folder / str(layer) / chunk.relative_to(folder / "0")
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(chunk, target)
