"""What a dataset writes as its datasource is read again as the same layers."""

import json

import numpy as np
import pytest
from tests.volumes.ome_zarr import VOLUMES
from tests.volumes.ome_zarr import write as write_ome
from tests.webknossos import written as w

import nb_remote


def again(server, dataset):
    """The dataset that the datasource of `dataset` describes, in a folder of the same server."""
    server.content[f"again/{w.NAME}"] = dataset.datasource.json().encode()
    return nb_remote.open(server.url_of("again"))


def modelled(dataset):
    document = json.loads(dataset.datasource.json())
    for layer in document["dataLayers"]:
        for one in (*layer["mags"], layer):
            one.pop("channelIndex", None)
            # What has a single channel is one layer either way.
            one.get("axisOrder", {}).pop("c", None)
        view = layer.get("defaultViewConfiguration", {})
        layer["defaultViewConfiguration"] = {k: v for k, v in view.items() if v is not None}
    return document


@pytest.mark.parametrize("name", VOLUMES)
def test_ome_volumes(serve, name):
    volume = write_ome(name)
    server = serve(volume.files)
    first = nb_remote.open(server.url_of(volume.path))
    second = again(server, first)
    assert modelled(second) == modelled(first)
    for one, other in zip(first.layers, second.layers, strict=True):
        assert other.bounding_box == one.bounding_box
        assert other.mags == one.mags
        assert other.category == one.category
        np.testing.assert_array_equal(other.levels[-1][...], one.levels[-1][...])


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
def test_its_own_layout(open_dataset, pyramid, data_format):
    pyramid("color", data_format)
    pyramid("rgb", data_format, channels=3)
    pyramid("cells", data_format, "uint32")
    document = w.dataset(
        w.layer("color", data_format),
        w.layer("rgb", data_format, elementClass="uint24", numChannels=3),
        w.layer(
            *("cells", data_format),
            category="segmentation",
            elementClass="uint32",
            largestSegmentId=199,
        ),
    )
    first = open_dataset(document)
    written = first.datasource.to_dict()
    assert written["id"] == document["id"]
    assert written["scale"] == document["scale"]
    for one, original in zip(written["dataLayers"], document["dataLayers"], strict=True):
        for field in ("name", "category", "dataFormat", "boundingBox", "elementClass"):
            assert one[field] == original[field]
        assert [m["mag"] for m in one["mags"]] == [m["mag"] for m in original["mags"]]
        assert [m["axisOrder"] for m in one["mags"]] == [m["axisOrder"] for m in original["mags"]]
        assert one.get("largestSegmentId") == original.get("largestSegmentId")
    second = again(open_dataset.server, first)
    assert second.datasource.to_dict() == written


def test_a_precomputed_volume_with_an_offset(serve, tmp_path):
    values = w.voxels()[0]
    w.write_volume(
        tmp_path / "vol",
        ("4_4_40", (4, 4, 40), values),
        ("8_8_40", (8, 8, 40), values[::2, ::2]),
        corner=(64, 32, 16),
    )
    server = serve(w.written(w.dataset(), tmp_path))
    first = nb_remote.open(server.url_of("vol"))
    second = again(server, first)
    assert modelled(second) == modelled(first)
    np.testing.assert_array_equal(second["vol"].levels[1][...], values[::2, ::2])


def test_an_n5_pyramid(serve, tmp_path):
    values = w.voxels("uint16")
    w.write_array(tmp_path / "em.n5/s0", "n5", values)
    w.write_array(tmp_path / "em.n5/s1", "n5", values[:, ::2, ::2, ::2])
    attributes = {
        "downsamplingFactors": [[1, 1, 1], [2, 2, 2]],
        "pixelResolution": {"dimensions": [4, 4, 40], "unit": "nm"},
    }
    (tmp_path / "em.n5/attributes.json").write_text(json.dumps(attributes))
    server = serve(w.written(w.dataset(), tmp_path))
    first = nb_remote.open(server.url_of("em.n5"))
    second = again(server, first)
    assert modelled(second) == modelled(first)
    np.testing.assert_array_equal(second.layers[0].levels[1][...], values[0, ::2, ::2, ::2])
