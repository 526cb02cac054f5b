"""So many at once, the most urgent of the others next."""

import asyncio
from collections import deque
from types import TracebackType

from nb_remote.priority import Priority, current_urgency


class Turns:
    """A semaphore that serves by priority, first come first served within one.

    ``async with turns:`` waits for a turn and gives it back. Used on the IO loop only.

    Parameters
    ----------
    most
        Turns that can be held at once.
    """

    def __init__(self, most: int) -> None:
        self.free = most
        """Turns nobody holds; above zero nobody waits."""
        self._waiting: dict[Priority, deque[asyncio.Future[None]]] = {
            priority: deque() for priority in sorted(Priority)
        }

    async def __aenter__(self) -> None:
        if self.free:
            self.free -= 1
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        urgency = current_urgency()
        place = _Place(self._waiting, granted)
        place.rise(urgency.priority)
        urgency.followers.add(place)
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():  # in the same moment: give it back
                self._next()
            raise
        finally:
            urgency.followers.discard(place)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._next()

    def _next(self) -> None:
        for queue in self._waiting.values():
            while queue:
                granted = queue.popleft()
                # Done are those who gave up, and the old places of those who rose.
                if not granted.done():
                    granted.set_result(None)
                    return
        self.free += 1


class _Place:
    """Somebody's place in the queues: whoever becomes more urgent queues once more."""

    def __init__(
        self, queues: dict[Priority, deque[asyncio.Future[None]]], granted: asyncio.Future[None]
    ) -> None:
        self._queues = queues
        self._granted = granted

    def rise(self, priority: Priority) -> None:
        self._queues[priority].append(self._granted)
