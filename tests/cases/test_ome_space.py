"""Cases 8 to 22: axes, units, voxel sizes and levels of OME-Zarr."""

import copy

import pytest
from tests.cases.conftest import written
from tests.cases.unlike import unlike_webknossos
from tests.volumes.documents import datasets_of, documents, multiscale_of, with_labels
from tests.volumes.ome_zarr import write

import nb_remote as nbr

WINDOW = {"start": 0, "end": 1500, "min": 0, "max": 65535}


def units(image, **by_axis):
    """Give each axis its unit; None takes it away."""
    changed = copy.deepcopy(image)
    for axis in multiscale_of(changed)["axes"]:
        if axis["name"] in by_axis:
            axis.pop("unit", None)
            unit = by_axis[axis["name"]]
            axis.update({"unit": unit} if unit is not None else {})
    return changed


def size_of(layer):
    """Voxel size in nanometres, and how it is known."""
    known = layer.inferred.geometry.voxel_size_nm_xyz
    return known.value, known.origin, known.note


def affine(x, y, z):
    return [{"type": "affine", "matrix": [[1, 0, 0, x], [0, 1, 0, y], [0, 0, 1, z], [0, 0, 0, 1]]}]


def test_case_08_time_series_in_micrometres_with_a_window(opened):
    image = documents(
        "tczyx",
        shapes=[(7, 1, 6, 20, 30), (7, 1, 6, 10, 15)],
        scales=[(1, 1, 0.5, 0.1625, 0.1625), (1, 1, 0.5, 0.325, 0.325)],
        unit="micrometer",
        omero={"channels": [{"label": "LaminB1", "color": "0000FF", "window": WINDOW}]},
    )
    dataset = opened(image)
    layer = written(dataset)
    scale = dataset.datasource.to_dict()["scale"]
    assert scale == {"factor": [0.1625, 0.1625, 0.5], "unit": "micrometer"}
    assert layer["additionalAxes"] == [{"name": "t", "bounds": [0, 7], "index": 0}]
    assert [one["mag"] for one in layer["mags"]] == [[1, 1, 1], [2, 2, 1]]
    view = layer["defaultViewConfiguration"]
    assert view["intensityRange"] == [0, 1500]
    assert (view["min"], view["max"]) == (0, 65535)


@unlike_webknossos
def test_case_09_time_behind_the_channels_has_its_own_index_and_bounds(opened):
    dataset = opened(documents("ctzyx", shapes=[(2, 5, 6, 8, 10)]))
    layers = dataset.datasource.to_dict()["dataLayers"]
    assert [one["mags"][0]["channelIndex"] for one in layers] == [0, 1]
    for one in layers:
        assert one["additionalAxes"] == [{"name": "t", "bounds": [0, 5], "index": 1}]


@unlike_webknossos
def test_case_10_axes_in_capitals_are_x_y_z_and_nothing_else(opened):
    layer = written(opened(documents("ZYX", shapes=[(6, 8, 10)])))
    assert layer["mags"][0]["axisOrder"] == {"x": 2, "y": 1, "z": 0}
    assert layer["additionalAxes"] == []


@unlike_webknossos
def test_case_11_a_translation_is_of_the_axis_that_it_stands_for(serve):
    stored = write("cxyz")  # 1100, 240, 75 nm in voxels of 11 × 12 × 25 nm
    layer = written(nbr.open(serve(stored.files).url_of(stored.path)))
    assert layer["mags"][0]["axisOrder"] == {"x": 1, "y": 2, "z": 3, "c": 0}
    assert layer["coordinateTransformations"] == affine(100, 20, 3)


def test_case_12_a_translation_in_physical_units_becomes_voxels(opened):
    image = documents(
        scales=[(0.3, 0.108335, 0.108335), (0.6, 0.21667, 0.21667)],
        translations=[(0.9, 52.109135, 60.88427), (1.05, 52.1633025, 60.9384375)],
        unit="micrometer",
    )
    assert written(opened(image))["coordinateTransformations"] == affine(562, 481, 3)


@unlike_webknossos
def test_case_13_what_is_said_of_the_whole_image_is_applied(opened):
    image = documents("tczyx", shapes=[(2, 1, 6, 8, 10)], scales=[(1, 1, 4, 4, 4)])
    multiscale_of(image)["coordinateTransformations"] = [
        {"type": "scale", "scale": [0.1, 1, 2, 2, 2]}
    ]
    (layer,) = opened(image).layers
    assert size_of(layer) == ((8, 8, 8), "metadata", "")


