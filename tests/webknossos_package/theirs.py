"""Run by the Python of `make webknossos-env`: lets `webknossos` write datasets in FOLDER.

python theirs.py FOLDER
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
from cluster_tools import get_executor

import webknossos as wk

warnings.simplefilter("ignore")
SHAPE = (48, 40, 24)
BOX = wk.BoundingBox((16, 8, 4), SHAPE)
TYPES = ("uint8", "uint16", "uint32", "int8", "int16", "int32", "float32")
ID_TYPES = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")


def noise(dtype, channels=1, shape=SHAPE):
    random = np.random.default_rng(channels)
    if np.dtype(dtype).kind == "f":
        return random.normal(0, 1e3, (channels, *shape)).astype(dtype)
    ends = np.iinfo(dtype)
    return random.integers(ends.min, ends.max, (channels, *shape), dtype=dtype, endpoint=True)


def filled(dataset, name, category, dtype, data_format, channels=1, more=(), **options):
    """Add a layer with noise at mag 1, and what the package itself makes of it at coarser ones."""
    layer = dataset.add_layer(
        name,
        category,
        dtype=dtype,
        num_channels=channels,
        data_format=data_format,
        bounding_box=BOX,
        **dict(more),
    )
    # its own shards have 1024 voxels along each axis: too slow for what is that small
    options = {"chunk_shape": 16, "shard_shape": 16 if data_format == "zarr" else 32, **options}
    mag = layer.add_mag(1, **options)
    mag.write(noise(dtype, channels), absolute_offset=BOX.topleft, allow_unaligned=True)
    with get_executor("sequential") as executor:
        layer.downsample(coarsest_mag=wk.Mag((4, 4, 2)), executor=executor, **options)
    return layer


def types(folder, data_format):
    dataset = wk.Dataset(folder, voxel_size=(11.24, 11.24, 28), name="types")
    for dtype in TYPES:
        filled(dataset, dtype, "color", dtype, data_format)


def ids(folder, data_format):
    dataset = wk.Dataset(folder, voxel_size=(4, 4, 4))
    most = {"uint64": 2**64 - 2, "int64": 2**53, "uint8": None}
    for dtype in ID_TYPES:
        largest = {"largest_segment_id": most.get(dtype, 100)}
        filled(dataset, dtype, "segmentation", dtype, data_format, more=largest)


def stored(folder, data_format):
    """In chunks and shards of several shapes, compressed or not, one channel or three."""
    dataset = wk.Dataset(
        folder, voxel_size_with_unit=wk.VoxelSize((0.5, 0.5, 1.0), wk.LengthUnit.MICROMETER)
    )
    filled(dataset, "plain", "color", "uint16", data_format, compress=False)
    filled(dataset, "small", "color", "uint16", data_format, chunk_shape=16, shard_shape=16)
    rgb = filled(dataset, "rgb", "color", "uint8", data_format, channels=3)
    rgb.default_view_configuration = wk.LayerViewConfiguration(is_disabled=True)
    if data_format == "zarr3":
        filled(
            dataset,
            "sharded",
            "color",
            "uint16",
            data_format,
            chunk_shape=16,
            shard_shape=(64, 32, 32),
        )


def looks(folder, data_format):
    dataset = wk.Dataset(folder, voxel_size=(4, 4, 40))
    layer = filled(dataset, "em", "color", "uint16", data_format)
    layer.default_view_configuration = wk.LayerViewConfiguration(
        color=(17, 18, 19),
        alpha=55.5,
        intensity_range=(100.0, 9000.0),
        min=0.0,
        max=65535.0,
        is_disabled=False,
        is_inverted=True,
        is_in_edit_mode=True,
    )
    moved = wk.AffineCoordinateTransformation.from_translation((10, 20.5, -3))
    layer.coordinate_transformations = [moved]
    turned = filled(dataset, "turned", "color", "uint8", data_format)
    turned.coordinate_transformations = [
        wk.AffineCoordinateTransformation.identity().rotate("z", 90)
    ]
    cells = filled(
        dataset,
        "cells",
        "segmentation",
        "uint32",
        data_format,
        more={"largest_segment_id": 77, "mappings": ["m"]},
    )
    cells.default_view_configuration = wk.LayerViewConfiguration(
        alpha=20, mapping={"name": "m", "type": "HDF5"}
    )
    dataset.default_view_configuration = wk.DatasetViewConfiguration(
        zoom=1.5,
        position=(20, 10, 6),
        rotation=(0, 0, 90),
        four_bit=True,
        interpolation=False,
        blend_mode="Additive",
        color_layer_order=["turned", "em"],
        layers={"em": wk.LayerViewConfiguration(alpha=60, is_disabled=True)},
    )


def times(folder, data_format):
    """A series of times, each other than the one before."""
    dataset = wk.Dataset(folder, voxel_size=(4, 4, 40))
    box = wk.NDBoundingBox((0, 16, 8, 4), (3, *SHAPE), ("t", "x", "y", "z"))
    layer = dataset.add_layer(
        "series", "color", dtype="uint8", data_format=data_format, bounding_box=box
    )
    values = noise("uint8", 3)
    layer.add_mag(1, chunk_shape=16, shard_shape=16).write(
        values, absolute_bounding_box=layer.bounding_box
    )


def referenced(folder, _):
    """Layers that lie elsewhere: in the folder of another dataset, or under an address."""
    other = wk.Dataset(folder / "other", voxel_size=(4, 4, 40))
    filled(other, "em", "color", "uint8", "zarr3")
    dataset = wk.Dataset(folder / "main", voxel_size=(4, 4, 40))
    filled(dataset, "own", "color", "uint8", "zarr3")
    dataset.add_layer_as_ref(other.get_layer("em"), "em")


def wkw(folder, _):
    dataset = wk.Dataset(folder, voxel_size=(4, 4, 40))
    filled(dataset, "em", "color", "uint8", "zarr3")
    filled(dataset, "old", "color", "uint8", "wkw")


if __name__ == "__main__":
    top = Path(sys.argv[1])
    for make in (types, ids, stored, looks, times):
        for data_format in ("zarr", "zarr3"):
            make(top / f"{make.__name__}-{data_format}", data_format)
    wkw(top / "wkw-", "")
    referenced(top, "")
    sys.stdout.write("\n" + json.dumps(sorted(one.name for one in top.iterdir())))
