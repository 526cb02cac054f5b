"""Plates, wells and series: what is opened, what is said of the rest, and what it costs.

https://ngff.openmicroscopy.org/0.4/#plate-md, #well-md, #bf2raw
"""

import numpy as np
import pytest
import zarr
from tests.explore.test_requests import PROBES
from tests.explore.waves import explore_in_waves
from tests.ome.written import files_of
from tests.volumes.documents import PATH, documents, files, with_labels
from zarr.storage import MemoryStore

import nb_remote

IMAGE = documents("yx", shapes=[(8, 8)])


def placed(folder, image):
    return {f"{folder}/{key}": one for key, one in image.items()}


def well(*fields):
    return {"well": {"images": [{"path": field, "acquisition": 0} for field in fields]}}


def plate_of(count, fields=("0", "1")):
    paths = [f"{chr(65 + n // 12)}/{n % 12 + 1}" for n in range(count)]
    found = {".zattrs": {"plate": {"version": "0.4", "wells": [{"path": one} for one in paths]}}}
    for path in paths:
        found[f"{path}/.zattrs"] = well(*fields)
        for field in fields:
            found |= placed(f"{path}/{field}", IMAGE)
    return found


def opened(serve, found):
    server = serve(files(found))
    return nb_remote.open(server.url_of(PATH)), server


def test_a_plate_shows_the_first_field_of_each_well(serve):
    dataset, _ = opened(serve, plate_of(3))
    assert list(dataset) == ["A-1-0", "A-2-0", "A-3-0"]
    layer = dataset.layers[0]
    assert layer.inferred.format == "OME-Zarr plate"
    assert any("a plate of 3 wells" in note for note in layer.notes)
    assert any("the first of 2 fields" in note and "…/A/1/1" in note for note in layer.notes)


def test_a_large_plate_says_which_wells_are_left_out(serve):
    dataset, server = opened(serve, plate_of(96, fields=("0",)))
    assert len(dataset) == 16
    (note,) = [one for one in dataset.layers[0].notes if "plate" in one]
    assert "96 wells" in note
    assert "A/1 to B/4" in note
    assert "…/B/5" in note
    # Per well: its attributes, the image's, its level, and whether it has labels.
    assert len(server.requests) == len(PROBES) + 16 * 4


def test_a_well_shows_all_its_fields(serve):
    found = {".zattrs": well("0", "1"), **placed("0", IMAGE), **placed("1", IMAGE)}
    dataset, _ = opened(serve, found)
    assert list(dataset) == ["field-0", "field-1"]


def test_a_plate_takes_four_round_trips(serve):
    server = serve(files(plate_of(2, fields=("0",))))
    second = {"A/1/.zattrs", "A/2/.zattrs"}
    third = {"A/1/0/.zattrs", "A/2/0/.zattrs"}
    fourth = {f"A/{n}/0/{key}" for n in "12" for key in ("0/.zarray", "labels/.zattrs")}
    _, found = explore_in_waves(server.url_of(PATH), PROBES, second, third, fourth)
    assert len(found.layers) == 2


@pytest.mark.parametrize("broken", ["A/2/.zattrs", "A/2/0/.zattrs", "A/2/0/0/.zarray"])
def test_a_well_that_is_broken_never_stops_the_others(serve, broken):
    found = plate_of(3)
    del found[broken]
    dataset, _ = opened(serve, found)
    assert list(dataset) == ["A-1-0", "A-3-0"]
    (one,) = dataset.broken
    assert one.name.startswith("A-2")


@pytest.mark.parametrize("path", ["../x", "/x", "https://evil.example/x"])
def test_a_hostile_well_never_leaves_the_location(serve, path):
    found = plate_of(1)
    found[".zattrs"]["plate"]["wells"].append({"path": path})
    dataset, server = opened(serve, found)
    assert len(dataset.broken) == 1
    assert all(one.startswith(f"{PATH}/") and ".." not in one for one in server.paths())


