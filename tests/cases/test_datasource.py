"""Cases 72 to 78: datasets of WEBKNOSSOS, their JSON, and what the form takes."""

import json

import numpy as np
import pytest
from tests.cases.conftest import written
from tests.cases.unlike import unlike_webknossos
from tests.precomputed.written import below, labels, scale
from tests.precomputed.written import write as precomputed
from tests.webknossos import written as w

import nb_remote as nbr


@pytest.fixture
def dataset_of(serve, tmp_path):
    """``dataset_of(document)`` serves it with the arrays in ``tmp_path / "ds"``."""

    def open_(document):
        return nbr.open(serve(w.written(document, tmp_path)).url_of("ds"))

    return open_


@pytest.mark.parametrize("path", ["./color/{}", None], ids=["path", "no path"])
@pytest.mark.parametrize("cubic", ["2", "2-2-2"])
def test_case_72_mags_lie_where_their_path_says_or_in_the_folder_of_their_name(
    dataset_of, tmp_path, path, cubic
):
    fine, coarse = w.voxels(), w.voxels()[:, ::2, ::2, ::2].copy()
    w.write_array(tmp_path / "ds/color/1", "zarr", fine)
    w.write_array(tmp_path / "ds/color" / cubic, "zarr", coarse)
    mags = [
        w.mag([1, 1, 1], path and path.format("1")),
        w.mag([2, 2, 2], path and path.format(cubic)),
    ]
    layer = dataset_of(w.dataset(w.layer("color", "zarr", mags=mags)))["color"]
    assert layer.mags == ((1, 1, 1), (2, 2, 2))
    assert layer.bounding_box == ((2, 3, 4), (32, 23, 14))
    np.testing.assert_array_equal(layer.levels[0][...], fine)
    np.testing.assert_array_equal(layer.levels[1][...], coarse)


@unlike_webknossos
def test_case_73_a_layer_that_can_not_be_read_leaves_the_others(dataset_of, tmp_path):
    w.write_array(tmp_path / "ds/color/1", "zarr", w.voxels())
    w.write_array(tmp_path / "ds/em/1", "n5", w.voxels("uint16"))
    n5 = [w.mag([1, 1, 1], "em/1", axisOrder=w.XYZ)]
    dataset = dataset_of(
        w.dataset(
            w.layer("color", "zarr", mags=[w.mag([1, 1, 1], "color/1")]),
            w.layer("em", "n5", elementClass="uint16", mags=n5),
            w.layer("old", "wkw"),
        )
    )
    assert list(dataset) == ["color", "em"]
    assert [one.name for one in dataset.broken] == ["old"]
    assert "WKW" in str(dataset.broken[0].problem)


IDS = labels((21, 17, 11, 1), "uint32")


@pytest.fixture
def form(open_form, serve):
    """A form in which one segmentation of uint32 was found."""
    stored = below("cells", precomputed(scale(key="s"), data=[IDS], kind="segmentation"))
    page = open_form()
    page.add(serve(stored).url_of("cells"))
    page.settled()
    return page


def correct(page, field, *value):
    """Type a property of the only layer; return what is refused, or None."""
    number = page.entries[0]["number"]
    refused = page.ask("correct", entry=number, layer=0, field=field, channel=0, value=list(value))
    return refused and refused["problem"]["text"]


def json_of(page):
    (layer,) = json.loads(page.form._json)["dataLayers"]
    return layer


@pytest.mark.parametrize("name", ["a/b", "a b", "", ".a"])
def test_case_74_names_that_webknossos_does_not_take_are_refused(form, name):
    assert correct(form, "name", name)
    assert json_of(form)["name"] == "cells"
    assert correct(form, "name", "cells_1.A-b$") is None
    assert json_of(form)["name"] == "cells_1.A-b$"


def largest(page):
    """What the form shows of the largest id: value, origin, note."""
    facts = page.entries[0]["layers"][0]["facts"]
    (fact,) = [one for one in facts if one["edit"] and one["edit"]["field"] == "largest_segment_id"]
    return fact["value"], fact["origin"], fact["note"]


def test_case_75_the_largest_id_lies_above_0_and_below_2_to_the_power_of_its_bits(form):
    for wrong in ("0", "4294967296"):
        said = correct(form, "largest_segment_id", wrong)
        assert said is not None
        assert "between 1 and 4294967295" in said
    assert correct(form, "largest_segment_id", "4294967294") is None
    assert json_of(form)["largestSegmentId"] == 4294967294
    assert correct(form, "largest_segment_id", "4294967295") is None
    assert "none is left" in largest(form)[2]


def test_case_75_without_a_largest_id_that_is_said_and_the_json_has_null(form):
    assert json_of(form)["largestSegmentId"] is None
    assert largest(form)[1:] == ("assumed", "the metadata don't state it")


