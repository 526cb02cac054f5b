"""Takes 403 for missing, where a person asked for it and the server shows that it means that.

S3 answers 403 instead of 404 to whoever may not list the bucket. It also does so to whoever may
not read it any more: so what was readable before has to stay readable.
"""

import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

from nb_remote.errors import AccessDenied, CredentialsRefused
from nb_remote.store.answers import LOGIN_HINT
from nb_remote.store.base import Store, StoreWrapper

T = TypeVar("T")

_CHECK_EVERY = 50
"""Refusals after which it is made sure again that reading is still allowed."""
_MOST_KEYS = 1000
_MOST_BYTES = 2**23
"""Of the object that is read to make sure; larger ones are not chosen for it."""


class ForbiddenIsMissing(StoreWrapper):
    """Answers None for 403 once three things are known of the same store.

    Something could be read; a name that nobody can have is refused in the same way; and what could
    be read still can.
    """

    def __init__(self, inner: Store) -> None:
        super().__init__(inner)
        self._readable: dict[str, None] = {}
        self._expected: str | None = None
        self._refusals = 0
        self._made_up_is_refused: bool | None = None

    def expect(self, key: str) -> None:
        """Take note of what another process could read: it is read before a refusal is believed."""
        self._expected = key

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist or is refused."""

        async def read() -> bytes | None:
            body = await self._inner.get(key, limit=limit)
            if body is not None and limit <= _MOST_BYTES and len(self._readable) < _MOST_KEYS:
                self._readable[key] = None
            return body

        return await self._allowed(key, read)

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where it is missing or refused."""
        return await self._allowed(key, lambda: self._inner.get_range(key, start, stop))

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where it is missing or refused."""
        return await self._allowed(key, lambda: self._inner.get_suffix(key, length))

    async def _allowed(self, key: str, read: Callable[[], Awaitable[T | None]]) -> T | None:
        try:
            return await read()
        except AccessDenied as refusal:
            about_asker = isinstance(refusal, CredentialsRefused) or refusal.hint == LOGIN_HINT
            if about_asker or not await self._something_is_readable() or key in self._readable:
                raise
        await self._make_sure()
        return None

    async def _something_is_readable(self) -> bool:
        if not self._readable and self._expected is not None:
            try:
                body = await self._inner.get(self._expected, limit=_MOST_BYTES)
            except AccessDenied:
                return False
            if body is not None:
                self._readable[self._expected] = None
        return bool(self._readable)

    async def _make_sure(self) -> None:
        """Raise where 403 means more than that something is missing."""
        if self._refusals % _CHECK_EVERY == 0:
            known = next(iter(self._readable))
            if await self._inner.get(known, limit=_MOST_BYTES) is None:
                raise AccessDenied(
                    "what could be read before is gone, so that a refusal may mean anything",
                    where=self.location.display(known),
                )
            self._made_up_is_refused = await self._refuses_what_nobody_has(known)
        self._refusals += 1
        if not self._made_up_is_refused:
            raise AccessDenied(
                "the object is refused, while others that do not exist are said to be missing",
                where=self.location.display(),
                hint="It does exist, then: missing_on_403=True is of no use here.",
            )

    async def _refuses_what_nobody_has(self, known: str) -> bool:
        folder, slash, _ = known.rpartition("/")
        try:
            await self._inner.get(f"{folder}{slash}{secrets.token_hex(16)}", limit=1)
        except AccessDenied:
            return True
        return False
