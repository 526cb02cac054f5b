"""Selected ids and values under the pointer are exact, from the page's text to Python's ints."""

import json

import numpy as np
import pytest
import traitlets
from tests.browser.volumes import shuffled, write_ome_zarr

import nb_remote as nbr
from nb_remote.widget.segments import Hovered

LAYER = "labels-cells"
HUGE = 2**53 + 1


@pytest.fixture
def view(serve):
    image = shuffled((2, 4, 8, 10), "float32")
    labels = {"cells": [np.zeros((4, 8, 10), "uint64")]}
    return nbr.open(serve(write_ome_zarr([image], "czyx", labels=labels)).url).view()


def test_ids_go_to_the_page_as_text_and_come_back_exact(view):
    view.selected_segments = {LAYER: [np.uint64(2**64 - 1), HUGE, HUGE]}

    sent = json.loads(json.dumps(view.get_state("selected_segments")))
    assert sent == {"selected_segments": {LAYER: [str(2**64 - 1), str(HUGE)]}}
    view.selected_segments = {LAYER: ()}
    view.set_state(sent)
    assert view.selected_segments == {LAYER: (2**64 - 1, HUGE)}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({LAYER: [0]}, "background"),
        ({LAYER: [-1]}, "whole uint64"),
        ({LAYER: [2**64]}, "whole uint64"),
        ({LAYER: [1.0]}, "whole uint64"),
        ({LAYER: ["1"]}, "whole uint64"),
        ({LAYER: 7}, "must be ids"),
        ({LAYER: "7"}, "must be ids"),
        ({"image": [1]}, f"no segmentation layer 'image'; there are '{LAYER}'"),
        ([7], "a dict"),
    ],
)
def test_what_is_no_id_is_refused(view, given, said):
    with pytest.raises(traitlets.TraitError, match=said):
        view.selected_segments = given
    assert view.selected_segments == {LAYER: ()}


@pytest.mark.parametrize("sent", [[1], {LAYER: ["x"]}, {LAYER: 5}, None])
def test_a_page_that_sends_no_ids_changes_nothing(view, sent):
    view.selected_segments = {LAYER: [3]}
    with pytest.raises(traitlets.TraitError):
        view.set_state({"selected_segments": sent})
    assert view.selected_segments == {LAYER: (3,)}


def test_the_pointer_is_mirrored_with_exact_values(view):
    sent = {
        "position": [1.5, 2.5, 3.5],
        "values": {"image": ["0.25", None], LAYER: [str(HUGE)], "stranger": ["1"]},
        "levels": {"image": 0, LAYER: 2},
    }
    view.set_state({"_hovered": sent})

    assert view.hovered == Hovered(
        position=(1.5, 2.5, 3.5),
        values={"image": (0.25, None), LAYER: HUGE},
        levels={"image": 0, LAYER: 2},
    )
    with pytest.raises(traitlets.TraitError, match="read-only"):
        view.hovered = None
    view.set_state({"_hovered": None})
    assert view.hovered is None


@pytest.mark.parametrize(
    "broken",
    [
        {"position": [1, 2]},
        {"position": None},
        {"values": {LAYER: ["1e3"]}},
        {"values": []},
        {"levels": {LAYER: "fine"}},
        {"levels": None},
    ],
)
def test_nonsense_about_the_pointer_is_nothing(view, broken):
    good = {"position": [1, 2, 3], "values": {LAYER: ["1"]}, "levels": {LAYER: 0}}
    view.set_state({"_hovered": good})
    assert view.hovered is not None
    view.set_state({"_hovered": good | broken})
    assert view.hovered is None
