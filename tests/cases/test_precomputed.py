"""Cases 44 to 53: Neuroglancer precomputed."""

import json

import numpy as np
import pytest
from tests.cases.conftest import written
from tests.cases.unlike import unlike_webknossos
from tests.precomputed.with_cloudvolume import write as by_cloudvolume
from tests.precomputed.written import below, changed, labels, noise, scale, write

import nb_remote as nbr

IMAGE = noise((16, 12, 8, 1), "uint8")
SMALL = IMAGE[::2, ::2, ::2]


def one(key, resolution, size, **more):
    return scale(size, key=key, resolution=list(resolution), **more)


def pyramid(*resolutions, kind="image"):
    """Two scales of `IMAGE`, with these resolutions."""
    fine, coarse = resolutions
    scales = [one("a", fine, (16, 12, 8)), one("b", coarse, (8, 6, 4))]
    return write(*scales, data=[IMAGE, SMALL], kind=kind)


@pytest.fixture
def volume(serve):
    """``volume(objects)`` serves and opens them."""

    def open_(objects):
        return nbr.open(serve(below("v", objects)).url_of("v"))

    return open_


def mags(dataset):
    return [one["mag"] for one in written(dataset)["mags"]]


def test_case_44_two_scales_of_an_image(volume):
    dataset = volume(pyramid((8, 8, 8), (16, 16, 16)))
    layer = written(dataset)
    assert (layer["category"], layer["elementClass"]) == ("color", "uint8")
    assert layer["dataFormat"] == "neuroglancerPrecomputed"
    assert mags(dataset) == [[1, 1, 1], [2, 2, 2]]
    assert dataset.datasource.to_dict()["scale"] == {"factor": [8, 8, 8], "unit": "nanometer"}
    assert [one["path"].rsplit("/", 1)[1] for one in layer["mags"]] == ["a", "b"]


def test_case_45_an_offset_is_where_the_box_begins(volume):
    scales = [
        one("a", (8, 8, 8), (16, 12, 8), voxel_offset=[64, 32, 16]),
        one("b", (16, 16, 16), (8, 6, 4), voxel_offset=[32, 16, 8]),
    ]
    dataset = volume(write(*scales, data=[IMAGE, SMALL]))
    box = {"topLeft": [64, 32, 16], "width": 16, "height": 12, "depth": 8}
    assert written(dataset)["boundingBox"] == box
    (layer,) = dataset.layers
    for level, expected in zip(layer.levels, (IMAGE, SMALL), strict=True):
        np.testing.assert_array_equal(level[...], expected[..., 0])


def test_case_46_a_factor_may_differ_per_axis(volume):
    assert mags(volume(pyramid((6.5, 6.5, 30), (13, 13, 30)))) == [[1, 1, 1], [2, 2, 1]]


@unlike_webknossos
def test_case_47_a_ratio_just_below_two_is_two(volume):
    assert mags(volume(pyramid((8, 8, 8), (15.9992, 15.9992, 15.9992)))) == [[1, 1, 1], [2, 2, 2]]


@unlike_webknossos
def test_case_48_scales_are_sorted_finest_first(volume):
    objects = pyramid((8, 8, 8), (16, 16, 16))
    info = json.loads(objects["info"])
    dataset = volume(changed(objects, scales=info["scales"][::-1]))
    assert mags(dataset) == [[1, 1, 1], [2, 2, 2]]
    np.testing.assert_array_equal(dataset["v"][...], IMAGE[..., 0])


@pytest.mark.parametrize("kind", ["UINT16", "Uint16", "uint16"])
def test_case_49_capitals_in_the_data_type_do_not_matter(volume, kind):
    data = noise((16, 12, 8, 1), "uint16")
    dataset = volume(changed(write(scale((16, 12, 8)), data=[data]), data_type=kind))
    np.testing.assert_array_equal(dataset["v"][...], data[..., 0])


@unlike_webknossos
def test_case_49_signed_numbers_are_read(volume):
    data = noise((16, 12, 8, 1), "int32")
    dataset = volume(write(scale((16, 12, 8)), data=[data]))
    assert written(dataset)["elementClass"] == "int32"
    np.testing.assert_array_equal(dataset["v"][...], data[..., 0])


