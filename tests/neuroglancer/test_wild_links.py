"""Links as they are found in publications, issues and code: not as viewers write them today."""

import json
from urllib.parse import quote

import pytest
from tests.neuroglancer.conftest import PAGE, nm

import nb_remote as nbr
from nb_remote.errors import InvalidAddress
from nb_remote.location.neuroglancer.link import link_of
from nb_remote.location.neuroglancer.read_state import read_state
from nb_remote.location.neuroglancer.sources import address_of_source
from nb_remote.location.neuroglancer.state import LinkSource
from nb_remote.location.neuroglancer.values import color

STATE = {"layers": [{"name": "em (raw)", "type": "image", "source": "gs://b/em"}]}
WRITTEN = f"{PAGE}#!{quote(json.dumps(STATE))}"
PLAIN = f"{PAGE}#!{json.dumps(STATE)}"


@pytest.mark.parametrize(
    "text",
    [
        f'"{WRITTEN}"',
        f"<{WRITTEN}>",
        f"({WRITTEN})",
        f"[the volume]({WRITTEN})",
        f"[the volume]({WRITTEN}).",
        f"{WRITTEN}.",
        f"{WRITTEN})",
        f"{WRITTEN}%7D"[:-3] + ",",
        f"'{PLAIN}'",
        f"{PLAIN}).",
        f"{PLAIN}`",
        f"!{json.dumps(STATE)}",
        f"#!{json.dumps(STATE)}",
        f"`{json.dumps(STATE)}`",
    ],
)
def test_what_stands_around_a_link_is_taken_away(text):
    link = link_of(text)
    assert link is not None
    assert link.state is not None
    assert link.state.document() == STATE


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f'"{PAGE}#!gs://b/main.json"', "gs://b/main.json"),
        (f"({PAGE}#!gs://b/main.json).", "gs://b/main.json"),
        (f"[it]({PAGE}#!middleauth+https://h.org/api/v1/12)", "middleauth+https://h.org/api/v1/12"),
        (f"{PAGE}#!https://h.org/api/v1/12.", "https://h.org/api/v1/12"),
        (f"{PAGE}#!https://h.org/s.json?sig=a.", "https://h.org/s.json?sig=a."),
        (f"{PAGE}?json_url=https://h.org/v1?id=12#!", "https://h.org/v1?id=12"),
        (f"{PAGE}?json_url=https://h.org/12#%21", "https://h.org/12"),
    ],
)
def test_what_stands_around_the_address_of_a_state_is_taken_away(text, address):
    link = link_of(text)
    assert link is not None
    assert link.address == address


def test_a_state_that_only_a_browser_keeps_is_named():
    with pytest.raises(InvalidAddress, match="kept in the browser that made it"):
        link_of(f"{PAGE}?local_id=0123456789abcdef")


@pytest.mark.parametrize("kind", ["segmentation_with_graph", "segmentation"])
def test_a_layer_of_a_graph_that_was_written_out_is_a_segmentation(opened, lab, kind):
    ds = opened(
        {
            "layers": [
                {
                    "name": "cells",
                    "type": kind,
                    "source": f"precomputed://{lab.url_of('cells')}",
                    "chunkedGraph": "https://h.org/segmentation/table/x",
                    "segments": ["648518346341388647"],
                }
            ]
        }
    )
    assert ds["cells"].category == "segmentation"
    assert ds.neuroglancer_state().to_dict()["layers"][0]["type"] == "segmentation"
    view = ds.view()
    assert view.selected_segments == {"cells": (648518346341388647,)}
    view.close()


def seg(name, **said):
    return {"name": name, "type": "segmentation", "source": "gs://b/s", **said}


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (  # colors come along unless it says otherwise
            [
                seg("a", segments=["1", "!2"], segmentColors={"1": "#ff0000"}, colorSeed=5),
                seg("b", linkedSegmentationGroup="a", segments=["9"], segmentColors={}),
            ],
            ((1,), (2,), ((1, (255, 0, 0)),), 5),
        ),
        (
            [
                seg("a", segments=["1"], segmentColors={"1": "#ff0000"}),
                seg(
                    "b",
                    linkedSegmentationGroup="a",
                    linkedSegmentationColorGroup=False,
                    segmentColors={"3": "#00ff00"},
                ),
            ],
            ((1,), (), ((3, (0, 255, 0)),), None),
        ),
        (  # colors alone
            [
                seg("a", segments=["1"], segmentColors={"1": "#ff0000"}),
                seg("b", linkedSegmentationColorGroup="a", segments=["4"]),
            ],
            ((4,), (), ((1, (255, 0, 0)),), None),
        ),
        (  # of one that is linked itself
            [
                seg("c", linkedSegmentationGroup="a"),
                seg("a", segments=["18446744073709551615"]),
                seg("b", linkedSegmentationGroup="c"),
            ],
            ((2**64 - 1,), (), (), None),
        ),
        (  # in a circle: what it says itself
            [
                seg("a", linkedSegmentationGroup="b", segments=["1"]),
                seg("b", linkedSegmentationGroup="a", segments=["2"]),
            ],
            ((1,), (), (), None),
        ),
        (  # of one that is not there
            [seg("b", linkedSegmentationGroup="nowhere", segments=["2"])],
            ((2,), (), (), None),
        ),
    ],
)
def test_linked_layers_share_their_segments_and_colors(layers, expected):
    one = next(one for one in read_state({"layers": layers}).layers if one.name == "b")
    found = (one.segments, one.hidden_segments, one.segment_colors, one.color_seed)
    assert found == expected


