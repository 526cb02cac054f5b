"""The form's kernel side, against real servers: what a person does, and what they are told."""

import asyncio
import json
import threading

import pytest
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.volumes.documents import PATH, documents, files

import nb_remote as nbr

IMAGE = shuffled((4, 8, 10), "uint8")


def image(**options):
    return write_ome_zarr([IMAGE], "zyx", **options)


@pytest.fixture
def server(serve):
    return serve({f"em.zarr/{key}": value for key, value in image(name="em").items()})


def facts(layer):
    return {fact["label"]: (fact["value"], fact["origin"]) for fact in layer["facts"]}


def test_an_address_becomes_a_card_with_origins_a_json_and_a_canvas(open_form, server):
    page = open_form()

    assert page.add(server.url_of("em.zarr")) is None
    entry = page.settled()

    assert (entry["status"], entry["where"]) == ("found", server.url_of("em.zarr"))
    assert entry["format"].startswith("OME-Zarr 0.4")
    assert entry["requests"] == len(server.requests)
    (layer,) = entry["layers"]
    assert (layer["name"], layer["kind"]) == ("em", "color")
    assert facts(layer)["voxel size"] == ("1 × 1 × 1 nm", "metadata")
    assert facts(layer)["data type"] == ("uint8", "metadata")
    assert json.loads(page.form._json)["dataLayers"][0]["name"] == "em"
    assert page.form._view.dataset["em"].shape == IMAGE.shape
    assert page.state["name"] == "em"
    assert page.form.dataset is None


def test_progress_names_the_documents_that_are_asked_for(open_form, server):
    server.fail("em.zarr/0/.zarray", "hang")
    page = open_form()
    page.add(server.url_of("em.zarr"))

    page.until(lambda: {"key": "0/.zarray", "answer": "asked"} in page.entries[0]["documents"])
    asked = {one["key"]: one["answer"] for one in page.entries[0]["documents"]}
    assert asked[".zattrs"] == "there"
    assert asked["zarr.json"] == "missing"
    assert page.entries[0]["requests"] >= 3


def test_cancelling_closes_the_request_down_to_its_socket(open_form, server):
    server.fail("em.zarr/0/.zarray", "hang")
    page = open_form()
    page.add(server.url_of("em.zarr"))
    page.until(lambda: {"key": "0/.zarray", "answer": "asked"} in page.entries[0]["documents"])

    page.ask("cancel", entry=1)

    assert page.settled()["status"] == "cancelled"
    server.wait_for(lambda: "em.zarr/0/.zarray" in server.dropped)
    server.wait_for(lambda: server.open_connections == 0)


def test_a_cancelled_address_can_be_looked_at_again(open_form, server):
    server.fail("em.zarr/0/.zarray", "hang", times=1)
    page = open_form()
    page.add(server.url_of("em.zarr"))
    page.until(lambda: {"key": "0/.zarray", "answer": "asked"} in page.entries[0]["documents"])
    page.ask("cancel", entry=1)
    page.settled()

    page.ask("retry", entry=1)

    assert page.settled()["status"] == "found"


def test_what_is_no_volume_says_what_was_tried(open_form, serve):
    server = serve({"page/index.html": b"<html>"})
    page = open_form()
    page.add(server.url_of("page"))

    entry = page.settled()

    assert entry["status"] == "failed"
    assert entry["problem"]["code"] == "not-recognised"
    tried = {one["format"]: one for one in entry["tried"]}
    assert ".zattrs" in tried["OME-Zarr 0.4"]["looked_at"]
    assert {"Zarr v2 array", "Zarr v3 array", "N5"} <= set(tried)
    assert all(one["reason"] for one in tried.values())
    assert page.form._view is None


def test_a_web_page_instead_of_data_is_named(open_form, server):
    server.fail("*", "login200")
    page = open_form()
    page.add(server.url_of("em.zarr"))
    assert "web page" in page.settled()["problem"]["text"]


def test_a_server_that_never_answers_is_given_up(open_form, server):
    server.fail("*", "hang")
    page = open_form(timeout=0.2)
    page.add(server.url_of("em.zarr"))
    assert page.settled()["problem"]["code"] == "timed-out"


