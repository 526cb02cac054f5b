"""What was written into an address to be let in is shown, saved and exported nowhere."""

import traceback

import pytest
from tests.explore.test_requests import PROBES
from tests.volumes.documents import PATH, documents, files, with_labels

import nb_remote

TOKEN = "tok-4f9a8b7c6d5e"
PASSWORD = "pass-1a2b3c4d5e"


@pytest.fixture(params=["query", "userinfo"])
def private(request, serve):
    """A server that lets nobody in without the secret, the address with it, and the secret."""
    image = with_labels(documents("zyx"), cells=documents("zyx"), gone=None)
    if request.param == "query":
        server = serve(files(image), token=TOKEN)
        return server, f"{server.url_of(PATH)}?token={TOKEN}", TOKEN
    server = serve(files(image), basic_auth=("me", PASSWORD))
    return server, server.url_of(PATH).replace("http://", f"http://me:{PASSWORD}@"), PASSWORD


def assert_clean(text, secret):
    assert secret not in text
    assert "token=" not in text
    assert "me:" not in text
    assert "@127" not in text


def test_every_request_carries_the_secret(private):
    server, url, _ = private
    assert list(nb_remote.open(url)) == ["image.zarr", "labels-cells"]
    assert len(server.requests) == len(PROBES) + 2 + 3 + 1


def test_what_is_shown_and_exported_carries_none(private):
    _, url, secret = private
    dataset = nb_remote.open(url)
    layer = dataset.layers[0]
    shown = [
        repr(dataset),
        dataset._repr_html_(),
        dataset.datasource.json(),
        repr(dataset.datasource),
        repr(layer),
        repr(layer.levels[0]),
        repr(layer.inferred),
        repr(layer.source),
        repr(layer.source.store),
        repr(dataset.broken),
        str(dataset.broken[0].problem),
        str(layer.dask()),
        layer.dask().name,
    ]
    for text in shown:
        assert_clean(text, secret)


@pytest.mark.parametrize("fault", ["403", "500", "hang", "login200", "garbage", "reset", "404"])
def test_errors_carry_none(private, fault):
    server, url, secret = private
    server.fail("*", fault)
    with pytest.raises(nb_remote.NbRemoteError) as caught:
        nb_remote.open(url, timeout=0.4)
    assert_clean(str(caught.value), secret)
    assert_clean(repr(caught.value), secret)
    assert_clean("".join(traceback.format_exception(caught.value)), secret)


def test_notes_on_levels_that_failed_carry_none(private):
    server, url, secret = private
    server.fail("*/1/.zarray", "500")
    dataset = nb_remote.open(url, timeout=0.4)
    assert any("left out" in note for note in dataset.layers[0].notes)
    assert_clean(repr(dataset) + dataset._repr_html_(), secret)


def test_failures_of_one_address_among_several_carry_none(private, serve):
    server, url, secret = private
    other = serve(files(documents("zyx")))
    server.fail("*", "403")
    dataset = nb_remote.open(other.url_of(PATH), url)
    assert_clean(repr(dataset) + dataset._repr_html_(), secret)
    assert_clean(str(dataset.failures[0]), secret)
