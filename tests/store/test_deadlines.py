"""No server can make a read wait for ever."""

import socket
import time
from dataclasses import replace

import pytest
from tests.store.conftest import IMPATIENT, QUICK, gather

from nb_remote.errors import TimedOut, Unreachable
from nb_remote.store.json_document import read_json
from nb_remote.store.limits import StoreLimits


@pytest.fixture
def server(serve):
    return serve({"a": bytes(1000)})


@pytest.mark.parametrize("fault", ["hang", "hangmid"])
def test_silence_times_out_and_drops_the_connection(server, store_at, read, fault):
    server.fail("a", fault)
    store = store_at(server.url, limits=IMPATIENT)
    with pytest.raises(TimedOut):
        read(store.get("a", limit=9999), deadline=3)
    with pytest.raises(TimedOut):
        read(store.get_range("a", 5, 900), deadline=3)
    server.wait_for(lambda: server.dropped == ["a", "a"])


def test_a_dripping_server_is_stopped_by_the_deadline(server, store_at, read):
    server.fail("a", "drip")
    store = store_at(server.url, limits=replace(QUICK, deadline_s=0.5))
    started = time.monotonic()
    with pytest.raises(TimedOut):
        read(store.get("a", limit=9999))
    assert time.monotonic() - started < 2
    server.wait_for(lambda: server.dropped == ["a"])


def test_metadata_has_a_deadline_of_its_own(server, store_at, read):
    server.fail("a", "hang")
    store = store_at(server.url, limits=StoreLimits())
    started = time.monotonic()
    with pytest.raises(TimedOut, match=r"0\.2 s"):
        read(read_json(store, "a", deadline_s=0.2))
    assert time.monotonic() - started < 2


def test_the_default_deadlines_suit_a_person_who_waits():
    limits = StoreLimits()
    assert limits.connect_timeout_s <= 5
    assert limits.idle_timeout_s <= 10
    assert read_json.__kwdefaults__["deadline_s"] <= 10


def test_waiting_for_a_turn_costs_no_deadline(server, store_at, read):
    server.latency_s = 0.2
    store = store_at(server.url, limits=replace(QUICK, in_flight=1, deadline_s=0.5))

    async def five():
        return await gather(*(store.get("a", limit=9999) for _ in range(5)))

    assert read(five()) == [bytes(1000)] * 5


def test_a_host_that_swallows_connections_is_unreachable_in_time(store_at, read):
    """A full backlog drops connection attempts, as a dead host does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = []
        try:
            for _ in range(4):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
                fillers.append(filler)
            store = store_at(f"http://127.0.0.1:{listener.getsockname()[1]}/v", limits=IMPATIENT)
            started = time.monotonic()
            with pytest.raises(Unreachable, match="does not answer"):
                read(store.get("a", limit=9))
            assert time.monotonic() - started < 3
        finally:
            for filler in fillers:
                filler.close()
