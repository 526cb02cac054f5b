"""A ranged read gives the bytes that were asked for, or an error; never others."""

import pytest
from tests.store.conftest import QUICK

from nb_remote.errors import ServerFailed, TooLarge
from nb_remote.store.limits import StoreLimits

BODY = bytes(range(256)) * 16


@pytest.fixture
def server(serve):
    return serve({"a": BODY})


def test_the_range_is_asked_for_and_nothing_else_transferred(server, store_at, read):
    store = store_at(server.url)
    assert read(store.get_range("a", 100, 200)) == BODY[100:200]
    assert [request.range for request in server.requests] == ["bytes=100-199"]
    assert store.meter.counts().received_bytes == 100
    assert not store.ranges_ignored


@pytest.mark.parametrize("fault", ["wrongrange", "silentrange", "longrange", "shortlen"])
def test_other_bytes_than_asked_for_are_an_error(server, store_at, read, fault):
    server.fail("a", fault)
    with pytest.raises(ServerFailed):
        read(store_at(server.url).get_range("a", 100, 200))


def test_a_body_without_length_is_checked_against_the_range(server, store_at, read):
    server.fail("a", "nolenfin")
    with pytest.raises(ServerFailed, match="broke off"):
        read(store_at(server.url).get_range("a", 100, 200))


def test_a_server_without_ranges_is_noticed_and_the_object_cut_here(server, store_at, read):
    server.fail("a", "norange")
    store = store_at(server.url)
    assert read(store.get_range("a", 100, 200)) == BODY[100:200]
    assert store.ranges_ignored


def test_cutting_is_bounded_by_size(server, store_at, read):
    server.fail("a", "norange")
    store = store_at(server.url, limits=StoreLimits(whole_object_bytes=1000, tries=1))
    assert read(store.get_range("a", 900, 1000)) == BODY[900:1000]
    with pytest.raises(TooLarge):
        read(store.get_range("a", 950, 1001))


def test_an_endless_object_is_read_no_further_than_needed(server, store_at, read):
    server.fail("a", "endless")
    server.content["a"] = b""

    store = store_at(server.url)
    assert read(store.get_range("a", 10, 20), deadline=3) == bytes(10)
    server.wait_for(lambda: server.dropped == ["a"])


@pytest.mark.parametrize("fault", ["gzip", "deflate", "rawdeflate"])
def test_ranges_of_encoded_objects_are_ranges_of_the_decoded_bytes(server, store_at, read, fault):
    server.fail("a", fault)
    store = store_at(server.url)
    assert read(store.get_range("a", 10, 20)) == BODY[10:20]
    assert [request.range for request in server.requests] == ["bytes=10-19", None]


def test_an_encoded_object_larger_than_the_bound_is_refused(server, store_at, read):
    server.fail("a", "bomb")
    limits = StoreLimits(whole_object_bytes=2**20, tries=1)
    with pytest.raises(TooLarge):
        read(store_at(server.url, limits=limits).get_range("a", 10, 20))


def test_a_login_page_is_never_taken_for_a_range(server, store_at, read):
    server.fail("a", "login200")
    with pytest.raises(Exception, match="asked for"):
        read(store_at(server.url, limits=QUICK).get_range("a", 100, 200))


def test_the_end_is_asked_for_and_nothing_else_transferred(server, store_at, read):
    store = store_at(server.url)
    assert read(store.get_suffix("a", 100)) == BODY[-100:]
    assert [request.range for request in server.requests] == ["bytes=-100"]
    assert store.meter.counts().received_bytes == 100


@pytest.mark.parametrize("fault", ["wrongrange", "silentrange", "shortlen"])
def test_another_end_than_asked_for_is_an_error(server, store_at, read, fault):
    server.fail("a", fault)
    with pytest.raises(ServerFailed):
        read(store_at(server.url).get_suffix("a", 100))


def test_cutting_off_the_end_is_bounded_by_size(server, store_at, read):
    server.fail("a", "norange")
    limits = StoreLimits(whole_object_bytes=1000, tries=1)
    with pytest.raises(TooLarge):
        read(store_at(server.url, limits=limits).get_suffix("a", 10))
