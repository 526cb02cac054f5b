"""What is secret in an address never comes back: not in state, JSON, HTML, repr, logs or errors."""

import json
import logging
import pickle

import pytest
from tests.browser.volumes import shuffled, write_ome_zarr

SECRETS = ("hush-user", "hush-word", "hush-token")


@pytest.fixture
def objects():
    return {f"em/{k}": v for k, v in write_ome_zarr([shuffled((2, 3, 4), "uint8")], "zyx").items()}


def everything(page):
    form = page.form
    state = form.get_state()
    del state["_esm"], state["_css"]
    shown = form._repr_mimebundle_()
    view = form._view.get_state() if form._view else {}
    view = {key: value for key, value in view.items() if key not in {"_esm", "_css"}}
    return " ".join(map(repr, (state, page.states, shown, form, view, form.dataset)))


@pytest.mark.parametrize("outcome", ["found", "failed", "cancelled", "refused"])
def test_no_secret_of_an_address_comes_back(open_form, serve, objects, caplog, outcome):
    caplog.set_level(logging.DEBUG)
    server = serve(objects, basic_auth=("hush-user", "hush-word"), token="hush-token")
    address = f"{server.url_of('em')}?token=hush-token".replace("//", "//hush-user:hush-word@")
    if outcome == "failed":
        server.fail("*", "500")
    if outcome == "cancelled":
        server.fail("*", "hang")
    if outcome == "refused":
        address = address.replace("http:", "ftp:")
    page = open_form(timeout=0.5)
    page.add(address)
    if outcome == "cancelled":
        page.ask("cancel", entry=1)
    page.settled()

    assert page.statuses == ([] if outcome == "refused" else [outcome])
    if outcome == "found":
        page.ask("import", name="em")
        page.until(lambda: page.state["imported"])
    text = everything(page) + caplog.text + page.form._json
    assert not [secret for secret in SECRETS if secret in text]
    json.dumps(page.state)
    if outcome == "found":
        with pytest.raises(TypeError, match="credentials"):
            pickle.dumps(page.form.dataset["image"].source)


def test_no_secret_comes_back_of_a_diagnosis_or_of_what_was_meant(open_form, serve, objects):
    server = serve(objects, basic_auth=("hush-user", "hush-word"), token="hush-token")
    wrong = f"{server.url_of('emm')}?token=hush-token"
    page = open_form(timeout=2)
    page.add(wrong.replace("//", "//hush-user:hush-word@"))
    page.settled()
    page.ask("diagnose", entry=1)
    page.until(lambda: (told := page.entries[0]["diagnosed"]) and not told["running"])
    if page.entries[0]["near"]:
        page.ask("look_near", entry=1, near=0)
        page.settled()
    assert not [secret for secret in SECRETS if secret in everything(page)]


@pytest.mark.parametrize(
    "text",
    [
        'https://hush-user:hush-word@host/?token=hush-token#!{"layers": [{"type": "image", '
        '"name": "a", "source": "zarr://https://hush-user:hush-word@host/a?token=hush-token"}]}',
        '{"id": {"name": "a"}, "scale": [1, 1, 1], "dataLayers": [{"name": "a", "category": '
        '"color", "dataFormat": "zarr", "elementClass": "uint8", "boundingBox": {"topLeft": [0, '
        '0, 0], "width": 1, "height": 1, "depth": 1}, "mags": [{"mag": [1, 1, 1], "path": '
        '"https://hush-user:hush-word@host/a?token=hush-token", "credentials": {"user": '
        '"hush-user", "password": "hush-word"}}]}]}',
    ],
)
def test_no_secret_of_a_link_or_datasource_comes_back(open_form, caplog, text):
    caplog.set_level(logging.DEBUG)
    page = open_form(timeout=0.5)
    page.add(text)
    page.settled()
    shown = everything(page) + caplog.text
    assert not [secret for secret in SECRETS if secret in shown]


def test_no_secret_that_is_typed_into_the_json_comes_back(open_form, serve, objects):
    page = open_form()
    page.add(serve(objects).url_of("em"))
    page.settled()
    path = json.loads(page.form._json)["dataLayers"][0]["mags"][0]["path"]
    secret = path.replace("//", "//hush-user:hush-word@") + "?token=hush-token"
    page.ask("edit_json", text=page.form._json.replace(path, secret))
    page.ask("edit_json", text=page.form._json.replace(path, f"{secret}&x"))
    page.ask("edit_json", text=page.form._json.replace("color", secret))
    assert page.state["refusal"]["field"] == "json"
    assert not [secret for secret in SECRETS if secret in everything(page)]


def test_no_secret_that_is_typed_into_a_card_comes_back(open_form, serve, objects):
    page = open_form()
    page.add(serve(objects).url_of("em"))
    page.settled()
    refusal = page.correct("name", "https://hush-user:hush-word@host/?token=hush-token")
    assert refusal["field"] == "layer"
    assert not [secret for secret in SECRETS if secret in everything(page)]
