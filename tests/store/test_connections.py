"""Connections: named causes when there is none, and none left behind."""

import asyncio
import gc
import socket
import ssl
from dataclasses import replace

import pytest
import trustme
from tests.servers.http import PATIENCE_S
from tests.store.conftest import QUICK, gather

from nb_remote.errors import Unreachable
from nb_remote.location.parse import parse_address
from nb_remote.store.limits import StoreLimits
from nb_remote.store.open import open_store
from nb_remote.threads import io_loop, run, submit


@pytest.fixture
def server(serve):
    return serve({"a": b"0123456789"})


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def tls_server(serve, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return serve({"a": b"0123456789"}, tls=context)


def test_a_refused_connection_is_named(store_at, read):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(Unreachable, match="refuses the connection"):
        read(store_at(f"http://127.0.0.1:{port}/v").get("a", limit=9))


def test_an_unknown_host_is_named(store_at, read):
    with pytest.raises(Unreachable, match="name is unknown"):
        read(store_at("http://no-such-host.invalid/v").get("a", limit=9))


def test_a_server_that_was_there_may_come_back(serve, store_at, read):
    server = serve({"a": b"x"})
    store = store_at(server.url)
    assert read(store.get("a", limit=9)) == b"x"
    server.stop()
    with pytest.raises(Unreachable) as caught:
        read(store.get("a", limit=9))
    assert caught.value.transient


def test_an_untrusted_certificate_is_named(tls_server, store_at, read):
    with pytest.raises(Unreachable, match=r"certificate|issuer"):
        read(store_at(tls_server.url).get("a", limit=9))


def test_a_trusted_authority_makes_https_work(tls_server, authority, store_at, read):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    assert read(store_at(tls_server.url, tls=context).get_range("a", 2, 4)) == b"23"


def test_https_to_a_plain_server_is_a_tls_failure(server, store_at, read):
    with pytest.raises(Unreachable, match="protected connection"):
        read(store_at(server.url.replace("http:", "https:")).get("a", limit=9))


def test_connections_are_reused(server, store_at, read):
    store = store_at(server.url)
    for _ in range(5):
        read(store.get("a", limit=99))
    assert server.connections == 1


def test_at_most_so_many_requests_are_in_flight(server, store_at, read):
    server.latency_s = 0.05
    store = store_at(server.url, limits=replace(QUICK, in_flight=8))

    async def many():
        return await gather(*(store.get("a", limit=99) for _ in range(40)))

    assert read(many()) == [b"0123456789"] * 40
    assert server.peak_in_flight == 8
    assert server.connections == 8


def test_64_requests_run_at_once_by_default(server, store_at, read):
    server.latency_s = 0.3
    store = store_at(server.url, limits=StoreLimits())

    async def many():
        return await gather(*(store.get("a", limit=99) for _ in range(80)))

    read(many())
    assert server.peak_in_flight == 64


def test_cancelled_reads_leave_nothing_behind(server, store_at):
    server.fail("*", "hang")
    store = store_at(server.url, limits=StoreLimits())
    tasks_before = tasks()
    reads = [submit(store.get(f"chunk/{number}", limit=99)) for number in range(64)]
    server.wait_for(lambda: len(server.requests) == 64)
    assert store.meter.counts().in_flight == 64
    for future in reads:
        future.cancel()
    server.wait_for(lambda: len(server.dropped) == 64 and server.open_connections == 0)
    assert store.meter.counts().in_flight == 0
    assert tasks() <= tasks_before


def test_a_read_that_waits_for_its_turn_can_be_cancelled(server, store_at, read):
    server.fail("slow", "hang")
    store = store_at(server.url, limits=replace(QUICK, in_flight=1, idle_timeout_s=5))
    blocking = submit(store.get("slow", limit=99))
    server.wait_for(lambda: len(server.requests) == 1)
    waiting = [submit(store.get("a", limit=99)) for _ in range(5)]
    for future in [*waiting, blocking]:
        future.cancel()
    assert read(store.get("a", limit=99)) == b"0123456789"
    assert server.paths() == ["slow", "a"]


def test_closing_drops_the_connections(server, read):
    store = open_store(parse_address(server.url).location)
    read(store.get("a", limit=99))
    assert server.open_connections == 1
    run(store.close(), deadline=5)
    server.wait_for(lambda: server.open_connections == 0)


def test_a_forgotten_store_drops_its_connections(server, read):
    store = open_store(parse_address(server.url).location)
    read(store.get("a", limit=99))
    del store
    gc.collect()
    server.wait_for(lambda: server.open_connections == 0)


def tasks():
    async def names():
        here = asyncio.current_task()
        return {task for task in asyncio.all_tasks() if task is not here}

    return asyncio.run_coroutine_threadsafe(names(), io_loop()).result(PATIENCE_S)
