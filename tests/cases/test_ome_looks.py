"""Cases 23 to 32: channels, versions, labels and collections of OME-Zarr."""

import pytest
from tests.cases.unlike import unlike_webknossos
from tests.ome.written import with_zarr_python
from tests.volumes.documents import documents, multiscale_of

import nb_remote as nbr


def image_with(omero, channels=1, dtype="<u2"):
    return documents("cyx", shapes=[(channels, 8, 10)], omero=omero, dtype=dtype)


def view_of(dataset, number=0):
    return dataset.datasource.to_dict()["dataLayers"][number]["defaultViewConfiguration"]


def on_zarr3(attributes):
    """An image of one level on Zarr v3 with these attributes."""
    return {
        "zarr.json": {"zarr_format": 3, "node_type": "group", "attributes": attributes},
        "0/zarr.json": {
            "zarr_format": 3,
            "node_type": "array",
            "shape": [4, 8, 16],
            "data_type": "uint8",
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 8, 8]}},
            "chunk_key_encoding": {"name": "default"},
            "fill_value": 0,
            "codecs": [{"name": "bytes"}],
        },
    }


@unlike_webknossos
def test_case_23_channels_that_omero_does_not_reach_get_what_is_usual(opened):
    omero = {"channels": [{"label": "DAPI", "color": "0000FF"}]}
    first, second, third = opened(image_with(omero, channels=3)).layers[0].channels
    assert (first.name.value, first.color.value) == ("DAPI", (0, 0, 255))
    assert (first.name.origin, first.color.origin) == ("metadata", "metadata")
    assert (second.name.value, second.color.value) == ("channel 1", (0, 255, 0))
    assert (third.name.value, third.color.value) == ("channel 2", (0, 0, 255))
    assert (third.name.origin, third.color.origin) == ("assumed", "assumed")


@unlike_webknossos
def test_case_24_a_window_without_its_ends_is_used_as_far_as_it_goes(opened):
    omero = {"channels": [{"label": "a", "window": {"start": 3, "end": 90}}]}
    (channel,) = opened(image_with(omero)).layers[0].channels
    assert channel.contrast_limits.value == (3, 90)
    assert channel.contrast_limits.origin == "metadata"
    assert channel.contrast_range is None


@unlike_webknossos
def test_case_24_omero_without_channels_is_as_none(opened):
    (channel,) = opened(image_with({"id": 1, "rdefs": {"model": "color"}})).layers[0].channels
    assert channel.name.origin == "assumed"
    assert channel.contrast_limits is None


@pytest.mark.parametrize(
    ("color", "rgb"),
    [("FF0000", [255, 0, 0]), ("#FF0000", [255, 0, 0]), ("not a colour", [255, 255, 255])],
)
def test_case_25_colours_with_and_without_a_hash_and_those_that_are_none(opened, color, rgb):
    dataset = opened(image_with({"channels": [{"label": "a", "color": color}]}))
    assert view_of(dataset)["color"] == rgb


def test_case_26_what_is_not_active_is_disabled_and_what_is_inverted_stays_so(opened):
    omero = {
        "channels": [
            {"label": "a", "color": "FF0000", "active": False, "inverted": True},
            {"label": "b", "color": "00FF00", "active": True, "inverted": False},
        ]
    }
    dataset = opened(image_with(omero, channels=2))
    first, second = view_of(dataset, 0), view_of(dataset, 1)
    assert (first["isDisabled"], first["isInverted"]) == (True, True)
    assert (second["isDisabled"], second["isInverted"]) == (False, False)


def test_case_27_a_name_loses_its_spaces(opened):
    omero = {"channels": [{"label": "Channel 1"}, {"label": "Channel 2"}]}
    dataset = opened(image_with(omero, channels=2))
    assert [one.name for one in dataset.datasource.data_layers] == ["Channel1", "Channel2"]


RGB = {
    "channels": [
        {"label": c, "color": h} for c, h in zip("RGB", ("F00", "0F0", "00F"), strict=True)
    ]
}


def test_case_28_red_green_and_blue_are_three_layers_as_long_as_nobody_says_more(opened):
    dataset = opened(image_with(RGB, channels=3, dtype="|u1"))
    layers = dataset.datasource.to_dict()["dataLayers"]
    assert [one["name"] for one in layers] == ["R", "G", "B"]
    assert [one["mags"][0]["channelIndex"] for one in layers] == [0, 1, 2]
    assert {one["elementClass"] for one in layers} == {"uint8"}


@unlike_webknossos
def test_case_28_they_can_be_merged_into_one_picture(opened):
    dataset = opened(image_with(RGB, channels=3, dtype="|u1"))
    merged = dataset.corrected("image.zarr", is_rgb=True)
    (layer,) = merged.datasource.to_dict()["dataLayers"]
    assert (layer["elementClass"], layer["numChannels"]) == ("uint24", 3)
    assert "channelIndex" not in layer["mags"][0]


ATTRIBUTES = multiscale_of(documents("zyx", shapes=[(4, 8, 16)]))


@unlike_webknossos
def test_case_29_version_0_5_that_does_not_say_so_is_read_and_flagged(opened):
    multiscale = {key: one for key, one in ATTRIBUTES.items() if key != "version"}
    (layer,) = opened(on_zarr3({"ome": {"multiscales": [multiscale]}})).layers
    assert layer.voxel_size_nm_xyz == (1, 1, 1)
    assert any("version" in note for note in layer.notes)


@unlike_webknossos
def test_case_30_keys_of_0_4_on_zarr_v3_are_read_and_flagged(opened):
    (layer,) = opened(on_zarr3({"multiscales": [ATTRIBUTES]})).layers
    assert layer.shape == (4, 8, 16)
    assert "the metadata lie beside 'ome' in zarr.json, as before OME-Zarr 0.5" in layer.notes


@unlike_webknossos
def test_case_31_labels_of_0_5_are_found(serve):
    dataset = nbr.open(serve(with_zarr_python()).url_of("image.zarr"))
    assert dataset["labels-cells"].category == "segmentation"
    assert dataset["labels-cells"].inferred.category.origin == "metadata"


PLANE = documents("yx", shapes=[(8, 8)])


def placed(folder):
    return {f"{folder}/{key}": one for key, one in PLANE.items()}


@unlike_webknossos
def test_case_32_of_a_plate_wells_are_shown_and_the_rest_is_named(opened):
    wells = [f"A/{n}" for n in range(1, 19)]
    plate = {".zattrs": {"plate": {"version": "0.4", "wells": [{"path": one} for one in wells]}}}
    for well in wells:
        plate[f"{well}/.zattrs"] = {"well": {"images": [{"path": "0"}, {"path": "1"}]}}
        plate |= placed(f"{well}/0")
    dataset = opened(plate)
    assert list(dataset) == [f"A-{n}-0" for n in range(1, 17)]
    notes = " ".join(dataset.layers[0].notes)
    assert "a plate of 18 wells" in notes
    assert "A/17" in notes


@unlike_webknossos
def test_case_32_of_a_series_every_image_is_a_layer(opened):
    series = {
        ".zattrs": {"bioformats2raw.layout": 3},
        "OME/.zattrs": {"series": ["0", "1"]},
        **placed("0"),
        **placed("1"),
    }
    assert len(opened(series)) == 2
