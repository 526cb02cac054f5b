"""Datasets in WEBKNOSSOS's layout: the JSON by hand, the arrays by zarr-python and tensorstore.

path → bytes, to be served; `webknossos` itself has pins of its own and is not needed here.
"""

import copy
import json
from pathlib import Path

import numpy as np
import tensorstore as ts
import zarr
import zarr.codecs

NAME = "datasource-properties.json"
CXYZ = {"c": 0, "x": 1, "y": 2, "z": 3}
XYZ = {"x": 0, "y": 1, "z": 2}
SHAPE_XYZ = (40, 32, 24)


def voxels(dtype="uint8", channels=1, shape_xyz=SHAPE_XYZ, seed=0):
    """Noise as ``c, x, y, z``."""
    random = np.random.default_rng(seed)
    return random.integers(0, 200, (channels, *shape_xyz)).astype(dtype)


def layer(name="color", data_format="zarr3", **changes):
    """An entry of ``dataLayers`` as `webknossos` 4.3 writes it."""
    return {
        "name": name,
        "category": "color",
        "boundingBox": {"topLeft": [2, 3, 4], "width": 30, "height": 20, "depth": 10},
        "dataFormat": data_format,
        "mags": [mag([1, 1, 1], f"./{name}/1"), mag([2, 2, 1], f"./{name}/2-2-1")],
        "numChannels": 1,
        "elementClass": "uint8",
        **changes,
    }


def mag(factors, path=None, **more):
    return {
        "mag": factors,
        **({"path": path} if path is not None else {}),
        "axisOrder": dict(CXYZ),
        **more,
    }


def dataset(*layers, **changes):
    return {
        "id": {"name": "sample", "team": ""},
        "scale": {"factor": [4.0, 4.0, 40.0], "unit": "nanometer"},
        "dataLayers": copy.deepcopy(list(layers)),
        "version": 1,
        **changes,
    }


def written(document, folder: Path, path="ds"):
    """All files below `folder`, and the document at `path`, by path."""
    found = {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }
    return {**found, f"{path}/{NAME}": json.dumps(document).encode()}


def write_array(folder: Path, data_format, values):
    """Write ``c, x, y, z`` as WEBKNOSSOS does: F order, 32³ chunks; shards where there are some."""
    if data_format == "zarr3":
        channels = values.shape[0]
        array = zarr.create_array(
            str(folder),
            shape=(channels, 64, 64, 64),
            shards=(channels, 64, 64, 64),
            chunks=(channels, 16, 16, 16),
            dtype=values.dtype,
            filters=[zarr.codecs.TransposeCodec(order=(3, 2, 1, 0))],
            compressors=zarr.codecs.ZstdCodec(level=3, checksum=True),
            dimension_names=("c", "x", "y", "z"),
            fill_value=0,
        )
        _, x, y, z = values.shape
        array[:, :x, :y, :z] = values
    elif data_format == "zarr":
        array = zarr.create_array(
            str(folder),
            shape=values.shape,
            chunks=(values.shape[0], 16, 16, 16),
            dtype=values.dtype,
            order="F",
            zarr_format=2,
            chunk_key_encoding={"name": "v2", "separator": "/"},
            fill_value=0,
        )
        array[...] = values
    else:
        driver = {
            "driver": "n5",
            "kvstore": {"driver": "file", "path": str(folder)},
            "metadata": {"compression": {"type": "gzip"}, "blockSize": [16, 16, 16]},
        }
        store = ts.open(
            driver, create=True, dtype=values.dtype.name, shape=values.shape[1:]
        ).result()
        store[...] = values[0]


def write_volume(folder: Path, *scales, corner=(0, 0, 0), dtype="uint8"):
    """Write a precomputed volume; `scales` are (key, resolution, values as x y z)."""
    for number, (key, resolution, values) in enumerate(scales):
        spec = {
            "driver": "neuroglancer_precomputed",
            "kvstore": {"driver": "file", "path": str(folder)},
            "scale_index": number,
        }
        if number == 0:
            spec["multiscale_metadata"] = {
                "data_type": dtype,
                "num_channels": 1,
                "type": "image",
            }
        spec.pop("scale_index")
        factor = [r / s for r, s in zip(resolution, scales[0][1], strict=True)]
        spec["scale_metadata"] = {
            "key": key,
            "resolution": list(resolution),
            "size": list(values.shape),
            "voxel_offset": [int(c // f) for c, f in zip(corner, factor, strict=True)],
            "chunk_size": [16, 16, 16],
            "encoding": "raw",
        }
        store = ts.open(spec, create=True, open=True).result()
        store[..., 0] = values
