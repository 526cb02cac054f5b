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