def test_layers_that_are_linked_are_opened_with_the_same_segments_and_leave_as_they_were(
    lab, opened
):
    source = f"precomputed://{lab.url_of('cells')}"
    state = {
        "layers": [
            seg("cells", source=source, segments=["7"], segmentColors={"7": "#ff0080"}),
            seg("again", source=source, linkedSegmentationGroup="cells"),
        ]
    }
    ds = opened(state)
    assert ds["again"].inferred.segment_colors == ((7, (255, 0, 128, 255)),)
    view = ds.view()
    assert view.selected_segments == {"cells": (7,), "again": (7,)}
    again = view.neuroglancer_state().to_dict()["layers"][1]
    view.close()
    assert again["linkedSegmentationGroup"] == "cells"
    assert "segments" not in again


@pytest.mark.parametrize(
    ("written", "rgb"),
    [
        ("tomato", (255, 99, 71)),
        ("HotPink", (255, 105, 180)),
        ("rebeccapurple", (102, 51, 153)),
        ("rgb(1, 20, 255)", (1, 20, 255)),
        ("rgb(1,20,256)", None),
        ("nocolor", None),
    ],
)
def test_colors_may_be_written_as_in_css(written, rgb):
    assert color(written) == rgb


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("precomputed:///data/em", "relative to the page of the viewer"),
        ("precomputed://../em", "relative to the page of the viewer"),
        ("precomputed://./em", "relative to the page of the viewer"),
        ("../em", "relative to the page of the viewer"),
        ("/em", "relative to the page of the viewer"),
        ("#precomputed://gs://b/em", "commented out"),
        ("catmaid://https://h.org/1/2", "CATMAID"),
        ("clio://https://h.org/x", "Clio"),
        ("tiff://https://h.org/x.tif", "TIFF"),
        ("precomputed://glance://b/em", "glance:// is not supported"),
        ("precomputed://tigerdata://b/em", r"s3\+https://td\.princeton\.edu/b/em"),
    ],
)
def test_sources_that_nobody_else_can_read_say_why(url, said):
    with pytest.raises(InvalidAddress, match=said):
        address_of_source(LinkSource(url=url))


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("graphene://https://h.org/table/x", "precomputed://gs://BUCKET/FOLDER"),
        ("boss://https://h.org/a/b/c", "s3://bossdb-open-data"),
        ("local://annotations", ""),
    ],
)
def test_where_the_same_data_may_lie_is_said(url, hint):
    with pytest.raises(InvalidAddress) as caught:
        address_of_source(LinkSource(url=url))
    assert hint in caught.value.hint if hint else caught.value.hint == ""


def test_a_bucket_of_another_server_as_cloudvolume_writes_it():
    source = LinkSource(url="precomputed://s3://https://h.org/bucket/em")
    assert address_of_source(source).location.display() == "s3+https://h.org/bucket/em"


def test_where_no_layer_opens_the_most_telling_reason_comes_first(lab, opened):
    state = {
        "layers": [
            {"name": "marks", "type": "annotation", "source": "local://annotations"},
            seg("graph", source="graphene://https://h.org/table"),
            {"name": "gone", "type": "image", "source": f"precomputed://{lab.url_of('gone')}"},
        ]
    }
    with pytest.raises(nbr.NotRecognised) as caught:
        opened(state)
    message = str(caught.value)
    assert message.startswith("nothing was found there")
    assert (
        "No other layer can be read either: marks (annotations are not shown), graph (a graph "
        "server (graphene) makes its segments on request)." in message
    )


def test_an_old_state_in_the_spelling_of_then_is_opened_with_all_it_says(lab):
    em, cells = (f"precomputed://{lab.url_of(one)}" for one in ("em", "cells"))
    text = (
        f"{PAGE}#!{{'layers':{{'corrected-image':{{'type':'image'_'source':'{em}'_'visible':false}}_"
        f"'ground_truth':{{'type':'segmentation'_'source':'{cells}'_'selectedAlpha':0.63_"
        "'segments':['3'_'18446744073709551615']}}_'navigation':{'pose':{'position':{'voxelSize':"
        "[4_4_40]_'voxelCoordinates':[110.5_208.25_35]}}_'zoomFactor':8}_'perspectiveZoom':340.5}"
    )
    ds = nbr.open(text, trusted_hosts=[lab.host])
    assert list(ds) == ["corrected-image", "ground_truth"]
    view = ds.view()
    assert view.position == (110.5, 208.25, 35.0)
    assert view.zoom == 0.5
    assert view.visible == {"corrected-image": False, "ground_truth": True}
    assert view.selected_segments == {"ground_truth": (3, 2**64 - 1)}
    view.close()
    state = ds.neuroglancer_state().to_dict()
    assert state["dimensions"] == nm(x=4, y=4, z=40)
    assert state["projectionScale"] == 340.5
    assert state["layers"][1]["segments"] == ["3", "18446744073709551615"]
