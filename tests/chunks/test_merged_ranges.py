"""Ranges of a shard that became one request: who leaves takes nothing from the others."""

import asyncio
import threading
from dataclasses import replace

import numpy as np
import pytest
from tests.containers.written import QUICK, below, ramp
from tests.containers.written3 import LITTLE, level_at, sharded, written
from tests.servers.http import PATIENCE_S

from nb_remote.chunks.merging import RangeMerger
from nb_remote.chunks.selection import normalise
from nb_remote.errors import CorruptChunk, ServerFailed
from nb_remote.priority import Priority, Urgency, context_of, current_urgency, working_at
from nb_remote.threads import run, submit

# One shard of six chunks of 16 bytes in a row, and its index at the end.
DATA = ramp((6, 8))
CHUNK_BYTES = 16
INDEX_BYTES = 6 * 16
SHARD = "v/c/0/0"
IN_FLIGHT = 4


class Gate(dict):
    """Served objects; the shard is held back until `open`, once `passes` requests got it."""

    def __init__(self, content):
        super().__init__(content)
        self.passes = None
        self.reached, self.open = threading.Event(), threading.Event()

    def get(self, key, default=None):
        if key == SHARD and self.passes is not None:
            self.passes -= 1
            if self.passes < 0:
                self.reached.set()
                assert self.open.wait(PATIENCE_S)
        return super().get(key, default)


def shard_with(*, beyond=()):
    """Return the objects of the array; in its index the chunks `beyond` end behind the shard.

    The first of them begins inside it, the others behind it.
    """
    objects = written(DATA, (6, 8), [sharded((1, 8), LITTLE, index=[LITTLE])])
    shard = bytearray(objects["c/0/0"])
    assert len(shard) == 6 * CHUNK_BYTES + INDEX_BYTES
    for number, chunk in enumerate(beyond):
        at = len(shard) - INDEX_BYTES + 16 * chunk
        shard[at : at + 8] = (len(shard) - 2 + 5 * number).to_bytes(8, "little")
    return below("v", objects | {"c/0/0": bytes(shard)})


@pytest.fixture
def opened(serve):
    """``opened(beyond=…)`` serves the array, reads the index, returns the server and a reader."""

    def make(**changes):
        server = serve(Gate(shard_with(**changes)))
        limits = replace(QUICK, in_flight=IN_FLIGHT, idle_timeout_s=2 * PATIENCE_S)
        level = level_at(f"{server.url}/v", server.content["v/zarr.json"], limits=limits)
        reader = level._source.reader(level.layout)
        np.testing.assert_array_equal(level[0], DATA[0])
        reader._caches.raw.discard((reader._identity, (0, 0)))
        server.wait_for(lambda: server._in_flight == 0)
        server.forget()
        return server, reader

    return make


def row(number):
    return normalise((number,), DATA.shape).ranges


def start(reader, rows):
    """Begin a read of each row in one turn of the loop."""

    async def begin():
        return [asyncio.create_task(reader.read(row(number))) for number in rows]

    return run(begin(), deadline=PATIENCE_S)


def cancel(*tasks):
    async def leave():
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=PATIENCE_S)
        assert all(task.cancelled() for task in tasks)

    run(leave(), deadline=2 * PATIENCE_S)


def result(task):
    async def wait():
        return (await task).block[0]

    return run(wait(), deadline=PATIENCE_S)


def ranges(server):
    return [request.range for request in server.requests]


def of_chunks(first, last):
    return f"bytes={first * CHUNK_BYTES}-{(last + 1) * CHUNK_BYTES - 1}"


def nothing_left(reader):
    """No task, no turn, no table entry is left of what has ended."""

    async def tasks_end():
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            _, pending = await asyncio.wait(others, timeout=PATIENCE_S)
            assert not pending

    run(tasks_end(), deadline=2 * PATIENCE_S)
    shards, store = reader._shards, reader._store
    assert reader._fetching._entries == reader._decoding._entries == {}
    assert shards._asking._entries == {}
    assert shards._merger._waiting == {}
    assert shards._merger._running == set()
    assert store.meter.counts().in_flight == 0
    assert store._inner._share.held == 0
    assert store._transport._budget.free == store.limits.bytes_in_flight


def test_one_of_two_who_share_a_request_leaves_and_the_other_gets_its_bytes(opened):
    server, reader = opened()
    server.content.passes = 0
    first, second = start(reader, [1, 4])
    assert server.content.reached.wait(PATIENCE_S)
    cancel(first)
    server.content.open.set()
    np.testing.assert_array_equal(result(second), DATA[4])
    assert ranges(server) == [of_chunks(1, 4)]
    assert server.dropped == []
    nothing_left(reader)
    # What was cancelled is asked for again, by itself.
    (again,) = start(reader, [1])
    np.testing.assert_array_equal(result(again), DATA[1])
    assert ranges(server)[1:] == [of_chunks(1, 1)]


