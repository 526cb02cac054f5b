"""Identical work asked for twice is done once, and cancelled when nobody waits for it any more."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nb_remote.priority import Priority, Urgency, context_of, current_urgency

T = TypeVar("T")


@dataclass(slots=True)
class _Entry(Generic[T]):
    task: "asyncio.Task[T]"
    urgency: Urgency
    waiters: int = 0


class SharedWork(Generic[T]):
    """Joins concurrent requests for the same key. Used on the IO loop only.

    The work is as urgent as the most urgent of those who have asked for it.
    """

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the result of ``make()``, joining one that is under way for `key`."""
        mine = current_urgency()
        entry = self._entries.get(key)
        if entry is None:
            entry = self._begin(key, make, mine.priority)
        entry.urgency.rise(mine.priority)
        mine.followers.add(entry.urgency)
        entry.waiters += 1
        try:
            # Shielded: one waiter's cancellation must not take the work from the others.
            return await asyncio.shield(entry.task)
        finally:
            mine.followers.discard(entry.urgency)
            entry.waiters -= 1
            if entry.waiters == 0 and not entry.task.done():
                self._forget(key, entry)
                entry.task.cancel()

    def _begin(
        self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]], priority: Priority
    ) -> _Entry[T]:
        urgency = Urgency(priority)
        task = asyncio.get_running_loop().create_task(make(), context=context_of(urgency))
        entry = self._entries[key] = _Entry(task, urgency)
        task.add_done_callback(lambda _: self._ended(key, entry))
        return entry

    def _ended(self, key: Hashable, entry: _Entry[T]) -> None:
        self._forget(key, entry)
        if not entry.task.cancelled():
            entry.task.exception()  # seen, also when everyone who waited has left

    def _forget(self, key: Hashable, entry: _Entry[T]) -> None:
        if self._entries.get(key) is entry:
            del self._entries[key]
