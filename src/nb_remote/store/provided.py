"""Reads with credentials that a provider gives, and with newer ones when a server refuses them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from yarl import URL

from nb_remote.errors import BadCredentials, CredentialsRefused, NbRemoteError, TimedOut
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.given import is_credentials, with_credentials
from nb_remote.location.location import Location
from nb_remote.location.parse import Address
from nb_remote.location.provided import ProvidedCredentials, Provider, provider_of
from nb_remote.store.base import PrivateStore, Store
from nb_remote.store.meter import Meter
from nb_remote.threads import in_patient_thread, io_loop

T = TypeVar("T")

PATIENCE_S = 30.0
"""Seconds for one call of a provider; a login at an identity server takes about one."""
_QUIET_S = 10.0
"""Seconds until a provider is asked again that failed, or gave the same credentials again."""
_MOST_CALLS = 5
"""Calls of a provider within those seconds, where a server refuses whatever it gives."""


class Carrier(Store, Protocol):
    """What a store with known credentials has to tell."""

    @property
    def ranges_ignored(self) -> bool:
        """Whether ranges were seen to be answered with whole objects."""

    @property
    def server(self) -> str | None:
        """What the server calls itself; None before its first answer."""

    @property
    def host(self) -> str | None:
        """The host that is asked, with an unusual port."""


class _Held:
    """The credentials of one provider, for all stores of this process. Used on the IO loop only.

    One call runs at a time; everyone who needs its result waits for the same one.
    """

    def __init__(self, name: str, provider: Provider) -> None:
        self.provider = provider
        self.loop = io_loop()
        """Where it belongs; after a fork there is another."""
        self._name = name
        self._given: Credentials | None = None
        self._failure: NbRemoteError | None = None
        self._quiet_until = 0.0
        self._asking: asyncio.Task[None] | None = None
        self._asked_at: deque[float] = deque([-_QUIET_S] * _MOST_CALLS, _MOST_CALLS)

    async def current(self) -> Credentials:
        """Return the newest credentials; ask the provider where there are none yet.

        Raises
        ------
        NbRemoteError
            It failed, now or a moment ago.
        """
        if self._given is None:
            await self._renewed()
        if self._given is None:
            # A copy for each reader: an exception collects the tracebacks of all who raise it.
            raise (self._failure or _no_credentials(self._name, None)).alone()
        return self._given

    async def newer(self, used: Credentials) -> Credentials | None:
        """Return others than `used`, which were refused; None where there are none.

        Raises
        ------
        NbRemoteError
            The provider was asked, and failed.
        """
        if self._given is used:
            await self._renewed()
            if self._given is used and self._failure is not None:
                raise self._failure.alone()
        return None if self._given is used else self._given

    async def _renewed(self) -> None:
        if self._asking is None or self._asking.done():
            now = self.loop.time()
            if now < self._quiet_until or now < self._asked_at[0] + _QUIET_S:
                return
            self._asked_at.append(now)
            self._asking = self.loop.create_task(self._ask())
        # Who is cancelled leaves the call to the others.
        await asyncio.shield(self._asking)

    async def _ask(self) -> None:
        try:
            given = await _called(self._name, self.provider)
        except NbRemoteError as failure:
            self._failure = failure
            self._quiet_until = self.loop.time() + _QUIET_S
            return
        self._failure = None
        if self._given is not None and _are_same(self._given, given):
            self._quiet_until = self.loop.time() + _QUIET_S
        else:
            self._given = given


_held: dict[str, _Held] = {}
"""By name. IO loop only."""


def _held_of(name: str) -> _Held:
    """Return the credentials of a name, anew where another provider was registered since.

    Raises
    ------
    BadCredentials
        No provider is registered.
    """
    provider = provider_of(name)
    held = _held.get(name)
    if held is None or held.provider is not provider or held.loop is not io_loop():
        held = _held[name] = _Held(name, provider)
    return held


class ProvidedStore(PrivateStore):
    """Makes the store that really reads once credentials are there, and again with newer ones.

    Reads that are under way keep the store that they began with.

    Parameters
    ----------
    described
        Names the provider.
    make
        Makes a store for a location and credentials, which refuses to send them unprotected.
    meter
        Counts for all stores that are made.
    """

    def __init__(
        self,
        location: Location,
        described: ProvidedCredentials,
        make: Callable[[Location, Credentials], Carrier],
        meter: Meter,
    ) -> None:
        super().__init__(location)
        self.meter = meter
        self._described = described
        self._make = make
        self._used: Credentials | None = None
        self._inner: Carrier | None = None
        self._closed = False

    @property
    def location(self) -> Location:
        """Where the keys are relative to; the store of a bucket may learn more of it."""
        return self._location if self._inner is None else self._inner.location

    @property
    def asked(self) -> Location:
        """The location with the server and region of its bucket, as far as they were found out."""
        found: Location = getattr(self._inner, "asked", self.location)
        return found

    @property
    def ranges_ignored(self) -> bool:
        """Whether ranges were seen to be answered with whole objects."""
        return self._inner is not None and self._inner.ranges_ignored

    @property
    def server(self) -> str | None:
        """What the server calls itself; None before its first answer."""
        return None if self._inner is None else self._inner.server

    @property
    def host(self) -> str | None:
        """The host that is asked, with an unusual port."""
        if self._inner is not None:
            return self._inner.host
        return URL(self._location.url(), encoded=True).host_port_subcomponent

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist."""
        return await self._with_newer(lambda store: store.get(key, limit=limit))

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the object does not exist."""
        return await self._with_newer(lambda store: store.get_range(key, start, stop))

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the object does not exist."""
        return await self._with_newer(lambda store: store.get_suffix(key, length))

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder; None where that can't be told."""
        return await self._with_newer(lambda store: store.names(folder))

    async def buckets(self) -> tuple[str, ...]:
        """Return the names of the buckets that the credentials may list at the same server."""
        listed = getattr(self._inner, "buckets", None)
        return () if listed is None else await listed()

    async def close(self) -> None:
        """Close all connections."""
        self._closed = True
        if self._inner is not None:
            await self._inner.close()

    async def _with_newer(self, read: Callable[[Store], Awaitable[T]]) -> T:
        """Read; once more with newer credentials where the server refuses those that it got."""
        if self._closed:
            raise RuntimeError("this store is closed")
        held = _held_of(self._described.name)
        given = await held.current()
        try:
            return await read(self._store_with(given))
        except CredentialsRefused:
            newer = await held.newer(given)
            if newer is None:
                raise
        return await read(self._store_with(newer))

    def _store_with(self, given: Credentials) -> Carrier:
        if self._inner is None or self._used is not given:
            address = Address(location=self._location, credentials=Anonymous())
            meant = with_credentials(address, given)
            # The one before closes when the last read of it has ended.
            self._inner = self._make(meant.location, meant.credentials)
            self._used = given
        return self._inner