@pytest.mark.parametrize("text", ["", "em.zarr", "ftp://host/x", "not an address"])
def test_text_that_is_no_address_is_refused_at_the_field(open_form, text):
    page = open_form()
    refusal = page.add(text)
    assert (refusal["field"], refusal["problem"]["code"]) == ("address", "invalid-address")
    assert refusal["problem"]["hint"]
    assert page.entries == ()


def test_an_address_that_is_there_already_is_said_to_be(open_form, server):
    page = open_form()
    page.add(server.url_of("em.zarr"))
    page.settled()
    asked = len(server.requests)

    refusal = page.add(f"zarr://{server.url_of('em.zarr')}/.zattrs")

    assert (refusal["field"], refusal["entry"]) == ("address", 1)
    assert "in the list already" in refusal["problem"]["text"]
    assert len(page.entries) == 1
    assert len(server.requests) == asked


def test_an_address_that_failed_may_be_added_again_with_its_password(open_form, serve):
    server = serve({f"em/{k}": v for k, v in image().items()}, basic_auth=("me", "s3cret-word"))
    page = open_form()
    page.add(server.url_of("em"))
    assert page.settled()["problem"]["code"] == "access-denied"

    assert page.add(server.url_of("em").replace("//", "//me:s3cret-word@")) is None

    assert page.settled()["status"] == "found"
    assert len(page.entries) == 1


def test_layers_come_one_after_the_other_with_unique_names(open_form, server, serve):
    other = serve({f"em.zarr/{k}": v for k, v in image(name="em").items()})
    page = open_form()
    for one in (server, other):
        page.add(one.url_of("em.zarr"))
        page.settled()
    first, second = page.form._view.dataset.layers

    assert page.layer_names == ["em", "em_2"]
    assert page.state["layer_count"] == 2
    assert first.source.location != second.source.location
    assert len(json.loads(page.form._json)["dataLayers"]) == 2


def test_a_bad_address_stops_no_other(open_form, server, serve):
    page = open_form()
    page.add(serve({}).url_of("nothing"))
    page.add(server.url_of("em.zarr"))
    page.settled()
    assert sorted(page.statuses) == ["failed", "found"]

    page.ask("import", name="em")
    page.until(lambda: page.form.dataset is not None)
    assert list(page.form.dataset) == ["em"]


def test_a_broken_layer_is_listed_with_its_reason_beside_the_others(open_form, serve):
    objects = write_ome_zarr([IMAGE], "zyx", labels={"cells": [IMAGE]})
    objects["labels/cells/0/.zarray"] = b"{}"
    page = open_form()
    page.add(serve({f"em/{k}": v for k, v in objects.items()}).url_of("em"))

    good, bad = page.settled()["layers"]

    assert (good["usable"], good["problem"]) == (True, None)
    assert bad["problem"]["text"]
    assert page.state["layer_count"] >= 1


def test_addresses_may_come_with_the_form(open_form, server, serve):
    page = open_form(server.url_of("em.zarr"), serve({}).url_of("nix"), server.url_of("em.zarr"))
    page.until(lambda: len(page.entries) == 2)
    page.settled()
    assert page.statuses == ["found", "failed"]


def test_what_comes_with_the_form_and_is_no_address_raises_where_it_is_written(open_form):
    with pytest.raises(nbr.InvalidAddress, match="https://"):
        open_form("em.zarr")


def test_a_layer_and_an_address_can_be_taken_out(open_form, serve):
    objects = write_ome_zarr([IMAGE], "zyx", labels={"cells": [IMAGE]})
    page = open_form()
    page.add(serve({f"em/{k}": v for k, v in objects.items()}).url_of("em"))
    page.settled()
    assert page.state["layer_count"] == 2

    page.ask("remove_layer", entry=1, layer=0)
    assert [one["index"] for one in page.entries[0]["layers"]] == [1]
    assert list(page.form._view.dataset) == page.layer_names

    page.ask("remove", entry=1)
    assert page.entries == ()
    assert (page.form._view, page.form._json) == (None, "")