def test_when_all_who_share_a_request_leave_it_ends_down_to_the_socket(opened):
    server, reader = opened()
    server.fail("*/c/*", "hang")
    tasks = start(reader, [1, 2, 5])
    server.wait_for(lambda: server.requests)
    cancel(*tasks[:2])
    assert server.dropped == []
    cancel(tasks[2])
    server.wait_for(lambda: server.dropped == [SHARD])
    assert ranges(server) == [of_chunks(1, 5)]
    nothing_left(reader)
    server.heal()
    np.testing.assert_array_equal(result(start(reader, [2])[0]), DATA[2])


def test_ranges_left_before_the_request_is_sent_are_never_asked_for(opened):
    """It waits for its turn behind others; nobody wants it when the turn comes."""
    server, reader = opened()
    server.fail("v/slow/*", "hang")
    slow = [submit(reader._store.get(f"slow/{n}", limit=9)) for n in range(IN_FLIGHT)]
    server.wait_for(lambda: len(server.requests) == IN_FLIGHT)
    cancel(*start(reader, [1, 2]))
    for one in slow:
        one.cancel()
    server.wait_for(lambda: len(server.dropped) == IN_FLIGHT)
    nothing_left(reader)
    np.testing.assert_array_equal(result(start(reader, [5])[0]), DATA[5])
    assert ranges(server)[IN_FLIGHT:] == [of_chunks(5, 5)]


def test_who_leaves_in_the_same_turn_is_not_part_of_the_request(opened):
    server, reader = opened()

    async def begin():
        merger = reader._shards._merger
        key = SHARD.removeprefix("v/")
        asking = [asyncio.create_task(merger.get(key, n * 16, n * 16 + 16)) for n in range(3)]
        await asyncio.sleep(0)  # all have asked; the request is made in the turn after this
        asking[2].cancel()
        return await asyncio.gather(*asking, return_exceptions=True)

    first, second, gone = run(begin(), deadline=PATIENCE_S)
    assert first + second == DATA[:2].tobytes()
    assert isinstance(gone, asyncio.CancelledError)
    assert ranges(server) == [of_chunks(0, 1)]
    nothing_left(reader)


@pytest.mark.parametrize("broken", [(3,), (1,), (1, 3)], ids=str)
def test_a_range_beyond_the_end_is_an_error_on_its_chunk_alone(opened, broken):
    server, reader = opened(beyond=broken)
    rows = [0, 1, 2, 3, 5]
    for number, task in zip(rows, start(reader, rows), strict=True):
        if number not in broken:
            np.testing.assert_array_equal(result(task), DATA[number])
            continue
        with pytest.raises(CorruptChunk) as caught:
            result(task)
        assert caught.value.chunk == (number, 0)
        assert caught.value.where == f"{server.url}/{SHARD}"
    nothing_left(reader)


def test_an_error_of_a_shared_request_reaches_all_who_wait_for_it(opened):
    """Not one by one: what the server refuses once it refuses again."""
    server, reader = opened()
    server.fail("*/c/*", "500")
    for task in start(reader, [1, 2, 3]):
        with pytest.raises(ServerFailed) as caught:
            result(task)
        assert caught.value.where == f"{server.url}/{SHARD}"
    assert ranges(server) == [of_chunks(1, 3)]
    nothing_left(reader)


def test_an_object_that_vanished_is_missing_for_all_who_share_the_request(opened):
    server, reader = opened()
    del server.content[SHARD]
    tasks = start(reader, [1, 3])
    for task in tasks:
        np.testing.assert_array_equal(result(task), 0)
    assert ranges(server)[0] == of_chunks(1, 3)
    assert reader.missing_chunks == 2
    nothing_left(reader)


# --- one by one, after a shared request had gone beyond the end ------------------------


def one_by_one(server, reader, rows):
    """Begin reads whose shared request goes beyond the end; hold what is asked next."""
    server.fail("*/c/*", "hang")
    server.fail("*/c/*", "chunked", times=1)  # healthy: the shared request is answered
    tasks = start(reader, rows)
    server.wait_for(lambda: len(server.requests) == 1 + len(rows))
    return tasks


