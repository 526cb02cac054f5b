"""Retries: what may pass is tried again within a budget, what can't is not."""

import time
from contextlib import suppress
from dataclasses import replace

import pytest

from nb_remote.errors import AccessDenied, ServerFailed, Throttled, Unreachable, UnsupportedCodec
from nb_remote.store.limits import StoreLimits

LIMITS = StoreLimits(tries=3, first_backoff_s=0.01)


@pytest.fixture
def server(serve):
    return serve({"a": b"0123456789"})


@pytest.mark.parametrize(
    "fault", ["429", "500", "502", "503", "504", "408", "finmid", "resetmid", "chunkedcut"]
)
def test_a_failure_that_passes_is_not_noticed(server, store_at, read, fault):
    server.fail("a", fault, times=2)
    store = store_at(server.url, limits=LIMITS)
    assert read(store.get("a", limit=99)) == b"0123456789"
    assert store.meter.counts().requests == len(server.requests) == 3
    assert store.meter.counts().failed == 2


def test_silence_is_tried_again(server, store_at, read):
    server.fail("a", "hang", times=1)
    limits = replace(LIMITS, idle_timeout_s=0.3, tries=9)
    assert read(store_at(server.url, limits=limits).get("a", limit=99)) == b"0123456789"


def test_ranges_are_retried_too(server, store_at, read):
    server.fail("a", "503", times=2)
    assert read(store_at(server.url, limits=LIMITS).get_range("a", 2, 5)) == b"234"


def test_connection_resets_are_retried_and_all_requests_counted(server, store_at, read):
    server.fail("a", "reset", times=3)  # aiohttp repeats each broken request once by itself
    store = store_at(server.url, limits=LIMITS)
    assert read(store.get("a", limit=99)) == b"0123456789"
    assert store.meter.counts().requests == len(server.requests)


@pytest.mark.parametrize(
    ("fault", "expected"), [("429", Throttled), ("503", ServerFailed), ("finmid", Unreachable)]
)
def test_tries_are_bounded(server, store_at, read, fault, expected):
    server.fail("a", fault)
    with pytest.raises(expected):
        read(store_at(server.url, limits=LIMITS).get("a", limit=99))
    assert len(server.requests) == 3


@pytest.mark.parametrize("fault", ["400", "401", "403", "404", "410", "501", "redirloop", "brotli"])
def test_what_will_not_pass_is_asked_once(server, store_at, read, fault):
    server.fail("a", fault)
    with suppress(AccessDenied, ServerFailed, UnsupportedCodec):
        read(store_at(server.url, limits=LIMITS).get("a", limit=99))
    assert len(server.requests) == 1


def test_retry_after_is_honoured(server, store_at, read):
    server.fail("a", "503", times=1, headers={"Retry-After": "0.4"})
    started = time.monotonic()
    assert read(store_at(server.url, limits=LIMITS).get("a", limit=99)) == b"0123456789"
    assert time.monotonic() - started >= 0.4


def test_a_longer_wait_than_we_have_is_told_to_the_person(server, store_at, read):
    server.fail("a", "429", headers={"Retry-After": "3600"})
    with pytest.raises(Throttled, match="wait 3600 s") as caught:
        read(store_at(server.url, limits=LIMITS).get("a", limit=99))
    assert caught.value.retry_after_s == 3600
    assert len(server.requests) == 1


def test_no_try_starts_after_the_budget_of_seconds(server, store_at, read):
    server.fail("a", "503")
    limits = replace(LIMITS, tries=1000, first_backoff_s=0.05, longest_wait_s=0.1, retry_for_s=0.4)
    started = time.monotonic()
    with pytest.raises(ServerFailed):
        read(store_at(server.url, limits=limits).get("a", limit=99))
    assert time.monotonic() - started < 2
    assert 3 <= len(server.requests) <= 20
