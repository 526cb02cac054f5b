"""Arrays are padded far beyond the bounding box: what is shown first lies inside it."""

import numpy as np
from tests.webknossos import written as w

from nb_remote.threads import run
from nb_remote.tiles.sample import sample_contrast


def test_contrast_and_position_come_from_the_box_and_not_from_the_padding(open_dataset, tmp_path):
    values = np.zeros((1, 64, 64, 64), "uint8")
    box = (slice(None), slice(4, 14), slice(6, 16), slice(8, 12))
    values[box] = w.voxels(shape_xyz=(10, 10, 4)) + 30
    w.write_array(tmp_path / "ds/color/2-2-1", "zarr3", values)
    w.write_array(tmp_path / "ds/color/1", "zarr3", values)
    entry = w.layer(
        mags=[w.mag(1, "./color/1"), w.mag([2, 2, 1], "./color/2-2-1")],
        boundingBox={"topLeft": [8, 12, 8], "width": 20, "height": 20, "depth": 4},
    )
    opened = open_dataset(w.dataset(entry))
    layer = opened["color"]
    assert layer.shape == (1, 64, 64, 64)
    _, ends = run(sample_contrast(layer.inferred, layer.source, 0), deadline=10)
    assert ends == (values[box].min(), values[box].max())
    assert opened.view().position == (18, 22, 10.5)


def test_a_box_that_lies_beside_the_arrays_is_shown_all_the_same(open_dataset, pyramid):
    pyramid("color", "zarr")
    box = {"topLeft": [900, -900, 0], "width": 5, "height": 5, "depth": 5}
    layer = open_dataset(w.dataset(w.layer(data_format="zarr", boundingBox=box)))["color"]
    assert layer.inferred.used_xyz(0) == ((39, 40), (0, 1), (0, 5))
    assert run(sample_contrast(layer.inferred, layer.source, 0), deadline=10) is not None
