"""The byte store: few verbs, read-only, one meaning of "missing".

``None`` means the server said that the object does not exist (404) and nothing
else does; every other failure raises a typed error of `nb_remote.errors`.
"""

from typing import NoReturn, Protocol

from nb_remote.location.location import Location

MOST_NAMES = 1000
"""Names of one folder that are looked at; what S3 lists in one answer."""


class Store(Protocol):
    """Read-only objects below one location. All verbs run on the IO loop."""

    @property
    def location(self) -> Location:
        """Where the keys are relative to."""

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist.

        Parameters
        ----------
        key
            Name relative to `location`, ``/``-separated, without ``..``.
        limit
            Most bytes to accept. More raises `TooLarge` before they are held.
        """

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop`` of the object, or None where it does not exist.

        An object that ends before `stop` raises `CorruptChunk`.
        """

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes of the object, or None where it does not exist.

        An object shorter than that raises `CorruptChunk`.
        """

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder, or None where the store can't list.

        Parameters
        ----------
        folder
            Its name relative to `location`; empty for the location itself.

        Returns
        -------
        tuple[str, ...] | None
            Names in the folder, sorted, folders with a trailing slash. At most `MOST_NAMES`: a
            longer folder is cut there.
        """

    async def close(self) -> None:
        """Release connections. The store can't be used afterwards."""


class PrivateStore:
    """A store holds connections and perhaps a secret, so it never leaves its process."""

    def __init__(self, location: Location) -> None:
        self._location = location

    @property
    def location(self) -> Location:
        """Where the keys are relative to."""
        return self._location

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.location.display()!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} can't be pickled: it holds connections and may hold "
            "credentials. Pickle the location and open a store where it is needed."
        )


class StoreWrapper(PrivateStore):
    """Base of the stores that add one behaviour to another store."""

    def __init__(self, inner: Store) -> None:
        super().__init__(inner.location)
        self._inner = inner

    @property
    def location(self) -> Location:
        """Where the keys are relative to; the wrapped store may learn more of it."""
        return self._inner.location

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist."""
        return await self._inner.get(key, limit=limit)

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the object does not exist."""
        return await self._inner.get_range(key, start, stop)

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the object does not exist."""
        return await self._inner.get_suffix(key, length)

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder, or None where the store can't list."""
        return await self._inner.names(folder)

    async def close(self) -> None:
        """Close the wrapped store."""
        await self._inner.close()