def test_an_entry_that_is_gone_is_said_to_be(open_form):
    refusal = open_form().ask("retry", entry=7)
    assert "no longer" in refusal["problem"]["text"]


def test_another_layer_keeps_the_place_and_ends_the_view_before(open_form, server, serve):
    other = serve({f"b.zarr/{k}": v for k, v in image(name="b").items()})
    page = open_form()
    page.add(server.url_of("em.zarr"))
    page.settled()
    before = page.form._view
    before.position, before.zoom, before.contrast_limits = (3.0, 2.0, 1.5), 4.0, (5, 9)

    page.add(other.url_of("b.zarr"))
    page.settled()

    view = page.form._view
    assert view is not before
    assert before.comm is None
    assert (view.position, view.zoom) == ((3.0, 2.0, 1.5), 4.0)
    assert view.contrast_limits["em"] == [(5.0, 9.0)]


def test_choices_go_with_their_layer_when_names_move_on(open_form, server, serve):
    other = serve({f"em.zarr/{k}": v for k, v in image(name="em").items()})
    page = open_form()
    for one in (server, other):
        page.add(one.url_of("em.zarr"))
        page.settled()
    page.form._view.plane = "xz"
    page.form._view.contrast_limits = {"em": (1, 2), "em_2": (3, 4)}
    page.form._view.visible = {"em": False}

    page.ask("remove", entry=1)

    view = page.form._view
    assert list(view.dataset) == ["em"]
    assert (view.plane, view.contrast_limits["em"]) == ("xz", [(3.0, 4.0)])
    assert view.visible == {"em": True}


def test_further_axes_stay_where_they_were(open_form, serve):
    series = write_ome_zarr([shuffled((3, 4, 8, 10), "uint8")], "tzyx", name="t")
    objects = {f"t.zarr/{k}": v for k, v in series.items()}
    server = serve(objects | {f"em.zarr/{k}": v for k, v in image(name="em").items()})
    page = open_form()
    page.add(server.url_of("t.zarr"))
    page.settled()
    page.form._view.extra_axes = {"t": 2}
    page.add(server.url_of("em.zarr"))
    page.settled()
    assert page.form._view.extra_axes == {"t": 2}

    page.ask("remove", entry=1)
    assert page.form._view.extra_axes == {}


def test_importing_freezes_a_named_dataset_that_can_be_waited_for(open_form, server):
    page = open_form()
    page.add(server.url_of("em.zarr"))
    page.settled()
    imported = threading.Event()
    seen = []

    def observer(change):
        # Observers run where the bridge may wait, so they may read voxels.
        seen.append(change.new["em"][0, 0, 0])
        imported.set()

    page.form.observe(observer, "dataset")

    assert page.ask("import", name="cortex-1") is None
    assert imported.wait(10)
    page.until(lambda: page.state["imported"])

    assert seen == [IMAGE[0, 0, 0]]
    assert page.form.dataset.name == page.form.name == "cortex-1"
    assert page.form.dataset.datasource.id.name == "cortex-1"
    assert page.state["python"] == "ds = form.dataset"
    for message in ({"kind": "add", "address": server.url}, {"kind": "remove", "entry": 1}):
        assert "imported" in page.ask(**message)["problem"]["text"]
    with pytest.raises(nbr.form.widget.traitlets.TraitError):
        page.form.dataset = None


@pytest.mark.parametrize("name", ["", "a b", ".hidden", "a/b", "é", "x" * 256])
def test_a_name_that_webknossos_refuses_is_refused_at_the_field(open_form, server, name):
    page = open_form()
    page.add(server.url_of("em.zarr"))
    page.settled()
    refusal = page.ask("import", name=name)
    assert refusal["field"] == "name"
    assert page.form.dataset is None


def test_nothing_is_imported_before_there_is_something(open_form, server):
    page = open_form()
    assert "no layer" in page.ask("import", name="x")["problem"]["text"]
    server.fail("*", "hang")
    page.add(server.url_of("em.zarr"))
    assert "Wait" in page.ask("import", name="x")["problem"]["text"]
    page.ask("cancel", entry=1)
    page.settled()


