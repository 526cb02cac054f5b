"""The HTTP sessions of one store: for its own origin, and for wherever redirects lead."""

import asyncio
import ssl
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import aiohttp
from aiohttp.connector import Connection
from fsspec.implementations.http import HTTPFileSystem

from nb_remote.store.connections import Kind, Lease
from nb_remote.store.limits import StoreLimits
from nb_remote.threads import io_loop

# Bodies arrive in pieces of up to 256 KiB; a larger buffer saves pausing the
# transport between two of them, and 64 streams stay below 64 MiB.
_READ_BUFFER = 2**19
# A reader that waits for something else, such as room for its bytes, notices later.
_END_S = 1.0


class HttpClient:
    """Opens sessions when they are first needed. Used on the IO loop only.

    Sessions are the store's own; connections are shared with other stores of the same host.

    Parameters
    ----------
    home_is_trusted
        Whether a person named the origin themselves. Then it may lie anywhere,
        loopback included; every other host has to be public.
    tls
        Context for https, or None for the system's trusted authorities.
    on_sent
        Called for each request that goes out. aiohttp repeats one by itself when a
        kept connection turns out to be closed, so only it knows.
    """

    def __init__(
        self,
        limits: StoreLimits,
        *,
        home_is_trusted: bool,
        on_sent: Callable[[], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._home_is_trusted = home_is_trusted
        self._tls = tls
        self.under_way = UnderWay(on_sent)
        """To be held while a session is used."""
        self._file_systems: dict[tuple[bool, str], HTTPFileSystem] = {}
        self._leases: list[Lease] = []

    async def session(self, *, home: bool, host: str) -> aiohttp.ClientSession:
        """Return the session for a host: of the store's own origin, or any other."""
        self.under_way.require_going_on()
        anywhere = home and self._home_is_trusted
        guarded = not anywhere and host not in self._limits.trusted_hosts
        use = (guarded, host if home else "")
        file_system = self._file_systems.get(use)
        if file_system is not None:
            return await _session_of(file_system)
        loop = asyncio.get_running_loop()
        lease = Lease(Kind(loop, guarded=guarded, tls=self._tls, host=use[1]))
        file_system = HTTPFileSystem(
            asynchronous=True,
            loop=io_loop(),
            # fsspec's cache of instances would keep file systems alive for ever.
            skip_instance_cache=True,
            encoded=True,
            get_client=partial(_new_session, self._limits, lease, self.under_way),
        )
        self._file_systems[use] = file_system
        self._leases.append(lease)
        session = await _session_of(file_system)
        # A store that nobody closed goes quietly when it is collected.
        weakref.finalize(self, _close_later, loop, session, lease).atexit = False
        return session

    async def close(self) -> None:
        """Break off what is under way, and close all sessions; others keep their connections."""
        await self.under_way.end()
        while self._file_systems:
            _, file_system = self._file_systems.popitem()
            await (await _session_of(file_system)).close()
        while self._leases:
            await self._leases.pop().end()


class UnderWay:
    """The requests of one store: ``with`` it while a session is used. Closing breaks them off."""

    def __init__(self, on_sent: Callable[[], None]) -> None:
        self._on_sent = on_sent
        self._connections: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._using = 0
        self._ended: asyncio.Event | None = None

    def __enter__(self) -> None:
        self._using += 1

    def __exit__(self, *_: object) -> None:
        self._using -= 1
        if self._ended is not None and not self._using:
            self._ended.set()

    def goes_out(self, connection: Connection) -> None:
        """Take note that a request is about to be sent."""
        self.require_going_on()
        self._connections.add(connection)
        self._on_sent()

    def require_going_on(self) -> None:
        """Raise where the store was closed."""
        if self._ended is not None:
            raise RuntimeError("this store is closed")

    async def end(self) -> None:
        """Break off what is under way, and wait until nobody uses a session.

        aiohttp asks once more where a kept connection breaks: that has to find its session.
        """
        self._ended = asyncio.Event()
        for connection in tuple(self._connections):
            if connection.transport is not None:  # else it was given back already
                connection.transport.abort()
        if self._using:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _END_S)


async def _session_of(file_system: HTTPFileSystem) -> aiohttp.ClientSession:
    session: aiohttp.ClientSession = await file_system.set_session()
    return session


async def _new_session(
    limits: StoreLimits, lease: Lease, under_way: UnderWay, **_: object
) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=lease.connector,
        connector_owner=False,
        request_class=_counted_by(under_way),
        auto_decompress=False,  # a small body may decode to gigabytes; we do it within bounds
        cookie_jar=aiohttp.DummyCookieJar(),  # no cookie is ever kept or sent
        read_bufsize=_READ_BUFFER,
        timeout=aiohttp.ClientTimeout(
            total=None,
            connect=limits.connect_timeout_s,
            sock_connect=limits.connect_timeout_s,
            sock_read=limits.idle_timeout_s,
        ),
    )


def _counted_by(under_way: UnderWay) -> type[aiohttp.ClientRequest]:
    """Make a class of requests that say each time they go out.

    aiohttp's trace hooks would tell the same, but they send five signals a request: 0.035 ms, as
    much as a fifth of everything a small request costs.
    """

    class Counted(aiohttp.ClientRequest):
        async def send(self, conn: Connection) -> aiohttp.ClientResponse:
            under_way.goes_out(conn)
            return await super().send(conn)

    return Counted


def _close_later(
    loop: asyncio.AbstractEventLoop, session: aiohttp.ClientSession, lease: Lease
) -> None:
    if loop.is_running():
        asyncio.run_coroutine_threadsafe(_close(session, lease), loop)


async def _close(session: aiohttp.ClientSession, lease: Lease) -> None:
    await session.close()
    await lease.end()
