"""The one retry policy: jitter, Retry-After, a budget in tries and in seconds, a deadline."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

from nb_remote.errors import NbRemoteError, TimedOut
from nb_remote.store.base import Store, StoreWrapper
from nb_remote.store.limits import StoreLimits

T = TypeVar("T")


class RetryingStore(StoreWrapper):
    """Tries again what may pass a moment later; ends every read by a deadline."""

    def __init__(self, inner: Store, limits: StoreLimits) -> None:
        super().__init__(inner)
        self._limits = limits

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist."""
        return await self._bounded(key, lambda: self._inner.get(key, limit=limit))

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the object does not exist."""
        return await self._bounded(key, lambda: self._inner.get_range(key, start, stop))

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the object does not exist."""
        return await self._bounded(key, lambda: self._inner.get_suffix(key, length))

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder, or None where the store can't list."""
        return await self._bounded(folder, lambda: self._inner.names(folder))

    async def _bounded(self, key: str, read: Callable[[], Awaitable[T]]) -> T:
        deadline_s = self._limits.deadline_s
        scope = asyncio.timeout(deadline_s)
        try:
            async with scope:
                return await self._persist(read)
        except TimeoutError:
            if not scope.expired():
                raise
        where = self.location.display(key)
        raise TimedOut(f"no complete answer within {deadline_s:g} s", where=where)

    async def _persist(self, read: Callable[[], Awaitable[T]]) -> T:
        clock = asyncio.get_running_loop().time
        started = clock()
        for tried in count(1):
            try:
                return await read()
            except NbRemoteError as error:
                wait_s = self._wait_s(error, tried, elapsed_s=clock() - started)
                if wait_s is None:
                    raise
            await asyncio.sleep(wait_s)
        raise AssertionError("count() never ends")

    def _wait_s(self, error: NbRemoteError, tried: int, *, elapsed_s: float) -> float | None:
        """Seconds until the next try, or None when there is none."""
        limits = self._limits
        if not error.transient or tried >= limits.tries:
            return None
        backoff_s = min(limits.first_backoff_s * 2 ** (tried - 1), limits.longest_wait_s)
        # Jitter: readers that failed together don't come back together.
        wait_s = backoff_s * random.uniform(0.5, 1.0)  # noqa: S311 - no secret depends on it
        if error.retry_after_s is not None:
            if error.retry_after_s > limits.longest_wait_s:
                return None
            wait_s = max(wait_s, error.retry_after_s)
        return wait_s if elapsed_s + wait_s <= limits.retry_for_s else None
