"""What writers of OME-Zarr get wrong or leave out: the image is shown, and what was done said."""

import copy
import json
import warnings

import numpy as np
import pytest
import zarr
from tests.ome.written import LEVELS, with_zarr_python
from tests.volumes.documents import datasets_of, documents, files, multiscale_of, zarray
from tests.volumes.inferring import find, infer, infer_one
from zarr.storage import MemoryStore

import nb_remote
from nb_remote.infer.layer import BrokenLayer

SCALE = {"type": "scale", "scale": [4.0, 2.0, 1.0]}


def single(**changes):
    image = documents("zyx", shapes=[(4, 8, 8)])
    datasets_of(image)[0].update(changes)
    return image


@pytest.mark.parametrize("transforms", [True, False])
def test_without_axes_levels_of_another_rank_are_left_out(transforms):
    image = documents("zyx")
    del multiscale_of(image)["axes"]
    if not transforms:
        for one in datasets_of(image):
            del one["coordinateTransformations"]
    image["1/.zarray"] = zarray((8, 8))
    layer = infer_one(image)
    assert [one.key for one in layer.arrays] == ["0"]
    assert any("'1' is left out: it has 2 axes, the first one has 3" in one for one in layer.notes)


def test_a_level_named_by_a_number_is_read():
    assert [one.key for one in infer_one(single(path=0)).arrays] == ["0"]


@pytest.mark.parametrize("path", [-1, 1.0, True, None, 10**9, [], "/0", "../0", "s3://b/0"])
def test_a_path_that_leads_nowhere_is_an_error_that_names_it(path):
    (layer,) = infer(single(path=path))
    assert isinstance(layer, BrokenLayer)
    assert layer.problem.field == "multiscales[0].datasets[0].path"


def test_a_single_transformation_need_not_stand_in_a_list():
    layer = infer_one(single(coordinateTransformations=SCALE))
    assert layer.geometry.voxel_size_nm_xyz.value == (1, 2, 4)


def test_a_transformation_in_a_file_is_left_out_and_the_voxel_size_is_assumed():
    layer = infer_one(single(coordinateTransformations=[{"type": "scale", "path": "scale"}]))
    assert layer.geometry.voxel_size_nm_xyz.origin == "assumed"
    assert any("'scale' in a file is left out" in one for one in layer.notes)


@pytest.mark.parametrize("path", ["a/b/0", "./a/b/0/", "a//b/0"])
def test_levels_may_lie_deeper(path):
    image = single(path=path)
    image["a/b/0/.zarray"] = image.pop("0/.zarray")
    assert [one.key for one in infer_one(image).arrays] == ["a/b/0"]


def test_the_address_may_be_the_group_and_its_only_level():
    image = single(path="")
    image[".zarray"] = image.pop("0/.zarray")
    layer = infer_one(image)
    assert (layer.arrays[0].key, layer.geometry.voxel_size_nm_xyz.value) == ("", (1, 1, 1))


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("wrapped", [True, False])
def test_attributes_are_understood_with_and_without_ome(zarr_format, wrapped):
    image = documents("zyx")
    inner = image.pop(".zattrs")
    attributes = {"ome": {"version": "0.5", **inner}} if wrapped else inner
    if zarr_format == 2:
        found = find(image | {".zattrs": attributes})
    else:
        node = {"zarr_format": 3, "node_type": "group", "attributes": attributes}
        arrays = {f"{n}/zarr.json": _array(image[f"{n}/.zarray"]["shape"]) for n in "01"}
        found = find({"zarr.json": node, **arrays})
    (layer,) = found.layers
    assert len(layer.levels) == 2
    assert [axis.name for axis in layer.axes] == ["z", "y", "x"]


def _array(shape):
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shape}},
        "chunk_key_encoding": {"name": "default"},
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "fill_value": 0,
    }


def test_of_several_images_in_a_group_a_broken_one_stops_no_other():
    image = documents("zyx", name="good")
    good = multiscale_of(image)
    second = copy.deepcopy(good) | {"name": "second", "axes": ["z", "y", "x"]}
    broken = [{"name": "none"}, {**copy.deepcopy(good), "axes": {"z": 1}}, 7]
    image[".zattrs"]["multiscales"] = [broken[0], good, broken[1], second, broken[2]]
    layers = infer(image)
    usable = [one for one in layers if not isinstance(one, BrokenLayer)]
    assert [one.name.value for one in usable] == ["good", "second"]
    assert len(layers) == 5


def test_stale_consolidated_metadata_of_version_3_are_read_as_they_are_now(serve):
    """The copy lists a level that is gone, and describes another one as it was."""
    content = with_zarr_python(consolidated=True)
    root = json.loads(content["image.zarr/zarr.json"])
    copies = root["consolidated_metadata"]["metadata"]
    copies["0"]["shape"] = ["no", "shape"]
    content["image.zarr/zarr.json"] = json.dumps(root).encode()
    layer = nb_remote.open(serve(content).url_of("image.zarr")).layers[0]
    np.testing.assert_array_equal(layer[...], LEVELS[0])


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_a_level_that_only_the_copy_has_is_an_error_and_not_empty(serve, zarr_format):
    """Its chunks are missing as its own document is: that is no fill value."""
    objects = {}
    store = MemoryStore(objects)
    root = zarr.create_group(store, path="image.zarr", zarr_format=zarr_format)
    one = root.create_array("0", shape=(4, 5), chunks=(2, 2), dtype="u2")
    one[...] = 7
    meta = {
        "axes": ["y", "x"],
        "datasets": [{"path": "0", "coordinateTransformations": [SCALE | {"scale": [1, 1]}]}],
    }
    inner = {"version": "0.4", "multiscales": [meta]}
    root.attrs.update(inner if zarr_format == 2 else {"ome": inner})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not part of the specification of version 3 yet
        zarr.consolidate_metadata(store, path="image.zarr", zarr_format=zarr_format)
    content = {key: value.to_bytes() for key, value in objects.items() if "/0/" not in key}
    layer = nb_remote.open(serve(content).url_of("image.zarr")).layers[0]
    assert layer.shape == (4, 5)
    with pytest.raises(nb_remote.errors.NotFound):
        layer[...]


@pytest.mark.parametrize(
    "acquisition", [{}, {"acquisition": 1}, {"acquisition": None}, {"acquisition": "x"}]
)
@pytest.mark.parametrize("acquisitions", [None, [], [{"id": 0}], 3])
def test_plates_and_wells_need_no_acquisitions(serve, acquisition, acquisitions):
    plate = {"wells": [{"path": "A/1", "rowIndex": 0}], "acquisitions": acquisitions}
    well = {"images": [{"path": "0", **acquisition}]}
    content = files({".zattrs": {"plate": plate}}, "plate.zarr")
    content |= files({".zattrs": {"well": well}}, "plate.zarr/A/1")
    content |= files(documents("zyx"), "plate.zarr/A/1/0")
    (layer,) = nb_remote.open(serve(content).url_of("plate.zarr")).layers
    assert layer.shape == (8, 16, 16)
