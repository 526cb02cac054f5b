"""Connections of the process: stores that ask the same host use the same ones.

Shared are sockets, protected connections and looked-up names, and nothing else: cookies, headers
and credentials stay with each store's own session. How many requests are in flight is bounded
before a connection is asked for (`turns`): to wait in aiohttp's queue would count as connecting,
and would serve first who came first.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import NamedTuple

import aiohttp

from nb_remote.store.address_guard import public_socket
from nb_remote.threads import close_at_exit, closed_already


class Kind(NamedTuple):
    """What has to be the same for two stores to use the same connections."""

    loop: asyncio.AbstractEventLoop
    """After a fork, the loop is another one: no connection of the parent is ever used."""
    guarded: bool
    """Whether the other end was made sure to be public. What was connected for a host that a
    person named never serves a stranger's address, and the other way round."""
    tls: ssl.SSLContext | None
    """Trusted authorities, and perhaps a certificate of one's own."""
    host: str
    """With the port where it is unusual. Empty for whatever hosts redirects lead to."""


@dataclass(slots=True)
class _Pool:
    connector: aiohttp.TCPConnector
    users: int = 0


_pools: dict[Kind, _Pool] = {}


class Lease:
    """The right to use the connections of one kind. Used on the IO loop only.

    The last one that ends closes them; until then idle ones are kept for aiohttp's 15 s.
    """

    def __init__(self, kind: Kind) -> None:
        pool = _pools.get(kind)
        if pool is None:
            pool = _pools[kind] = _Pool(_new_connector(kind))
            close_at_exit(pool.connector.close)
        pool.users += 1
        self._kind = kind
        self._pool: _Pool | None = pool
        self.connector = pool.connector
        """For sessions, which must not own it."""

    async def end(self) -> None:
        """Give the connections back."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.users -= 1
        if not pool.users:
            del _pools[self._kind]
            closed_already(pool.connector.close)
            await pool.connector.close()


def _new_connector(kind: Kind) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(
        limit=0,  # no bound but that of the turns
        ssl=kind.tls if kind.tls is not None else True,
        socket_factory=public_socket if kind.guarded else None,
    )
