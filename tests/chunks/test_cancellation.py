"""Reads cancelled at random moments leave nothing behind, and what is read next is right."""

import asyncio
import gc
import random
from collections import Counter
from dataclasses import replace

import numcodecs
import numpy as np
import pytest
from tests.containers.written import QUICK, below, level_at, ramp, written

from nb_remote.chunks.selection import AxisRange
from nb_remote.priority import Priority
from nb_remote.threads import _threads, io_loop, run

DATA = ramp((24, 30, 36))
CHUNKS = (4, 6, 8)
IN_FLIGHT = 8
AT_ONCE = 4
# Each read that left one object of a kind behind would make at least 500 more. Connections that are
# closing and the URL caches of aiohttp make about 50, whether 1 000 or 3 000 are cancelled.
MOST_MORE_OF_A_KIND = 200


@pytest.fixture
def server(serve):
    return serve(below("v", written(DATA, CHUNKS, compressors=numcodecs.GZip(1))), latency_s=0.002)


@pytest.fixture
def level(server):
    limits = replace(QUICK, in_flight=IN_FLIGHT)
    return level_at(f"{server.url}/v", server.content["v/.zarray"], limits=limits)


def random_box(rng):
    pairs = [sorted(rng.sample(range(n + 1), 2)) for n in DATA.shape]
    return tuple(AxisRange(start=low, stop=high) for low, high in pairs)


async def cancel_one(reader, meter, rng):
    """Begin a read, let it come to a random point, and cancel it; check it if it was faster."""
    box = random_box(rng)
    if rng.random() < 0.7:
        reader._caches.raw.clear()
        reader._caches.decoded.clear()
    before = meter.counts()
    read = asyncio.create_task(
        reader.read(box, whole_chunks=rng.random() < 0.5, priority=rng.choice(list(Priority)))
    )
    requests, received = rng.randrange(6), rng.choice([0, 0, 100, 1000])
    steps = rng.randrange(30)
    while not read.done():
        now = meter.counts()
        far = now.requests - before.requests >= requests
        if far and now.received_bytes - before.received_bytes >= received:
            steps -= 1
        if steps < 0:
            break
        await asyncio.sleep(0)
    read.cancel()
    try:
        reading = await read
    except asyncio.CancelledError:
        return True
    np.testing.assert_array_equal(reading.block, DATA[tuple(slice(r.start, r.stop) for r in box)])
    return False


async def cancel_many(level, count, seed):
    reader = level._source.reader(level.layout)
    rng = random.Random(seed)
    left = iter(range(count))

    async def worker():
        return [await cancel_one(reader, level._source.meter, rng) for _ in left]

    done = await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return sum(map(sum, done))


async def census():
    """Count what lives, once everything that was cancelled has ended."""
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        _, pending = await asyncio.wait(others, timeout=5)
        assert not pending
    gc.collect()
    return Counter(type(one).__qualname__ for one in gc.get_objects())


def test_a_thousand_cancelled_reads_leave_nothing_behind(server, level):
    run(cancel_many(level, 40, seed=1), deadline=60)  # what is made once and kept
    server.forget()
    before = run(census(), deadline=20)
    cancelled = run(cancel_many(level, 1000, seed=2), deadline=110)
    assert cancelled > 500, "most reads were done before they could be cancelled"
    server.forget()  # its records are no leak
    after = run(census(), deadline=20)
    grown = {
        kind: n - before[kind]
        for kind, n in after.items()
        if n - before[kind] > MOST_MORE_OF_A_KIND
    }
    assert grown == {}

    store, reader = level._source.store, level._source.reader(level.layout)
    assert store.meter.counts().in_flight == 0
    assert store._transport._budget.free == store.limits.bytes_in_flight
    assert store._inner._share.held == 0
    assert reader._fetching._entries == reader._decoding._entries == {}
    assert not any(_threads.batches._waiting.values())
    assert asyncio.all_tasks(io_loop()) == set()
    server.wait_for(lambda: server.open_connections <= IN_FLIGHT)

    server.latency_s = 0
    reader._caches.raw.clear()
    reader._caches.decoded.clear()
    np.testing.assert_array_equal(level[...], DATA)
