"""The HTTP sessions of one store: one for its own origin, one for wherever redirects lead."""

import asyncio
import ssl
import weakref
from collections.abc import Callable
from functools import partial

import aiohttp
from aiohttp.connector import Connection
from fsspec.implementations.http import HTTPFileSystem

from nb_remote.store.address_guard import public_socket
from nb_remote.store.limits import StoreLimits
from nb_remote.threads import close_at_exit, closed_already, io_loop

# Bodies arrive in pieces of up to 256 KiB; a larger buffer saves pausing the
# transport between two of them, and 64 streams stay below 64 MiB.
_READ_BUFFER = 2**19


class HttpClient:
    """Opens sessions when they are first needed. Used on the IO loop only.

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
        self._on_sent = on_sent
        self._home_is_trusted = home_is_trusted
        self._tls = tls
        self._file_systems: dict[bool, HTTPFileSystem] = {}

    async def session(self, *, home: bool, host: str = "") -> aiohttp.ClientSession:
        """Return the session for the store's own origin, or for any other host."""
        anywhere = home and self._home_is_trusted
        guarded = not anywhere and host not in self._limits.trusted_hosts
        file_system = self._file_systems.get(guarded)
        if file_system is not None:
            return await _session_of(file_system)
        file_system = HTTPFileSystem(
            asynchronous=True,
            loop=io_loop(),
            # fsspec's cache of instances would keep file systems alive for ever.
            skip_instance_cache=True,
            encoded=True,
            get_client=partial(
                _new_session, self._limits, guarded=guarded, tls=self._tls, on_sent=self._on_sent
            ),
        )
        self._file_systems[guarded] = file_system
        session = await _session_of(file_system)
        # A store that nobody closed goes quietly, when it is collected or at exit.
        close_at_exit(session.close)
        loop = asyncio.get_running_loop()
        weakref.finalize(self, _close_later, loop, session).atexit = False
        return session

    async def close(self) -> None:
        """Close all sessions and their connections."""
        while self._file_systems:
            _, file_system = self._file_systems.popitem()
            await _close(await _session_of(file_system))


async def _session_of(file_system: HTTPFileSystem) -> aiohttp.ClientSession:
    session: aiohttp.ClientSession = await file_system.set_session()
    return session


async def _new_session(
    limits: StoreLimits,
    *,
    guarded: bool,
    tls: ssl.SSLContext | None,
    on_sent: Callable[[], None],
    **_: object,
) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=limits.in_flight,
        ssl=tls if tls is not None else True,
        socket_factory=public_socket if guarded else None,
    )
    return aiohttp.ClientSession(
        connector=connector,
        request_class=_counted_by(on_sent),
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


def _counted_by(on_sent: Callable[[], None]) -> type[aiohttp.ClientRequest]:
    """Make a class of requests that call `on_sent` each time they go out.

    aiohttp's trace hooks would tell the same, but they send five signals a request: 0.035 ms, as
    much as a fifth of everything a small request costs.
    """

    class Counted(aiohttp.ClientRequest):
        async def send(self, conn: Connection) -> aiohttp.ClientResponse:
            on_sent()
            return await super().send(conn)

    return Counted


def _close_later(loop: asyncio.AbstractEventLoop, session: aiohttp.ClientSession) -> None:
    if loop.is_running():
        asyncio.run_coroutine_threadsafe(_close(session), loop)


async def _close(session: aiohttp.ClientSession) -> None:
    closed_already(session.close)
    await session.close()
