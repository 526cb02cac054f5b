"""Several addresses at once, links, and addresses that are nearly right."""

import json
from urllib.parse import quote

import pytest
from tests.browser.volumes import shuffled, write_ome_zarr

from nb_remote.form.pasted import MOST_LINES

IMAGE = shuffled((4, 8, 10), "uint8")


@pytest.fixture
def objects():
    return {f"lab/em.zarr/{k}": v for k, v in write_ome_zarr([IMAGE], "zyx", name="em").items()}


@pytest.fixture
def server(serve, objects):
    return serve(objects)


def server_host(server):
    return server.url.partition("://")[2].rstrip("/")


def steps(entry):
    return {one["name"]: one for one in entry["diagnosed"]["steps"]}


def diagnosed(page, number=1):
    page.ask("diagnose", entry=number)
    page.until(lambda: (told := page.entries[0]["diagnosed"]) and not told["running"])
    return page.entries[0]


def test_each_line_becomes_an_entry_of_its_own(open_form, server, serve):
    other = serve({})
    page = open_form()
    lines = [server.url_of("lab/em.zarr"), "", f"  {other.url_of('nothing')}  "]
    assert page.add("\r\n".join(lines)) is None
    page.settled()
    assert sorted(page.statuses) == ["failed", "found"]


def test_layers_stand_as_their_addresses_whichever_is_found_first(
    open_form, server, serve, objects
):
    slow = serve(objects, latency_s=0.2)
    page = open_form()
    page.add(f"{slow.url_of('lab/em.zarr')}\n{server.url_of('lab/em.zarr')}")
    page.until(lambda: page.statuses == ["exploring", "found"])
    page.until(lambda: page.statuses == ["found", "found"])
    assert [one["entry"] for one in page.state["order"]] == [1, 2]
    first, second = json.loads(page.form._json)["dataLayers"]
    assert first["mags"][0]["path"].startswith(slow.url)
    assert second["mags"][0]["path"].startswith(server.url)


def test_lines_that_are_wrong_are_named_and_the_others_are_taken(open_form, server):
    page = open_form()
    good = server.url_of("lab/em.zarr")
    refusal = page.add(f"{good}\nem.zarr\n{good}\nftp://host/x")
    assert [one["line"] for one in refusal["lines"]] == [2, 3, 4]
    assert (
        "already" in refusal["lines"][1]["problem"]["text"]
        or "looked at" in (refusal["lines"][1]["problem"]["text"])
    )
    assert "3 addresses of 4" in refusal["problem"]["text"]
    page.settled()
    assert page.statuses == ["found"]


def test_more_lines_than_the_limit_are_refused_with_the_limit(open_form, server):
    page = open_form()
    many = "\n".join(server.url_of(f"{n}") for n in range(MOST_LINES + 1))
    assert f"at most {MOST_LINES}" in page.add(many)["problem"]["text"]
    assert page.entries == ()


def test_credentials_go_with_each_line(open_form, serve, objects):
    server = serve(
        objects | {k.replace("em", "b"): v for k, v in objects.items()},
        basic_auth=("me", "hush-word"),
    )
    page = open_form()
    lines = "\n".join(server.url_of(f"lab/{name}.zarr") for name in ("em", "b"))
    page.add(lines, kind="basic", name="me", secret="hush-word")
    page.settled()
    assert page.statuses == ["found", "found"]


def test_a_link_adds_all_its_layers(open_form, server):
    page = open_form(trusted_hosts=[server_host(server)])
    source = f"zarr://{server.url_of('lab/em.zarr')}"
    state = {
        "layers": [
            {"type": "image", "source": source, "name": "one"},
            {"type": "image", "source": source, "name": "two"},
        ]
    }
    link = f"https://neuroglancer-demo.appspot.com/#!{quote(json.dumps(state))}"

    assert page.add(link) is None
    entry = page.settled()

    assert (entry["kind"], entry["status"]) == ("link", "found"), entry
    assert page.layer_names == ["one", "two"]
    assert page.form._view.dataset["two"][0, 0, 0] == IMAGE[0, 0, 0]
    assert page.add(link)["problem"]["text"].endswith("in the list already")
    assert repr(link) in page.form._code

    begun = open_form(link, server.url_of("lab/em.zarr"), trusted_hosts=[server_host(server)])
    begun.until(lambda: begun.statuses == ["found", "found"])
    assert begun.layer_names == ["one", "two", "em"]