@unlike_webknossos
def test_case_50_channels_are_layers_of_the_datasource(volume):
    data = noise((16, 12, 8, 3), "uint8")
    dataset = volume(write(scale((16, 12, 8)), data=[data]))
    layers = dataset.datasource.to_dict()["dataLayers"]
    assert [one["mags"][0]["channelIndex"] for one in layers] == [0, 1, 2]
    np.testing.assert_array_equal(dataset["v"][...], data)


@pytest.mark.parametrize("function", ["identity", "murmurhash3_x86_128"])
def test_case_51_shards_of_both_hashes(volume, function):
    sharding = {
        "@type": "neuroglancer_uint64_sharded_v1",
        "preshift_bits": 1,
        "hash": function,
        "minishard_bits": 2,
        "shard_bits": 1,
        "minishard_index_encoding": "gzip",
        "data_encoding": "gzip",
    }
    ids = labels((21, 17, 11, 1), "uint64")
    dataset = volume(write(scale(sharding=sharding), data=[ids], kind="segmentation"))
    np.testing.assert_array_equal(dataset["v"][...], ids[..., 0])


IDS = labels((16, 12, 8, 1), "uint32")
SEGMENTED = {"encoding": "compressed_segmentation", "compressed_segmentation_block_size": [8, 8, 8]}


@pytest.mark.parametrize("more", [{}, SEGMENTED], ids=["raw", "compressed_segmentation"])
def test_case_52_encodings_without_loss(volume, more):
    dataset = volume(write(scale((16, 12, 8), **more), data=[IDS], kind="segmentation"))
    np.testing.assert_array_equal(dataset["v"][...], IDS[..., 0])


def test_case_52_jpeg_is_near_what_was_written(volume):
    smooth = np.add.outer(np.arange(16) * 4, np.arange(12) * 5)[..., None, None]
    data = np.broadcast_to(smooth, (16, 12, 8, 1)).astype("uint8")
    dataset = volume(write(scale((16, 12, 8), encoding="jpeg", jpeg_quality=95), data=[data]))
    assert abs(dataset["v"][...].astype(int) - data[..., 0]).max() < 12


@unlike_webknossos
def test_case_52_png_is_read(volume):
    dataset = volume(write(scale((16, 12, 8), encoding="png"), data=[IMAGE]))
    np.testing.assert_array_equal(dataset["v"][...], IMAGE[..., 0])


def test_case_52_compresso_is_read(volume):
    objects, _ = by_cloudvolume(IDS, "compresso", "segmentation", offset=(0, 0, 0))
    np.testing.assert_array_equal(volume(objects)["v"][...], IDS[..., 0])


def test_case_53_the_folder_of_its_meshes_is_an_attachment(volume):
    objects = changed(
        write(scale((16, 12, 8)), data=[IDS], kind="segmentation"),
        mesh="meshes",
        type="segmentation",
    )
    objects["meshes/info"] = json.dumps(
        {
            "@type": "neuroglancer_multilod_draco",
            "vertex_quantization_bits": 10,
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
            "lod_scale_multiplier": 1,
        }
    ).encode()
    dataset = volume(objects)
    (mesh,) = written(dataset)["attachments"]["meshes"]
    url = dataset["v"].source.location.display()
    assert mesh == {
        "name": "meshes",
        "path": f"{url}/meshes",
        "dataFormat": "neuroglancerPrecomputed",
    }
    again = nbr.open(dataset.datasource, trusted_hosts=[dataset["v"].source.location.host])
    assert again.datasource == dataset.datasource


@pytest.mark.parametrize("folder", ["../meshes", "gs://other/meshes", "/meshes", "", 7, "\ud800"])
def test_case_53_meshes_that_lie_elsewhere_are_no_attachment(volume, folder):
    stored = write(scale((16, 12, 8)), data=[IDS], kind="segmentation")
    assert "attachments" not in written(volume(changed(stored, mesh=folder)))
