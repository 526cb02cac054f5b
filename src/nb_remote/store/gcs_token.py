"""The access token of one account: fetched when first needed, renewed while the old one is used."""

import asyncio
import ssl
import threading
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nb_remote.errors import NbRemoteError
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.redact import remember_secret
from nb_remote.store.limits import StoreLimits
from nb_remote.threads import io_loop

# Google's own libraries renew 3 min 45 s before the end; of short-lived tokens the last fifth.
_EARLY_S = 300.0
_EARLY_PART = 0.2
# Many reads fail together; the token server is asked again only after so long.
_QUIET_S = 0.5
_QUIET_WHEN_REFUSED_S = 10.0
# While the old token still serves there is no hurry.
_QUIET_WHILE_VALID_S = 10.0
# A token that never worked is not replaced at once: the next would hardly work either.
_WORTH_ANOTHER_S = 60.0
# One that has ended already is tried once, before another is asked for.
_SHORTEST_LIFE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Granted:
    """What an exchange brings."""

    token: str
    """The access token; secret."""
    lifetime_s: float
    """Seconds until it ends."""
    project: str = ""
    """Project of whom it belongs to; empty where that is unknown."""


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class _Held:
    """A token as it is sent, with its times on the loop's clock."""

    headers: dict[str, str]
    fetched_at: float
    renew_at: float
    ends_at: float


class GcsToken:
    """Gives the headers that prove who asks. Used on the IO loop only.

    One exchange runs at a time; everyone who needs its token waits for the same one.

    Parameters
    ----------
    exchange
        Gets a new token.
    project
        Project that pays for what is read; empty for none. None where the exchange tells.
    renews
        Whether `exchange` brings another token each time.
    """

    def __init__(
        self, exchange: Callable[[], Awaitable[Granted]], *, project: str | None, renews: bool
    ) -> None:
        self._exchange = exchange
        self._project = project
        self._renews = renews
        self._held: _Held | None = None
        self._worked: _Held | None = None
        """The last token that was accepted."""
        self._renewing: asyncio.Task[NbRemoteError | None] | None = None
        self._failure: NbRemoteError | None = None
        self._quiet_until = 0.0
        self.loop = io_loop()
        """Where it belongs; after a fork there is another."""

    async def headers(self) -> dict[str, str]:
        """Return the headers, with a token that has not ended.

        Raises
        ------
        NbRemoteError
            When there is no valid token and none can be had.
        """
        while True:
            now = self.loop.time()
            held = self._held
            if held is not None and now < held.ends_at:
                if now >= held.renew_at:
                    self._renew()
                return held.headers
            failure = self._failure if now < self._quiet_until else None
            failure = failure or await asyncio.shield(self._renew())
            if failure is not None:
                # A copy for each reader: an exception collects the tracebacks of all who raise it.
                raise failure.alone()

    def worked(self, authorization: str) -> None:
        """Take note that a token was accepted."""
        held = self._held
        if held is not None and held.headers["Authorization"] == authorization:
            self._worked = held

    def ended(self, authorization: str) -> bool:
        """Take note that a token was refused; return whether to ask again with another."""
        held = self._held
        if not self._renews:
            return False
        if held is None or held.headers["Authorization"] != authorization:
            return True
        fresh = self.loop.time() - held.fetched_at < _WORTH_ANOTHER_S
        if fresh and self._worked is not held:
            return False
        self._held = None
        return True

    def _renew(self) -> "asyncio.Task[NbRemoteError | None]":
        if self._renewing is None or self._renewing.done():
            self._renewing = self.loop.create_task(self._fetch())
        return self._renewing

    async def _fetch(self) -> NbRemoteError | None:
        try:
            granted = await self._exchange()
        except NbRemoteError as failure:
            self._failure = failure
            quiet_s = _QUIET_S if failure.transient else _QUIET_WHEN_REFUSED_S
            now = self.loop.time()
            self._quiet_until = now + quiet_s
            if self._held is not None:
                self._held.renew_at = now + _QUIET_WHILE_VALID_S
            return failure
        self._failure = None
        remember_secret(granted.token)
        headers = {"Authorization": f"Bearer {granted.token}"}
        project = granted.project if self._project is None else self._project
        if project:
            headers["x-goog-user-project"] = project
        now = self.loop.time()
        lifetime_s = max(granted.lifetime_s, _SHORTEST_LIFE_S)
        self._held = _Held(
            headers=headers,
            fetched_at=now,
            renew_at=now + lifetime_s - min(_EARLY_S, lifetime_s * _EARLY_PART),
            ends_at=now + lifetime_s,
        )
        return None


_tokens: "weakref.WeakValueDictionary[GcsCredentials, GcsToken]" = weakref.WeakValueDictionary()
_tokens_lock = threading.Lock()


def token_of(
    credentials: GcsCredentials, limits: StoreLimits, tls: ssl.SSLContext | None
) -> GcsToken:
    """Return the token of these credentials, the same one for all stores that use them."""
    from nb_remote.store.gcs_exchange import exchange_for  # noqa: PLC0415  (google-auth, for few)

    with _tokens_lock:
        token = _tokens.get(credentials)
        if token is None or token.loop is not io_loop():
            token = GcsToken(
                exchange_for(credentials, limits, tls),
                project=None if credentials.requester_pays is True else credentials.project,
                renews=not credentials.token,
            )
            _tokens[credentials] = token
        return token
