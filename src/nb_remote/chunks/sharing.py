"""Identical work asked for twice is done once, and cancelled when nobody waits for it any more."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Entry(Generic[T]):
    task: "asyncio.Task[T]"
    waiters: int = 0


class SharedWork(Generic[T]):
    """Joins concurrent requests for the same key. Used on the IO loop only."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the result of ``make()``, joining one that is under way for `key`."""
        entry = self._entries.get(key)
        if entry is None:
            entry = _Entry(asyncio.get_running_loop().create_task(make()))
            self._entries[key] = entry
            entry.task.add_done_callback(lambda _: self._ended(key, entry))
        entry.waiters += 1
        try:
            # Shielded: one waiter's cancellation must not take the work from the others.
            return await asyncio.shield(entry.task)
        finally:
            entry.waiters -= 1
            if entry.waiters == 0 and not entry.task.done():
                self._forget(key, entry)
                entry.task.cancel()

    def _ended(self, key: Hashable, entry: _Entry[T]) -> None:
        self._forget(key, entry)
        if not entry.task.cancelled():
            entry.task.exception()  # seen, also when everyone who waited has left

    def _forget(self, key: Hashable, entry: _Entry[T]) -> None:
        if self._entries.get(key) is entry:
            del self._entries[key]
