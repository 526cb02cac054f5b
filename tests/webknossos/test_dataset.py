"""A dataset is opened from its address alone: every layer, as the file states it."""

import numpy as np
import pytest
from tests.webknossos import written as w

import nb_remote


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
@pytest.mark.parametrize("ending", ["", "/", f"/{w.NAME}"])
def test_all_that_the_file_states_is_taken_over(open_dataset, pyramid, data_format, ending):
    values = pyramid("color", data_format)
    open_dataset(w.dataset(w.layer(data_format=data_format)))
    opened = nb_remote.open(open_dataset.server.url_of(f"ds{ending}"))
    layer = opened["color"]
    assert opened.name == "sample"
    assert layer.inferred.name.origin == "metadata"
    assert layer.category == "color"
    assert layer.inferred.category.origin == "metadata"
    assert layer.voxel_size_nm_xyz == (4, 4, 40)
    assert layer.inferred.geometry.voxel_size_nm_xyz.origin == "metadata"
    assert layer.bounding_box == ((2, 3, 4), (32, 23, 14))
    assert layer.inferred.geometry.translation_xyz.origin == "metadata"
    assert layer.mags == ((1, 1, 1), (2, 2, 1))
    assert layer.axes == ("c", "x", "y", "z")
    assert layer.notes == ()
    for level, mag in zip(layer.levels, values, strict=True):
        _, x, y, z = values[mag].shape
        np.testing.assert_array_equal(level[:, :x, :y, :z], values[mag])


def test_an_n5_layer_is_read(open_dataset, pyramid):
    values = pyramid("color", "n5", "uint16")
    mags = [w.mag([1] * 3, "color/1", axisOrder=w.XYZ), w.mag([2, 2, 1], None, axisOrder=w.XYZ)]
    entry = w.layer(data_format="n5", mags=mags, elementClass="uint16")
    layer = open_dataset(w.dataset(entry))["color"]
    assert layer.axes == ("x", "y", "z")
    for level, one in zip(layer.levels, values.values(), strict=True):
        np.testing.assert_array_equal(level[...], one[0])


@pytest.mark.parametrize("inside", [True, False])
def test_a_precomputed_layer_is_read_where_its_scales_lie(open_dataset, tmp_path, inside):
    folder = tmp_path / ("ds/color" if inside else "elsewhere/volume")
    values = w.voxels()[0]
    w.write_volume(
        folder,
        ("4_4_40", (4, 4, 40), values),
        ("8_8_40", (8, 8, 40), values[::2, ::2]),
        corner=(64, 32, 16),
    )
    at = "./color" if inside else "../elsewhere/volume"
    box = {"topLeft": [64, 32, 16], "width": 40, "height": 32, "depth": 24}
    mags = [
        w.mag([1, 1, 1], f"{at}/4_4_40", axisOrder=w.XYZ),
        w.mag([2, 2, 1], f"{at}/8_8_40", axisOrder=w.XYZ),
    ]
    entry = w.layer(data_format="neuroglancerPrecomputed", mags=mags, boundingBox=box)
    opened = open_dataset(w.dataset(entry))
    layer = opened["color"]
    assert layer.notes == ()
    assert layer.bounding_box == ((64, 32, 16), (104, 64, 40))
    assert layer.mags == ((1, 1, 1), (2, 2, 1))
    np.testing.assert_array_equal(layer.levels[0][...], values)
    np.testing.assert_array_equal(layer.levels[1][...], values[::2, ::2])
    assert opened.datasource.data_layers[0].bounding_box.top_left == (64, 32, 16)
    assert opened.datasource.data_layers[0].coordinate_transformations is None


def test_a_layer_need_not_have_mag_1(open_dataset, tmp_path):
    values = w.voxels("uint32")
    w.write_array(tmp_path / "ds/cells/2-2-1", "zarr3", values)
    entry = w.layer(
        "cells",
        category="segmentation",
        elementClass="uint32",
        largestSegmentId=199,
        mags=[w.mag([2, 2, 1], "./cells/2-2-1")],
        boundingBox={"topLeft": [0, 0, 0], "width": 80, "height": 64, "depth": 24},
    )
    opened = open_dataset(w.dataset(entry))
    layer = opened["cells"]
    assert layer.mags == ((2, 2, 1),)
    assert opened.voxel_size_nm_xyz == (4, 4, 40)
    assert layer.bounding_box == ((0, 0, 0), (80, 64, 24))
    assert layer.category == "segmentation"
    written = opened.datasource.data_layers[0]
    assert written.largest_segment_id == 199
    assert written.mags[0].mag == (2, 2, 1)
    assert opened.datasource.scale.factor == (4, 4, 40)


