"""Volumes in zip files open from the zip file's address or path, and stream by ranges of it."""

import pickle
import zipfile

import numpy as np
import pytest
import zarr
from tests.explore.stored import SHAPE, WRITERS, finest, packed, ramp, write
from tests.explore.test_requests import PROBES
from tests.widget.page import Page
from zarr.storage import ZipStore

import nb_remote
from nb_remote.errors import BadMetadata, InvalidAddress, NotFound, NotRecognised

METHODS = {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}
LARGE = {"v/padding": bytes(2**18)}
"""Makes a zip file larger than what is read of its end."""


def at_root(files):
    return {key.removeprefix("v/"): body for key, body in files.items()}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", WRITERS)
def test_every_format_is_read_voxel_for_voxel(serve, name, method):
    files, voxels = write(name)
    server = serve({"d/x.zip": packed(files | LARGE, METHODS[method])})
    layer = finest(server.url_of("d/x.zip"))
    np.testing.assert_array_equal(layer[...], voxels)
    assert set(server.paths()) == {"d/x.zip"}
    assert layer.source.location.display() == f"{server.url}/d/x.zip|zip:v"


@pytest.mark.parametrize("name", WRITERS)
def test_so_is_every_format_in_a_zip_file_of_this_machine(tmp_path, name):
    files, voxels = write(name)
    (tmp_path / "x.zip").write_bytes(packed(files | LARGE))
    for inner in ("", "v"):
        np.testing.assert_array_equal(finest(tmp_path / "x.zip" / inner)[...], voxels)


@pytest.mark.parametrize(
    "options", [{"zarr_format": 2}, {"zarr_format": 3}, {"shards": (20, 22, 40)}]
)
def test_what_zarr_python_stores_in_a_zip_file(tmp_path, serve, options):
    with ZipStore(tmp_path / "x.zarr.zip", mode="w") as store:
        array = zarr.create_array(store, shape=SHAPE, chunks=(10, 11, 20), dtype="u4", **options)
        array[...] = ramp()
    np.testing.assert_array_equal(finest(tmp_path / "x.zarr.zip")[...], ramp())
    server = serve(tmp_path)
    layer = finest(f"{server.url}/x.zarr.zip")
    np.testing.assert_array_equal(layer[...], ramp())
    assert layer.name == "x.zarr"


def test_attributes_that_were_written_twice_count_as_they_were_last(tmp_path):
    with ZipStore(tmp_path / "x.zip", mode="w") as store:
        group = zarr.create_group(store, zarr_format=2)
        array = group.create_array("a", shape=SHAPE, chunks=(10, 11, 20), dtype="u4")
        array[...] = ramp()
        for names in ("xyz", "zyx"):
            with pytest.warns(UserWarning, match="Duplicate"):
                array.attrs["_ARRAY_DIMENSIONS"] = list(names)
    layer = finest(tmp_path / "x.zip" / "a")
    assert layer.axes == ("z", "y", "x")


@pytest.mark.parametrize(
    "text",
    [
        "x.zip",
        "x.zip/",
        "x.zip|zip:",
        "x.zip|zip:v",
        "x.zip|zip:v/|zarr3:",
        "x.zip|zip:|zarr3:v",
        "x.zip|zip:v/zarr.json",
        "x.ozx",
        "download|zip:",
        "download|zip:v/|zarr:",
    ],
)
def test_spellings(serve, text):
    data = packed(write("Zarr v3")[0])
    server = serve({"x.zip": data, "x.ozx": data, "download": data})
    np.testing.assert_array_equal(finest(f"{server.url}/{text}")[0], ramp()[0])


def test_a_prefix_in_front(serve):
    server = serve({"x.zip": packed(at_root(write("Zarr v3")[0]))})
    assert finest(f"zarr://{server.url}/x.zip").shape == SHAPE


class TestRequests:
    def opened(self, serve, files):
        server = serve(files)
        return server, nb_remote.open(server.url_of(next(iter(files)).split("/")[0]))

    @pytest.mark.parametrize("name", ["OME-Zarr", "Zarr v3", "precomputed in shards"])
    def test_opening_costs_three_more_at_most_than_what_is_there(self, serve, name):
        files, _ = write(name)
        folder = serve(files)
        nb_remote.open(f"{folder.url}/v")
        there = [path for path in folder.paths() if path in files]
        server = serve({"x.zip": packed(files | LARGE)})
        nb_remote.open(f"{server.url}/x.zip")
        assert len(server.requests) <= len(there) + 3
        assert len(server.requests) < len(folder.requests)

    def test_what_is_not_in_the_zip_file_costs_nothing(self, serve):
        server = serve({"x.zip": packed({"v/readme": b"", **LARGE})})
        with pytest.raises(NotRecognised):
            nb_remote.open(f"{server.url}/x.zip|zip:v")
        # its end: for this folder, and for what lies above it
        assert len(server.requests) <= 2

    def test_a_chunk_is_one_request(self, serve):
        server = serve({"x.zip": packed(write("Zarr v3")[0] | LARGE)})
        layer = finest(f"{server.url}/x.zip")
        server.forget()
        assert layer[3, 5, 7] == ramp()[3, 5, 7]
        assert len(server.requests) == 1

    def test_shards_stream_by_ranges(self, serve):
        shape = (64, 64, 64)
        store = zarr.storage.MemoryStore()
        array = zarr.create_array(
            store, shape=shape, chunks=(16, 16, 16), shards=shape, dtype="f4", compressors=None
        )
        array[...] = ramp(shape)
        files = {f"v/{key}": one.to_bytes() for key, one in store._store_dict.items()}
        server = serve({"x.zip": packed(files)})
        layer = finest(f"{server.url}/x.zip")
        server.forget()
        before = layer.source.meter.counts().received_bytes
        assert layer[3, 5, 7] == ramp(shape)[3, 5, 7]
        assert layer[63, 63, 63] == ramp(shape)[63, 63, 63]
        # where the shard begins, its index, a chunk each
        assert len(server.requests) == 4
        assert layer.source.meter.counts().received_bytes - before < 3 * 16**3 * 4

    def test_an_address_that_is_no_zip_file_costs_what_it_did(self, serve):
        server = serve(write("Zarr v3")[0])
        nb_remote.open(f"{server.url}/v")
        assert len(server.requests) == len(PROBES)
        assert {request.range for request in server.requests} == {None}


