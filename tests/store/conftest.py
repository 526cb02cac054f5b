"""Stores on real servers, with time limits that fit a test."""

import asyncio
from dataclasses import replace

import pytest

from nb_remote.location.parse import parse_address
from nb_remote.store.limits import StoreLimits
from nb_remote.store.open import open_store
from nb_remote.threads import run

# One try, so that a test sees the first failure; tests of retries ask for more.
QUICK = StoreLimits(idle_timeout_s=3.0, connect_timeout_s=3.0, deadline_s=8.0, tries=1)
# For servers that go silent: only there a short patience is no risk on a busy machine.
IMPATIENT = replace(QUICK, idle_timeout_s=0.2, connect_timeout_s=0.4)


@pytest.fixture
def store_at():
    """``store_at(url, **options)`` opens a store for a typed address and closes it in the end."""
    stores = []

    def make(url, *, limits=QUICK, **options):
        address = parse_address(url)
        options.setdefault("credentials", address.credentials)
        store = open_store(address.location, limits=limits, **options)
        stores.append(store)
        return store

    yield make
    for store in stores:
        run(store.close(), deadline=5)


@pytest.fixture
def read():
    """``read(coroutine)`` waits for a read, at most ten seconds."""

    def wait(coro, deadline=10):
        return run(coro, deadline=deadline)

    return wait


async def gather(*coros):
    return await asyncio.gather(*coros)