def test_layers_of_other_formats_stand_when_one_is_wkw(open_dataset, pyramid):
    pyramid("color", "zarr")
    document = w.dataset(w.layer(data_format="zarr"), w.layer("old", "wkw"))
    opened = open_dataset(document)
    assert list(opened) == ["color"]
    assert [one.name for one in opened.broken] == ["old"]
    assert "WKW" in str(opened.broken[0].problem)
    assert "copy_dataset" in str(opened.broken[0].problem)


def test_the_dataset_file_goes_before_a_group_beside_it(open_dataset, pyramid, tmp_path):
    pyramid("color", "zarr3")
    group = '{"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"multiscales": []}}}'
    (tmp_path / "ds/zarr.json").write_text(group)
    (tmp_path / "ds/.zattrs").write_text('{"multiscales": [{"datasets": []}]}')
    assert list(open_dataset(w.dataset(w.layer()))) == ["color"]


def test_every_document_is_asked_for_once_and_all_levels_together(open_dataset, pyramid):
    pyramid("color", "zarr3")
    pyramid("other", "zarr3")
    open_dataset(w.dataset(w.layer(), w.layer("other"), w.layer("again", mags=w.layer()["mags"])))
    paths = [one for one in open_dataset.server.paths() if one.count("/") == 3]
    expected = [f"ds/{n}/{m}/zarr.json" for n in ("color", "other") for m in ("1", "2-2-1")]
    assert sorted(paths) == expected


def test_what_is_not_shown_is_said(open_dataset, pyramid):
    pyramid("color", "zarr")
    entry = w.layer(
        data_format="zarr",
        attachments={"meshes": [{"name": "m", "path": "x"}], "agglomerates": []},
        mappings=["a"],
    )
    notes = open_dataset(w.dataset(entry))["color"].notes
    assert notes == ("beside the voxels there are meshes, mappings, which are not shown",)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"elementClass": "uint16"}, "says uint16, but the arrays hold uint8"),
        ({"elementClass": "uint24"}, "says 3 channels, but the arrays have 1"),
        ({"elementClass": "nonsense"}, "element class 'nonsense' is none that is known"),
        ({"numChannels": 4}, "says 4 channels, but the arrays have 1"),
        ({"category": "picture"}, "category 'picture' is none that is known"),
        (
            {"boundingBox": {"topLeft": [0, 0, 0], "width": 41, "height": 32, "depth": 24}},
            "box reaches beyond the arrays",
        ),
        (
            {"boundingBox": {"topLeft": [-1, 0, 0], "width": 2, "height": 2, "depth": 2}},
            "box reaches beyond the arrays",
        ),
    ],
)
def test_what_the_arrays_contradict_is_said(open_dataset, pyramid, changes, note):
    pyramid("color", "zarr")
    layer = open_dataset(w.dataset(w.layer(data_format="zarr", **changes)))["color"]
    assert [one for one in layer.notes if note in one], layer.notes
    assert layer[0, 0, 0, 0] == w.voxels()[0, 0, 0, 0]


def test_the_view_is_as_the_file_configures_it(open_dataset, pyramid):
    pyramid("color", "zarr")
    entry = w.layer(
        data_format="zarr",
        defaultViewConfiguration={
            "color": [0, 128, 255],
            "intensityRange": [5, 90],
            "min": 0,
            "max": 200,
            "isInverted": True,
            "isDisabled": False,
            "alpha": 50,
        },
        adminViewConfiguration={"intensityRange": [10, 80], "isDisabled": True},
    )
    opened = open_dataset(w.dataset(entry))
    (channel,) = opened["color"].channels
    assert channel.color.value == (0, 128, 255)
    assert channel.contrast_limits.value == (10, 80)
    assert channel.contrast_range == (0, 200)
    assert channel.inverted
    assert not channel.visible
    written = opened.datasource.to_dict()["dataLayers"][0]
    for name in ("defaultViewConfiguration", "adminViewConfiguration"):
        assert written[name] == entry[name]


