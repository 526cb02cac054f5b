"""Bounds how many reads run at once; the others wait for their turn."""

from collections.abc import Callable

from nb_remote.store.base import Store, StoreWrapper
from nb_remote.store.turns import Share, Turn, Turns


class LimitedStore(StoreWrapper):
    """Lets `in_flight` reads through at once, of the others the most urgent next.

    It wraps the retries: a read that waits for its next try keeps its place, so a server that asks
    for mercy gets it. Waiting for the turn costs no deadline.

    Parameters
    ----------
    host
        Says which host is asked: all stores that ask it are bounded together. None bounds this
        store by itself, as for files of this machine.
    """

    def __init__(self, inner: Store, in_flight: int, host: Callable[[], str] | None = None) -> None:
        super().__init__(inner)
        self._host = host
        self._share = Share(in_flight, Turns(in_flight) if host is None else None)

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist."""
        async with self._turn():
            return await self._inner.get(key, limit=limit)

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the object does not exist."""
        async with self._turn():
            return await self._inner.get_range(key, start, stop)

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the object does not exist."""
        async with self._turn():
            return await self._inner.get_suffix(key, length)

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder, or None where the store can't list."""
        async with self._turn():
            return await self._inner.names(folder)

    def _turn(self) -> Turn:
        return self._share.turn("" if self._host is None else self._host())
