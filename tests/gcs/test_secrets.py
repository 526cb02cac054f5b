"""Keys and tokens of Google's storage are sent where they belong and shown nowhere."""

import json
import logging
import pickle
import traceback

import pytest
from tests.servers.gcs import EMAIL, KEY_ID
from tests.store.conftest import IMPATIENT, QUICK
from tests.volumes import ome_zarr

import nb_remote
from nb_remote.errors import NbRemoteError
from nb_remote.location.gcs_credentials import GcsCredentials

PASSED = "ya29.passed-by-hand-0123456789"
FAULTS = ["401", "403", "404", "429", "503", "hang", "reset", "garbage", "login200", "redirloop"]


@pytest.fixture
def private(serve_gcs):
    """A private image, and ways to prove who asks."""
    image = ome_zarr.write("zyx")
    server = serve_gcs({f"lab/{path}": body for path, body in image.files.items()})
    server.valid.add(PASSED)
    said = server.service_account()
    ways = [
        GcsCredentials(said, endpoint=server.url, requester_pays=True),
        GcsCredentials(token=PASSED, endpoint=server.url),
    ]
    return server, f"gs://lab/{image.path}", ways


def secrets(server):
    key = server.service_account()["private_key"]
    lines = [line for line in key.splitlines() if "-----" not in line]
    return [*lines, key, json.dumps(key), PASSED, KEY_ID, *server.valid, "assertion=", "eyJ"]


def found(text, server):
    return [one for one in secrets(server) if one in text]


def everything_shown(dataset):
    layer = dataset.layers[0]
    return "\n".join(
        [
            repr(dataset),
            dataset._repr_html_(),
            dataset.datasource.json(),
            repr(layer),
            repr(layer.levels[0]),
            repr(layer.source),
            repr(layer.source.__dict__),
            repr(layer.source.store),
            repr(layer.source.store._transport),
            repr(layer.source.store._transport.__dict__),
            repr(layer.source.store._transport._token.__dict__),
        ]
    )


def test_what_is_shown_and_exported_holds_no_secret(private):
    server, address, ways = private
    for credentials in ways:
        dataset = nb_remote.open(address, credentials=credentials)
        dataset.layers[0].levels[0][...]
        shown = everything_shown(dataset) + repr(credentials)
        assert found(shown, server) == []
        assert EMAIL not in dataset.datasource.json()


def test_nothing_is_logged_at_any_level(private, caplog):
    server, address, ways = private
    caplog.set_level(logging.DEBUG)
    for name in ("google", "google.auth", "google.oauth2", "urllib3", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    for credentials in ways:
        nb_remote.open(address, credentials=credentials).layers[0].levels[0][...]
    server.valid.clear()
    with pytest.raises(NbRemoteError):
        nb_remote.open(address, credentials=ways[1])
    assert found(caplog.text, server) == []


@pytest.mark.parametrize("where", ["lab/*", "token"])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_failure_shows_a_secret(private, bucket_at, read, where, fault):
    server, address, ways = private
    server.fail(where, fault)
    limits = IMPATIENT if fault == "hang" else QUICK
    for credentials in ways:
        store = bucket_at(address, credentials, limits=limits)
        try:
            read(store.get(".zattrs", limit=9999))
        except NbRemoteError as error:
            assert_private(error, server)


def assert_private(error, server):
    texts = [str(error), repr(error), repr(error.info), repr(pickle.dumps(error))]
    texts.append("".join(traceback.format_exception(error)))
    assert found("\n".join(texts), server) == []
    assert error.__cause__ is None
    assert error.__context__ is None


def test_the_search_for_secrets_finds_one(private):
    server, address, ways = private
    nb_remote.open(address, credentials=ways[0])
    sent = repr([one.headers for one in server.objects_asked()])
    assert found(sent, server)
    assert found(repr([one.body for one in server.requests]), server)
    assert found(repr(server.service_account()), server)
