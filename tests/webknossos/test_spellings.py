"""The file as it was written over the years, and by hand."""

import numpy as np
import pytest
from tests.webknossos import written as w


def one_level(**changes):
    entry = w.layer(data_format="zarr", **changes)
    entry["mags"] = entry["mags"][:1]
    return entry


@pytest.mark.parametrize("spelling", [1, [1, 1, 1], {"x": 1, "y": 1, "z": 1}, "1", "1-1-1", 1.0])
def test_a_mag_may_be_a_number_a_list_or_an_object(open_dataset, pyramid, spelling):
    pyramid("color", "zarr")
    entry = one_level(mags=[w.mag(spelling, "color/1")])
    assert open_dataset(w.dataset(entry))["color"].mags == ((1, 1, 1),)


@pytest.mark.parametrize(
    ("field", "levels"),
    [
        ("resolutions", [1, [2, 2, 1]]),
        ("resolutions", [{"resolution": 1}, {"resolution": [2, 2, 1]}]),
        ("wkwResolutions", [{"resolution": 1, "cubeLength": 32}, {"resolution": [2, 2, 1]}]),
        ("mags", [1, {"x": 2, "y": 2, "z": 1}]),
    ],
)
def test_older_lists_of_levels_are_read(open_dataset, pyramid, field, levels):
    values = pyramid("color", "zarr")
    entry = w.layer(data_format="zarr")
    del entry["mags"]
    layer = open_dataset(w.dataset({**entry, field: levels}))["color"]
    assert layer.mags == ((1, 1, 1), (2, 2, 1))
    assert layer.axes == ("c", "x", "y", "z")
    assert "as WEBKNOSSOS does" in layer.inferred.axes.note
    np.testing.assert_array_equal(layer.levels[1][...], values[2, 2, 1])


@pytest.mark.parametrize(
    ("scale", "size"),
    [
        ([4, 4, 40], (4, 4, 40)),
        ({"factor": [4, 4, 40], "unit": "nanometer"}, (4, 4, 40)),
        ({"factor": [0.004, 0.004, 0.04], "unit": "micrometer"}, (4, 4, 40)),
        ({"factor": [0.004, 0.004, 0.04], "unit": "µm"}, (4, 4, 40)),
        ({"factor": {"x": 4, "y": 4, "z": 40}}, (4, 4, 40)),
    ],
)
def test_the_voxel_size_may_be_a_list_or_an_object(open_dataset, pyramid, scale, size):
    pyramid("color", "zarr")
    layer = open_dataset(w.dataset(one_level(), scale=scale))["color"]
    assert layer.voxel_size_nm_xyz == pytest.approx(size)
    assert layer.inferred.geometry.voxel_size_nm_xyz.origin == "metadata"


@pytest.mark.parametrize(
    "scale", [None, [0, 1, 1], [1, 1], "4", {"factor": [1, 1, -1]}, [1e400] * 3]
)
def test_a_voxel_size_that_is_none_is_assumed_and_says_so(open_dataset, pyramid, scale):
    pyramid("color", "zarr")
    layer = open_dataset(w.dataset(one_level(), scale=scale))["color"]
    assert layer.voxel_size_nm_xyz == (1, 1, 1)
    assert layer.inferred.geometry.voxel_size_nm_xyz.origin == "assumed"


def test_a_mask_is_a_segmentation(open_dataset, pyramid):
    pyramid("color", "zarr")
    assert open_dataset(w.dataset(one_level(category="mask")))["color"].category == "segmentation"


@pytest.mark.parametrize("largest", [77, 77.0, {"customJsonEncoding": "bigint", "value": "77"}])
def test_the_largest_id_may_be_wrapped(open_dataset, pyramid, largest):
    pyramid("color", "zarr")
    entry = one_level(category="segmentation", largestSegmentId=largest)
    assert open_dataset(w.dataset(entry)).datasource.data_layers[0].largest_segment_id == 77


def test_2_d_arrays_may_place_z_behind_their_last_axis(open_dataset, tmp_path):
    values = w.voxels()[:, :, :, 0]
    w.zarr.save_array(str(tmp_path / "ds/color/1"), values, zarr_format=2)
    entry = one_level(
        mags=[w.mag(1, "color/1", axisOrder={"c": 0, "x": 2, "y": 1, "z": 3})],
        boundingBox={"topLeft": [0, 0, 0], "width": 32, "height": 40, "depth": 1},
    )
    layer = open_dataset(w.dataset(entry))["color"]
    assert layer.axes == ("c", "y", "x")
    assert layer.notes == ()
    np.testing.assert_array_equal(layer[...], values)


@pytest.mark.parametrize(
    ("matrix", "corner"),
    [
        ([[1, 0, 0, 10], [0, 1, 0, 20], [0, 0, 1, 5], [0, 0, 0, 1]], (12, 23, 9)),
        ([[2, 0, 0, 10], [0, 2, 0, 20], [0, 0, 1, 5]], (14, 26, 9)),
    ],
)
def test_a_shift_and_a_scale_are_followed(open_dataset, pyramid, matrix, corner):
    pyramid("color", "zarr")
    pyramid("other", "zarr")
    transformations = [{"type": "affine", "matrix": matrix}]
    moved = w.layer("other", "zarr", coordinateTransformations=transformations)
    opened = open_dataset(w.dataset(w.layer(data_format="zarr"), moved))
    assert opened["other"].bounding_box[0] == corner
    assert opened["other"].voxel_size_nm_xyz[0] == 4 * matrix[0][0]


@pytest.mark.parametrize(
    ("one", "kept"),
    [
        (
            {"type": "affine", "matrix": [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]},
            True,
        ),
        ({"type": "thin_plate_spline", "correspondences": {"source": [], "target": []}}, False),
        ({"type": "affine", "matrix": "x"}, False),
        ({}, False),
        (7, False),
    ],
)
def test_a_transformation_that_is_not_followed_is_said(open_dataset, pyramid, one, kept):
    pyramid("color", "zarr")
    opened = open_dataset(w.dataset(w.layer(data_format="zarr", coordinateTransformations=[one])))
    assert "shown as if it had none" in " ".join(opened["color"].notes)
    assert opened["color"].bounding_box == ((2, 3, 4), (32, 23, 14))
    written = opened.datasource.data_layers[0].coordinate_transformations
    assert (written is not None) is kept
    if kept:
        assert [list(row) for row in written[0].matrix] == one["matrix"]
