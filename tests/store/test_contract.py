"""Every store in the stack keeps the contract, and so does the whole stack."""

import pytest
from tests.store.contract import CONTENT, StoreContract

from nb_remote.location.parse import parse_address
from nb_remote.store.http import HttpStore
from nb_remote.store.limited import LimitedStore
from nb_remote.store.limits import StoreLimits
from nb_remote.store.open import open_store
from nb_remote.store.retrying import RetryingStore
from nb_remote.threads import run


@pytest.fixture
def location(serve):
    return parse_address(f"{serve(CONTENT).url}/v").location


class Contract(StoreContract):
    @pytest.fixture
    def store(self, location):
        store = self.make(location)
        yield store
        run(store.close(), deadline=5)


class TestHttpStore(Contract):
    def make(self, location):
        return HttpStore(location)


class TestRetryingStore(Contract):
    def make(self, location):
        return RetryingStore(HttpStore(location), StoreLimits())


class TestLimitedStore(Contract):
    def make(self, location):
        return LimitedStore(HttpStore(location), 2)


class TestOpenStore(Contract):
    def make(self, location):
        return open_store(location)


class TestServerWithoutRanges(Contract):
    @pytest.fixture
    def location(self, serve):
        server = serve(CONTENT)
        server.fail("*", "norange")
        return parse_address(f"{server.url}/v").location

    def make(self, location):
        return open_store(location)


class TestServerThatCompresses(Contract):
    @pytest.fixture
    def location(self, serve):
        server = serve(CONTENT)
        server.fail("*", "gzip")
        return parse_address(f"{server.url}/v").location

    def make(self, location):
        return open_store(location)
