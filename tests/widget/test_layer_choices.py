"""Traits that name layers: what is given is laid over what is there, and nothing is guessed."""

import numpy as np
import pytest
import traitlets
from tests.browser.volumes import shuffled, write_ome_zarr

import nb_remote as nbr

NAMES = ("image", "labels-cells")


@pytest.fixture
def dataset(serve):
    omero = {"channels": [{"color": "00FF00"}, {"color": "FF0000", "active": False}]}
    image = shuffled((5, 2, 4, 8, 10), "uint8")
    labels = {"cells": [np.zeros((4, 8, 10), "uint64")]}
    written = write_ome_zarr([image], "tczyx", omero=omero, labels=labels)
    return nbr.open(serve(written).url)


@pytest.fixture
def view(dataset):
    return dataset.view()


def test_they_begin_complete_with_what_the_data_say(view):
    assert view.visible == {"image": True, "labels-cells": True}
    assert view.opacity == {"image": 1.0, "labels-cells": 0.4}
    assert view.channels == {"image": [True, False]}
    assert view.colors == {"image": ["#00ff00", "#ff0000"]}
    assert view.inverted == {"image": [False, False]}
    assert view.extra_axes == {"t": 0}
    assert view.selected_segments == {"labels-cells": ()}
    assert view.hovered is None


@pytest.mark.parametrize(
    ("trait", "given", "kept"),
    [
        ("visible", {"image": False}, {"image": False, "labels-cells": True}),
        ("visible", {"image": np.bool_(0)}, {"image": False, "labels-cells": True}),
        ("opacity", {"labels-cells": 1}, {"image": 1.0, "labels-cells": 1.0}),
        ("channels", {"image": [None, True]}, {"image": [True, True]}),
        ("channels", {"image": False}, {"image": [False, False]}),
        ("inverted", {"image": [True]}, {"image": [True, False]}),
        ("colors", {"image": "FF00AA"}, {"image": ["#ff00aa", "#ff00aa"]}),
        ("colors", {"image": (0, 1, 255)}, {"image": ["#0001ff", "#0001ff"]}),
        ("colors", {"image": [None, (9, 8, 7)]}, {"image": ["#00ff00", "#090807"]}),
        ("extra_axes", {"t": 4}, {"t": 4}),
        ("extra_axes", {"t": np.int64(3)}, {"t": 3}),
        ("opacity", {}, {"image": 1.0, "labels-cells": 0.4}),
    ],
)
def test_what_is_named_changes_and_the_rest_stays(view, dataset, trait, given, kept):
    setattr(view, trait, given)
    assert getattr(view, trait) == kept
    assert getattr(dataset.view(**{trait: given}), trait) == kept


def test_changes_add_up_also_in_one_message(view):
    view.opacity = {"image": 0.5}
    view.set_state({"opacity": {"labels-cells": 0.25}, "visible": {"image": False}})
    assert view.opacity == {"image": 0.5, "labels-cells": 0.25}
    with view.hold_trait_notifications():
        view.opacity = {"image": 0.75}
    assert view.opacity == {"image": 0.75, "labels-cells": 0.25}


@pytest.mark.parametrize(
    ("trait", "given", "said"),
    [
        ("visible", {"em": True}, "no layer 'em'; there are 'image', 'labels-cells'"),
        ("visible", {"image": 1}, "visible of 'image'.*True or False"),
        ("visible", {"image": "no"}, "True or False"),
        ("opacity", {"image": 1.5}, "from 0 to 1"),
        ("opacity", {"image": float("nan")}, "from 0 to 1"),
        ("opacity", {"image": True}, "from 0 to 1"),
        ("opacity", 0.5, "a dict"),
        ("channels", {"labels-cells": True}, "no image layer 'labels-cells'; there are 'image'"),
        ("channels", {"image": [True] * 3}, "2 channels"),
        ("colors", {"image": "red"}, "#rrggbb"),
        ("colors", {"image": (0, 0, 256)}, "#rrggbb"),
        ("inverted", {"image": [0, 1]}, "True or False"),
        ("extra_axes", {"time": 1}, "no axis 'time'; there are 't'"),
        ("extra_axes", {"t": 5}, "from 0 to 4"),
        ("extra_axes", {"t": -1}, "from 0 to 4"),
        ("extra_axes", {"t": 1.0}, "from 0 to 4"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(view, trait, given, said):
    before = getattr(view, trait)
    with pytest.raises(traitlets.TraitError, match=said):
        setattr(view, trait, given)
    assert getattr(view, trait) == before
