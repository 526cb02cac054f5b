"""What WEBKNOSSOS's own package writes is opened here: every value and every voxel."""

import json

import numpy as np
import pytest

import nb_remote
from nb_remote.datasource.model import DataSource

pytestmark = pytest.mark.timeout(400)
FILE = "datasource-properties.json"
BOX = ((16, 8, 4), (48, 40, 24))
TWO = ((1, 1, 1), (2, 2, 1), (4, 4, 2))
NAMES = ("types", "ids", "stored", "looks", "times")
WRITTEN = [*(f"{name}-{one}" for name in NAMES for one in ("zarr", "zarr3")), "other"]


@pytest.fixture(scope="module")
def theirs(package, tmp_path_factory):
    """``theirs["types-zarr"]``: folder and what the package tells of each dataset that it wrote."""
    top = tmp_path_factory.mktemp("theirs")
    folders = [top / name for name in package("theirs.py", top)]
    told = package("told.py", *folders)
    return {folder.name: (folder, told[str(folder)]) for folder in folders}


@pytest.mark.parametrize("name", WRITTEN)
def test_every_value_is_the_one_that_the_package_tells(theirs, name):
    folder, told = theirs[name]
    dataset = nb_remote.open(folder)
    values = told["values"]
    assert not dataset.broken
    assert dataset.name == values["id"]["name"]
    scale = dataset.datasource.scale
    assert [list(scale.factor), scale.unit] == [values["scale"]["factor"], values["scale"]["unit"]]
    assert list(dataset) == [one["name"] for one in values["data_layers"]]
    for layer, one in zip(dataset.layers, values["data_layers"], strict=True):
        assert layer.category == one["category"]
        assert layer.dtype == np.dtype(one["dtype"])
        assert [list(mag) for mag in layer.mags] == [mag["mag"] for mag in one["mags"]]
        (left, top, front), (width, height, depth) = layer.inferred.bounding_box.value
        box = one["bounding_box"]
        assert [box[axis] for axis in "xyz"] == [[left, width], [top, height], [front, depth]]
        assert list(layer.axes) == list(box)
        assert layer.inferred.largest_segment_id.value == one.get("largest_segment_id")