@pytest.mark.parametrize(("axes", "shape"), [("yx", (8, 10)), ("cyx", (2, 8, 10))])
def test_case_14_without_z_there_is_one_slice_of_thickness_one(opened, axes, shape):
    scale = (*(1 for _ in shape[:-2]), 0.5, 0.5)
    dataset = opened(documents(axes, shapes=[shape], scales=[scale], unit="micrometer"))
    document = dataset.datasource.to_dict()
    assert document["scale"] == {"factor": [0.5, 0.5, 1], "unit": "micrometer"}
    for layer in document["dataLayers"]:
        box = {"topLeft": [0, 0, 0], "width": 10, "height": 8, "depth": 1}
        assert layer["boundingBox"] == box
        assert layer["mags"][0]["axisOrder"]["z"] == len(shape)


@unlike_webknossos
def test_case_15_without_any_unit_nanometres_are_assumed_and_flagged(opened):
    (layer,) = opened(documents(scales=[(40, 4, 4), (40, 8, 8)], unit=None)).layers
    assert size_of(layer) == ((4, 4, 40), "assumed", "no unit: nanometer is assumed")


@unlike_webknossos
def test_case_16_an_axis_without_a_unit_takes_that_of_the_others(opened):
    image = documents(scales=[(2, 0.5, 0.5), (2, 1, 1)], unit="micrometer")
    (layer,) = opened(units(image, z=None)).layers
    value, origin, note = size_of(layer)
    assert (value, origin) == ((500, 500, 2000), "assumed")
    assert note == "an axis without a unit is taken in micrometer, like the others"


@unlike_webknossos
@pytest.mark.parametrize("unit", ["furlong", "pixel"])
def test_case_17_an_unknown_unit_is_flagged_and_the_layer_kept(opened, unit):
    (layer,) = opened(documents(scales=[(40, 4, 4), (40, 8, 8)], unit=unit)).layers
    value, origin, note = size_of(layer)
    assert (value, origin) == ((4, 4, 40), "assumed")
    assert repr(unit) in note


@unlike_webknossos
def test_case_18_a_label_without_a_unit_inherits_that_of_its_image(opened):
    scales = [(1, 0.5, 0.5), (2, 1, 1)]
    image = documents("zyx", scales=scales, unit="micrometer")
    label = documents("zyx", scales=scales, unit=None, dtype="<u4")
    dataset = opened(with_labels(image, cells=label))
    assert dataset["labels-cells"].mags == ((1, 1, 1), (2, 2, 2))
    value, origin, note = size_of(dataset["labels-cells"])
    assert (value, origin) == ((500, 500, 1000), "assumed")
    assert note == "unit taken from the image it belongs to"


def test_case_19_labels_that_begin_at_the_second_level_have_its_mag(opened):
    image = documents("zyx", shapes=[(8, 16, 16), (4, 8, 8)], unit="micrometer")
    label = documents("zyx", shapes=[(4, 8, 8)], scales=[(2, 2, 2)], unit="micrometer", dtype="<u4")
    dataset = opened(with_labels(image, cells=label))
    first, second = dataset.datasource.to_dict()["dataLayers"]
    assert [one["mag"] for one in first["mags"]] == [[1, 1, 1], [2, 2, 2]]
    assert [one["mag"] for one in second["mags"]] == [[2, 2, 2]]
    assert second["boundingBox"] == first["boundingBox"]


@unlike_webknossos
def test_case_20_where_no_level_is_the_finest_the_smallest_of_each_axis_counts(opened):
    shapes = [(4, 8, 16), (4, 16, 8)]
    (layer,) = opened(documents("zyx", shapes=shapes, scales=[(1, 2, 1), (1, 1, 2)])).layers
    assert layer.voxel_size_nm_xyz == (1, 1, 1)
    assert layer.mags == ((1, 2, 1), (2, 1, 1))
    assert any("no single level is the finest" in note for note in layer.notes)


@unlike_webknossos
def test_case_21_a_factor_of_three_is_kept_and_said_to_be_missing_in_the_datasource(opened):
    shapes = [(12, 24, 36), (4, 8, 12)]
    dataset = opened(documents("zyx", shapes=shapes, scales=[(4, 4, 4), (12, 12, 12)]))
    (layer,) = dataset.layers
    assert layer.mags == ((1, 1, 1), (3, 3, 3))
    assert [one["mag"] for one in written(dataset)["mags"]] == [[1, 1, 1]]
    said = "level '1' is not in the WEBKNOSSOS datasource: its mag is no power of two"
    assert said in str(dataset)
    assert any(said in one.text for one in dataset.datasource.notes)


@pytest.mark.parametrize("ratio", [1.9996, 2.0004])
def test_case_22_ratios_of_odd_extents_are_the_mag_that_they_are_near(opened, ratio):
    image = documents("zyx", shapes=[(9, 999, 999), (9, 500, 499)])
    for dataset, scale in zip(datasets_of(image), (1, ratio), strict=True):
        dataset["coordinateTransformations"] = [{"type": "scale", "scale": [1, scale, scale]}]
    assert opened(image).layers[0].mags == ((1, 1, 1), (2, 2, 1))
