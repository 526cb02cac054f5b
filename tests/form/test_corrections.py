"""What a person corrects in a card shows in the card, in the JSON, on the canvas, and stays."""

import json

import numpy as np
import pytest
from tests.browser.volumes import shuffled, write_ome_zarr

IMAGE = shuffled((4, 8, 10), "uint8")
COARSE = shuffled((2, 4, 5), "uint16")


@pytest.fixture
def server(serve):
    em = write_ome_zarr([IMAGE], "zyx", name="em", labels={"cells": [IMAGE]})
    coarse = write_ome_zarr([COARSE], "zyx", name="coarse")
    objects = {f"em.zarr/{key}": value for key, value in em.items()}
    return serve(objects | {f"coarse.zarr/{key}": value for key, value in coarse.items()})


@pytest.fixture
def page(open_form, server):
    page = open_form()
    page.add(server.url_of("em.zarr"))
    page.settled()
    return page


@pytest.fixture
def two(page, server):
    """Two addresses: em with labels, and coarse."""
    page.add(server.url_of("coarse.zarr"))
    page.settled()
    return page


def layers(page):
    return json.loads(page.form._json)["dataLayers"]


def shown(page):
    return page.form._view.dataset


def test_a_voxel_size_shows_with_its_origin_in_the_json_and_on_the_canvas(page):
    assert page.correct("voxel_size", "4", "4", "40", "nanometer", layer=0) is None
    assert page.correct("voxel_size", "4", "4", "40", "nanometer", layer=1) is None

    assert page.fact("voxel size") == ("4 × 4 × 40 nm", "user")
    assert json.loads(page.form._json)["scale"] == {"factor": [4, 4, 40], "unit": "nanometer"}
    assert shown(page).voxel_size_nm_xyz == (4, 4, 40)


def test_a_corrected_value_can_be_taken_back(page):
    before = page.card()
    page.correct("voxel_size", "4", "4", "40", "nanometer")
    page.correct("name", "raw")
    assert page.parts("voxel size") == ("4", "4", "40", "nanometer")

    assert page.correct("voxel_size") is None
    assert page.fact("voxel size") == ("1 × 1 × 1 nm", "metadata")
    assert page.fact("name") == ("raw", "user")

    page.correct("name")
    assert page.card() == before


def test_an_assumed_value_is_confirmed_by_saying_it_again(page):
    assert page.fact("category") == ("color", "assumed")
    assert page.correct("category", *page.parts("category")) is None
    assert page.fact("category") == ("color", "user")


def test_what_the_canvas_does_not_draw_leaves_it_alone(page):
    view = page.form._view
    page.correct("category", "color")
    page.correct("largest_segment_id", "7", layer=1)
    page.ask("rename", name="other")
    assert page.form._view is view
    assert layers(page)[1]["largestSegmentId"] == 7
    assert page.fact("largest id", layer=1) == ("7", "user")


def test_contrast_and_colour_go_to_the_canvas_as_it_is(page):
    view = page.form._view
    page.correct("contrast", "10", "200")
    page.correct("color", "#ff8000")

    assert page.form._view is view
    assert view.contrast_limits["em"] == [(10.0, 200.0)]
    assert view.colors["em"] == ["#ff8000"]
    configuration = layers(page)[0]["defaultViewConfiguration"]
    assert configuration["intensityRange"] == [10, 200]
    assert configuration["color"] == [255, 128, 0]


def test_a_segmentation_becomes_an_image_and_back(page):
    page.correct("largest_segment_id", "7", layer=1)
    assert page.correct("category", "color", layer=1) is None
    assert [one["category"] for one in layers(page)] == ["color", "color"]
    assert shown(page).layers[1].category == "color"
    page.correct("category", "segmentation", layer=1)
    assert layers(page)[1]["category"] == "segmentation"
    assert page.form._view.opacity["labels-cells"] == 0.4


def test_other_axes_show_the_voxels_turned(page):
    assert page.correct("axes", "x", "y", "z") is None
    assert page.fact("axes") == ("x:4 y:8 z:10", "user")
    box = layers(page)[0]["boundingBox"]
    assert (box["width"], box["height"], box["depth"]) == (4, 8, 10)
    assert shown(page)["em"].axes == ("x", "y", "z")
    assert np.array_equal(shown(page)["em"][:], IMAGE)


def test_a_bounding_box_is_in_voxels_of_the_dataset(two):
    two.correct("voxel_size", "2", "2", "2", "nanometer", entry=2)
    assert two.parts("bounding box", entry=2) == ("0", "0", "0", "10", "8", "4")

    assert two.correct("bounding_box", "2", "0", "0", "8", "4", "2", entry=2) is None

    assert two.parts("bounding box", entry=2) == ("2", "0", "0", "8", "4", "2")
    box = {"topLeft": [2, 0, 0], "width": 8, "height": 4, "depth": 2}
    assert layers(two)[2]["boundingBox"] == box