@pytest.mark.parametrize("name", WRITTEN)
def test_every_voxel_is_the_one_that_the_package_reads(theirs, name):
    folder, told = theirs[name]
    assert told["refused"] == {}
    for number, layer in enumerate(nb_remote.open(folder).layers):
        for mag, level in zip(layer.mags, layer.levels, strict=True):
            read = np.load(folder / f"{number}.{'-'.join(map(str, mag))}.npy")
            x, y, z = (
                slice(low // m, (low + size) // m) for low, size, m in zip(*BOX, mag, strict=True)
            )
            found = level[:, x, y, z]
            np.testing.assert_array_equal(found, read, strict=True)
            assert found.std() > 0


@pytest.mark.parametrize("name", WRITTEN)
def test_written_again_it_is_the_same_document(theirs, name):
    folder, _ = theirs[name]
    text = (folder / FILE).read_text(encoding="utf-8")
    again = json.loads(nb_remote.open(folder).datasource.json())
    for layer in again["dataLayers"]:
        for mag in layer["mags"]:
            mag["path"] = mag["path"].replace(str(folder), ".", 1)
    assert again == DataSource.from_json(text).to_dict()


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
def test_what_each_of_them_is(theirs, data_format):
    types = nb_remote.open(theirs[f"types-{data_format}"][0])
    assert types.voxel_size_nm_xyz == (11.24, 11.24, 28)
    assert {one.name: one.dtype.name for one in types.layers} == {
        one: one for one in ("uint8", "uint16", "uint32", "int8", "int16", "int32", "float32")
    }
    assert types["int16"].mags == TWO
    assert types["int16"].inferred.bounding_box.value == BOX
    ids = nb_remote.open(theirs[f"ids-{data_format}"][0])
    assert {one.name: one.inferred.largest_segment_id.value for one in ids.layers} == {
        **dict.fromkeys(("uint16", "uint32", "int8", "int16", "int32"), 100),
        "uint8": None,
        "uint64": 18446744073709551614,
        "int64": 9007199254740992,
    }
    stored = nb_remote.open(theirs[f"stored-{data_format}"][0])
    assert stored.voxel_size_nm_xyz == (500, 500, 1000)
    assert stored.datasource.scale.unit == "micrometer"
    rgb = stored["rgb"].inferred
    assert rgb.is_rgb.value
    assert stored.datasource.data_layers[2].element_class == "uint24"
    assert [one.visible for one in rgb.channels] == [False] * 3
    times = nb_remote.open(theirs[f"times-{data_format}"][0])["series"]
    assert (times.axes, times.shape[0]) == (("t", "x", "y", "z"), 3)


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
def test_how_it_is_shown(theirs, data_format):
    dataset = nb_remote.open(theirs[f"looks-{data_format}"][0])
    (channel,) = dataset["em"].inferred.channels
    assert channel.color.value == (17, 18, 19)
    assert channel.contrast_limits.value == (100, 9000)
    assert channel.contrast_range == (0, 65535)
    assert (channel.visible, channel.inverted) == (True, True)
    em, turned, cells = dataset.datasource.data_layers
    assert em.default_view_configuration.alpha == 55.5
    assert dataset["em"].inferred.geometry.translation_xyz.value == (10, 20.5, -3)
    np.testing.assert_allclose(
        turned.coordinate_transformations[0].matrix,
        [[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
        atol=1e-15,
    )
    assert (cells.mappings, cells.largest_segment_id) == (("m",), 77)
    view = dataset.datasource.default_view_configuration
    assert (view.zoom, view.position, view.rotation) == (1.5, (20, 10, 6), (0, 0, 90))
    assert (view.four_bit, view.interpolation, view.blend_mode) == (True, False, "Additive")
    assert view.color_layer_order == ("turned", "em")
    assert (view.layers["em"].alpha, view.layers["em"].is_disabled) == (60, True)


def test_a_layer_stored_as_wkw_is_listed_with_the_reason(theirs):
    dataset = nb_remote.open(theirs["wkw-"][0])
    assert list(dataset) == ["em"]
    assert [(one.name, one.problem.code) for one in dataset.broken] == [
        ("old", "unsupported-codec")
    ]
    assert "stored as WKW, which can't be read" in str(dataset.broken[0].problem)


def test_a_layer_of_another_local_dataset_is_opened_where_it_lies(theirs):
    main, other = theirs["main"][0], theirs["other"][0]
    dataset = nb_remote.open(main)
    assert list(dataset) == ["own"]
    (far,) = dataset.broken
    assert f"{other}/em/1" in str(far.problem)
    assert "nb_remote.open(pathlib.Path(…))" in str(far.problem)
    assert list(nb_remote.open(main, other)) == ["own", "em"]
    document = json.loads((main / FILE).read_text(encoding="utf-8"))
    for mag in document["dataLayers"][0]["mags"]:
        mag["path"] = mag["path"].replace("./", "./main/")
    above = main.parent / "both.json"
    above.write_text(json.dumps(document))
    both = nb_remote.open(above)
    assert list(both) == ["own", "em"]
    np.testing.assert_array_equal(both["em"][...], nb_remote.open(other)["em"][...])


def test_addresses_are_the_same_in_both(theirs, package, tmp_path):
    document = json.loads((theirs["looks-zarr3"][0] / FILE).read_text(encoding="utf-8"))
    homes = ("https://h:8080/ds", "s3://s3.eu-west-1.amazonaws.com/bucket/ds", "gs://bucket/ds")
    for home, layer in zip(homes, document["dataLayers"], strict=True):
        for mag in layer["mags"]:
            mag["path"] = mag["path"].replace(".", home, 1)
    source = DataSource.from_json(json.dumps(document))
    (tmp_path / FILE).write_text(source.json())
    told = package("told.py", tmp_path)[str(tmp_path)]
    assert [one["mags"][1]["path"] for one in told["values"]["data_layers"]] == [
        "https://h:8080/ds/em/2-2-1",
        "s3://s3.eu-west-1.amazonaws.com/bucket/ds/turned/2-2-1",
        "gs://bucket/ds/cells/2-2-1",
    ]
    assert DataSource.from_json(json.dumps(told["again"])) == source
