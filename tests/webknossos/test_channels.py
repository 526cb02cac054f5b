"""Layers that are channels of one array are one layer; ``uint24`` is one picture."""

import numpy as np
import pytest
from tests.webknossos import written as w


def split(names, indexes=None, **changes):
    indexes = range(len(names)) if indexes is None else indexes
    return [
        w.layer(
            name,
            "zarr",
            mags=[
                w.mag(1, "./stack/1", channelIndex=n),
                w.mag([2, 2, 1], channelIndex=n, path="stack/2-2-1"),
            ],
            defaultViewConfiguration={"color": [n, 0, 255], "intensityRange": [n, 50]},
            **changes,
        )
        for name, n in zip(names, indexes, strict=True)
    ]


def test_channels_of_the_same_arrays_are_joined_under_their_names(open_dataset, pyramid):
    values = pyramid("stack", "zarr", channels=3)
    opened = open_dataset(w.dataset(*split(["dapi", "gfp", "dsred"], [0, 2, 1])))
    (layer,) = opened.layers
    assert layer.name == "stack"
    assert [one.name.value for one in layer.channels] == ["dapi", "dsred", "gfp"]
    assert [one.color.value for one in layer.channels] == [(0, 0, 255), (1, 0, 255), (2, 0, 255)]
    np.testing.assert_array_equal(layer[...], values[1, 1, 1])
    written = opened.datasource.data_layers
    assert [one.name for one in written] == ["dapi", "gfp", "dsred"]
    assert [one.mags[0].channel_index for one in written] == [0, 2, 1]


def test_numbered_channels_share_their_name(open_dataset, pyramid):
    pyramid("stack", "zarr", channels=2)
    opened = open_dataset(w.dataset(*split(["em", "em_2"])))
    assert list(opened) == ["em"]
    assert [one.name for one in opened.datasource.data_layers] == ["em", "em_2"]


@pytest.mark.parametrize(
    "change",
    [
        {"boundingBox": {"topLeft": [0, 0, 0], "width": 5, "height": 5, "depth": 5}},
        {"category": "segmentation"},
    ],
)
def test_channels_that_differ_in_more_stay_apart(open_dataset, pyramid, change):
    pyramid("stack", "zarr", channels=2)
    layers = split(["a", "b"])
    layers[1].update(change)
    assert len(open_dataset(w.dataset(*layers))) == 2


def test_the_same_channel_twice_stays_apart(open_dataset, pyramid):
    pyramid("stack", "zarr", channels=2)
    assert list(open_dataset(w.dataset(*split(["a", "b"], [0, 0])))) == ["a", "b"]


def test_channels_that_no_layer_shows_are_hidden_and_said(open_dataset, pyramid):
    pyramid("stack", "zarr", channels=3)
    layer = open_dataset(w.dataset(*split(["only"], [1])))["only"]
    assert [one.visible for one in layer.channels] == [False, True, False]
    assert "shows 1 of 3 channels" in " ".join(layer.notes)


def test_a_channel_that_is_not_there_is_said(open_dataset, pyramid):
    pyramid("stack", "zarr", channels=2)
    layer = open_dataset(w.dataset(*split(["far"], [9])))["far"]
    assert "channelIndex is none of the 2 channels" in " ".join(layer.notes)


def test_uint24_is_one_picture_of_red_green_and_blue(open_dataset, pyramid):
    values = pyramid("rgb", "zarr", channels=3)
    entry = w.layer("rgb", "zarr", elementClass="uint24", numChannels=3)
    opened = open_dataset(w.dataset(entry))
    layer = opened["rgb"]
    assert layer.notes == ()
    assert [one.color.value for one in layer.channels] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert {one.contrast_limits.value for one in layer.channels} == {(0, 255)}
    np.testing.assert_array_equal(layer[...], values[1, 1, 1])
    (written,) = opened.datasource.data_layers
    assert (written.name, written.element_class, written.num_channels) == ("rgb", "uint24", 3)