LAYOUT = {"bioformats2raw.layout": 3}


class TestSeries:
    def test_numbered_from_zero_until_one_is_missing(self, serve):
        found = {".zattrs": LAYOUT}
        for n in (0, 1, 3):
            found |= placed(str(n), IMAGE)
        dataset, _ = opened(serve, found)
        assert list(dataset) == ["series-0", "series-1"]
        assert dataset.layers[0].inferred.format == "OME-Zarr series"

    @pytest.mark.parametrize(("refused", "left"), [("0", None), ("1", ["series-0"])])
    def test_a_refusal_ends_them_but_not_in_silence(self, serve, refused, left):
        server = serve(files({".zattrs": LAYOUT, **placed("0", IMAGE), **placed("1", IMAGE)}))
        server.fail(f"*/{refused}/.zattrs", "403")
        if left is None:
            dataset = nb_remote.open(server.url_of(PATH))
            assert [one.name for one in dataset.broken] == ["series-0"]
        else:
            assert list(nb_remote.open(server.url_of(PATH))) == left

    def test_as_ome_lists_them_with_their_labels(self, serve):
        found = {".zattrs": LAYOUT, "OME/.zattrs": {"series": ["b", "a/1"]}}
        named = documents("zyx", name="brain", shapes=[(8, 8, 8)])
        label = documents("zyx", shapes=[(8, 8, 8)], unit=None)
        found |= placed("b", with_labels(named, cells=label)) | placed("a/1", IMAGE)
        dataset, _ = opened(serve, found)
        assert list(dataset) == ["brain", "brain-labels-cells", "series-a-1"]
        assert dataset["brain-labels-cells"].category == "segmentation"
        assert dataset["brain-labels-cells"].voxel_size_nm_xyz == (1, 1, 1)

    def test_more_than_are_opened_are_said(self, serve):
        names = [f"s{n}" for n in range(20)]
        found = {".zattrs": LAYOUT, "OME/.zattrs": {"series": names}}
        for name in names:
            found |= placed(name, IMAGE)
        dataset, _ = opened(serve, found)
        assert len(dataset) == 16
        (note,) = [one for one in dataset.layers[0].notes if "series" in one]
        assert "the first 16 of 20 series" in note
        assert "…/s16" in note

    def test_names_that_occur_twice_are_replaced(self, serve):
        image = documents("yx", shapes=[(8, 8)], name="image")
        found = {".zattrs": LAYOUT, **placed("0", image), **placed("1", image)}
        dataset, _ = opened(serve, found)
        assert list(dataset) == ["series-0", "series-1"]


def test_series_on_zarr_v3_are_read_voxel_for_voxel(serve):
    """https://ngff.openmicroscopy.org/0.5/#bf2raw, written by zarr-python."""
    objects = {}
    root = zarr.create_group(MemoryStore(objects), path=PATH, zarr_format=3)
    root.attrs["ome"] = {"version": "0.5", "bioformats2raw.layout": 3}
    root.create_group("OME").attrs["ome"] = {"version": "0.5", "series": ["0", "1"]}
    for n in range(2):
        group = root.create_group(str(n))
        array = group.create_array("s", shape=(5, 7), dtype="uint8", chunks=(2, 4))
        array[...] = np.arange(35).reshape(5, 7) + n
        axes = [{"name": name, "type": "space"} for name in "yx"]
        steps = [{"type": "scale", "scale": [1, 1]}]
        datasets = [{"path": "s", "coordinateTransformations": steps}]
        group.attrs["ome"] = {
            "version": "0.5",
            "multiscales": [{"axes": axes, "datasets": datasets}],
        }
    dataset = nb_remote.open(serve(files_of(objects)).url_of(PATH))
    for n, layer in enumerate(dataset.layers):
        np.testing.assert_array_equal(layer[...], np.arange(35).reshape(5, 7) + n)
