"""The volumes that are read: EM-like noise on structure, written by zarr-python."""

import numcodecs
import numpy as np
import zarr

SHAPE = (192, 1280, 1280)
COMPRESSORS = {
    "blosc-zstd": {"id": "blosc", "cname": "zstd", "clevel": 5, "shuffle": 1},
    "blosc-lz4": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1},
    "gzip": {"id": "gzip", "level": 5},
}
CHUNKS = {"64": (64, 64, 64), "128": (128, 128, 128)}


def em_like(shape, seed=1):
    """Return uint8 voxels: smooth structure and camera noise, hardly compressible like real EM."""
    rng = np.random.default_rng(seed)
    z, y, x = (np.arange(n, dtype="f4") for n in shape)
    volume = np.empty(shape, "u1")
    for index in range(shape[0]):
        wave = np.sin(x / 17 + z[index] / 9)[None, :] * np.cos(y / 23 - z[index] / 11)[:, None]
        noise = rng.normal(0, 12, shape[1:]).astype("f4")
        volume[index] = np.clip(128 + 60 * wave + noise, 0, 255)
    return volume


def write(folder, names):
    """Write the named volumes (``64-gzip``) as Zarr v2 arrays, unless they are there."""
    missing = [name for name in names if not (folder / name / ".done").exists()]
    if not missing:
        return
    volume = em_like(SHAPE)
    for name in missing:
        chunk, codec = name.split("-", 1)
        array = zarr.create_array(
            str(folder / name),
            shape=SHAPE,
            dtype="u1",
            chunks=CHUNKS[chunk],
            compressors=numcodecs.get_codec(COMPRESSORS[codec]),
            zarr_format=2,
            chunk_key_encoding={"name": "v2", "separator": "/"},
            overwrite=True,
        )
        array[...] = volume
        (folder / name / ".done").touch()