def test_one_who_leaves_while_ranges_are_asked_for_one_by_one_ends_only_its_own(opened):
    server, reader = opened(beyond=[3])
    tasks = one_by_one(server, reader, [1, 2, 3])
    cancel(tasks[1])
    server.wait_for(lambda: server.dropped == [SHARD])
    assert not tasks[0].done()
    assert not tasks[2].done()
    cancel(tasks[0], tasks[2])
    server.wait_for(lambda: server.dropped == [SHARD] * 3)
    nothing_left(reader)


def test_when_one_leaves_the_others_get_their_bytes_and_errors_one_by_one(opened):
    server, reader = opened(beyond=[3])
    server.content.passes = 1
    tasks = start(reader, [1, 2, 3])
    assert server.content.reached.wait(PATIENCE_S)
    cancel(tasks[0])
    server.content.open.set()
    np.testing.assert_array_equal(result(tasks[1]), DATA[2])
    with pytest.raises(CorruptChunk) as caught:
        result(tasks[2])
    assert caught.value.chunk == (3, 0)
    nothing_left(reader)


def test_who_had_left_the_shared_request_is_not_asked_for_one_by_one(opened):
    server, reader = opened(beyond=[3])
    server.content.passes = 0
    tasks = start(reader, [1, 2, 3])
    assert server.content.reached.wait(PATIENCE_S)
    cancel(tasks[0])
    server.content.open.set()
    np.testing.assert_array_equal(result(tasks[1]), DATA[2])
    with pytest.raises(CorruptChunk):
        result(tasks[2])
    assert of_chunks(2, 2) in ranges(server)
    assert of_chunks(1, 1) not in ranges(server)
    nothing_left(reader)


def test_a_slow_range_does_not_hold_up_its_neighbours_one_by_one(opened):
    server, reader = opened(beyond=[3])
    server.fail("*/c/*", "hang", times=1)
    server.fail("*/c/*", "chunked", times=1)
    tasks = start(reader, [1, 2, 4, 3])
    server.wait_for(lambda: len(server.requests) >= 5)
    done = run(asyncio.wait_for(_all_but_one(tasks), PATIENCE_S), deadline=2 * PATIENCE_S)
    (slow,) = set(tasks) - done
    corrupt = [one.exception() for one in done if one.exception() is not None]
    assert all(isinstance(error, CorruptChunk) for error in corrupt)
    assert (len(done), len(corrupt) <= 1) == (3, True)
    cancel(slow)
    server.wait_for(lambda: server.dropped == [SHARD])
    nothing_left(reader)


async def _all_but_one(tasks):
    waiting = set(tasks)
    while len(waiting) > 1:
        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    return set(tasks) - waiting


class Recorded:
    """A store whose ranges wait until told; remembers how urgent each request has become."""

    def __init__(self):
        self.urgencies = []
        self.asked, self.answer = asyncio.Event(), asyncio.Event()

    async def get_range(self, key, start, stop):
        self.urgencies.append(current_urgency())
        self.asked.set()
        await self.answer.wait()
        return bytes(range(start, stop))


async def ask_at(merger, priority, start, stop):
    with working_at(priority):
        return await merger.get("shard", start, stop)


@pytest.mark.parametrize(
    "order", [(Priority.BULK, Priority.VISIBLE), (Priority.VISIBLE, Priority.BULK)]
)
def test_a_merged_request_is_as_urgent_as_the_most_urgent_who_waits(order):
    async def go():
        store = Recorded()
        merger = RangeMerger(store)
        tasks = [
            asyncio.create_task(ask_at(merger, one, 4 * n, 4 * n + 4))
            for n, one in enumerate(order)
        ]
        await store.asked.wait()
        assert [one.priority for one in store.urgencies] == [Priority.VISIBLE]
        store.answer.set()
        assert await asyncio.gather(*tasks) == [bytes(range(4)), bytes(range(4, 8))]

    asyncio.run(asyncio.wait_for(go(), PATIENCE_S))


def test_a_merged_request_becomes_more_urgent_with_one_who_waits_for_it():
    async def go():
        store = Recorded()
        merger = RangeMerger(store)
        mine = Urgency(Priority.BULK)
        task = asyncio.get_running_loop().create_task(
            merger.get("shard", 0, 4), context=context_of(mine)
        )
        await store.asked.wait()
        (request,) = store.urgencies
        assert request.priority is Priority.BULK
        mine.rise(Priority.VISIBLE)
        assert request.priority is Priority.VISIBLE
        store.answer.set()
        await task
        await asyncio.sleep(0)
        assert not mine.followers

    asyncio.run(asyncio.wait_for(go(), PATIENCE_S))
