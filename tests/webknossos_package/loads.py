"""Run by the Python of `make webknossos-env`: reads a dataset with `webknossos`, prints it as JSON.

python loads.py FOLDER          what the package understands of FOLDER/datasource-properties.json
python loads.py FOLDER --write  let the package write a dataset there first
"""

import json
import sys
from pathlib import Path

import numpy as np

import webknossos as wk


def write(folder):
    dataset = wk.Dataset(folder, voxel_size=(4, 4, 40), name="theirs")
    values = np.random.default_rng(0).integers(0, 200, (1, 40, 32, 24))
    for name, data_format, dtype in (("em", "zarr3", "uint8"), ("old", "zarr", "uint16")):
        layer = dataset.add_layer(name, "color", dtype_per_channel=dtype, data_format=data_format)
        layer.bounding_box = wk.BoundingBox((0, 0, 0), (40, 32, 24))
        layer.add_mag(1).write(values.astype(dtype), absolute_offset=(0, 0, 0))
    cells = dataset.add_layer(
        "cells",
        "segmentation",
        dtype_per_channel="uint32",
        data_format="zarr3",
        largest_segment_id=199,
    )
    cells.bounding_box = wk.BoundingBox((0, 0, 0), (40, 32, 24))
    cells.add_mag(1).write(values.astype("uint32"), absolute_offset=(0, 0, 0))


def told(folder):
    dataset = wk.Dataset.open(folder)
    layers = {}
    for name, layer in dataset.layers.items():
        finest = layer.get_finest_mag()
        layers[name] = {
            "category": str(layer.category),
            "mags": [one.to_list() for one in layer.mags],
            "box": [list(layer.bounding_box.topleft), list(layer.bounding_box.size)],
            "sum": int(finest.read().astype("int64").sum()),
        }
    return {"voxel_size": list(dataset.voxel_size), "layers": layers}


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if "--write" in sys.argv:
        write(place)
    sys.stdout.write(json.dumps(told(place)))
