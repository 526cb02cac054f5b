"""Which tile is read next: the newest want-list in its order, everything else is dropped."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from nb_remote.errors import NbRemoteError, ServerFailed
from nb_remote.priority import Priority, Urgency, context_of
from nb_remote.tiles.address import Want

CHUNKS_AT_ONCE = 128
"""Chunks of the visible tiles being read at once: twice the 64 requests in flight, so that the wire
is never idle and a new want-list still takes effect at once. It also is what a view may
queue in front of another one."""
CHUNKS_AHEAD_AT_ONCE = 64
"""Of tiles that may be seen next: what they queue is served after what is looked at, but what they
have on the wire already is not called back."""

T = TypeVar("T")


class Purpose(IntEnum):
    """Why a tile is read, most urgent first."""

    SHOW = 0
    """It is in view."""
    SEND = 1
    """It will be soon: the page wants it beforehand."""
    WARM = 2
    """It may be a little later: it is made ready here and not sent."""


@dataclass(slots=True)
class _Job:
    task: "asyncio.Task[None]"
    urgency: Urgency
    purpose: Purpose
    """May rise while it runs."""
    cost: int
    ahead: bool
    """Which of the two loads it was counted in."""


class TileScheduler(Generic[T]):
    """Reads the wanted tiles of one view. Every method runs on the IO loop only.

    Parameters
    ----------
    read
        Reads and encodes one tile; raises `NbRemoteError` when it can't.
    cost
        Chunks that a tile touches.
    deliver
        Called with each finished tile, or with the error it ended in; not for those to be warmed.
    """

    def __init__(
        self,
        read: Callable[[Want, Purpose], Awaitable[T]],
        cost: Callable[[Want], int],
        deliver: Callable[[Want, T | NbRemoteError, Purpose], None],
    ) -> None:
        self._read = read
        self._cost = cost
        self._deliver = deliver
        self._waiting: dict[Want, Purpose] = {}
        self._running: dict[Want, _Job] = {}
        self._load = {False: 0, True: 0}
        self.cancelled = 0
        """Tiles that were being read when they were dropped."""

    @property
    def pending(self) -> int:
        """Tiles wanted and not delivered."""
        return len(self._waiting) + len(self._running)

    def replace(
        self, show: Iterable[Want], send: Iterable[Want] = (), warm: Iterable[Want] = ()
    ) -> None:
        """Take new lists, most urgent first. Tiles no longer wanted are cancelled.

        A tile that is being read goes on, as urgent as it has become.
        """
        wanted: dict[Want, Purpose] = {}
        for purpose, wants in zip(Purpose, (show, send, warm), strict=True):
            for want in wants:
                wanted.setdefault(want, purpose)
        dropped = [self._running.pop(one) for one in [*self._running] if one not in wanted]
        for want, job in self._running.items():
            job.purpose = wanted.pop(want)
            job.urgency.rise(_priority(job.purpose))
        for job in dropped:
            self._release(job)
        self._waiting = wanted
        self._start()
        # In the next turn, when those that began now have joined the work they share with them:
        # the next slice lies in the same chunks.
        for job in dropped:
            asyncio.get_running_loop().call_soon(job.task.cancel)
        self.cancelled += len(dropped)

    def close(self) -> None:
        """Drop everything."""
        self.replace(())

    def _start(self) -> None:
        while self._waiting:
            want, purpose = next(iter(self._waiting.items()))
            ahead = purpose is not Purpose.SHOW
            most = CHUNKS_AHEAD_AT_ONCE if ahead else CHUNKS_AT_ONCE
            if self._load[ahead] >= most:
                return
            del self._waiting[want]
            self._begin(want, purpose, ahead=ahead)

    def _begin(self, want: Want, purpose: Purpose, *, ahead: bool) -> None:
        cost = self._cost(want)
        self._load[ahead] += cost
        urgency = Urgency(_priority(purpose))
        task = asyncio.get_running_loop().create_task(
            self._one(want, purpose), context=context_of(urgency)
        )
        job = self._running[want] = _Job(task, urgency, purpose, cost, ahead)
        task.add_done_callback(functools.partial(self._ended, want, job))

    async def _one(self, want: Want, purpose: Purpose) -> None:
        result: T | NbRemoteError
        try:
            result = await self._read(want, purpose)
        except NbRemoteError as error:
            result = error
        self._hand_over(want, result, asyncio.current_task())

    def _hand_over(
        self, want: Want, result: T | NbRemoteError, task: "asyncio.Task[None] | None"
    ) -> None:
        job = self._running.get(want)
        if job is not None and job.task is task and job.purpose is not Purpose.WARM:
            self._deliver(want, result, job.purpose)

    def _release(self, job: _Job) -> None:
        self._load[job.ahead] -= job.cost
        job.cost = 0

    def _ended(self, want: Want, job: _Job, task: "asyncio.Task[None]") -> None:
        self._release(job)
        if not task.cancelled() and (error := task.exception()) is not None:
            # A fault of ours must show on the tile, not vanish in the loop.
            fault = ServerFailed(f"reading the tile failed unexpectedly: {error!r}")
            self._hand_over(want, fault, task)
        if self._running.get(want) is job:
            del self._running[want]
        self._start()


def _priority(purpose: Purpose) -> Priority:
    return Priority.VISIBLE if purpose is Purpose.SHOW else Priority.PREFETCH
