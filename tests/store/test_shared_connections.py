"""Stores of one host share connections and a bound, and nothing else."""

import asyncio
import gc
import os
import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from tests.store.conftest import QUICK, gather
from tests.store.test_process import in_fresh_interpreter

from nb_remote.errors import NbRemoteError
from nb_remote.location.credentials import BasicAuth, BearerToken
from nb_remote.location.parse import parse_address
from nb_remote.priority import Priority, working_at
from nb_remote.store import connections
from nb_remote.store.limits import StoreLimits
from nb_remote.store.open import open_store
from nb_remote.threads import run, submit

DESCRIPTORS = Path("/proc/self/fd")
FILES = {f"layer{n}/{m}": b"0123456789" for n in range(50) for m in range(64)}


@pytest.fixture
def server(serve):
    return serve(FILES)


async def all_of(store, count):
    return await gather(*(store.get(str(n), limit=99) for n in range(count)))


async def each_of(stores, count):
    return await gather(*(all_of(store, count) for store in stores))


def descriptors():
    return sum(1 for _ in DESCRIPTORS.iterdir())


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="counts descriptors in /proc")
def test_50_addresses_of_one_host_hold_no_more_connections_than_one(server, store_at, read):
    server.latency_s = 0.02
    stores = [store_at(f"{server.url}/layer{n}", limits=StoreLimits()) for n in range(50)]
    read(all_of(stores[0], 1))
    before = descriptors()
    answers = read(each_of(stores, 20), deadline=30)
    assert answers == [[b"0123456789"] * 20] * 50
    assert server.peak_in_flight == 64
    assert server.connections == 64
    # both ends of each connection are in this process
    assert descriptors() - before <= 2 * 64


def test_a_second_layer_of_a_host_opens_no_connection_while_idle_ones_exist(server, store_at, read):
    server.latency_s = 0.05
    read(all_of(store_at(f"{server.url}/layer0", limits=StoreLimits()), 16))
    assert server.connections == 16
    assert (
        read(all_of(store_at(f"{server.url}/layer1", limits=StoreLimits()), 16))
        == [b"0123456789"] * 16
    )
    assert server.connections == 16


def test_the_bound_of_a_host_is_that_of_its_most_generous_store(server, store_at, read):
    server.latency_s = 0.03
    small = store_at(f"{server.url}/layer0", limits=replace(QUICK, in_flight=2))
    large = store_at(f"{server.url}/layer1", limits=replace(QUICK, in_flight=6))
    read(each_of([small, large], 20))
    assert server.peak_in_flight == 6
    server.forget()
    read(all_of(small, 20))
    assert server.peak_in_flight == 2


def test_what_is_looked_at_in_one_layer_comes_before_the_bulk_of_another(server, store_at):
    server.fail("layer0/6?", "hang")
    limits = replace(QUICK, in_flight=4)
    busy = store_at(f"{server.url}/layer0", limits=limits)
    slow = [submit(busy.get(f"{n}", limit=99)) for n in range(60, 64)]
    server.wait_for(lambda: len(server.requests) == 4)
    server.forget()
    with working_at(Priority.BULK):
        bulk = [submit(busy.get(f"{n}", limit=99)) for n in range(40)]
    looked_at = store_at(f"{server.url}/layer1", limits=limits)
    seen = submit(looked_at.get("7", limit=99))
    run(settle(), deadline=5)
    slow[0].cancel()
    assert seen.result(5) == b"0123456789"
    assert server.paths()[0] == "layer1/7"
    assert [one.result(5) for one in bulk] == [b"0123456789"] * 40
    for one in slow:
        one.cancel()


def test_stores_take_turns_within_one_priority(server, store_at):
    server.fail("layer0/63", "hang")
    limits = replace(QUICK, in_flight=1)
    stores = [store_at(f"{server.url}/layer{n}", limits=limits) for n in range(3)]
    slow = submit(stores[0].get("63", limit=99))
    server.wait_for(lambda: len(server.requests) == 1)
    server.forget()
    reads = []
    with working_at(Priority.BULK):
        for store in stores:
            reads += [submit(store.get(f"{n}", limit=99)) for n in range(3)]
            run(settle(), deadline=5)
    slow.cancel()
    assert [one.result(5) for one in reads] == [b"0123456789"] * 9
    assert server.paths() == [f"layer{store}/{n}" for n in range(3) for store in range(3)]


