"""Packs finished tiles into messages and keeps the limits of the channel."""

import asyncio
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


class Outbox:
    """Sends finished tiles of one widget. Runs on the IO loop only.

    Parameters
    ----------
    send
        Sends one message with some finished tiles of one view.
    """

    def __init__(self, send: Callable[[str, list[Finished]], None]) -> None:
        self._send = send
        self._queue: deque[tuple[str, Finished]] = deque()
        self._timer: asyncio.Handle | None = None
        self._sent_at = -MIN_INTERVAL_S

    def put(self, view: str, finished: Finished) -> None:
        """Queue a tile; it is sent in this turn of the loop, or as soon as the rate allows."""
        self._queue.append((view, finished))
        self._schedule()

    def drop(self, view: str, keep: frozenset[Want] = frozenset()) -> None:
        """Forget what waits for a view, except for the tiles still wanted."""
        self._queue = deque(
            (name, one) for name, one in self._queue if name != view or one.want in keep
        )

    def _schedule(self) -> None:
        if self._timer is None and self._queue:
            loop = asyncio.get_running_loop()
            wait = self._sent_at + MIN_INTERVAL_S - loop.time()
            self._timer = (
                loop.call_later(wait, self._flush) if wait > 0 else loop.call_soon(self._flush)
            )

    def _flush(self) -> None:
        self._timer = None
        if self._queue:
            self._sent_at = asyncio.get_running_loop().time()
            view, batch = self._take_batch()
            self._send(view, batch)
        self._schedule()

    def _take_batch(self) -> tuple[str, list[Finished]]:
        view, first = self._queue.popleft()
        batch = [first]
        size = _size(first)
        while self._queue and len(batch) < MAX_MESSAGE_TILES:
            name, one = self._queue[0]
            if (
                name != view
                or type(one.outcome) is not type(first.outcome)
                or size + _size(one) > MAX_MESSAGE_BYTES
            ):
                break
            batch.append(self._queue.popleft()[1])
            size += _size(one)
        return view, batch


def _size(one: Finished) -> int:
    return len(one.outcome.data) if isinstance(one.outcome, EncodedTile) else 0