def test_a_pasted_datasource_is_the_same_dataset_again(open_form, server):
    page = open_form()
    page.add(server.url_of("lab/em.zarr"))
    page.settled()
    page.correct("name", "raw")
    page.correct("voxel_size", "4", "4", "40", "nanometer")
    page.ask("rename", name="cortex")
    json_before = page.form._json

    again = open_form(trusted_hosts=[server_host(server)])
    assert again.add(json_before) is None
    entry = again.settled()

    assert (entry["kind"], entry["status"], entry["where"]) == (
        "datasource",
        "found",
        "datasource cortex",
    ), entry
    assert json.loads(again.form._json) == json.loads(json_before)
    assert again.form._view.dataset["raw"][0, 0, 0] == IMAGE[0, 0, 0]


def test_a_pasted_datasource_that_is_broken_says_where(open_form):
    refusal = open_form().add('{"dataLayers": [}')
    assert refusal["field"] == "address"
    assert "line 1" in refusal["problem"]["text"] + refusal["problem"]["hint"]


def test_nothing_secret_is_sent_where_a_link_leads(open_form, server):
    page = open_form()
    link = 'https://host/#!{"layers": []}'
    refusal = page.add(link, kind="bearer", secret="hush-word")
    assert refusal["field"] == "access"
    assert server.requests == []


def test_a_diagnosis_names_the_step_that_failed(open_form, server):
    page = open_form()
    page.add(server.url_of("lab/other"))
    page.settled()

    entry = diagnosed(page)

    told = steps(entry)
    assert told["connection"]["outcome"] == "ok"
    assert told["formats"]["outcome"] == "failed"
    assert entry["diagnosed"]["verdict"]
    assert entry["diagnosed"]["hints"]


def test_a_diagnosis_asks_with_the_credentials_of_its_entry(open_form, serve, objects):
    server = serve(objects, basic_auth=("me", "hush-word"))
    page = open_form()
    page.add(server.url_of("lab/em.zarr"), kind="basic", name="me", secret="wrong-hush-word")
    assert page.settled()["problem"]["code"] == "access-denied"

    told = diagnosed(page)["diagnosed"]

    assert not told["ok"]
    assert {one["name"] for one in told["steps"] if one["outcome"] == "failed"} == {"access"}
    assert "hush-word" not in json.dumps(page.state)


def test_a_host_that_is_not_there_is_found_out(open_form):
    page = open_form(timeout=2)
    page.add("http://127.0.0.1:9/em.zarr")
    page.settled()
    assert steps(diagnosed(page))["connection"]["outcome"] == "failed"


def test_a_diagnosis_can_be_stopped(open_form, server):
    page = open_form()
    page.add(server.url_of("lab/other"))
    page.settled()
    server.fail("*", "hang")
    page.ask("diagnose", entry=1)
    assert page.entries[0]["diagnosed"]["running"]
    server.wait_for(lambda: server.open_connections > 0)

    page.ask("cancel", entry=1)

    page.until(lambda: page.entries[0]["diagnosed"] is None)
    server.wait_for(lambda: server.open_connections == 0)
    assert page.statuses == ["failed"]


def test_what_was_nearly_right_is_one_click_away_with_its_credentials(open_form, serve, objects):
    server = serve(objects, basic_auth=("me", "hush-word"))
    page = open_form()
    page.add(server.url_of("lab/em.zar"), kind="basic", name="me", secret="hush-word")
    page.settled()
    near = diagnosed(page)["near"]
    assert near == (server.url_of("lab/em.zarr"),)

    page.ask("look_near", entry=1, near=0)

    assert page.settled()["status"] == "found"
    assert [one["where"] for one in page.entries] == [server.url_of("lab/em.zarr")]


def test_an_address_inside_a_volume_offers_the_volume_without_a_diagnosis(open_form, server):
    page = open_form()
    page.add(server.url_of("lab/em.zarr/0/0"))
    entry = page.settled()
    assert entry["near"] == (server.url_of("lab/em.zarr"),), entry
    page.ask("look_near", entry=1, near=0)
    assert page.settled()["status"] == "found"


@pytest.mark.parametrize("message", [{"near": 5}, {"near": 0}])
def test_an_offer_that_is_gone_changes_nothing(open_form, server, message):
    page = open_form()
    page.add(server.url_of("lab/em.zarr"))
    page.settled()
    assert page.ask("look_near", entry=1, **message) is None
    assert page.statuses == ["found"]
