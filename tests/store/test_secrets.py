"""No error, repr or log of the store holds what proves who is asking."""

import logging
import pickle
import traceback

import pytest
from tests.store.conftest import IMPATIENT

from nb_remote.errors import NbRemoteError
from nb_remote.location.credentials import BearerToken, HttpHeaders
from nb_remote.location.parse import parse_address

QUERY, PASSWORD, BEARER, API_KEY = (
    f"{name}-0123456789-secret" for name in ("query", "password", "bearer", "api-key")
)
FAULTS = ["401", "403", "404", "410", "429", "503", "hang", "hangmid", "reset", "finmid", "garbage"]
FAULTS += ["redirloop", "login200", "hugelen", "brotli", "gzipcut", "wrongrange", "empty200"]


@pytest.fixture
def server(serve):
    return serve({"v/a": bytes(1000)})


@pytest.fixture
def private_stores(server, store_at):
    return [
        store_at(address, limits=IMPATIENT, **options)
        for address, options in (
            (f"{server.url}/v?token={QUERY}&X-Amz-Signature={QUERY}", {}),
            (f"http://person:{PASSWORD}@{server.host}/v", {}),
            (f"{server.url}/v", {"credentials": BearerToken(BEARER)}),
            (f"{server.url}/v", {"credentials": HttpHeaders({"X-Api-Key": API_KEY})}),
        )
    ]


def assert_no_secret(text):
    for secret in (QUERY, PASSWORD, BEARER, API_KEY):
        assert secret not in text


def assert_private(error):
    assert_no_secret(str(error))
    assert_no_secret(repr(error))
    assert_no_secret(repr(error.info))
    assert_no_secret(repr(pickle.dumps(error)))
    assert_no_secret("".join(traceback.format_exception(error)))
    assert error.__cause__ is None
    assert error.__context__ is None


def test_the_secrets_do_reach_the_server(server, private_stores, read):
    for store in private_stores:
        read(store.get("a", limit=9999))
    sent = repr([(request.query, request.headers) for request in server.requests])
    assert QUERY in sent
    assert BEARER in sent
    assert API_KEY in sent
    assert server.requests[1].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("fault", FAULTS)
def test_no_failure_shows_a_secret(server, private_stores, read, fault, caplog):
    server.fail("*", fault)
    caplog.set_level(logging.DEBUG)
    for store in private_stores:
        for reading in (store.get("a", limit=999), store.get_range("a", 10, 900)):
            try:
                read(reading)
            except NbRemoteError as error:
                assert_private(error)
    assert_no_secret(caplog.text)


def test_connection_failures_show_no_secret(store_at, read):
    for address in (f"http://no.invalid/v?sig={QUERY}", f"https://p:{PASSWORD}@no.invalid/v"):
        with pytest.raises(NbRemoteError) as caught:
            read(store_at(address).get("a", limit=9))
        assert_no_secret("".join(traceback.format_exception(caught.value)))


def test_no_repr_shows_a_secret(server, private_stores):
    for store in private_stores:
        assert_no_secret(repr(store))
        assert_no_secret(repr(store.meter))
    assert_no_secret(repr(parse_address(f"http://p:{PASSWORD}@{server.host}/v?token={QUERY}")))
