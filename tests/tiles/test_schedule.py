"""The newest want-list decides: its order, and nothing that it leaves out."""

import asyncio

import pytest

from nb_remote.errors import NotFound
from nb_remote.priority import Priority, current_urgency
from nb_remote.threads import run
from nb_remote.tiles.schedule import (
    CHUNKS_AHEAD_AT_ONCE,
    CHUNKS_AT_ONCE,
    Purpose,
    TileScheduler,
)


def want(number):
    return (0, 0, 0, 0, 0, 0, number)


class Reads:
    """Reads that end when the test says so."""

    def __init__(self, *, cost=CHUNKS_AT_ONCE):
        self.started = []
        self.cancelled = []
        self.delivered = {}
        self.purposes = {}
        self.urgencies = {}
        self._gates = {}
        self._cost = cost
        self.scheduler = TileScheduler(self.read, lambda _want: self._cost, self.deliver)

    async def read(self, one, purpose):
        self.started.append(one)
        self.purposes[one] = purpose
        self.urgencies[one] = current_urgency()
        self._gates[one] = asyncio.get_running_loop().create_future()
        try:
            return await self._gates[one]
        except asyncio.CancelledError:
            self.cancelled.append(one)
            raise

    def deliver(self, one, result, purpose):
        self.delivered[one] = result
        self.purposes[one] = purpose

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


def test_what_may_be_seen_next_is_read_after_what_is_seen_and_beside_it():
    async def scenario():
        reads = Reads(cost=CHUNKS_AHEAD_AT_ONCE)
        reads.scheduler.replace([want(0), want(1), want(2)], [want(3), want(4)], [want(5)])
        await reads.settle()
        assert reads.started == [want(0), want(1)]
        await reads.end(want(0), "seen")
        assert reads.started == [want(0), want(1), want(2), want(3)]
        assert reads.urgencies[want(2)].priority is Priority.VISIBLE
        assert reads.urgencies[want(3)].priority is Priority.PREFETCH
        # a view that shows something new needn't wait for what was read ahead
        reads.scheduler.replace([want(6), want(7)], [want(3)])
        await reads.settle()
        assert reads.started[4:] == [want(6), want(7)]

    run(scenario(), deadline=5)


def test_a_tile_that_comes_into_view_while_it_is_read_is_raised_and_not_read_again():
    async def scenario():
        reads = Reads(cost=1)
        reads.scheduler.replace([], [want(0)], [want(1)])
        await reads.settle()
        reads.scheduler.replace([want(1)], [want(0)])
        await reads.settle()
        assert reads.started == [want(0), want(1)]
        assert reads.urgencies[want(1)].priority is Priority.VISIBLE
        assert reads.urgencies[want(0)].priority is Priority.PREFETCH
        await reads.end(want(1), "seen")
        assert reads.delivered == {want(1): "seen"}
        assert reads.purposes[want(1)] is Purpose.SHOW

    run(scenario(), deadline=5)


def test_what_is_only_warmed_is_not_delivered_and_its_error_neither():
    async def scenario():
        reads = Reads(cost=1)
        reads.scheduler.replace([], [], [want(0), want(1), want(2)])
        await reads.settle()
        await reads.end(want(0), "ready")
        await reads.end(want(1), NotFound("gone"))
        await reads.end(want(2), ZeroDivisionError("a bug"))
        assert reads.delivered == {}
        assert reads.scheduler.pending == 0

    run(scenario(), deadline=5)


def test_who_begins_can_join_what_the_dropped_ones_were_doing():
    async def scenario():
        order = []

        async def read(one, _purpose):
            order.append(("began", one))
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                order.append(("dropped", one))
                raise

        scheduler = TileScheduler(read, lambda _want: CHUNKS_AT_ONCE, lambda *_: None)
        scheduler.replace([want(0)])
        await asyncio.sleep(0)
        scheduler.replace([want(1)])
        for _ in range(5):
            await asyncio.sleep(0)
        assert order == [("began", want(0)), ("began", want(1)), ("dropped", want(0))]
        assert scheduler.cancelled == 1
        scheduler.close()

    run(scenario(), deadline=5)
