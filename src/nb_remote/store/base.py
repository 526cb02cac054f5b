"""The byte store: few verbs, read-only, one meaning of "missing".

``None`` means the server said that the object does not exist (404) and nothing
else does; every other failure raises a typed error of `nb_remote.errors`.
"""

from typing import Protocol

from nb_remote.location.location import Location


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
        """Return exactly the bytes ``start:stop`` of the object, or None where it does not exist."""

    async def close(self) -> None:
        """Release connections. The store can't be used afterwards."""
