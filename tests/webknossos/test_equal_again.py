"""A document that is read and written again is the same document, whatever it says."""

import json

import numpy as np
import pytest
from tests.webknossos import written as w

import nb_remote
from nb_remote.datasource.model import DataSource

CELLS = {
    "category": "segmentation",
    "elementClass": "uint32",
    "largestSegmentId": 199,
    "mappings": ["agglomerate_65"],
    "attachments": {
        "meshes": [{"name": "mesh", "path": "https://h/mesh", "dataFormat": "zarr3"}],
        "cumsum": {"name": "sums", "path": "./cumsum", "dataFormat": "json"},
    },
    "adminViewConfiguration": {"alpha": 15, "isInEditMode": True},
}
AFFINE = [[2.0, 0, 0, 5.5], [0, 2.0, 0, 0], [0, 0, 1.0, -3], [0, 0, 0, 1]]
SHIFT = [[1, 0, 0, 11], [0, 1, 0, 0], [0, 0, 1, 0.25], [0, 0, 0, 1]]
SPLINE = {
    "type": "thin_plate_spline",
    "correspondences": {"source": [[0, 0, 0], [9, 0, 0]], "target": [[1, 1, 1], [8, 1, 1]]},
}


@pytest.fixture
def again(serve, tmp_path):
    """``again(*layers, **of_the_dataset)``: what was read and what is written, paths absolute."""

    def check(*layers, **changes):
        document = w.dataset(*layers, **changes)
        server = serve(w.written(document, tmp_path))
        for layer in document["dataLayers"]:
            for mag in layer["mags"]:
                mag["path"] = f"{server.url_of('ds')}/{mag['path'].removeprefix('./')}"
        server.content["ds/datasource-properties.json"] = json.dumps(document).encode()
        opened = nb_remote.open(server.url_of("ds"))
        assert not opened.broken
        assert opened.datasource == DataSource.from_json(json.dumps(document))
        return opened

    return check


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
def test_a_picture_a_segmentation_and_an_image(again, pyramid, data_format):
    pyramid("em", data_format)
    pyramid("rgb", data_format, channels=3)
    pyramid("cells", data_format, "uint32")
    view = {"color": [1, 2, 3], "alpha": 30.5, "intensityRange": [3, 90], "min": 0, "max": 99}
    again(
        w.layer("em", data_format, defaultViewConfiguration={**view, "isInEditMode": True}),
        w.layer("rgb", data_format, elementClass="uint24", numChannels=3),
        w.layer("cells", data_format, **CELLS),
        id={"name": "sample", "team": "lab"},
        scale={"factor": [11.239999771118164, 11.239999771118164, 28], "unit": "micrometer"},
        defaultViewConfiguration={"zoom": 2, "layers": {"em": {"alpha": 9}}, "position": [1, 2, 3]},
        futureField={"kept": [None, 1]},
    )


def test_n5(again, tmp_path):
    values = w.voxels("uint16")
    w.write_array(tmp_path / "ds/em/1", "n5", values)
    entry = w.layer(data_format="n5", elementClass="uint16", mags=[w.mag([1, 1, 1], "em/1")])
    entry["mags"][0]["axisOrder"] = dict(w.XYZ)
    again(entry)


def test_precomputed_with_an_offset(again, tmp_path):
    values = w.voxels()[0]
    w.write_volume(
        tmp_path / "ds/vol",
        ("4_4_40", (4, 4, 40), values),
        ("8_8_40", (8, 8, 40), values[::2, ::2]),
        corner=(64, 32, 16),
    )
    box = {"topLeft": [64, 32, 16], "width": 40, "height": 32, "depth": 24}
    mags = [w.mag([1, 1, 1], "vol/4_4_40"), w.mag([2, 2, 1], "vol/8_8_40")]
    for one in mags:
        one["axisOrder"] = dict(w.XYZ)
    again(w.layer("vol", "neuroglancerPrecomputed", boundingBox=box, mags=mags))


def test_channels_that_stand_apart_are_joined_and_split_again(again, pyramid):
    pyramid("stack", "zarr", channels=3)
    pyramid("other", "zarr")

    def channel(name, number):
        mags = [
            w.mag([1, 1, 1], "stack/1", channelIndex=number),
            w.mag([2, 2, 1], "stack/2-2-1", channelIndex=number),
        ]
        view = {"color": [number, 0, 255], "isDisabled": number == 0}
        return w.layer(name, "zarr", mags=mags, defaultViewConfiguration=view)

    # the file shows two of three channels, not in their order, and another layer between them
    opened = again(channel("gfp", 2), w.layer("other", "zarr"), channel("dapi", 0))
    assert list(opened) == ["stack", "other"]


