"""Which tile is read next: the newest want-list in its order, everything else is dropped."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from nb_remote.errors import NbRemoteError, ServerFailed
from nb_remote.tiles.address import Want

CHUNKS_AT_ONCE = 128
"""Chunks of the tiles being read at once: twice the 64 requests in flight, so that the wire is
never idle and a new want-list still takes effect at once."""

T = TypeVar("T")


class TileScheduler(Generic[T]):
    """Reads the wanted tiles of one view. Every method runs on the IO loop only.

    Parameters
    ----------
    read
        Reads and encodes one tile; raises `NbRemoteError` when it can't.
    cost
        Chunks that a tile touches.
    deliver
        Called with each finished tile, or with the error it ended in.
    """

    def __init__(
        self,
        read: Callable[[Want], Awaitable[T]],
        cost: Callable[[Want], int],
        deliver: Callable[[Want, T | NbRemoteError], None],
    ) -> None:
        self._read = read
        self._cost = cost
        self._deliver = deliver
        self._waiting: dict[Want, None] = {}
        self._running: dict[Want, asyncio.Task[None]] = {}
        self._load = 0

    @property
    def pending(self) -> int:
        """Tiles wanted and not delivered."""
        return len(self._waiting) + len(self._running)

    def replace(self, wants: tuple[Want, ...]) -> None:
        """Take a new want-list, most urgent first. Tiles no longer wanted are cancelled."""
        wanted = dict.fromkeys(wants)
        for want in [one for one in self._running if one not in wanted]:
            self._running.pop(want).cancel()
        self._waiting = {want: None for want in wanted if want not in self._running}
        self._start()

    def close(self) -> None:
        """Drop everything."""
        self.replace(())

    def _start(self) -> None:
        while self._waiting and (self._load == 0 or self._load < CHUNKS_AT_ONCE):
            want = next(iter(self._waiting))
            del self._waiting[want]
            cost = self._cost(want)
            self._load += cost
            task = asyncio.get_running_loop().create_task(self._one(want))
            self._running[want] = task
            task.add_done_callback(functools.partial(self._ended, want, cost))

    async def _one(self, want: Want) -> None:
        result: T | NbRemoteError
        try:
            result = await self._read(want)
        except NbRemoteError as error:
            result = error
        if self._running.get(want) is asyncio.current_task():
            self._deliver(want, result)

    def _ended(self, want: Want, cost: int, task: "asyncio.Task[None]") -> None:
        self._load -= cost
        if self._running.get(want) is task:
            del self._running[want]
        if not task.cancelled() and (error := task.exception()) is not None:
            # A fault of ours must show on the tile, not vanish in the loop.
            self._deliver(want, ServerFailed(f"reading the tile failed unexpectedly: {error!r}"))
        self._start()
