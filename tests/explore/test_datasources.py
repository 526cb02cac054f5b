"""A datasource is opened as it is: as an object, as text, as a file of any name."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.webknossos import written as w

import nb_remote as nbr
from nb_remote.datasource.model import DataSource
from nb_remote.datasource.problems import BadDatasource
from nb_remote.errors import (
    AccessDenied,
    BadMetadata,
    InvalidAddress,
    NotRecognised,
    Unreachable,
)


@pytest.fixture
def stored(serve, tmp_path):
    """``(server, document, values)``: layers em and cells, by absolute paths."""
    values = w.voxels()
    w.write_array(tmp_path / "data/em/1", "zarr", values)
    w.write_array(tmp_path / "data/cells/1", "zarr3", values.astype("uint32"))
    server = serve(w.written(w.dataset(), tmp_path, "unused"))
    document = w.dataset(
        w.layer("em", "zarr", mags=[w.mag([1, 1, 1], server.url_of("data/em/1"))]),
        w.layer(
            "cells",
            mags=[w.mag([1, 1, 1], server.url_of("data/cells/1"))],
            category="segmentation",
            elementClass="uint32",
            largestSegmentId=199,
        ),
    )
    return server, document, values


def host_of(server):
    return server.url_of("").split("://")[1].strip("/")


def opened(server, one, **options):
    return nbr.open(one, trusted_hosts=[host_of(server)], **options)


@pytest.mark.parametrize("form", ["object", "text", "dict"])
def test_a_datasource_opens_the_layers_that_it_names(stored, form):
    server, document, values = stored
    text = json.dumps(document, indent=2)
    one = {"object": DataSource.from_json(text), "text": f"\n {text}", "dict": document}[form]
    dataset = opened(server, one)
    assert list(dataset) == ["em", "cells"]
    np.testing.assert_array_equal(dataset["em"][...], values)
    np.testing.assert_array_equal(dataset["cells"].dask()[:, :9, :9, :9], values[:, :9, :9, :9])
    assert dataset.name == "sample"
    assert dataset.datasource == DataSource.from_json(text)
    assert opened(server, dataset.datasource).datasource == dataset.datasource


def test_a_remote_file_of_any_name_names_its_layers(stored):
    server, document, values = stored
    document["dataLayers"][0]["mags"][0]["path"] = "./em/1"  # relative to the file
    server.content["data/my dataset.json"] = json.dumps(document).encode()
    dataset = opened(server, server.url_of("data/my dataset.json"))
    assert list(dataset) == ["em", "cells"]
    np.testing.assert_array_equal(dataset["em"][...], values)


def test_a_file_of_this_machine_of_any_name_names_its_layers(tmp_path):
    values = w.voxels()
    w.write_array(tmp_path / "em/1", "zarr", values)
    document = w.dataset(w.layer("em", "zarr", mags=[w.mag([1, 1, 1], "em/1")]))
    path = tmp_path / "anything.json"
    path.write_text(json.dumps(document))
    np.testing.assert_array_equal(nbr.open(path)["em"][...], values)


def test_a_layer_that_can_not_be_read_stays_listed_with_its_reason(stored):
    server, document, _ = stored
    other = w.layer("lost", "zarr", mags=[w.mag([1, 1, 1], server.url_of("data/none/1"))])
    relative = w.layer("near", "zarr", mags=[w.mag([1, 1, 1], "near/1")])
    old = w.layer("old", "wkw", mags=[w.mag([1, 1, 1], server.url_of("data/old/1"))])
    local = w.layer("mine", "zarr", mags=[w.mag([1, 1, 1], "file:///etc/em/1")])
    document["dataLayers"] += [other, relative, old, local]
    dataset = opened(server, document)
    assert list(dataset) == ["em", "cells"]
    reasons = {one.name: str(one.problem) for one in dataset.broken}
    assert set(reasons) == {"lost", "near", "old", "mine"}
    assert "do not exist" in reasons["lost"]
    assert "relative, but the datasource has no address" in reasons["near"]
    assert "stored as WKW" in reasons["old"]
    assert "file://" in reasons["mine"]


def test_private_hosts_are_not_asked_unless_a_person_trusts_them(stored):
    server, document, _ = stored
    before = len(server.requests)
    with pytest.raises(Unreachable, match="not a public address"):
        nbr.open(document)
    assert len(server.requests) == before


def test_credentials_go_to_the_host_that_they_are_given_for(serve, tmp_path):
    w.write_array(tmp_path / "em/1", "zarr", w.voxels())
    files = w.written(w.dataset(), tmp_path, "unused")
    closed, other = serve(files, basic_auth=("me", "sesame-1")), serve(files)
    document = w.dataset(
        w.layer("closed", "zarr", mags=[w.mag([1, 1, 1], closed.url_of("em/1"))]),
        w.layer("other", "zarr", mags=[w.mag([1, 1, 1], other.url_of("em/1"))]),
    )
    trusted = [host_of(closed), host_of(other)]
    login = nbr.BasicAuth("me", "sesame-1")
    dataset = nbr.open(
        document, trusted_hosts=trusted, credentials={closed.url_of("").rstrip("/"): login}
    )
    assert list(dataset) == ["closed", "other"]
    assert dataset["closed"][0, :3, :3, :3].shape == (3, 3, 3)
    assert not any("authorization" in one.headers for one in other.requests)
    anonymous = nbr.open(document, trusted_hosts=trusted)
    assert [type(one.problem) for one in anonymous.broken] == [AccessDenied]
    other.content["file.json"] = json.dumps(document).encode()
    again = nbr.open(
        other.url_of("file.json"),
        trusted_hosts=trusted,
        credentials={closed.url_of("").rstrip("/"): login},
    )
    assert list(again) == ["closed", "other"]
    assert not any("authorization" in one.headers for one in other.requests)


@pytest.mark.parametrize("many", [False, True])
def test_one_credential_is_never_given_to_all_that_a_datasource_names(stored, many):
    server, document, _ = stored
    login = nbr.BasicAuth("me", "sesame-1")
    with pytest.raises(InvalidAddress, match="never given to all"):
        opened(server, document, credentials=[login] if many else login)
    assert "authorization" not in str([one.headers for one in server.requests]).lower()


def test_text_with_a_mistake_in_it_says_where():
    with pytest.raises(BadDatasource, match=r"line 2, column 17"):
        nbr.open('{\n  "dataLayers": ]\n}')


@pytest.mark.parametrize("place", ["object", "file"])
def test_another_version_is_refused(stored, place):
    server, document, _ = stored
    document["version"] = 2
    server.content["a.json"] = json.dumps(document).encode()
    with pytest.raises(BadMetadata, match="reads version 1"):
        opened(server, document if place == "object" else server.url_of("a.json"))


def test_a_json_file_that_is_no_json_is_said(serve):
    server = serve({"a.json": b'{"dataLayers": ['})
    with pytest.raises(BadMetadata, match="not a JSON document"):
        nbr.open(server.url_of("a.json"))


def test_a_folder_may_end_like_a_file(serve, tmp_path):
    w.write_array(tmp_path / "odd.json", "zarr", w.voxels())
    server = serve(
        {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    )
    assert len(nbr.open(server.url_of("odd.json"))) == 1
    assert len(nbr.open(Path(tmp_path / "odd.json"))) == 1
    with pytest.raises(NotRecognised):
        nbr.open(server.url_of("none.json"))