def test_a_connection_for_a_host_that_a_person_named_never_serves_a_stranger(server, read):
    location = parse_address(f"{server.url}/layer0").location
    trusted = open_store(location, limits=QUICK)
    stranger = open_store(location, limits=QUICK, trusted=False)
    try:
        assert read(trusted.get("0", limit=99)) == b"0123456789"
        assert server.open_connections == 1
        for _ in range(2):
            with pytest.raises(NbRemoteError, match="not a public address"):
                read(stranger.get("0", limit=99))
            assert read(trusted.get("0", limit=99)) == b"0123456789"
        assert server.paths() == ["layer0/0"] * 3
        assert server.connections == 1
    finally:
        run(trusted.close(), deadline=5)
        run(stranger.close(), deadline=5)


def test_a_connection_that_a_redirect_was_allowed_never_serves_a_stranger(serve, store_at, read):
    far = serve({"x": b"far"})
    near = serve({"a": b""})
    near.fail("a", "redirect", to=far.url_of("x"))
    agreed = replace(QUICK, trusted_hosts=frozenset({far.host}))
    assert read(store_at(near.url, limits=agreed).get("a", limit=99)) == b"far"
    assert far.open_connections == 1
    with pytest.raises(NbRemoteError, match="not a public address"):
        read(store_at(near.url).get("a", limit=99))
    with pytest.raises(NbRemoteError, match="not a public address"):
        read(store_at(far.url, trusted=False).get("x", limit=99))
    assert far.paths() == ["x"]


def test_requests_that_are_redirected_to_one_host_keep_its_bound(serve, store_at, read):
    far = serve({str(n): b"far" for n in range(40)}, latency_s=0.05)
    nears = [serve({}) for _ in range(2)]
    limits = replace(QUICK, in_flight=8, trusted_hosts=frozenset({far.host}))
    for near in nears:
        for n in range(40):
            near.fail(str(n), "redirect", to=far.url_of(str(n)))
    stores = [store_at(near.url, limits=limits) for near in nears]
    assert read(each_of(stores, 40)) == [[b"far"] * 40] * 2
    assert far.peak_in_flight == 8


def test_hosts_that_redirect_to_each_other_never_wait_for_each_other(serve, store_at, read):
    one, other = serve({"x/y": b"1"}), serve({"x/y": b"2"})
    hosts = frozenset({one.host, other.host})
    limits = replace(QUICK, in_flight=2, trusted_hosts=hosts)
    one.fail("a*", "redirect", to=other.url_of("x/y"))
    other.fail("a*", "redirect", to=one.url_of("x/y"))

    async def crosswise():
        return await gather(*(store.get(f"a{n}", limit=9) for n in range(30) for store in stores))

    stores = [store_at(one.url, limits=limits), store_at(other.url, limits=limits)]
    assert read(crosswise()) == [b"2", b"1"] * 30


def test_credentials_and_cookies_stay_with_their_store(serve, store_at, read):
    server = serve({"a": b"x", "b": b"x"})
    server.fail("*", "norange", headers={"Set-Cookie": "session=of-the-first"})
    first = store_at(server.url, credentials=BearerToken("first-token"))
    second = store_at(server.url, credentials=BasicAuth("me", "second-word"))
    third = store_at(server.url)
    for store in (first, second, third, first):
        assert read(store.get("a", limit=9)) == b"x"
    assert server.connections == 1
    assert [request.headers.get("authorization") for request in server.requests] == [
        "Bearer first-token",
        "Basic bWU6c2Vjb25kLXdvcmQ=",
        None,
        "Bearer first-token",
    ]
    assert not any("cookie" in request.headers for request in server.requests)


