"""Looking stays quick while a computation reads: waiting requests start in priority order."""

import asyncio
from dataclasses import replace

import pytest
from tests.store.conftest import QUICK

from nb_remote.priority import Priority, working_at
from nb_remote.threads import run, submit

BULK = 500


@pytest.fixture
def server(serve):
    server = serve({f"{kind}/{n}": b"x" for kind in ("bulk", "soon", "seen") for n in range(BULK)})
    server.fail("slow/*", "hang")
    return server


def store_of_four(server, store_at):
    """Return a store with four requests under way that are never answered."""
    store = store_at(server.url, limits=replace(QUICK, in_flight=4, idle_timeout_s=8))
    slow = [submit(store.get(f"slow/{n}", limit=9)) for n in range(4)]
    server.wait_for(lambda: len(server.requests) == 4)
    server.forget()
    return store, slow


def queue(store, kind, count, priority):
    with working_at(priority):
        reads = [submit(store.get(f"{kind}/{n}", limit=9)) for n in range(count)]
    run(settle(), deadline=5)
    return reads


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


def test_what_is_seen_is_served_next_though_500_bulk_requests_wait(server, store_at):
    store, slow = store_of_four(server, store_at)
    bulk = queue(store, "bulk", BULK, Priority.BULK)
    seen = queue(store, "seen", 1, Priority.VISIBLE)
    slow[0].cancel()
    assert seen[0].result(5) == b"x"
    assert server.paths()[0] == "seen/0"
    assert [read.result(10) for read in bulk] == [b"x"] * BULK
    for read in slow:
        read.cancel()


def test_visible_before_prefetch_before_bulk_and_in_order_within_each(server, store_at):
    store, slow = store_of_four(server, store_at)
    kinds = {"bulk": Priority.BULK, "soon": Priority.PREFETCH, "seen": Priority.VISIBLE}
    reads = [read for kind, priority in kinds.items() for read in queue(store, kind, 5, priority)]
    slow[0].cancel()
    assert [read.result(5) for read in reads] == [b"x"] * 15
    assert server.paths() == [f"{kind}/{n}" for kind in ("seen", "soon", "bulk") for n in range(5)]
    for read in slow:
        read.cancel()


def test_who_gives_up_waiting_takes_nobody_s_turn(server, store_at):
    store, slow = store_of_four(server, store_at)
    bulk = queue(store, "bulk", 9, Priority.BULK)
    seen = queue(store, "seen", 9, Priority.VISIBLE)
    for read in [*seen[::2], *bulk[::2], *slow]:
        read.cancel()
    assert [read.result(5) for read in seen[1::2] + bulk[1::2]] == [b"x"] * 8
    server.wait_for(lambda: store.meter.counts().in_flight == 0)
    run(settle(), deadline=5)
    assert store._inner._share.held == 0
    assert len(server.requests) == 8
