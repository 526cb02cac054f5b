"""Buckets on a server that answers as Google does, and what proves who asks."""

from contextlib import ExitStack

import pytest
from tests.servers.gcs import GcsServer
from tests.store.conftest import QUICK, read, store_at

from nb_remote.location.credentials import Anonymous
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.given import with_credentials
from nb_remote.location.parse import parse_address
from nb_remote.store.open import open_store
from nb_remote.threads import run

__all__ = ["read", "store_at"]


@pytest.fixture
def serve_gcs():
    """``serve_gcs(content, **options)`` starts a `GcsServer` that stops with the test."""
    with ExitStack() as servers:

        def start(content, **options):
            return servers.enter_context(GcsServer(content, **options))

        yield start


@pytest.fixture
def server(serve_gcs):
    return serve_gcs({"lab/v/info": b"{}", "lab/v/a": bytes(range(256)), "lab/w/x": b"x"})


@pytest.fixture
def account(server):
    """Credentials of a service account of the server."""
    return GcsCredentials(server.service_account(), endpoint=server.url)


@pytest.fixture
def bucket_at(server):
    """``bucket_at(address, credentials)`` opens a store, and closes it in the end."""
    stores = []

    def make(address="gs://lab/v", credentials=None, *, limits=QUICK, **options):
        credentials = credentials or GcsCredentials(endpoint=server.url)
        parsed = with_credentials(parse_address(address), credentials)
        assert isinstance(parse_address(address).credentials, Anonymous)
        store = open_store(parsed.location, parsed.credentials, limits=limits, **options)
        stores.append(store)
        return store

    yield make
    for store in stores:
        run(store.close(), deadline=5)
