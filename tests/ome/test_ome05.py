"""OME-Zarr 0.5, as independent writers write it: https://ngff.openmicroscopy.org/0.5/."""

import json

import numpy as np
import pytest
from tests.explore.test_requests import PROBES
from tests.explore.waves import explore_in_waves
from tests.ome.written import LABELS, LEVELS, with_ome_zarr_py, with_zarr_python

import nb_remote

SECOND = {"0/zarr.json", "1/zarr.json", "labels/cells/zarr.json"}
THIRD = {"labels/cells/0/zarr.json", "labels/cells/1/zarr.json"}
WRITTEN = {
    "chunks": with_zarr_python,
    "shards": lambda: with_zarr_python(sharded=True),
    "consolidated": lambda: with_zarr_python(consolidated=True),
    "ome-zarr-py": with_ome_zarr_py,
}


@pytest.fixture
def opened(serve):
    """``opened(files)`` serves and opens them; ``.server`` has the record."""

    def open_(files):
        opened.server = open_.server = serve(files)
        return nb_remote.open(open_.server.url_of("image.zarr"))

    return open_


@pytest.mark.parametrize("name", WRITTEN)
def test_meaning_and_every_voxel_of_every_level_are_what_was_written(opened, name):
    layer = opened(WRITTEN[name]()).layers[0]
    assert layer.inferred.format == "OME-Zarr 0.5"
    assert layer.inferred.data_format == "zarr3"
    assert layer.axes == ("c", "z", "y", "x")
    assert layer.inferred.axes.origin == "metadata"
    assert layer.voxel_size_nm_xyz == (250, 250, 2000)
    assert layer.mags == ((1, 1, 1), (2, 2, 1))
    # 30.25 µm / 0.25 µm, 20.5 / 0.25, 10 / 2: the first voxel; the corners of both levels coincide.
    assert layer.bounding_box == ((121, 82, 5), (121 + 18, 82 + 12, 5 + 5))
    assert [one.offset_xyz for one in layer.inferred.geometry.levels] == [(0, 0, 0)] * 2
    assert layer.notes == ()
    for level, expected in zip(layer.levels, LEVELS, strict=True):
        np.testing.assert_array_equal(level[...], expected)


def test_incomplete_omero_gives_what_it_has(opened):
    first, second = opened(with_zarr_python()).layers[0].inferred.channels
    assert (first.name.value, first.color.value) == ("DAPI", (0, 0, 255))
    assert first.contrast_limits is None
    assert second.name.origin == "assumed"
    assert second.contrast_limits.value == (1, 9)


@pytest.mark.parametrize("name", ["chunks", "consolidated"])
def test_labels_take_units_and_place_of_their_image(opened, name):
    label = opened(WRITTEN[name]())["labels-cells"]
    assert label.category == "segmentation"
    assert label.voxel_size_nm_xyz == (250, 250, 2000)
    assert label.bounding_box == ((121, 82, 5), (139, 94, 10))
    for level, expected in zip(label.levels, LABELS, strict=True):
        np.testing.assert_array_equal(level[...], expected)


def test_an_image_with_labels_takes_the_three_round_trips_of_0_4(serve):
    server = serve(with_zarr_python())
    _, found = explore_in_waves(server.url_of("image.zarr"), PROBES, SECOND, THIRD)
    assert len(found.layers) == 2
    assert len(server.requests) == len(PROBES) + len(SECOND) + len(THIRD)


def test_with_consolidated_metadata_it_takes_one(serve):
    server = serve(with_zarr_python(consolidated=True))
    _, found = explore_in_waves(server.url_of("image.zarr"), PROBES)
    assert len(found.layers) == 2
    # The label's attributes are in the same copy.
    assert len(server.requests) == len(PROBES)


def test_a_copy_is_not_believed_when_chunks_are_missing(serve):
    """The copy still lists the level, but the level is gone."""
    files = with_zarr_python(consolidated=True)
    gone = {key: one for key, one in files.items() if not key.startswith("image.zarr/0/")}
    layer = nb_remote.open(serve(gone).url_of("image.zarr")).layers[0]
    np.testing.assert_array_equal(layer.levels[1][...], LEVELS[1])
    with pytest.raises(nb_remote.NotFound, match="vanished"):
        layer.levels[0][0, 0, 0]


def test_what_a_copy_lacks_or_garbles_is_read_from_its_own_document(opened):
    files = with_zarr_python(consolidated=True)
    root = json.loads(files["image.zarr/zarr.json"])
    copies = root["consolidated_metadata"]["metadata"]
    del copies["0"]
    copies["1"]["shape"] = "broken"
    copies["labels/cells"] = None
    copies["../0"] = copies["labels"]
    files["image.zarr/zarr.json"] = json.dumps(root).encode()
    dataset = opened(files)
    assert [len(one.levels) for one in dataset.layers] == [2, 2]
    extra = {"0/zarr.json", "1/zarr.json", "labels/cells/zarr.json"}
    asked = {one.removeprefix("image.zarr/") for one in opened.server.paths()}
    assert asked == PROBES | extra


def test_beside_an_older_image_the_newer_one_is_read_and_said(opened):
    older = {"multiscales": [{"version": "0.4", "datasets": [{"path": "0"}]}]}
    files = with_zarr_python() | {"image.zarr/.zattrs": json.dumps(older).encode()}
    layer = opened(files).layers[0]
    assert layer.inferred.format == "OME-Zarr 0.5"
    assert any("on Zarr v2 as well" in note for note in layer.notes)


def test_a_0_5_level_opened_by_itself_is_an_array(serve):
    server = serve(with_zarr_python())
    (layer,) = nb_remote.open(server.url_of("image.zarr/1/zarr.json")).layers
    assert layer.inferred.format == "Zarr v3 array"
    np.testing.assert_array_equal(layer[...], LEVELS[1])


def test_the_labels_group_opens_its_label_images(serve):
    server = serve(with_zarr_python())
    dataset = nb_remote.open(server.url_of("image.zarr/labels"))
    assert list(dataset) == ["labels-cells"]
    np.testing.assert_array_equal(dataset["labels-cells"][...], LABELS[0])
