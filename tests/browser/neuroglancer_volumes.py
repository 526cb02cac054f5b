"""Volumes that both nb-remote and Neuroglancer show: no two voxels alike, or few large ids."""

import json

import numpy as np
import zarr
import zarr.storage

from tests.browser.volumes import shuffled, write_ome_zarr
from tests.n5.written import with_tensorstore
from tests.precomputed.written import below, scale, write

IMAGE = shuffled((9, 21, 33), "uint16", 31)
"""z, y, x."""
OTHER = shuffled((9, 21, 33), "uint8", 32)
IDS = (0, 1, 2, 3, 12345, 2**32 + 1, 2**53 + 1, 2**64 - 1)
LIMITS = (1000.0, 50000.0)
STEPS_NM = (30.0, 8.0, 4.0)
"""z, y, x."""


def segments():
    """Blocks of 4 × 4 voxels of each id in turn, other ones on each slice; z, y, x."""
    z, y, x = np.indices(IMAGE.shape)
    return np.array(IDS, "uint64")[(x // 4 + 3 * (y // 4) + z) % len(IDS)]


SEGMENTS = segments()
CHANNELS = np.stack([OTHER, np.roll(OTHER, 5, axis=2)])
OMERO = {
    "channels": [
        {"label": "red", "color": "FF0000", "window": {"start": 20, "end": 200}},
        {"label": "cyan", "color": "00FFFF", "window": {"start": 0, "end": 255}},
    ]
}


def objects():
    """Everything that the server has: key → bytes."""
    image = {"scales": [list(STEPS_NM)], "name": "image"}
    moved = write_ome_zarr([IMAGE], "zyx", **image)
    document = json.loads(moved[".zattrs"])
    (level,) = document["multiscales"][0]["datasets"]
    level["coordinateTransformations"][1]["translation"] = [60.0, -16.0, 100.0]
    moved[".zattrs"] = json.dumps(document).encode()
    return (
        below("ome04", write_ome_zarr([IMAGE], "zyx", **image))
        | below("translated", moved)
        | below("ome05", _ome05())
        | below("channels", write_ome_zarr([CHANNELS], "czyx", omero=OMERO))
        | below("em", _precomputed(IMAGE, voxel_offset=[100, -20, 30]))
        | below("other", _precomputed(OTHER))
        | below("cells", _precomputed(SEGMENTS, "segmentation"))
        | below("n5", _n5())
    )


def _precomputed(array, kind="image", **changes):
    size = scale(array.shape[::-1], resolution=list(STEPS_NM[::-1]), chunk_size=[16, 16, 4])
    return write(size | changes, data=[array.T[..., np.newaxis]], kind=kind)


def _n5():
    given = {"resolution": list(STEPS_NM[::-1]), "units": ["nm"] * 3, "axes": list("xyz")}
    return with_tensorstore(np.ascontiguousarray(IMAGE.T), (16, 16, 4), **given)


def _ome05():
    written = {}
    root = zarr.open_group(zarr.storage.MemoryStore(written), mode="w", zarr_format=3)
    root.create_array("0", data=IMAGE, chunks=(4, 16, 16), dimension_names=["z", "y", "x"])
    root.attrs["ome"] = {
        "version": "0.5",
        "multiscales": [
            {
                "name": "image",
                "axes": [{"name": a, "type": "space", "unit": "nanometer"} for a in "zyx"],
                "datasets": [
                    {
                        "path": "0",
                        "coordinateTransformations": [{"type": "scale", "scale": list(STEPS_NM)}],
                    }
                ],
            }
        ],
    }
    return {key: value.to_bytes() for key, value in written.items()}
