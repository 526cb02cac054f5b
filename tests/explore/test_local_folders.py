"""Volumes on this machine open from the path that a person passes, exactly as over HTTP."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.explore.stored import WRITERS, finest, lay_out, ramp, write
from tests.volumes.documents import PATH, documents, files
from tests.widget.page import Page

import nb_remote
from nb_remote.arrays.source import Source
from nb_remote.errors import InvalidAddress, NotFound, NotRecognised
from nb_remote.location.local import location_of_path


@pytest.fixture
def folder(tmp_path):
    """``folder(name)`` writes a volume of the table and returns its folder."""
    return lambda name: lay_out(write(name)[0], tmp_path)


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_is_read_voxel_for_voxel(folder, name):
    layer = finest(folder(name))
    np.testing.assert_array_equal(layer[...], write(name)[1])
    assert layer.source.meter.counts().in_flight == 0


@pytest.mark.parametrize("name", WRITERS)
def test_a_local_volume_means_what_it_means_over_http(folder, serve, name):
    def summary(place):
        dataset = nb_remote.open(place)
        where = dataset.layers[0].source.location.display()
        json = dataset.datasource.json().replace(str(place), "")
        return json, repr(dataset).replace(where, "")

    there = summary(f"{serve(write(name)[0]).url}/v")
    here = summary(folder(name))
    assert here[0] == there[0]
    assert here[1].split("bounding box")[0] == there[1].split("bounding box")[0]


def test_a_header_file_and_a_relative_path_are_understood(folder, monkeypatch):
    where = folder("Zarr v3")
    monkeypatch.chdir(where.parent)
    for path in (where / "zarr.json", Path("v"), Path("./v/zarr.json"), Path("v/../v")):
        assert finest(path).shape == ramp().shape


def test_nothing_is_written(folder):
    where = folder("OME-Zarr")

    def state():
        return {path: path.stat().st_mtime_ns for path in where.rglob("*")}

    before = state()
    finest(where)[...]
    assert state() == before


def test_folders_and_addresses_make_one_dataset(folder, serve):
    server = serve(write("Zarr v2")[0])
    dataset = nb_remote.open(folder("Zarr v3"), f"{server.url}/v")
    assert [layer.inferred.format for layer in dataset.layers] == ["Zarr v3 array", "Zarr v2 array"]


def test_the_canvas_shows_it(folder):
    dataset = nb_remote.open(folder("Zarr v3"))
    page = Page(dataset.corrected(dataset.layers[0].name, category="color"))
    page.want((0, 0, 0, 0, 0, 0, 0))
    page.until(page.tiles)


def test_missing_chunks_are_fill_value_and_counted(folder):
    where = folder("Zarr v3")
    (where / "c/0/0/0").unlink()
    layer = finest(where)
    expected = ramp()
    expected[:10, :11, :20] = 0
    np.testing.assert_array_equal(layer[...], expected)
    assert layer.source.missing_chunks == 1


def test_a_drive_that_is_taken_away_is_no_empty_volume(folder):
    where = folder("Zarr v3")
    layer = finest(where)
    where.rename(where.with_name("gone"))
    with pytest.raises(NotFound, match="no such folder"):
        layer[0, 0, 0]


def test_links_in_the_own_folder_are_followed(folder, tmp_path):
    where = folder("Zarr v3")
    (where / "c/0").rename(tmp_path / "other disk")
    (where / "c/0").symlink_to(tmp_path / "other disk")
    np.testing.assert_array_equal(finest(where)[...], ramp())


class TestOtherProcesses:
    def test_a_dask_array_survives_being_pickled(self, folder):
        array = finest(folder("Zarr v3 in shards")).dask()
        again = pickle.loads(pickle.dumps(array))
        np.testing.assert_array_equal(again.compute(scheduler="threads"), ramp())

    def test_a_worker_process_opens_it_itself(self, folder, tmp_path):
        (tmp_path / "array").write_bytes(pickle.dumps(finest(folder("Zarr v3")).dask()))
        code = (
            "import pickle, sys; a = pickle.load(open(sys.argv[1], 'rb')); print(a.sum().compute())"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path / "array"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert int(done.stdout) == int(ramp().sum())


class TestWhatIsNotThere:
    def test_a_folder_that_does_not_exist_names_the_nearest_that_does(self, tmp_path):
        with pytest.raises(NotFound, match="no such folder") as caught:
            nb_remote.open(tmp_path / "data" / "em.zarr")
        assert repr(str(tmp_path)) in caught.value.hint

    def test_it_stops_no_other(self, folder, tmp_path):
        dataset = nb_remote.open(tmp_path / "no", folder("Zarr v2"))
        assert len(dataset.layers) == 1
        assert isinstance(dataset.failures[0], NotFound)

    def test_an_empty_folder_says_what_was_looked_for(self, tmp_path):
        with pytest.raises(NotRecognised) as caught:
            nb_remote.open(tmp_path)
        assert tmp_path.as_uri() in str(caught.value)
        assert "zarr.json" in str(caught.value)

    def test_a_file_is_no_volume(self, folder):
        with pytest.raises(NotFound, match="this is a file"):
            nb_remote.open(folder("Zarr v3") / "c/0/0/0")

    def test_text_is_never_a_path(self, folder):
        for text in (str(folder("Zarr v3")), folder("Zarr v3").as_uri()):
            with pytest.raises(InvalidAddress, match=r"pass pathlib\.Path"):
                nb_remote.open(text)


class TestData:
    """What stands in files of this machine is data: it leads to public hosts at most."""

    def test_data_lead_to_no_other_folder(self, tmp_path):
        secret = tmp_path / "secret"
        lay_out(files(documents("zyx")), secret)
        image = documents("zyx")
        image[".zattrs"]["multiscales"][0]["datasets"][0]["path"] = f"../secret/{PATH}/0"
        lay_out(files(image), tmp_path)
        with pytest.raises(nb_remote.BadMetadata, match="leaves its folder"):
            nb_remote.open(tmp_path / PATH)

    @pytest.mark.parametrize("target", ["file:///etc", "/etc", "precomputed://file:///etc"])
    def test_a_volume_that_has_moved_never_leads_to_this_machine(self, tmp_path, target):
        (tmp_path / "info").write_text(json.dumps({"redirect": target}))
        with pytest.raises(nb_remote.NbRemoteError) as caught:
            nb_remote.open(tmp_path)
        assert "/etc" not in os.fspath(caught.value.where)

    def test_a_volume_that_has_moved_is_a_strangers_address(self, tmp_path, serve):
        server = serve(write("precomputed")[0])
        (tmp_path / "info").write_text(json.dumps({"redirect": f"{server.url}/v"}))
        with pytest.raises(nb_remote.NbRemoteError, match="not a public address"):
            nb_remote.open(tmp_path)
        assert server.requests == []

    def test_no_source_of_a_strangers_address_is_local(self, tmp_path):
        source = Source(location_of_path(tmp_path), trusted=False)
        with pytest.raises(InvalidAddress, match="only a person"):
            source.store  # noqa: B018


def test_the_datasource_names_the_folder_and_says_who_can_read_it(folder):
    where = folder("Zarr v3")
    dataset = nb_remote.open(where)
    assert dataset.datasource.data_layers[0].mags[0].path == where.as_posix()
    assert "only a WEBKNOSSOS on this machine" in repr(dataset)


def test_no_server_is_blamed_for_an_empty_folder(tmp_path):
    with pytest.raises(NotRecognised, match="nothing was found there: the folder has none"):
        nb_remote.open(tmp_path)
    (tmp_path / ".zgroup").write_text('{"zarr_format": 2}')
    with pytest.raises(NotRecognised, match=r"There is no folder in the group\.") as caught:
        nb_remote.open(tmp_path)
    assert "server" not in caught.value.hint
