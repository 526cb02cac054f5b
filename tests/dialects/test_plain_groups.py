"""Groups without a convention: what their consolidated metadata list, as zarr writes them."""

import json
import warnings

import numpy as np
import pytest
import zarr
from tests.explore.test_requests import PROBES
from tests.explore.waves import explore_in_waves
from tests.ome.written import files_of
from tests.volumes.documents import PATH, documents, files, with_labels, zarray
from tests.volumes.inferring import find, infer_one
from zarr.storage import MemoryStore

import nb_remote
from nb_remote.errors import Declined, NbRemoteError

VOXELS = np.arange(4 * 6 * 10, dtype="uint16").reshape(4, 6, 10)


def written(zarr_format):
    """A volume, an image below a folder, coordinates and a scalar, as zarr-python writes them."""
    objects = {}
    store = MemoryStore(objects)
    root = zarr.create_group(store, path=PATH, zarr_format=zarr_format)
    chunks = {"em": (2, 4, 4), "deep/slice": (4, 4)}
    for name, data in {"em": VOXELS, "deep/slice": VOXELS[1]}.items():
        array = root.create_array(name, shape=data.shape, dtype=data.dtype, chunks=chunks[name])
        array[...] = data
    if zarr_format == 2:
        root["em"].attrs["_ARRAY_DIMENSIONS"] = ["z", "y", "x"]
    for name, data in {"x": np.arange(10.0), "crs": np.int64(3)}.items():
        root.create_array(name, shape=np.shape(data), dtype=np.asarray(data).dtype)[...] = data
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not part of the specification of v3 yet
        zarr.consolidate_metadata(store, path=PATH, zarr_format=zarr_format)
    return files_of(objects)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_each_array_is_a_layer_and_what_is_no_volume_is_described(serve, zarr_format):
    dataset = nb_remote.open(serve(written(zarr_format)).url_of(PATH))
    assert set(dataset) == {"em", "deep_slice"}
    np.testing.assert_array_equal(dataset["em"][...], VOXELS)
    np.testing.assert_array_equal(dataset["deep_slice"][...], VOXELS[1])
    assert dataset.layers[0].inferred.format == f"Zarr v{zarr_format} group"
    (note,) = [one for one in dataset.layers[0].notes if "not drawn" in one]
    assert "x (1-D, float64 of 10)" in note
    assert "crs (a scalar, int64)" in note


def test_array_dimensions_name_the_axes(serve):
    dataset = nb_remote.open(serve(written(2)).url_of(PATH))
    assert dataset["em"].inferred.axes.origin == "metadata"
    assert dataset["deep_slice"].inferred.axes.origin == "assumed"


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_a_group_costs_the_probes_alone(serve, zarr_format):
    server = serve(written(zarr_format))
    explore_in_waves(server.url_of(PATH), PROBES)
    assert len(server.requests) == len(PROBES)


def consolidated(found):
    """As zarr-python 2 consolidates documents."""
    metadata = {key: one for key, one in found.items() if key.rpartition("/")[2].startswith(".z")}
    return {**found, ".zmetadata": {"zarr_consolidated_format": 1, "metadata": metadata}}


def test_an_image_below_a_group_keeps_its_meaning_and_labels(serve):
    image = with_labels(documents("zyx", name="brain"), cells=documents("zyx"))
    below = {f"a/{key}": one for key, one in image.items()} | {"a/.zgroup": {"zarr_format": 2}}
    dataset = nb_remote.open(serve(files(consolidated(below))).url_of(PATH))
    assert list(dataset) == ["brain", "brain-labels-cells"]
    assert dataset["brain"].mags == ((1, 1, 1), (2, 2, 2))


def test_an_ome_zarr_with_zmetadata_takes_one_round_trip(serve):
    image = consolidated(with_labels(documents("zyx"), cells=documents("zyx")))
    server = serve(files(image))
    _, found = explore_in_waves(server.url_of(PATH), PROBES)
    assert len(found.layers) == 2


@pytest.mark.parametrize("fault", ["403", "500", "login200"])
def test_an_ome_zarr_whose_zmetadata_fail_is_opened_without(serve, fault):
    server = serve(files(consolidated(documents("zyx"))))
    server.fail("*/.zmetadata", fault)
    (layer,) = nb_remote.open(server.url_of(PATH), timeout=0.4).layers
    assert len(layer.levels) == 2