def test_a_box_between_voxels_of_the_layer_is_refused(two):
    two.correct("voxel_size", "2", "2", "2", "nanometer", entry=2)
    refusal = two.correct("bounding_box", "1", "0", "0", "8", "4", "2", entry=2)
    assert (refusal["field"], refusal["entry"]) == ("layer", 2)
    assert "2 × 2 × 2" in refusal["problem"]["hint"]
    assert two.parts("bounding box", entry=2) == ("0", "0", "0", "10", "8", "4")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", ["a b"], "letters"),
        ("name", [" "], "name"),
        ("name", ["labels-cells"], "another layer"),
        ("category", ["picture"], "category"),
        ("voxel_size", ["1", "1", "0", "nanometer"], "larger than 0"),
        ("voxel_size", ["1", "1", "one", "nanometer"], "'one' is no number"),
        ("voxel_size", ["1", "1", "1", "cubit"], "unit"),
        ("voxel_size", ["1", "1", "", "nanometer"], "missing"),
        ("voxel_size", ["1"], "4 values"),
        ("voxel_size", ["inf", "1", "1", "nanometer"], "no number"),
        ("bounding_box", ["0", "0", "0", "10", "8", "0"], "larger than 0"),
        ("axes", ["z", "y", "y"], "name of its own"),
        ("axes", ["z", "y"], "2 names for 3"),
        ("contrast", ["9", "9"], "below"),
        ("color", ["red"], "#rrggbb"),
        ("largest_segment_id", ["7"], "only a segmentation"),
    ],
)
def test_what_can_not_be_is_refused_and_the_last_state_stays(page, field, value, said):
    before, view = page.form._json, page.form._view

    refusal = page.correct(field, *value)

    assert refusal["field"] == "layer"
    assert said in refusal["problem"]["text"]
    assert page.form._json == before
    assert page.form._view is view


@pytest.mark.parametrize("value", ["0", "256", "-1", "1.5", "9" * 30])
def test_an_id_that_the_type_can_not_hold_is_refused(page, value):
    assert page.correct("largest_segment_id", value, layer=1)["field"] == "layer"
    assert layers(page)[1].get("largestSegmentId") is None


def test_a_comma_in_a_number_is_explained(page):
    assert "4.5" in page.correct("voxel_size", "4,5", "1", "1", "nm")["problem"]["hint"]


def test_the_place_stays_on_the_layer_that_stands_still(two):
    view = two.form._view
    view.position, view.zoom = (3.0, 2.0, 1.5), 4.0

    two.correct("voxel_size", "0.5", "0.5", "0.5", "nanometer", entry=2)

    view = two.form._view
    # em's voxels are now two of the dataset's, and as large on the canvas as before
    assert (view.position, view.zoom) == ((6.0, 4.0, 3.0), 2.0)


def test_the_place_stays_on_the_voxel_when_the_only_layer_is_corrected(open_form, server):
    page = open_form(server.url_of("coarse.zarr"))
    page.until(lambda: page.form._view)
    page.form._view.position, page.form._view.zoom = (3.0, 2.0, 1.5), 4.0
    page.correct("voxel_size", "4", "4", "40", "nanometer")
    assert (page.form._view.position, page.form._view.zoom) == ((3.0, 2.0, 1.5), 4.0)


def test_layers_change_places_across_addresses(two):
    assert two.ask("move_layer", entry=2, layer=0, up=True) is None
    assert [one["name"] for one in layers(two)] == ["em", "coarse", "labels-cells"]
    assert list(shown(two)) == ["em", "coarse", "labels-cells"]
    assert [(one["entry"], one["layer"]) for one in two.state["order"]] == [(1, 0), (2, 0), (1, 1)]

    two.ask("move_layer", entry=1, layer=0, up=True)  # at the top already
    two.ask("move_layer", entry=1, layer=0, up=False)
    assert list(shown(two)) == ["coarse", "em", "labels-cells"]


def test_corrections_and_order_stay_when_others_come_and_go(page, server):
    page.correct("name", "raw")
    page.correct("contrast", "3", "5")
    page.ask("move_layer", entry=1, layer=1, up=True)
    page.add(server.url_of("coarse.zarr"))
    page.settled()
    page.ask("remove", entry=2)

    assert list(shown(page)) == ["labels-cells", "raw"]
    assert page.form._view.contrast_limits["raw"] == [(3.0, 5.0)]


def test_looking_again_keeps_what_was_said_of_layers_that_are_still_there(page, server):
    page.correct("name", "raw")
    page.correct("name", "cells", layer=1)
    for key in [one for one in server.content if one.startswith("em.zarr/labels")]:
        del server.content[key]

    page.ask("retry", entry=1)
    page.settled()

    assert list(shown(page)) == ["raw"]
    assert page.fact("name") == ("raw", "user")


def test_an_address_added_again_after_a_failure_keeps_what_was_said(page, server):
    page.correct("name", "raw")
    server.fail("*", "500")
    page.ask("retry", entry=1)
    assert page.settled()["status"] == "failed"
    server.heal()
    page.add(server.url_of("em.zarr"))
    page.settled()
    assert page.layer_names == ["raw", "labels-cells"]


def test_a_layer_that_can_not_be_read_stays_listed_and_can_not_be_corrected(open_form, serve):
    objects = write_ome_zarr([IMAGE], "zyx", labels={"cells": [IMAGE]})
    objects["labels/cells/0/.zarray"] = b"{}"
    page = open_form()
    page.add(serve({f"em/{k}": v for k, v in objects.items()}).url_of("em"))
    _, bad = page.settled()["layers"]
    assert not bad["usable"]
    assert bad["problem"]["text"]

    refusal = page.correct("name", "x", layer=bad["index"])

    assert "can't be read" in refusal["problem"]["text"]
    page.ask("move_layer", entry=1, layer=bad["index"], up=True)
    assert [one["layer"] for one in page.state["order"]] == [1, 0]


def test_a_corrected_dataset_is_what_is_imported(two):
    two.correct("name", "raw")
    two.correct("voxel_size", "2", "2", "2", "nanometer", entry=2)
    two.ask("move_layer", entry=2, layer=0, up=True)
    two.ask("import", name="cortex")
    two.until(lambda: two.form.dataset is not None)

    dataset = two.form.dataset
    assert list(dataset) == ["raw", "coarse", "labels-cells"]
    assert dataset["coarse"].mags == ((2, 2, 2),)
    assert np.array_equal(dataset["raw"][:], IMAGE)
    assert "imported" in two.correct("name", "x")["problem"]["text"]