def test_a_time_series(again, tmp_path):
    values = np.random.default_rng(1).integers(0, 99, (1, 3, 16, 16, 8)).astype("uint8")
    w.zarr.save_array(str(tmp_path / "ds/color/1"), values, zarr_format=3)
    again(
        w.layer(
            mags=[w.mag([1, 1, 1], "color/1", axisOrder={"c": 0, "x": 2, "y": 3, "z": 4})],
            boundingBox={"topLeft": [0, 0, 0], "width": 16, "height": 16, "depth": 8},
            additionalAxes=[{"name": "t", "index": 1, "bounds": [0, 3]}],
        )
    )


@pytest.mark.parametrize(
    "steps",
    [
        [{"type": "affine", "matrix": AFFINE}],
        [{"type": "affine", "matrix": SHIFT}, {"type": "affine", "matrix": AFFINE}],
        [SPLINE],
    ],
    ids=["affine", "two", "spline"],
)
@pytest.mark.parametrize("others", [0, 1])
def test_transformations(again, pyramid, steps, others):
    pyramid("color", "zarr")
    pyramid("plain", "zarr")
    plain = [w.layer("plain", "zarr")] * others
    again(w.layer(data_format="zarr", coordinateTransformations=steps), *plain)


def test_a_pyramid_that_starts_at_a_coarser_mag(again, pyramid):
    pyramid("color", "zarr")
    pyramid("fine", "zarr")
    mags = [w.mag([2, 2, 1], "color/2-2-1"), w.mag([4, 4, 1], "color/1", later=1)]
    again(w.layer("color", "zarr", mags=mags))
    again(w.layer("color", "zarr", mags=mags), w.layer("fine", "zarr"))


def test_what_a_person_corrects_is_changed_and_nothing_else(again, pyramid):
    pyramid("em", "zarr")
    pyramid("cells", "zarr", "uint32")
    view = {"intensityRange": [3, 90], "alpha": 7}
    opened = again(
        w.layer("em", "zarr", defaultViewConfiguration=view),
        w.layer("cells", "zarr", **CELLS),
        defaultViewConfiguration={"colorLayerOrder": ["em"], "layers": {"em": {"alpha": 9}}},
    )
    before = opened.datasource.to_dict()
    changed = (
        opened.corrected("em", name="raw", contrast_limits={0: (5, 50)})
        .corrected("cells", largest_segment_id=250)
        .named("renamed")
        .datasource.to_dict()
    )
    before["id"]["name"] = "renamed"
    before["defaultViewConfiguration"] = {
        "colorLayerOrder": ["raw"],
        "layers": {"raw": {"alpha": 9}},
    }
    before["dataLayers"][0]["name"] = "raw"
    before["dataLayers"][0]["defaultViewConfiguration"]["intensityRange"] = [5, 50]
    before["dataLayers"][1]["largestSegmentId"] = 250
    assert changed == before


def test_layers_of_several_files_keep_their_own_and_lose_what_is_of_one_whole(serve, tmp_path):
    for name in ("a", "b"):
        w.write_array(tmp_path / f"{name}/{name}/1", "zarr", w.voxels())
    entries = {
        name: w.layer(name, "zarr", mags=[w.mag([1, 1, 1], f"{name}/1")], later=name)
        for name in ("a", "b")
    }
    files = {}
    for name, entry in entries.items():
        view = {"zoom": 3 if name == "a" else 4}
        document = w.dataset(entry, defaultViewConfiguration=view)
        files |= w.written(document, tmp_path, name)
    server = serve(files)
    written = nb_remote.open(server.url_of("a"), server.url_of("b")).datasource.to_dict()
    assert [one["later"] for one in written["dataLayers"]] == ["a", "b"]
    assert "defaultViewConfiguration" not in written


def test_credentials_in_the_file_are_never_written(serve, tmp_path, pyramid):
    pyramid("em", "zarr")
    entry = w.layer("em", "zarr")
    for mag in entry["mags"]:
        mag["credentials"] = {"user": "me", "password": "hunter2-x"}
        mag["credentialId"] = "665f0000"
    document = w.dataset(entry, credentialSecret="hunter2-x")
    server = serve(w.written(document, tmp_path))
    opened = nb_remote.open(server.url_of("ds"))
    shown = opened.datasource.json() + repr(opened) + repr(opened["em"].inferred)
    assert "hunter2" not in shown
    assert "665f" not in shown


def test_what_can_not_be_exported_stands_in_the_notes_of_the_document(again, serve, tmp_path):
    w.write_array(tmp_path / "ds/em/1", "zarr", w.voxels())
    w.write_array(tmp_path / "ds/em/3", "zarr", w.voxels()[:, ::3, ::3])
    entry = w.layer("em", "zarr", mags=[w.mag([1, 1, 1], "em/1"), w.mag([3, 3, 1], "em/3")])
    opened = nb_remote.open(serve(w.written(w.dataset(entry), tmp_path)).url_of("ds"))
    source = opened.datasource
    assert [one.mag for one in source.data_layers[0].mags] == [(1, 1, 1)]
    (note,) = source.notes
    assert "its mag is no power of two" in str(note)
    assert str(note).startswith("layer 'em': level 'em/3' ")