def test_a_time_axis_keeps_its_name_and_place(open_dataset, tmp_path):
    values = np.random.default_rng(1).integers(0, 99, (1, 3, 16, 16, 8)).astype("uint8")
    w.zarr.save_array(str(tmp_path / "ds/color/1"), values, zarr_format=3)
    entry = w.layer(
        mags=[w.mag(1, "color/1", axisOrder={"c": 0, "x": 2, "y": 3, "z": 4})],
        boundingBox={"topLeft": [0, 0, 0], "width": 16, "height": 16, "depth": 8},
        additionalAxes=[{"name": "t", "index": 1, "bounds": [0, 3]}],
    )
    opened = open_dataset(w.dataset(entry))
    assert opened["color"].axes == ("c", "t", "x", "y", "z")
    (axis,) = opened.datasource.data_layers[0].additional_axes
    assert (axis.name, axis.bounds, axis.index) == ("t", (0, 3), 1)
    np.testing.assert_array_equal(opened["color"][...], values)


def test_two_further_axes_take_the_places_that_the_file_gives_them(open_dataset, tmp_path):
    values = np.random.default_rng(1).integers(0, 99, (3, 2, 16, 16, 8)).astype("uint8")
    w.zarr.save_array(str(tmp_path / "ds/color/1"), values, zarr_format=3)
    axes = [{"name": "q", "index": 1, "bounds": [0, 5]}, {"name": "t", "index": 0}]
    entry = w.layer(
        mags=[w.mag(1, "color/1", axisOrder={"x": 2, "y": 3, "z": 4})],
        boundingBox={"topLeft": [0, 0, 0], "width": 16, "height": 16, "depth": 8},
        additionalAxes=[*axes, {"name": "w", "index": 7}, {"name": "v"}, 7],
    )
    layer = open_dataset(w.dataset(entry))["color"]
    assert layer.axes == ("t", "q", "x", "y", "z")
    notes = " | ".join(layer.notes)
    assert "'q' has 2 entries, the file gives 5" in notes
    assert "no axis for 'w'" in notes
    assert notes.count("a further axis is left out") == 2


def test_a_range_that_is_none_is_left_to_the_samples(open_dataset, pyramid):
    pyramid("color", "zarr")
    view = {"intensityRange": [90, 5], "min": 3, "max": 3, "color": [300, 0, 0]}
    entry = w.layer(data_format="zarr", defaultViewConfiguration=view)
    (channel,) = open_dataset(w.dataset(entry))["color"].channels
    assert channel.contrast_limits is None
    assert channel.contrast_range is None
    assert channel.color.origin == "assumed"


def one_scale(tmp_path, folder, data_path):
    values = w.voxels()[0]
    w.write_volume(tmp_path / folder, ("4_4_40", (4, 4, 40), values))
    box = {"topLeft": [0, 0, 0], "width": 40, "height": 32, "depth": 24}
    mags = [w.mag(1, data_path, axisOrder=w.XYZ)]
    entry = w.layer(data_format="neuroglancerPrecomputed", mags=mags, boundingBox=box)
    return values, w.dataset(entry)


def test_a_precomputed_volume_may_lie_at_the_dataset_itself(open_dataset, tmp_path):
    values, document = one_scale(tmp_path, "ds", "./4_4_40")
    layer = open_dataset(document)["color"]
    np.testing.assert_array_equal(layer[...], values)
    assert open_dataset.server.paths().count("ds/info") == 1


def test_a_missing_chunk_of_a_precomputed_layer_is_fill_value(open_dataset, tmp_path):
    values, document = one_scale(tmp_path, "ds/color", "./color/4_4_40")
    (tmp_path / "ds/color/4_4_40/0-16_0-16_0-16").unlink()
    values[:16, :16, :16] = 0
    np.testing.assert_array_equal(open_dataset(document)["color"][...], values)
