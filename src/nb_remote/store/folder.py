"""A folder of a store as a store of its own: the same connections, bounds and counts."""

from typing import Protocol

from nb_remote.location.location import Location
from nb_remote.store.base import PrivateStore, Store
from nb_remote.store.meter import Meter


class CountedStore(Store, Protocol):
    """A store that knows what was sent for it."""

    @property
    def meter(self) -> Meter:
        """Counts of what is really sent and received."""

    @property
    def ranges_ignored(self) -> bool:
        """Whether the server was seen to answer ranges with whole objects."""


class FolderStore(PrivateStore):
    """Reads what lies in a folder of `whole`, and stays open as long as that.

    Parameters
    ----------
    folder
        Its name relative to the location of `whole`.
    location
        Where it lies.
    """

    def __init__(self, whole: CountedStore, folder: str, location: Location) -> None:
        super().__init__(location)
        self._whole = whole
        self._folder = folder

    @property
    def meter(self) -> Meter:
        """The counts of the whole store: requests of all its folders."""
        return self._whole.meter

    @property
    def ranges_ignored(self) -> bool:
        """Whether the server was seen to answer ranges with whole objects."""
        return self._whole.ranges_ignored

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist."""
        return await self._whole.get(self._key(key), limit=limit)

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the object does not exist."""
        return await self._whole.get_range(self._key(key), start, stop)

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the object does not exist."""
        return await self._whole.get_suffix(self._key(key), length)

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder, or None where the store can't list."""
        return await self._whole.names(self._key(folder) if folder else self._folder)

    async def close(self) -> None:
        """Do nothing: the connections belong to the whole store."""

    def _key(self, key: str) -> str:
        return f"{self._folder}/{key}"
