"""Independent readers: tensorstore for voxels, plain JSON for metadata."""

import json

import tensorstore


def read_level(folder, level):
    """Return the voxels of a level."""
    spec = {"driver": "zarr", "kvstore": {"driver": "file", "path": f"{folder / str(level)}/"}}
    return tensorstore.open(spec, open=True).result().read().result()


def attributes(folder):
    return json.loads((folder / ".zattrs").read_text())


def steps(folder):
    """Return (scale, translation) of every level."""
    (multiscale,) = attributes(folder)["multiscales"]
    return [
        (
            one["coordinateTransformations"][0]["scale"],
            one["coordinateTransformations"][1]["translation"],
        )
        for one in multiscale["datasets"]
    ]
