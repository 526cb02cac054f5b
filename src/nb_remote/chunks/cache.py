"""A cache bounded in bytes: the least recently used entry goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class ByteCache(Generic[V]):
    """Least-recently-used values up to a number of bytes. Used on the IO loop only.

    Parameters
    ----------
    capacity
        Most bytes to hold. A value larger than an eighth of it is not kept, so that one
        huge chunk can't empty the cache.
    size_of
        Bytes that a value holds.
    """

    def __init__(self, capacity: int, size_of: Callable[[V], int]) -> None:
        self._capacity = capacity
        self._size_of = size_of
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._held = 0

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._held

    def __contains__(self, key: Hashable) -> bool:
        """Whether there is a value, without making it the most recent."""
        return key in self._values

    def get(self, key: Hashable) -> V | None:
        """Return the value and make it the most recent, or None."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Hashable, value: V) -> None:
        """Keep `value`, letting the oldest go until it fits."""
        self.discard(key)
        size = self._size_of(value)
        if size > self._capacity // 8:
            return
        self._values[key] = value
        self._held += size
        while self._held > self._capacity:
            _, oldest = self._values.popitem(last=False)
            self._held -= self._size_of(oldest)

    def discard(self, key: Hashable) -> None:
        """Let go of a value, if there is one."""
        value = self._values.pop(key, None)
        if value is not None:
            self._held -= self._size_of(value)

    def clear(self) -> None:
        """Let go of everything."""
        self._values.clear()
        self._held = 0
