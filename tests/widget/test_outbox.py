"""The limits of the channel hold whatever is put in."""

import asyncio

from nb_remote.errors import ErrorInfo
from nb_remote.threads import run
from nb_remote.tiles.encode import EncodedTile
from nb_remote.widget.outbox import (
    MAX_MESSAGE_BYTES,
    MAX_MESSAGE_TILES,
    MIN_INTERVAL_S,
    Finished,
    Outbox,
    Pace,
)

ERROR = ErrorInfo(code="not-found", text="gone", where="", hint="")


def finished(number, size=1000):
    tile = EncodedTile(
        enc="raw", data=bytes(size), height=1, width=size, dtype="uint8", value="", missing=False
    )
    return Finished(want=(number,), outcome=tile)


class Channel:
    def __init__(self, pace=None):
        self.messages = []
        self.times = []
        self._sent = asyncio.Event()
        self.outbox = Outbox(self.send, pace or Pace())

    def send(self, view, batch):
        self.messages.append((view, batch))
        self.times.append(asyncio.get_running_loop().time())
        self._sent.set()

    async def until(self, tiles):
        async with asyncio.timeout(5):
            while sum(len(batch) for _, batch in self.messages) < tiles:
                await self._sent.wait()
                self._sent.clear()


def test_messages_hold_at_most_four_tiles_in_the_order_they_were_done():
    async def scenario():
        channel = Channel()
        for number in range(10):
            channel.outbox.put("a", finished(number))
        await channel.until(10)
        assert [len(batch) for _, batch in channel.messages] == [4, 4, 2]
        sent = [one.want[0] for _, batch in channel.messages for one in batch]
        assert sent == list(range(10))

    run(scenario(), deadline=10)


def test_messages_hold_at_most_256_kib_but_at_least_one_tile():
    async def scenario():
        channel = Channel()
        sizes = [MAX_MESSAGE_BYTES * 2, 10, MAX_MESSAGE_BYTES // 2, MAX_MESSAGE_BYTES // 2, 1]
        for number, size in enumerate(sizes):
            channel.outbox.put("a", finished(number, size))
        await channel.until(len(sizes))
        for _, batch in channel.messages:
            total = sum(len(one.outcome.data) for one in batch)
            assert len(batch) == 1 or total <= MAX_MESSAGE_BYTES
            assert len(batch) <= MAX_MESSAGE_TILES

    run(scenario(), deadline=10)


def test_messages_keep_their_distance():
    async def scenario():
        channel = Channel()
        began = asyncio.get_running_loop().time()
        for number in range(40):
            channel.outbox.put("a", finished(number))
        await channel.until(40)
        # However late a busy machine is with one, no message comes before its turn.
        assert len(channel.times) == 10
        for number, sent in enumerate(channel.times):
            assert sent - began >= 0.999 * number * MIN_INTERVAL_S

    run(scenario(), deadline=10)


def test_views_and_errors_never_share_a_message():
    async def scenario():
        channel = Channel()
        channel.outbox.put("a", finished(0))
        channel.outbox.put("b", finished(1))
        channel.outbox.put("b", Finished(want=(2,), outcome=ERROR))
        channel.outbox.put("b", finished(3))
        await channel.until(4)
        assert [(view, len(batch)) for view, batch in channel.messages] == [
            ("a", 1),
            ("b", 1),
            ("b", 1),
            ("b", 1),
        ]

    run(scenario(), deadline=10)


def test_what_is_no_longer_wanted_is_not_sent():
    async def scenario():
        channel = Channel()
        for number in range(3):
            channel.outbox.put("a", finished(number))
        channel.outbox.put("b", finished(7))
        channel.outbox.drop("a", keep=frozenset({(1,)}))
        await channel.until(2)
        assert [one.want for _, batch in channel.messages for one in batch] == [(1,), (7,)]

    run(scenario(), deadline=10)


def test_views_take_turns_so_that_a_busy_one_does_not_keep_the_other_waiting():
    async def scenario():
        channel = Channel()
        for number in range(4 * MAX_MESSAGE_TILES):
            channel.outbox.put("busy", finished(number))
        channel.outbox.put("other", finished(0))
        await channel.until(4 * MAX_MESSAGE_TILES + 1)
        assert [view for view, _ in channel.messages][:3] == ["busy", "other", "busy"]

    run(scenario(), deadline=10)


def test_two_widgets_keep_the_distance_together():
    async def scenario():
        pace = Pace()
        one, other = Channel(pace), Channel(pace)
        began = asyncio.get_running_loop().time()
        for number in range(20):
            one.outbox.put("a", finished(number))
            other.outbox.put("a", finished(number))
        await one.until(20)
        await other.until(20)
        times = sorted(one.times + other.times)
        for number, sent in enumerate(times):
            assert sent - began >= 0.999 * number * MIN_INTERVAL_S
        assert one.times[0] < other.times[0] < one.times[1]

    run(scenario(), deadline=10)


def test_nothing_stays_behind():
    async def scenario():
        channel = Channel()
        channel.outbox.put("a", finished(0))
        channel.outbox.put("b", finished(1))
        assert channel.outbox.drop("b") == 1
        await channel.until(1)
        assert channel.outbox.waiting == 0

    run(scenario(), deadline=10)