def test_case_75_a_file_that_states_an_impossible_id_is_opened_without_it(dataset_of, tmp_path):
    w.write_array(tmp_path / "ds/cells/1", "zarr", w.voxels("uint32"))
    entry = w.layer("cells", "zarr", mags=[w.mag([1, 1, 1], "cells/1")])
    entry |= {"category": "segmentation", "elementClass": "uint32", "largestSegmentId": 2**32}
    dataset = dataset_of(w.dataset(entry))
    known = dataset["cells"].inferred.largest_segment_id
    assert (known.value, known.origin) == (None, "assumed")
    assert known.note == "the metadata say 4294967296, which uint32 can't hold"
    assert written(dataset)["largestSegmentId"] is None


@pytest.mark.parametrize("side", [3, 4, 5])
def test_case_76_a_box_without_extent_is_refused(form, side):
    box = ["0", "0", "0", "21", "17", "11"]
    box[side] = "0"
    said = correct(form, "bounding_box", *box)
    assert said is not None
    assert "larger than 0" in said
    assert json_of(form)["boundingBox"]["width"] == 21


@unlike_webknossos
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"version": 1', '"version": '),
        ('"category": "segmentation"', '"category": "cells"'),
        ('"width": 21', '"width": 0'),
    ],
)
def test_case_77_json_that_is_wrong_changes_nothing_and_says_where(form, right, wrong):
    before, view = form.form._json, form.form._view
    assert right in before
    refused = form.ask("edit_json", text=before.replace(right, wrong))
    assert refused["field"] == "json"
    assert all(one["line"] >= 1 and one["text"] for one in refused["json"])
    assert refused["json"]
    assert form.form._json == before
    assert form.form._view is view


def test_case_77_json_that_is_right_is_taken(form):
    assert form.ask("edit_json", text=form.form._json.replace('"cells"', '"neurons"')) is None
    assert json_of(form)["name"] == "neurons"


# What `webknossos` 4.3.3 writes after it has read what is written here.
BY_WEBKNOSSOS = """
{"id": {"name": "abc", "team": ""},
 "scale": {"factor": [4.0, 4.0, 40.0], "unit": "nanometer"},
 "dataLayers": [{
   "name": "cells", "category": "segmentation",
   "boundingBox": {"topLeft": [0, 0, 0], "width": 21, "height": 17, "depth": 11},
   "dataFormat": "neuroglancerPrecomputed",
   "mags": [{"mag": [1, 1, 1], "path": "HERE/cells/s", "axisOrder": {"x": 0, "y": 1, "z": 2}}],
   "largestSegmentId": 4294967294, "numChannels": 1, "elementClass": "uint32"}],
 "version": 1}
"""


def test_case_78_what_the_webknossos_package_writes_of_it_is_the_same_dataset(serve):
    server = serve(below("cells", precomputed(scale(key="s"), data=[IDS], kind="segmentation")))
    first = nbr.open(server.url_of("cells")).corrected("cells", largest_segment_id=4294967294)
    ours = first.named("abc").datasource.to_dict()
    theirs = json.loads(BY_WEBKNOSSOS.replace("HERE", server.url))
    for layer in (*ours["dataLayers"], *theirs["dataLayers"]):
        for optional in ("numChannels", "additionalAxes", "defaultViewConfiguration"):
            layer.pop(optional, None)
    assert ours == theirs
    again = nbr.open(
        nbr.DataSource.from_json(BY_WEBKNOSSOS.replace("HERE", server.url)),
        trusted_hosts=[server.host],
    )
    np.testing.assert_array_equal(again["cells"][...], IDS[..., 0])


@pytest.mark.parametrize("size", [[4, 4, 40], {"factor": [4, 4, 40], "unit": "nanometer"}])
def test_case_78_the_scale_is_a_list_or_an_object(dataset_of, tmp_path, size):
    w.write_array(tmp_path / "ds/color/1", "zarr", w.voxels())
    layer = w.layer("color", "zarr", mags=[w.mag(1, "color/1")])
    dataset = dataset_of(w.dataset(layer, scale=size))
    assert dataset.voxel_size_nm_xyz == (4, 4, 40)
    written = dataset.datasource.to_dict()["scale"]
    assert written == {"factor": [4, 4, 40], "unit": "nanometer"}


def test_case_78_the_order_of_the_axes_is_equal_in_all_mags(dataset_of, tmp_path):
    w.write_array(tmp_path / "ds/color/1", "zarr", w.voxels())
    w.write_array(tmp_path / "ds/color/2", "zarr", w.voxels()[:, ::2, ::2, ::2].copy())
    mags = [w.mag(1, "color/1"), w.mag(2, "color/2")]
    (layer,) = dataset_of(w.dataset(w.layer("color", "zarr", mags=mags))).datasource.data_layers
    orders = [one.to_dict()["axisOrder"] for one in layer.mags]
    assert orders == [{"x": 1, "y": 2, "z": 3, "c": 0}] * 2