def test_the_name_shows_in_the_json_wherever_it_was_set(open_form, server):
    page = open_form(server.url_of("em.zarr"), name="first")
    page.until(lambda: page.form._json)
    assert json.loads(page.form._json)["id"]["name"] == "first"
    view = page.form._view
    page.ask("rename", name="second")
    assert json.loads(page.form._json)["id"]["name"] == "second"
    page.form.name = "third"
    page.until(lambda: '"third"' in page.form._json)
    assert page.form._view is view


def test_the_page_can_set_no_trait(open_form):
    form = open_form().form
    before = form._state
    form.set_state({"_state": {}, "_json": "x", "name": "x"})
    assert (form._state, form._json, form.name) == (before, "", "")


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"kind": "add"},
        {"kind": "add", "rid": 1},
        {"kind": "add", "rid": -1, "address": "x"},
        {"kind": "add", "rid": 1, "address": "x" * 4_000_001},
        {"kind": "move_layer", "rid": 1, "entry": 1, "layer": 0, "up": 1},
        {"kind": "correct", "rid": 1, "entry": 1, "layer": 0, "channel": 0, "field": "name"},
        {
            "kind": "correct",
            "rid": 1,
            "entry": 1,
            "layer": 0,
            "channel": 0,
            "field": "format",
            "value": ["x"],
        },
        {
            "kind": "correct",
            "rid": 1,
            "entry": 1,
            "layer": 0,
            "channel": 0,
            "field": "name",
            "value": [1],
        },
        {"kind": "remove", "rid": 1, "entry": "1"},
        {"kind": "remove", "rid": True, "entry": 1},
        {"kind": "dance", "rid": 1},
    ],
)
def test_what_is_no_message_changes_nothing_and_is_not_repeated(open_form, caplog, content):
    page = open_form()
    page.form._handle_custom_msg(content, [])
    assert page.state["answered"] == 0
    assert "x" * 20 not in caplog.text


def test_closing_the_form_ends_what_is_under_way(open_form, server):
    server.fail("*", "hang")
    page = open_form()
    page.add(server.url_of("em.zarr"))
    server.wait_for(lambda: server.requests)
    page.form.close()
    server.wait_for(lambda: server.open_connections == 0)


def test_documents_alone_are_found_too(open_form, serve):
    server = serve(files(documents("zyx", unit=None)))
    page = open_form()
    page.add(server.url_of(PATH))
    (layer,) = page.settled()["layers"]
    assert facts(layer)["voxel size"][1] == "assumed"


def test_what_is_synced_and_what_is_for_people_is_decided_here(open_form):
    own = set(nbr.AddRemoteDataset.class_own_traits()) - {"_esm", "_css"}
    synced = {
        name for name in own if nbr.AddRemoteDataset.class_traits()[name].metadata.get("sync")
    }
    assert synced == {"_kind", "_comm_id", "_state", "_json", "_code", "_view"}
    assert own - synced == {"dataset", "name"}


def test_a_path_that_comes_with_the_form_is_opened_and_pasted_text_never_is(open_form, tmp_path):
    for path, body in files(documents("zyx")).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(body)
    page = open_form(tmp_path / PATH)
    page.until(lambda: page.statuses == ["found"])
    assert page.layer_names == [PATH]
    for text in (str(tmp_path / PATH), (tmp_path / PATH).as_uri()):
        assert "pathlib.Path" in page.add(text)["problem"]["hint"]
    assert len(page.entries) == 1


async def imported_while_waiting(page):
    waiting = asyncio.ensure_future(page.form.imported(10))
    await asyncio.sleep(0)  # it waits now
    page.ask("import", name="cortex")
    return await waiting


def test_a_cell_can_await_the_import(open_form, server):
    page = open_form()
    page.add(server.url_of("em.zarr"))
    page.settled()
    dataset = asyncio.run(imported_while_waiting(page))
    assert dataset is page.form.dataset
    assert asyncio.run(page.form.imported()) is dataset


def test_waiting_for_an_import_has_an_end_that_says_what_to_do(open_form):
    with pytest.raises(TimeoutError, match="press Import"):
        asyncio.run(open_form().form.imported(0.01))
