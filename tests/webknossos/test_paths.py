"""Where mags lie: in the dataset's folders, elsewhere on its server, or where nothing is asked."""

import json

import numpy as np
import pytest
from tests.webknossos import written as w

import nb_remote


def with_paths(*paths, data_format="zarr"):
    factors = ([1, 1, 1], [2, 2, 1])
    mags = [w.mag(one, path) for one, path in zip(factors, paths, strict=False)]
    return w.dataset(w.layer(data_format=data_format, mags=mags))


@pytest.mark.parametrize(
    "paths",
    [
        ("./color/1", "./color/2-2-1"),
        ("color/1", "color/2-2-1/"),
        (None, None),
        ("../ds/color/1", "color/2-2-1"),
    ],
)
def test_levels_inside_the_dataset_are_found(open_dataset, pyramid, paths):
    values = pyramid("color", "zarr")
    layer = open_dataset(with_paths(*paths))["color"]
    assert layer.source.location.display().endswith("/ds")
    for level, one in zip(layer.levels, values.values(), strict=True):
        np.testing.assert_array_equal(level[...], one)


@pytest.mark.parametrize("folder", ["2", "2-2-2"])
def test_without_a_path_both_spellings_of_a_cubic_mag_are_tried(open_dataset, tmp_path, folder):
    values = w.voxels()
    w.write_array(tmp_path / "ds/color" / folder, "zarr", values)
    entry = w.layer(data_format="zarr", mags=[w.mag([2, 2, 2])])
    layer = open_dataset(w.dataset(entry))["color"]
    np.testing.assert_array_equal(layer[...], values)


@pytest.mark.parametrize("way", ["address", "relative"])
def test_another_folder_of_the_same_server_is_read_as_the_dataset_is(serve, tmp_path, way):
    values = w.voxels()
    w.write_array(tmp_path / "store/other/1", "zarr", values)
    server = serve(w.written(w.dataset(), tmp_path))
    at = server.url_of("store/other") if way == "address" else "../store/other"
    document = with_paths(f"{at}/1", f"{at}/nothing")
    with_it = serve(w.written(document, tmp_path)) if way == "relative" else server
    if way == "address":
        server.content[f"ds/{w.NAME}"] = w.written(document, tmp_path)[f"ds/{w.NAME}"]
    opened = nb_remote.open(with_it.url_of("ds"))
    layer = opened["color"]
    np.testing.assert_array_equal(layer[...], values)
    assert "[2, 2, 1] is left out" in layer.notes[0]
    assert layer.source.location.path == "store/other"
    path = opened.datasource.data_layers[0].mags[0].path
    assert path == with_it.url_of("store/other/1")
    assert opened["color"].source.meter.counts().requests > 0


@pytest.mark.parametrize("order", [1, -1])
def test_an_address_of_another_host_of_this_machine_is_not_asked(serve, tmp_path, pyramid, order):
    pyramid("color", "zarr")
    other = serve({"x/.zarray": b"{}"})
    document = with_paths("color/1", other.url_of("x"))
    document["dataLayers"][0]["mags"] = document["dataLayers"][0]["mags"][::order]
    document["dataLayers"].append(w.layer("far", "zarr", mags=[w.mag(1, other.url_of("x"))]))
    server = serve(w.written(document, tmp_path))
    opened = nb_remote.open(server.url_of("ds"))
    assert list(opened) == ["color"]
    assert opened["color"].mags == ((1, 1, 1),)
    assert "another server" in opened["color"].notes[0]
    assert [one.name for one in opened.broken] == ["far"]
    assert not other.requests


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("ftp://host/color/1", "ftp:// is not supported"),
        ("s3://", "names no bucket"),
        ("file:///etc/color/1", "never taken for a local path"),
        ("/etc/color/1", "is absolute"),
        ("../../../etc/1", "leads out"),
        ("color\\1", "backslash"),
        ("", "must be text"),
        (7, "must be text"),
        ("http://[/1", "address"),
    ],
)
def test_a_path_that_can_not_be_followed_says_why_and_costs_only_its_level(
    open_dataset, pyramid, path, reason
):
    pyramid("color", "zarr")
    layer = open_dataset(with_paths("color/1", path))["color"]
    assert layer.mags == ((1, 1, 1),)
    assert reason in layer.notes[0]


def test_inline_credentials_and_their_ids_are_never_used_or_shown(open_dataset, pyramid):
    pyramid("color", "zarr")
    document = with_paths("color/1", "color/2-2-1")
    for one in document["dataLayers"][0]["mags"]:
        one["credentials"] = {"user": "ann", "password": "hush-hush"}
        one["credentialId"] = "665f00"
    opened = open_dataset(document)
    assert "hush" not in repr(opened) + opened.datasource.json()
    assert "665f00" not in opened.datasource.json()
    assert not [
        r for r in open_dataset.server.requests if "authorization" in str(r.headers).lower()
    ]


@pytest.fixture
def saved(tmp_path, pyramid):
    """``saved(path)`` writes a dataset below ``tmp_path/ds`` whose second mag has that path."""
    pyramid("color", "zarr")

    def write(path):
        document = with_paths("color/1", path)
        (tmp_path / "ds" / w.NAME).write_text(json.dumps(document))
        return tmp_path / "ds"

    return write


@pytest.mark.parametrize("spelt", ["plain", "uri", "localhost", "dots"])
def test_absolute_paths_into_the_folder_of_a_local_file_are_followed(saved, tmp_path, spelt):
    there = tmp_path / "ds/color/2-2-1"
    path = {
        "plain": str(there),
        "uri": there.as_uri(),
        "localhost": there.as_uri().replace("file://", "file://localhost"),
        "dots": f"{tmp_path}/ds/color/../color/2-2-1/",
    }[spelt]
    assert nb_remote.open(saved(path))["color"].mags == ((1, 1, 1), (2, 2, 1))


@pytest.mark.parametrize(
    "path",
    ["{0}/dsx/1", "{0}/ds/../x/1", "file://{0}/x/1", "file:/{0}/ds/color/2-2-1", "file:///", "/"],
)
def test_absolute_paths_out_of_the_folder_of_a_local_file_are_refused(saved, tmp_path, path):
    w.write_array(tmp_path / "x/1", "zarr", w.voxels())
    w.write_array(tmp_path / "dsx/1", "zarr", w.voxels())
    layer = nb_remote.open(saved(path.format(tmp_path)))["color"]
    assert layer.mags == ((1, 1, 1),)
    assert "unless it leads into the folder" in layer.notes[0]


def test_what_is_written_of_a_local_dataset_opens_again_beside_it(saved, tmp_path):
    folder = saved("color/2-2-1")
    first = nb_remote.open(folder).datasource
    paths = [mag.path for mag in first.data_layers[0].mags]
    assert paths == [f"{tmp_path}/ds/color/1", f"{tmp_path}/ds/color/2-2-1"]
    (tmp_path / "ds/other.json").write_text(first.json())
    again = nb_remote.open(tmp_path / "ds/other.json")
    assert again["color"].mags == ((1, 1, 1), (2, 2, 1))
    assert again.datasource == first


def test_a_datasource_of_local_arrays_says_how_they_are_opened(saved):
    source = nb_remote.open(saved("color/2-2-1")).datasource
    with pytest.raises(nb_remote.InvalidAddress, match=r"pathlib\.Path") as caught:
        nb_remote.open(source)
    assert "save the datasource in a folder above them" in str(caught.value)