def test_stores_with_other_trusted_authorities_share_no_connection(serve, store_at, read):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = serve({"a": b"x"}, tls=context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    for _ in range(2):
        assert read(store_at(server.url, tls=trusting).get("a", limit=9)) == b"x"
    assert server.connections == 1
    with pytest.raises(NbRemoteError, match="certificate"):
        read(store_at(server.url).get("a", limit=9))


def test_closing_a_store_leaves_the_others_what_they_read(server, read):
    server.fail("layer1/slow", "hang", times=1)
    first, second = (
        open_store(parse_address(f"{server.url}/layer{n}").location, limits=QUICK) for n in range(2)
    )
    read(first.get("0", limit=99))
    under_way = submit(second.get("slow", limit=99))
    server.wait_for(lambda: len(server.requests) == 2)
    run(first.close(), deadline=5)
    assert server.open_connections == 1
    assert read(second.get("5", limit=99)) == b"0123456789"
    assert server.dropped == []
    under_way.cancel()
    run(second.close(), deadline=5)
    server.wait_for(lambda: server.open_connections == 0)


@pytest.mark.parametrize("fault", ["hang", "hangmid"])
def test_closing_a_store_breaks_off_its_own_reads_only(server, store_at, read, fault):
    patient = StoreLimits()
    server.fail("layer0/0", fault)
    server.fail("layer1/0", fault)
    closed = open_store(parse_address(f"{server.url}/layer0").location, limits=patient)
    other = store_at(f"{server.url}/layer1", limits=patient)
    reads = [submit(one.get("0", limit=99)) for one in (closed, other)]
    server.wait_for(lambda: len(server.requests) == 2)
    run(closed.close(), deadline=5)
    with pytest.raises(RuntimeError, match="this store is closed"):
        reads[0].result(5)
    server.wait_for(lambda: server.dropped == ["layer0/0"])
    assert not reads[1].done()
    assert closed.meter.counts().in_flight == 0
    assert read(other.get("1", limit=99)) == b"0123456789"
    reads[1].cancel()


def test_the_last_store_that_nobody_closed_takes_the_connections_with_it(server, read):
    stores = [
        open_store(parse_address(f"{server.url}/layer{n}").location, limits=QUICK) for n in range(3)
    ]
    for store in stores:
        read(store.get("0", limit=99))
    assert server.open_connections == 1
    del store
    stores.pop()
    gc.collect()
    run(stores.pop().close(), deadline=5)
    assert read(stores[0].get("0", limit=99)) == b"0123456789"
    assert server.connections == 1
    stores.pop()
    gc.collect()
    server.wait_for(lambda: server.open_connections == 0)
    assert not any(kind.host == server.host for kind in connections._pools)


def test_loops_share_nothing(server):
    location = parse_address(f"{server.url}/layer0").location
    seen = []

    async def use():
        store = open_store(location, limits=QUICK)
        seen.append(await store.get("0", limit=99))
        await store.close()

    for _ in range(2):
        thread = threading.Thread(target=asyncio.run, args=(use(),))
        thread.start()
        thread.join(10)
    assert seen == [b"0123456789"] * 2
    assert server.connections == 2
    server.wait_for(lambda: server.open_connections == 0)


def test_stores_that_share_connections_end_quietly_with_the_interpreter(server):
    server.fail("layer1/0", "hang")
    done = in_fresh_interpreter(
        """
        import asyncio, sys
        from nb_remote.location.parse import parse_address
        from nb_remote.store.open import open_store
        from nb_remote.threads import run, submit
        stores = [
            open_store(parse_address(f"{sys.argv[1]}/layer{n}").location) for n in range(3)
        ]
        print(run(stores[0].get("0", limit=99)), run(stores[2].get("0", limit=99)))
        run(stores[2].close())
        reading = submit(stores[1].get("0", limit=99))
        while not stores[1].meter.counts().in_flight:
            run(asyncio.sleep(0))
        """,
        server.url,
    )
    expected = (0, "b'0123456789' b'0123456789'\n", "")
    assert (done.returncode, done.stdout, done.stderr) == expected
    server.wait_for(lambda: server.open_connections == 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_uses_no_connection_and_no_turn_of_its_parent(server):
    server.fail("layer1/0", "hang")
    done = in_fresh_interpreter(
        """
        import asyncio, os, sys
        from nb_remote.location.parse import parse_address
        from nb_remote.store.limits import StoreLimits
        from nb_remote.store.open import open_store
        from nb_remote.threads import run, submit
        limits = StoreLimits(in_flight=1)
        def opened(n):
            return open_store(parse_address(f"{sys.argv[1]}/layer{n}").location, limits=limits)
        first, second = opened(0), opened(1)
        run(first.get("0", limit=99))
        reading = submit(second.get("0", limit=99))
        while not second.meter.counts().in_flight:
            run(asyncio.sleep(0))
        child = os.fork()
        if not child:
            print(run(opened(0).get("1", limit=99), deadline=5), flush=True)
            os._exit(0)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """,
        server.url,
    )
    assert (done.returncode, done.stdout) == (0, "b'0123456789'\n")
    assert server.connections == 2


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)
