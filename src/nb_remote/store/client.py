"""The HTTP sessions of one store: one for its own origin, one for wherever redirects lead."""

import asyncio
import ssl
import weakref
from collections.abc import Awaitable, Callable
from functools import partial

import aiohttp
from fsspec.implementations.http import HTTPFileSystem

from nb_remote.store.address_guard import public_socket
from nb_remote.store.limits import StoreLimits
from nb_remote.threads import io_loop

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

    async def session(self, *, home: bool) -> aiohttp.ClientSession:
        """Return the session for the store's own origin, or for any other host."""
        guarded = not (home and self._home_is_trusted)
        file_system = self._file_systems.get(guarded)
        if file_system is None:
            file_system = self._file_systems[guarded] = self._file_system(guarded=guarded)
        session: aiohttp.ClientSession = await file_system.set_session()
        return session

    async def close(self) -> None:
        """Close all sessions and their connections."""
        while self._file_systems:
            _, file_system = self._file_systems.popitem()
            session: aiohttp.ClientSession = await file_system.set_session()
            await session.close()

    def _file_system(self, *, guarded: bool) -> HTTPFileSystem:
        # fsspec's cache of instances would keep file systems alive for ever.
        return HTTPFileSystem(
            asynchronous=True,
            loop=io_loop(),
            skip_instance_cache=True,
            encoded=True,
            get_client=partial(self._new_session, guarded=guarded),
        )

    async def _new_session(self, *, guarded: bool, **_: object) -> aiohttp.ClientSession:
        limits = self._limits
        connector = aiohttp.TCPConnector(
            limit=limits.in_flight,
            ssl=self._tls if self._tls is not None else True,
            socket_factory=public_socket if guarded else None,
        )
        watch = aiohttp.TraceConfig()
        watch.on_request_headers_sent.append(_calling(self._on_sent))
        session = aiohttp.ClientSession(
            connector=connector,
            trace_configs=[watch],
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
        # A store that nobody closed goes quietly when it is collected.
        weakref.finalize(self, _close_later, asyncio.get_running_loop(), session)
        return session


def _calling(on_sent: Callable[[], None]) -> Callable[..., Awaitable[None]]:
    """A trace callback without the client, which the session must not keep alive."""

    async def count(*_: object) -> None:
        on_sent()

    return count


def _close_later(loop: asyncio.AbstractEventLoop, session: aiohttp.ClientSession) -> None:
    if not session.closed and loop.is_running():
        asyncio.run_coroutine_threadsafe(session.close(), loop)
