"""Layouts of which WEBKNOSSOS's own samples are: little is said, and more axes are there."""

import numpy as np
import tensorstore as ts
from tests.webknossos import written as w

BOX = {"topLeft": [0, 0, 0], "width": 24, "height": 24, "depth": 24}


def bare(data_format, **changes):
    """A layer without axisOrder."""
    mags = [{"mag": [1, 1, 1], "path": "./color/1"}]
    entry = w.layer(data_format=data_format, mags=mags, boundingBox=BOX, elementClass="uint24")
    return w.dataset({**entry, "numChannels": 3, **changes}, scale=[1.0, 1.0, 1.0])


def test_n5_with_channels_and_other_numbers_than_stated(open_dataset, tmp_path):
    values = w.voxels("uint32", 3, (24, 24, 24))
    spec = {
        "driver": "n5",
        "kvstore": {"driver": "file", "path": str(tmp_path / "ds/color/1")},
        "metadata": {"compression": {"type": "gzip"}, "blockSize": [1, 32, 32, 32]},
    }
    ts.open(spec, create=True, dtype="uint32", shape=values.shape).result()[...] = values
    opened = open_dataset(bare("n5"))
    layer = opened["color"]
    assert layer.axes == ("c", "x", "y", "z")
    assert layer.inferred.axes.origin == "assumed"
    assert layer.notes == ("the file says uint24, but the arrays hold uint32",)
    assert [one.color.value for one in layer.channels] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    np.testing.assert_array_equal(layer[...], values)
    assert {one.element_class for one in opened.datasource.data_layers} == {"uint32"}


def test_precomputed_with_channels_behind(open_dataset, tmp_path):
    values = w.voxels("uint8", 3, (24, 24, 24))
    spec = {
        "driver": "neuroglancer_precomputed",
        "kvstore": {"driver": "file", "path": str(tmp_path / "ds/color")},
        "multiscale_metadata": {"data_type": "uint8", "num_channels": 3, "type": "image"},
        "scale_metadata": {
            "key": "1",
            "resolution": [1, 1, 1],
            "size": [24, 24, 24],
            "chunk_size": [16, 16, 16],
            "encoding": "raw",
        },
    }
    ts.open(spec, create=True).result()[...] = np.moveaxis(values, 0, 3)
    opened = open_dataset(bare("neuroglancerPrecomputed"))
    layer = opened["color"]
    assert layer.axes == ("x", "y", "z", "c")
    assert layer.notes == ()
    np.testing.assert_array_equal(layer[...], np.moveaxis(values, 0, 3))
    (written,) = opened.datasource.data_layers
    assert written.element_class == "uint24"
    assert written.mags[0].axis_order.c == 3


def test_a_padded_time_series_without_paths(open_dataset, tmp_path):
    values = np.random.default_rng(3).integers(-9, 9, (1, 7, 32, 20, 30)).astype("int8")
    for folder in ("1", "2"):
        w.zarr.save_array(str(tmp_path / "ds/color" / folder), values, zarr_format=3)
    order = {"c": 0, "x": 4, "y": 3, "z": 2}
    entry = w.layer(
        elementClass="int8",
        mags=[w.mag([1] * 3, axisOrder=order), w.mag([2] * 3, axisOrder=order)],
        boundingBox={"topLeft": [0, 0, 0], "width": 30, "height": 20, "depth": 5},
        additionalAxes=[{"name": "t", "bounds": [0, 7], "index": 1}],
    )
    layer = open_dataset(w.dataset(entry))["color"]
    assert layer.axes == ("c", "t", "z", "y", "x")
    assert layer.notes == ()
    assert layer.bounding_box[1] == (30, 20, 5)
    np.testing.assert_array_equal(layer.levels[1][...], values)
