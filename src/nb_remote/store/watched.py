"""Tells somebody which objects are asked for, and whether they were there."""

from collections.abc import Callable
from typing import Literal

from nb_remote.errors import NbRemoteError
from nb_remote.store.base import Store, StoreWrapper

Answer = Literal["asked", "there", "missing", "failed"]
"""``asked``: no answer yet. ``missing``: the server said that it does not exist."""

Told = Callable[[str, Answer], None]
"""Called on the IO loop with a key and what is known of it."""


class WatchedStore(StoreWrapper):
    """Reports whole objects as they are read; ranges pass unreported."""

    def __init__(self, inner: Store, told: Told) -> None:
        super().__init__(inner)
        self._told = told

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist."""
        self._told(key, "asked")
        try:
            body = await self._inner.get(key, limit=limit)
        except NbRemoteError:
            self._told(key, "failed")
            raise
        self._told(key, "missing" if body is None else "there")
        return body
