"""The JSON of a dataset is edited as text; and the code that makes the same dataset."""

import json
import runpy

import numpy as np
import pytest
from tests.browser.volumes import shuffled, write_ome_zarr

IMAGE = shuffled((4, 8, 10), "uint8")
SECRET = "hush-code-word"


@pytest.fixture
def objects():
    em = write_ome_zarr([IMAGE], "zyx", name="em", labels={"cells": [IMAGE]})
    return {f"em.zarr/{key}": value for key, value in em.items()}


@pytest.fixture
def page(open_form, serve, objects):
    page = open_form(serve(objects).url_of("em.zarr"))
    page.until(lambda: page.statuses == ["found"])
    return page


def edited(page, change):
    """Change the JSON of the form as one would in its text; return the refusal."""
    document = json.loads(page.form._json)
    change(document)
    return page.ask("edit_json", text=json.dumps(document, indent=2))


def test_an_edit_shows_in_the_cards_and_on_the_canvas(page):
    def change(document):
        document["scale"]["factor"] = [4, 4, 40]
        document["dataLayers"][0]["name"] = "raw"
        document["dataLayers"][1]["largestSegmentId"] = 9

    assert edited(page, change) is None

    assert page.fact("voxel size") == ("4 × 4 × 40 nm", "user")
    assert page.fact("name") == ("raw", "user")
    assert page.fact("largest id", layer=1) == ("9", "user")
    assert page.form._view.dataset["raw"].voxel_size_nm_xyz == (4, 4, 40)


def test_an_edit_adds_to_what_was_said_in_the_cards(page):
    page.correct("contrast", "3", "5")
    assert edited(page, lambda document: document["id"].update(name="cortex")) is None
    assert page.state["name"] == "cortex"
    assert page.fact("contrast") == ("3 to 5", "user")


def test_layers_are_ordered_and_removed_in_the_text(page):
    assert edited(page, lambda document: document["dataLayers"].reverse()) is None
    assert list(page.form._view.dataset) == ["labels-cells", "em"]
    assert edited(page, lambda document: document["dataLayers"].pop(1)) is None
    assert page.layer_names == ["labels-cells"]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"category": "color"', '"category": "colour"', "dataLayers[0].category"),
        ('"dataFormat": "zarr"', '"dataFormat": "n5"', "dataLayers[0].dataFormat"),
        ('"width": 10', '"width": 0', "dataLayers[0].boundingBox.width"),
        ('"scale": {', '"scale": ', ""),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_changes_nothing(page, old, new, path):
    before, view = page.form._json, page.form._view
    line = before[: before.index(old)].count("\n") + 1

    refusal = page.ask("edit_json", text=before.replace(old, new, 1))

    assert refusal["field"] == "json"
    first = refusal["json"][0]
    assert first["path"] == path
    assert first["line"] in ((line,) if path else (line, line + 1))
    assert first["text"]
    assert (page.form._json, page.form._view) == (before, view)


def test_the_json_of_nothing_can_not_be_edited(open_form):
    assert open_form().ask("edit_json", text="{}")["field"] == "json"


def test_the_code_makes_the_same_dataset(page, tmp_path):
    page.correct("name", "raw")
    page.correct("voxel_size", "4", "4", "40", "nanometer")
    page.correct("contrast", "3", "5")
    page.ask("move_layer", entry=1, layer=0, up=False)
    page.ask("rename", name="cortex")
    path = tmp_path / "code.py"
    path.write_text(page.form._code)

    ds = runpy.run_path(str(path))["ds"]

    assert list(ds) == ["labels-cells", "raw"]
    assert json.loads(ds.datasource.json()) == json.loads(page.form._json)
    assert np.array_equal(ds["raw"][:], IMAGE)


def test_the_code_leaves_out_what_was_removed(page, tmp_path):
    page.ask("remove_layer", entry=1, layer=1)
    path = tmp_path / "code.py"
    path.write_text(page.form._code)
    assert list(runpy.run_path(str(path))["ds"]) == ["em"]


def test_the_code_asks_for_what_is_secret(open_form, serve, objects):
    server = serve(objects, basic_auth=("me", SECRET))
    page = open_form()
    page.add(server.url_of("em.zarr"), kind="basic", name="me", secret=SECRET)
    page.settled()
    assert "getpass" in page.form._code
    assert SECRET not in page.form._code
    page.ask("import", name="cortex")
    page.until(lambda: page.form.dataset is not None)
    assert page.form.dataset.python() == page.form._code
