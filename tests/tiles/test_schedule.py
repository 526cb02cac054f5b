"""The newest want-list decides: its order, and nothing that it leaves out."""

import asyncio

import pytest

from nb_remote.errors import NotFound
from nb_remote.threads import run
from nb_remote.tiles.schedule import CHUNKS_AT_ONCE, TileScheduler


def want(number):
    return (0, 0, 0, 0, 0, 0, number)


class Reads:
    """Reads that end when the test says so."""

    def __init__(self, *, cost=CHUNKS_AT_ONCE):
        self.started = []
        self.cancelled = []
        self.delivered = {}
        self._gates = {}
        self._cost = cost
        self.scheduler = TileScheduler(self.read, lambda _want: self._cost, self.deliver)

    async def read(self, one):
        self.started.append(one)
        self._gates[one] = asyncio.get_running_loop().create_future()
        try:
            return await self._gates[one]
        except asyncio.CancelledError:
            self.cancelled.append(one)
            raise

    def deliver(self, one, result):
        self.delivered[one] = result

    async def settle(self):
        for _ in range(10):
            await asyncio.sleep(0)

    async def end(self, one, result):
        gate = self._gates[one]
        if isinstance(result, Exception):
            gate.set_exception(result)
        else:
            gate.set_result(result)
        await self.settle()


def test_tiles_are_read_in_the_order_of_the_list():
    async def scenario():
        reads = Reads()
        reads.scheduler.replace((want(2), want(0), want(1)))
        await reads.settle()
        for number in (2, 0, 1):
            assert reads.started[-1] == want(number)
            await reads.end(want(number), f"tile {number}")
        assert list(reads.delivered.values()) == ["tile 2", "tile 0", "tile 1"]
        assert reads.scheduler.pending == 0

    run(scenario(), deadline=5)


def test_a_new_list_cancels_what_it_leaves_out_and_keeps_what_it_names():
    async def scenario():
        reads = Reads(cost=1)
        reads.scheduler.replace((want(0), want(1), want(2)))
        await reads.settle()
        assert reads.started == [want(0), want(1), want(2)]

        reads.scheduler.replace((want(3), want(1)))
        await reads.settle()

        assert reads.cancelled == [want(0), want(2)]
        assert reads.started == [want(0), want(1), want(2), want(3)]
        await reads.end(want(1), "kept")
        assert reads.delivered == {want(1): "kept"}

    run(scenario(), deadline=5)


def test_a_dropped_tile_that_waits_is_never_read():
    async def scenario():
        reads = Reads()
        reads.scheduler.replace((want(0), want(1), want(2)))
        await reads.settle()
        reads.scheduler.replace((want(0), want(2)))
        await reads.end(want(0), "first")
        await reads.end(want(2), "last")
        assert reads.started == [want(0), want(2)]

    run(scenario(), deadline=5)


def test_chunks_under_way_are_bounded_but_one_tile_always_runs():
    async def scenario():
        few = Reads(cost=CHUNKS_AT_ONCE // 2)
        few.scheduler.replace(tuple(want(n) for n in range(10)))
        huge = Reads(cost=10 * CHUNKS_AT_ONCE)
        huge.scheduler.replace((want(0), want(1)))
        await few.settle()
        assert len(few.started) == 2
        assert len(huge.started) == 1

    run(scenario(), deadline=5)


def test_an_error_is_delivered_and_the_others_go_on():
    async def scenario():
        reads = Reads()
        reads.scheduler.replace((want(0), want(1)))
        await reads.settle()
        error = NotFound("gone")
        await reads.end(want(0), error)
        await reads.end(want(1), "fine")
        assert reads.delivered == {want(0): error, want(1): "fine"}

    run(scenario(), deadline=5)


def test_a_fault_of_ours_shows_on_the_tile_too():
    async def scenario():
        reads = Reads()
        reads.scheduler.replace((want(0), want(1)))
        await reads.settle()
        await reads.end(want(0), ZeroDivisionError("a bug"))
        assert "a bug" in str(reads.delivered[want(0)])
        await reads.end(want(1), "fine")
        assert reads.delivered[want(1)] == "fine"

    run(scenario(), deadline=5)


def test_a_tile_wanted_again_after_it_was_dropped_is_read_again():
    async def scenario():
        reads = Reads()
        reads.scheduler.replace((want(0),))
        await reads.settle()
        reads.scheduler.replace(())
        reads.scheduler.replace((want(0),))
        await reads.settle()
        assert reads.started == [want(0), want(0)]
        await reads.end(want(0), "second try")
        assert reads.delivered == {want(0): "second try"}

    run(scenario(), deadline=5)


def test_closing_drops_everything():
    async def scenario():
        reads = Reads(cost=1)
        reads.scheduler.replace((want(0), want(1)))
        await reads.settle()
        reads.scheduler.close()
        await reads.settle()
        assert reads.cancelled == [want(0), want(1)]
        assert reads.scheduler.pending == 0
        with pytest.raises(KeyError):
            reads.delivered[want(0)]

    run(scenario(), deadline=5)