def test_more_arrays_than_are_shown_are_said():
    found = consolidated({f"a{n:02}/.zarray": zarray((4, 4)) for n in range(40)})
    layers = find({".zmetadata": found[".zmetadata"]}).layers
    assert len(layers) == 32
    assert any("first 32 of 40 arrays" in note and "…/a32" in note for note in layers[0].notes)


def test_an_array_that_can_not_be_read_stays_listed():
    found = consolidated({"a/.zarray": zarray((4, 4)), "b/.zarray": zarray((4, 4), dtype="|S3")})
    a, b = find(found).layers
    assert a.problem is None
    assert isinstance(b.problem, NbRemoteError)


def test_only_tables_are_declined_with_what_they_are(serve):
    server = serve(files(consolidated({"x/.zarray": zarray((4,))})))
    with pytest.raises(nb_remote.NotRecognised, match=r"no volumes: .*x \(1-D, uint16 of 4\)"):
        nb_remote.open(server.url_of(PATH))


def test_paths_of_a_copy_that_leave_the_address_are_none(serve):
    found = consolidated({"a/.zarray": zarray((4, 4))})
    found[".zmetadata"]["metadata"]["../b/.zarray"] = zarray((4, 4))
    dataset = nb_remote.open(serve(files(found)).url_of(PATH))
    assert list(dataset) == ["a"]


@pytest.mark.parametrize(
    "copies", [{}, {"metadata": []}, {"metadata": {"a/.zarray": 1}}, {"metadata": {"a": {}}}, []]
)
def test_a_copy_without_arrays_is_declined(copies):
    assert isinstance(find({".zmetadata": copies}), Declined)


class TestOneArrayWithAttributes:
    def test_dimensions_and_units(self):
        attributes = {
            "_ARRAY_DIMENSIONS": ["x", "y", "z"],
            "dimension_units": ["4 nm", None, "0.04 um"],
        }
        layer = infer_one({".zarray": zarray((4, 5, 6)), ".zattrs": attributes})
        assert layer.axes.value.names == ("x", "y", "z")
        assert layer.shape_xyz == (4, 5, 6)
        assert layer.geometry.voxel_size_nm_xyz.value == (4, 1, 40)

    @pytest.mark.parametrize("names", ["zyx", ["z", "y"], [1, 2, 3], None, {}])
    def test_dimensions_that_do_not_fit_are_none(self, names):
        attributes = {"_ARRAY_DIMENSIONS": names}
        layer = infer_one({".zarray": zarray((4, 5, 6)), ".zattrs": attributes})
        assert layer.axes.origin == "assumed"

    @pytest.mark.parametrize("units", ["4 nm", ["4 nm"], ["-4 nm", "e nm", 3], [{}, [], "x" * 99]])
    def test_units_that_do_not_fit_are_none(self, units):
        attributes = {"_ARRAY_DIMENSIONS": ["z", "y", "x"], "dimension_units": units}
        layer = infer_one({".zarray": zarray((4, 5, 6)), ".zattrs": attributes})
        assert layer.geometry.voxel_size_nm_xyz.value == (1, 1, 1)

    @pytest.mark.parametrize("labels", [["cat", "dog"], ["../x"], []])
    def test_attributes_that_only_sound_like_ome_zarr(self, labels):
        found = find({".zarray": zarray((4, 5)), ".zattrs": {"labels": labels}})
        assert found.format == "Zarr v2 array"


class TestNumbersInQuotes:
    @pytest.mark.parametrize(
        ("dtype", "fill", "value"),
        [("<u2", "7", 7), ("<i2", "-1", -1), ("<f4", "0.5", 0.5), ("<u8", str(2**64 - 1), -1)],
    )
    def test_are_read_as_numbers(self, dtype, fill, value):
        found = find({".zarray": zarray((4, 5), dtype=dtype, zarr_format="2", fill_value=fill)})
        layout = found.layers[0].levels[0].array.layout
        assert layout.fill_value == (2**64 - 1 if value == -1 and "u8" in dtype else value)

    @pytest.mark.parametrize("fill", ["1e3", "0x1", "", " 1", "1.5", "70000", "1" * 400, "²"])
    def test_what_is_no_number_of_the_type_is_refused(self, fill):
        with pytest.raises(nb_remote.BadMetadata):
            find({".zarray": zarray((4, 5), fill_value=fill)})

    def test_of_a_version_3_array(self):
        one = {
            "zarr_format": "3",
            "node_type": "array",
            "shape": [4, 5],
            "data_type": "uint16",
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 2]}},
            "chunk_key_encoding": {"name": "default"},
            "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
            "fill_value": "3",
        }
        assert find(json.loads(json.dumps({"zarr.json": one}))).layers
