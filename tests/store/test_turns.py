"""Turns of many hosts: each within its bound, all within one, and nobody forgotten."""

import asyncio

import pytest

from nb_remote.priority import Priority, Urgency, context_of, working_at
from nb_remote.store.turns import Share, Turns, move_to


class Reader:
    """Holds one turn until it is told to go on; ``began`` lists the names in order."""

    def __init__(self, began, name, share, host):
        self._go = asyncio.Event()
        self._began, self._name = began, name
        self._turn = share.turn(host)
        self.task = asyncio.ensure_future(self._read())

    async def _read(self):
        async with self._turn:
            self._began.append(self._name)
            await self._go.wait()

    async def end(self):
        self._go.set()
        await self.task


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def began():
    return []


def test_a_slow_host_leaves_the_others_their_turns(began):
    async def story():
        turns = Turns(4)
        slow, quick = Share(3, turns), Share(3, turns)
        readers = [Reader(began, f"slow{n}", slow, "slow") for n in range(9)]
        await settle()
        other = [Reader(began, f"quick{n}", quick, "quick") for n in range(3)]
        await settle()
        assert began == ["slow0", "slow1", "slow2", "quick0"]
        assert turns.free == 0
        await other[0].end()
        await settle()
        # the host that holds less comes first, although the other one has waited for longer
        assert began[4:] == ["quick1"]
        for one in (*readers, *other):
            await one.end()
        assert turns.free == 4
        assert slow.held == quick.held == 0
        assert turns._hosts == turns._waited_for == {}

    asyncio.run(story())


def test_what_is_seen_at_one_host_comes_before_bulk_at_another(began):
    async def story():
        turns = Turns(1)
        holder = Reader(began, "first", Share(4, turns), "a")
        await settle()
        with working_at(Priority.BULK):
            bulk = Reader(began, "bulk", Share(4, turns), "b")
        await settle()
        seen = Reader(began, "seen", Share(4, turns), "a")
        await settle()
        await holder.end()
        await seen.end()
        await bulk.end()
        assert began == ["first", "seen", "bulk"]

    asyncio.run(story())


def test_who_becomes_urgent_while_waiting_overtakes_other_stores(began):
    async def story():
        turns = Turns(1)
        holder = Reader(began, "first", Share(1, turns), "a")
        await settle()
        with working_at(Priority.BULK):
            bulk = [Reader(began, f"bulk{n}", Share(1, turns), "a") for n in range(3)]
        urgency = Urgency(Priority.BULK)
        context = context_of(urgency)
        late = context.run(Reader, began, "late", Share(1, turns), "a")
        await settle()
        urgency.rise(Priority.VISIBLE)
        await holder.end()
        for one in (late, *bulk):
            await one.end()
        assert began == ["first", "late", "bulk0", "bulk1", "bulk2"]
        assert turns._hosts == turns._waited_for == {}

    asyncio.run(story())


def test_who_gives_up_leaves_nothing_behind(began):
    async def story():
        turns = Turns(2)
        share = Share(1, turns)
        holder = Reader(began, "first", share, "a")
        await settle()
        waiting = [Reader(began, f"late{n}", share, "a") for n in range(5)]
        far = [Reader(began, f"far{n}", Share(1, turns), "b") for n in range(2)]
        await settle()
        for one in (*waiting[:4], far[1]):
            one.task.cancel()
        await settle()
        await holder.end()
        await waiting[4].end()
        await far[0].end()
        assert began == ["first", "far0", "late4"]
        assert turns.free == 2
        assert turns._hosts == turns._waited_for == {}

    asyncio.run(story())


def test_a_turn_granted_in_the_moment_of_giving_up_is_given_back(began):
    async def story():
        turns = Turns(1)
        share = Share(1, turns)
        async with share.turn("a"):
            waiting = Reader(began, "late", share, "a")
            await settle()
        waiting.task.cancel()
        await settle()
        assert began == []
        assert (turns.free, share.held) == (1, 0)
        assert turns._hosts == {}

    asyncio.run(story())


def test_a_turn_is_held_at_one_host_at_a_time():
    async def story():
        turns = Turns(2)
        share = Share(1, turns)
        async with share.turn("a"):
            await move_to("a")
            assert (turns.free, set(turns._hosts)) == (1, {"a"})
            await move_to("b")
            assert (turns.free, set(turns._hosts)) == (1, {"b"})
            assert share.held == 1
        assert (turns.free, turns._hosts, share.held) == (2, {}, 0)
        await move_to("c")  # without a turn, nothing
        assert turns._hosts == {}

    asyncio.run(story())


def test_a_turn_that_was_lost_on_the_way_is_not_given_back_twice(began):
    async def story():
        turns = Turns(2)
        share = Share(2, turns)
        holder = Reader(began, "first", Share(1, turns), "b")
        await settle()

        async def moves():
            async with Share(1, turns).turn("a"):
                await move_to("b")

        moving = asyncio.ensure_future(moves())
        await settle()
        moving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await moving
        assert turns.free == 1
        await holder.end()
        assert (turns.free, turns._hosts, share.held) == (2, {}, 0)

    asyncio.run(story())


def test_a_task_that_outlives_the_read_it_began_in_takes_no_turn():
    async def story():
        turns, go = Turns(2), asyncio.Event()

        async def later():
            await go.wait()
            await move_to("b")

        async with Share(1, turns).turn("a"):
            task = asyncio.ensure_future(later())
        go.set()
        await task
        assert (turns.free, turns._hosts) == (2, {})

    asyncio.run(story())