async def _called(name: str, provider: Provider) -> Credentials:
    """Call a provider.

    Raises
    ------
    NbRemoteError
        It gave no credentials. Nothing is chained to it.
    """
    scope = asyncio.timeout(PATIENCE_S)
    try:
        async with scope:
            given, failure = await in_patient_thread(_outcome, name, provider)
    except TimeoutError:
        if not scope.expired():
            raise
        given, failure = None, _silent(name)
    if failure is not None:
        raise failure
    if isinstance(given, ProvidedCredentials) or not is_credentials(given):
        raise _no_credentials(name, given)
    return given


def _outcome(name: str, provider: Provider) -> tuple[object, NbRemoteError | None]:
    """Return what a provider returns, or the error for what it raises."""
    try:
        return provider(), None
    except NbRemoteError as failure:
        return None, failure.alone()  # what led to it may quote a secret
    except BaseException as failure:  # noqa: BLE001  (a person's code; `sys.exit` must not end the loop)
        text = f"the provider of the credentials {name!r} failed ({type(failure).__name__})"
    return None, BadCredentials(
        text,
        hint="Call it in the process that reads, to see why; what it raises is not shown here, "
        "because it may quote a secret.",
    )


def _silent(name: str) -> NbRemoteError:
    return TimedOut(f"the provider of the credentials {name!r} gave none within {PATIENCE_S:g} s")


def _no_credentials(name: str, given: object) -> BadCredentials:
    return BadCredentials(
        f"the provider of {name!r} returned {type(given).__name__} and not credentials",
        hint="It has to return BasicAuth, BearerToken, HttpHeaders, S3Credentials or "
        "GcsCredentials of nb_remote.",
    )


def _are_same(one: Credentials, other: Credentials) -> bool:
    """Whether two of them prove the same; headers are compared where they are all there is."""
    sent = one.headers()
    return one == other or (bool(sent) and sent == other.headers())