def test_the_canvas_shows_it(serve):
    server = serve({"x.zip": packed(write("Zarr v3")[0])})
    page = Page(nb_remote.open(f"{server.url}/x.zip").corrected("v", category="color"))
    page.want((0, 0, 0, 0, 0, 0, 0))
    page.until(page.tiles)


def test_a_dask_array_survives_being_pickled(serve):
    server = serve({"x.zip": packed(write("Zarr v3 in shards")[0])})
    array = finest(f"{server.url}/x.zip").dask()
    again = pickle.loads(pickle.dumps(array))
    np.testing.assert_array_equal(again.compute(scheduler="threads"), ramp())


def test_a_token_goes_along_and_is_not_shown(serve):
    server = serve({"x.zip": packed(write("Zarr v3")[0] | LARGE)}, token="tok-1a2b3c4d")
    dataset = nb_remote.open(f"{server.url}/x.zip?token=tok-1a2b3c4d|zip:v")
    np.testing.assert_array_equal(dataset.layers[0][...], ramp())
    assert "tok-1a2b3c4d" not in repr(dataset) + dataset.datasource.json()


@pytest.mark.parametrize("fault", ["norange", "gzip", "chunked"])
def test_servers_without_proper_ranges(serve, fault):
    server = serve({"x.zip": packed(write("Zarr v3")[0] | LARGE)})
    server.fail("*", fault)
    np.testing.assert_array_equal(finest(f"{server.url}/x.zip")[...], ramp())


class TestWhatIsWrong:
    def test_a_file_that_is_no_zip_file(self, serve, tmp_path):
        server = serve({"x.zip": b"<html>please log in</html>"})
        with pytest.raises(BadMetadata, match="no zip file"):
            nb_remote.open(f"{server.url}/x.zip")
        (tmp_path / "x.zip").write_bytes(b"")
        with pytest.raises(BadMetadata, match="no zip file"):
            nb_remote.open(tmp_path / "x.zip")

    def test_no_file_at_all(self, serve, tmp_path):
        with pytest.raises(NotFound, match="no zip file"):
            nb_remote.open(f"{serve({}).url}/x.zip")
        with pytest.raises(NotFound, match="no such folder or file"):
            nb_remote.open(tmp_path / "x.zip")

    def test_a_folder_that_is_not_in_it(self, serve):
        server = serve({"x.zip": packed(write("Zarr v3")[0])})
        with pytest.raises(NotFound, match=r"no folder 'w'.*It has 'v/'"):
            nb_remote.open(f"{server.url}/x.zip|zip:w/")

    def test_several_volumes_are_all_opened_or_the_one_that_is_named(self, serve):
        files = {
            key.replace("v/", f"{name}/", 1): body
            for name in "ab"
            for key, body in write("Zarr v3")[0].items()
        }
        server = serve({"x.zip": packed(files)})
        assert [one.name for one in nb_remote.open(f"{server.url}/x.zip").layers] == ["a", "b"]
        assert finest(f"{server.url}/x.zip|zip:b").name == "b"

    def test_a_chunk_that_is_damaged_is_an_error_for_it_alone(self, serve):
        files, _ = write("Zarr v3")
        data = packed(files | LARGE)
        at = data.index(files["v/c/0/0/0"])
        server = serve({"x.zip": data[:at] + bytes(4) + data[at + 4 :]})
        layer = finest(f"{server.url}/x.zip")
        with pytest.raises(nb_remote.CorruptChunk, match="checksum"):
            layer[0, 0, 0]
        assert layer[39, 32, 49] == ramp()[39, 32, 49]

    def test_chains_of_other_steps_are_named(self, serve):
        with pytest.raises(InvalidAddress, match=r"zip:, zarr:"):
            nb_remote.open("https://h/x.zip|gzip:|zarr:")


def test_the_datasource_says_that_zip_files_are_not_read_by_webknossos(serve):
    server = serve({"x.zip": packed(write("Zarr v3")[0])})
    dataset = nb_remote.open(f"{server.url}/x.zip")
    assert dataset.datasource.data_layers[0].mags[0].path == f"{server.url}/x.zip|zip:v"
    assert "WEBKNOSSOS reads no zip files" in repr(dataset)
