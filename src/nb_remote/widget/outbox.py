"""Packs finished tiles into messages and keeps the limits of the channel."""

import asyncio
import functools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from nb_remote.errors import ErrorInfo
from nb_remote.tiles.address import Want
from nb_remote.tiles.encode import EncodedTile

MAX_MESSAGE_BYTES = 256 * 1024
MAX_MESSAGE_TILES = 4
"""One or the other, whichever comes first: larger messages arrive no faster (measured)."""
MIN_INTERVAL_S = 1 / 300
"""The server drops messages above 1000 a second; a third of that leaves room for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A tile that is done."""

    want: Want
    outcome: EncodedTile | ErrorInfo
    """What to send, or why there is nothing."""


class Pace:
    """Turns to send, so many a second for all who share it. Used on the IO loop only."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def take(self) -> float:
        """Take the next turn; return how many seconds it is away."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._free_at)
        self._free_at = at + MIN_INTERVAL_S
        return at - now


@functools.cache
def process_pace() -> Pace:
    """Return the pace of this process: the server counts a kernel's messages, not a widget's."""
    return Pace()


class Outbox:
    """Sends finished tiles of one widget, its views in turn. Runs on the IO loop only.

    Parameters
    ----------
    send
        Sends one message with some finished tiles of one view.
    pace
        When; shared with the other widgets, who each have one turn at a time.
    """

    def __init__(
        self, send: Callable[[str, list[Finished]], None], pace: Pace | None = None
    ) -> None:
        self._send = send
        self._pace = pace or process_pace()
        self._queues: dict[str, deque[Finished]] = {}
        """Per view, none empty; the first is next."""
        self._timer: asyncio.Handle | None = None

    @property
    def waiting(self) -> int:
        """Tiles that wait to be sent."""
        return sum(map(len, self._queues.values()))

    def put(self, view: str, finished: Finished) -> None:
        """Queue a tile; it is sent in this turn of the loop, or as soon as the pace allows."""
        self._queues.setdefault(view, deque()).append(finished)
        self._schedule()

    def drop(self, view: str, keep: frozenset[Want] = frozenset()) -> int:
        """Forget what waits for a view, except for the tiles still wanted; return how many."""
        queue = self._queues.get(view, deque())
        kept = deque(one for one in queue if one.want in keep)
        dropped = len(queue) - len(kept)
        if kept:
            self._queues[view] = kept
        else:
            self._queues.pop(view, None)
        return dropped

    def _schedule(self) -> None:
        if self._timer is None and self._queues:
            wait = self._pace.take()
            loop = asyncio.get_running_loop()
            self._timer = (
                loop.call_later(wait, self._flush) if wait > 0 else loop.call_soon(self._flush)
            )

    def _flush(self) -> None:
        self._timer = None
        if self._queues:
            view = next(iter(self._queues))
            queue = self._queues.pop(view)
            batch = _take_batch(queue)
            if queue:  # behind the other views
                self._queues[view] = queue
            self._send(view, batch)
        self._schedule()


def _take_batch(queue: deque[Finished]) -> list[Finished]:
    first = queue.popleft()
    batch = [first]
    size = _size(first)
    while queue and len(batch) < MAX_MESSAGE_TILES:
        one = queue[0]
        size += _size(one)
        if type(one.outcome) is not type(first.outcome) or size > MAX_MESSAGE_BYTES:
            break
        batch.append(queue.popleft())
    return batch


def _size(one: Finished) -> int:
    return len(one.outcome.data) if isinstance(one.outcome, EncodedTile) else 0
