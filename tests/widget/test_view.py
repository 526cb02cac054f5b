"""The traits of the view: what people may write, and what it becomes."""

import anywidget
import pytest
import traitlets
from tests.browser.volumes import shuffled, write_ome_zarr

import nb_remote as nbr


@pytest.fixture
def dataset(serve):
    omero = {"channels": [{"window": {"start": 0, "end": 100, "min": 0, "max": 255}}]}
    image = shuffled((2, 4, 8, 10), "uint8")
    labels = {"cells": [image[0]]}
    return nbr.open(serve(write_ome_zarr([image], "czyx", omero=omero, labels=labels)).url)


def test_it_starts_in_the_middle_of_the_bounding_box_and_fits_it(dataset):
    view = dataset.view()
    assert view.position == (5.0, 4.0, 2.5)
    assert view.slice == 2
    assert view.zoom is None
    assert view.contrast_limits == {"image": [(0.0, 100.0), None]}


def test_every_trait_may_be_given_when_it_is_made(dataset):
    view = dataset.view(position=(1, 2, 3.5), zoom=2, contrast_limits=(5, 10), height=300)
    assert (view.position, view.zoom, view.slice, view.height) == ((1, 2, 3.5), 2, 3, 300)
    assert view.contrast_limits == {"image": [(5.0, 10.0), (5.0, 10.0)]}


def test_slice_and_position_follow_each_other(dataset):
    view = dataset.view(slice=1)
    assert view.position == (5.0, 4.0, 1.5)
    view.slice = 3
    assert view.position == (5.0, 4.0, 3.5)
    view.position = (0.0, 0.0, 0.25)
    assert view.slice == 0


def test_the_slice_counts_along_the_axis_the_plane_is_cut_along(dataset):
    view = dataset.view(plane="xz", slice=6)
    assert view.position == (5.0, 6.5, 2.0)
    view.plane = "yz"
    assert (view.slice, view.position) == (5, (5.0, 6.5, 2.0))
    view.slice = 9
    assert view.position == (9.5, 6.5, 2.0)
    view.plane = "xy"
    assert view.slice == 2


def test_a_page_may_set_plane_and_position_together(dataset):
    view = dataset.view()
    view.set_state({"position": [1.5, 2.5, 3.5], "plane": "xz"})
    assert (view.position, view.slice) == ((1.5, 2.5, 3.5), 2)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((5, 10), [(5.0, 10.0), (5.0, 10.0)]),
        ({"image": (5, 10)}, [(5.0, 10.0), (5.0, 10.0)]),
        ({"image": [None, (1, 2)]}, [(0.0, 100.0), (1.0, 2.0)]),
        ({"image": [(7, 9)]}, [(7.0, 9.0), None]),
        ({}, [(0.0, 100.0), None]),
    ],
)
def test_contrast_limits_may_be_given_in_the_forms_people_use(dataset, given, kept):
    view = dataset.view()
    view.contrast_limits = given
    assert view.contrast_limits == {"image": kept}


@pytest.mark.parametrize(
    "given",
    [
        (10, 5),
        (1, float("nan")),
        "auto",
        {"nobody": (0, 1)},
        {"labels-cells": (0, 1)},
        {"image": [(0, 1)] * 3},
        {"image": [(0, 1, 2)]},
        None,
    ],
)
def test_other_contrast_limits_are_refused_with_a_reason(dataset, given):
    view = dataset.view()
    with pytest.raises(traitlets.TraitError, match=r"\w"):
        view.contrast_limits = given
    assert view.contrast_limits == {"image": [(0.0, 100.0), None]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position", (1, 2)),
        ("position", (1, 2, float("inf"))),
        ("zoom", 0),
        ("zoom", -1.0),
        ("zoom", float("nan")),
        ("height", 3),
        ("plane", "zy"),
        ("plane", None),
        ("hovered", None),
    ],
)
def test_impossible_values_are_refused(dataset, name, value):
    view = dataset.view()
    with pytest.raises(traitlets.TraitError, match=r"\w"):
        setattr(view, name, value)


def test_an_unknown_keyword_names_the_near_ones(dataset):
    with pytest.raises(TypeError, match=r"'contrast'.*contrast_limits"):
        dataset.view(contrast=(0, 1))


def test_the_synced_state_holds_no_address(serve):
    written = write_ome_zarr([shuffled((2, 3, 4), "uint8")], "zyx")
    server = serve(written, token="secret-token")
    view = nbr.open(f"{server.url}?token=secret-token").view()

    state = str(view.get_state())

    assert "secret-token" not in state
    assert server.host not in state


def test_the_names_of_the_traits_are_a_promise(dataset):
    own = set(dataset.view().traits()) - set(anywidget.AnyWidget.class_traits())
    assert own - {"_esm", "_css", "_anywidget_id"} == {
        "_scene",
        "_comm_id",
        "_problem",
        "_snapshots_kept",
        "position",
        "zoom",
        "slice",
        "plane",
        "contrast_limits",
        "visible",
        "opacity",
        "channels",
        "colors",
        "inverted",
        "extra_axes",
        "selected_segments",
        "hovered",
        "_hovered",
        "_told",
        "height",
    }


def test_making_a_view_reads_nothing(dataset):
    before = dataset.layers[0].source.meter.counts().requests
    dataset.view()
    assert dataset.layers[0].source.meter.counts().requests == before
