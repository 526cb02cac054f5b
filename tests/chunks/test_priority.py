"""A chunk that somebody looks at overtakes, also where a computation has queued for it before."""

import asyncio
from dataclasses import replace

from tests.containers.written import QUICK, below, level_at, ramp, written

from nb_remote.chunks.selection import normalise
from nb_remote.priority import Priority, current_urgency, working_at
from nb_remote.sharing import SharedWork
from nb_remote.threads import run, submit

DATA = ramp((12, 3, 4))


def start(level, index, priority):
    reader = level._source.reader(level.layout)
    ranges = normalise(index, level.shape).ranges
    future = submit(reader.read(ranges, whole_chunks=True, priority=priority))
    run(settle(), deadline=5)
    return future


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_chunk_that_is_looked_at_overtakes_the_computation_it_is_part_of(serve):
    server = serve(below("v", written(DATA, (1, 3, 4))))
    server.fail("v/0.*", "hang", times=1)
    limits = replace(QUICK, in_flight=1, idle_timeout_s=8)
    level = level_at(f"{server.url}/v", server.content["v/.zarray"], limits=limits)
    blocking = start(level, 0, Priority.BULK)
    server.wait_for(lambda: server.paths() == ["v/0.0.0"])
    whole = start(level, slice(1, None), Priority.BULK)
    seen = start(level, 9, Priority.VISIBLE)
    blocking.cancel()
    assert (seen.result(5).block == DATA[9]).all()
    assert server.paths()[1] == "v/9.0.0"
    assert (whole.result(5).block == DATA[1:]).all()
    assert len(server.requests) == 12


def test_shared_work_is_as_urgent_as_the_most_urgent_who_waits():
    async def scenario():
        outer, inner, done = SharedWork(), SharedWork(), asyncio.Event()
        urgencies = []

        async def work():
            urgencies.append(current_urgency())
            await done.wait()

        def nested():
            return inner.get("chunk", work)

        async def wait_at(priority):
            with working_at(priority):
                await outer.get("chunk", nested)

        bulk = asyncio.create_task(wait_at(Priority.BULK))
        await settle()
        assert [one.priority for one in urgencies] == [Priority.BULK]
        seen = asyncio.create_task(wait_at(Priority.VISIBLE))
        await settle()
        assert [one.priority for one in urgencies] == [Priority.VISIBLE]
        done.set()
        await asyncio.gather(bulk, seen)

    asyncio.run(scenario())
