"""Many short calls in a thread pool, few hops between the threads.

A hop wakes a thread and makes two of them wait for the interpreter lock: about 0.1 ms, as
much as decoding a small chunk. So a thread that is awake takes the next call by itself, and
results that are ready together reach the loop together.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from time import monotonic
from typing import Any, NamedTuple

from nb_remote.priority import Priority, current_urgency

CALLS_A_TURN = 16
"""Calls that a thread makes before others in the pool get their turn: about 5 ms of decoding."""

HOLD_BACK_S = 0.002
"""Seconds that a result may wait for others, unless there is nothing left to do: no one sees
them, and a slice of 289 small chunks wakes the loop 65 times instead of 190."""


class _Call(NamedTuple):
    future: "asyncio.Future[Any]"
    make: Callable[[], Any]


class _Outcome(NamedTuple):
    future: "asyncio.Future[Any] | None"
    """None says that a thread ended its turn."""
    result: Any
    error: BaseException | None


class Batches:
    """Calls from one loop, made in a pool by priority, else in the order they were asked for.

    `submit` is called on the loop. A call whose future was cancelled before its turn is
    never made.

    Parameters
    ----------
    loop
        Where the futures belong.
    pool
        Where the calls are made.
    threads
        Most threads of the pool to use at once.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, pool: Executor, threads: int) -> None:
        self._loop = loop
        self._pool = pool
        self._threads = threads
        self._busy = 0
        """Threads at work; changed on the loop only, so no call is left without one."""
        self._waiting: dict[Priority, deque[_Call]] = {p: deque() for p in sorted(Priority)}
        self._done: deque[_Outcome] = deque()
        self._told = False

    def submit(self, make: Callable[[], Any]) -> "asyncio.Future[Any]":
        """Have `make` called; return the future of its result."""
        future = self._loop.create_future()
        self._waiting[current_urgency().priority].append(_Call(future, make))
        self._start()
        return future

    def _start(self) -> None:
        if self._busy < self._threads and any(self._waiting.values()):
            self._busy += 1
            self._pool.submit(self._turn)

    def _turn(self) -> None:
        """Make calls until there are none; runs in the pool."""
        told_at = monotonic()
        for _ in range(CALLS_A_TURN):
            call = self._next()
            if call is None:
                break
            if not call.future.cancelled():
                self._done.append(_outcome(call))
                if (now := monotonic()) - told_at > HOLD_BACK_S:
                    told_at = now
                    self._tell()
        self._done.append(_Outcome(None, None, None))
        self._tell()

    def _next(self) -> _Call | None:
        for queue in self._waiting.values():
            try:
                return queue.popleft()
            except IndexError:
                continue
        return None

    def _tell(self) -> None:
        # Two threads may both find nobody told yet: one hop too many, and nothing lost.
        if not self._told:
            self._told = True
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        # First, so that what is done from here on is told again.
        self._told = False
        while self._done:
            future, result, error = self._done.popleft()
            if future is None:
                self._busy -= 1
                self._start()
            elif future.done():
                continue
            elif error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


def _outcome(call: _Call) -> _Outcome:
    try:
        return _Outcome(call.future, call.make(), None)
    except StopIteration as error:  # no future takes one
        return _Outcome(call.future, None, RuntimeError(f"a call raised {error!r}"))
    except BaseException as error:  # noqa: BLE001  (it belongs to whoever waits)
        return _Outcome(call.future, None, error)
