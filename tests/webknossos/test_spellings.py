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


SWAPPED = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
OBLIQUE = [[0.8, -0.6, 0, 7.3], [0.6, 0.8, 0, -2.1], [0.1, 0, 0.7, 0.1], [0, 0, 0, 1]]


@pytest.mark.parametrize(
    ("matrices", "box"),
    [
        ([SWAPPED], ((3, 2, 4), (23, 32, 14))),
        ([SWAPPED, SWAPPED], ((2, 3, 4), (32, 23, 14))),
        (
            [SWAPPED, [[-1, 0, 0, 10], [0, 1, 0, 0], [0, 0, 2, 0.5], [0, 0, 0, 1]]],
            ((-13, 2, 8.5), (7, 32, 28.5)),
        ),
        # x: .8 * 2 - .6 * 23 + 7.3 to .8 * 32 - .6 * 3 + 7.3, and so on
        ([OBLIQUE], ((-4.9, 1.5, 3.1), (31.1, 35.5, 13.1))),
    ],
)
def test_what_turns_and_shears_is_followed_and_written_back(open_dataset, pyramid, matrices, box):
    pyramid("color", "zarr")
    steps = [{"type": "affine", "matrix": one} for one in matrices]
    opened = open_dataset(w.dataset(w.layer(data_format="zarr", coordinateTransformations=steps)))
    np.testing.assert_allclose(opened["color"].bounding_box, box, rtol=1e-12)
    (entry,) = opened.datasource.to_dict()["dataLayers"]
    assert entry["coordinateTransformations"] == steps
    assert entry["boundingBox"]["topLeft"] == [2, 3, 4]


@pytest.mark.parametrize(
    "one",
    [
        {"type": "affine", "matrix": [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]]},
        {"type": "affine", "matrix": [[0, 1e9, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]},
        {"type": "thin_plate_spline", "correspondences": {"source": [], "target": []}},
        {"type": "affine", "matrix": "x"},
        {},
        7,
    ],
)
def test_a_transformation_that_is_not_followed_is_said(open_dataset, pyramid, one):
    pyramid("color", "zarr")
    opened = open_dataset(w.dataset(w.layer(data_format="zarr", coordinateTransformations=[one])))
    assert "shown as if it had none" in " ".join(opened["color"].notes)
    assert opened["color"].bounding_box == ((2, 3, 4), (32, 23, 14))
    written = opened.datasource.to_dict()["dataLayers"][0].get("coordinateTransformations")
    if isinstance(one, dict) and isinstance(one.get("matrix", []), list) and one:
        if "matrix" in one:
            one["matrix"] = [*one["matrix"], [0, 0, 0, 1]]
        assert written == [one]
    else:  # it is nothing that could be written
        assert written is None
        assert "entry is no valid one" in repr(opened)
