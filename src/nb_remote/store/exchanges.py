"""Asking for objects behind plain HTTP: one exchange per try, redirects followed by hand."""

import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

from nb_remote.errors import ServerFailed
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.location import Location
from nb_remote.location.relative import require_inside
from nb_remote.store import redirects, turns
from nb_remote.store.base import PrivateStore
from nb_remote.store.body import drain
from nb_remote.store.client import HttpClient
from nb_remote.store.limits import StoreLimits
from nb_remote.store.meter import Meter

_LONGEST_NAME = 60


class HttpExchanges(PrivateStore):
    """Sends nothing but GET, to where the location leads. `HttpStore` makes objects of the answers.

    Parameters
    ----------
    location
        Where the keys are relative to.
    credentials
        Sent to the location's own origin only, never along a redirect elsewhere.
    meter
        Counts what is really sent and received.
    tls
        Context for https, or None for the system's trusted authorities.
    trusted
        Whether a person named the location. False for addresses that data names:
        those have to be public ones.
    """

    _accepted_encoding = "identity"
    """Of whole objects; a range of an encoded object is of no use."""

    def __init__(
        self,
        location: Location,
        credentials: Credentials | None = None,
        *,
        limits: StoreLimits | None = None,
        meter: Meter | None = None,
        tls: ssl.SSLContext | None = None,
        trusted: bool = True,
    ) -> None:
        super().__init__(location)
        self.meter = meter or Meter()
        self._credentials = credentials or Anonymous()
        self._limits = limits or StoreLimits()
        self._client = HttpClient(
            self._limits, home_is_trusted=trusted, on_sent=self.meter.sent, tls=tls
        )
        self.host = _host_of(URL(location.url(), encoded=True))
        """The host that is asked, with an unusual port: that of the last question."""
        self.server: str | None = None
        """What the server calls itself, which may be nothing; None before its first answer."""
        self._closed = False
        self._process = os.getpid()

    async def close(self) -> None:
        """Break off what is under way and use no connection any more."""
        self._closed = True
        await self._client.close()

    async def _proof(self, url: URL, headers: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002
        """Return what proves to the home origin who asks for `url`; secret."""
        return self._credentials.headers()

    async def _address(self, key: str) -> URL:
        """Return the address of an object; stores of buckets may have to find out where it is."""
        return URL(self.location.url(key), encoded=True)

    def _leads_on(self, response: aiohttp.ClientResponse) -> bool:
        """Whether an answer is a redirect to follow; a viewer's page has no data."""
        if response.status not in redirects.STATUSES:
            return False
        link = redirects.viewer_link(response.url, response.headers.get("Location"))
        if link is not None:
            self.meter.viewer_link = link
        return link is None

    @asynccontextmanager
    async def _answer(
        self, key: str, *, asked: str = "", url: URL | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask for `key` and follow redirects by hand: each hop is checked first."""
        self._check_usable()
        where = self.location.display(key)
        require_inside(key, where=where)
        headers = {"Accept-Encoding": "identity" if asked else self._accepted_encoding}
        if asked:
            headers["Range"] = asked
        home = await self._address(key) if url is None else url
        hop = redirects.Hop(url=home, home=True)
        self.host = hop.host
        seen = {hop.url}
        while True:
            host = hop.host
            await turns.move_to(host)
            session = await self._client.session(home=hop.home, host=host)
            proof = await self._proof(hop.url, headers) if hop.home else {}
            self.meter.began()
            try:
                with self._client.under_way:
                    async with session.get(
                        hop.url, headers={**proof, **headers}, allow_redirects=False
                    ) as response:
                        if self.server is None:
                            self.server = _name_of(response)
                        if not self._leads_on(response):
                            yield response
                            return
                        target = response.headers.get("Location")
                        hop = redirects.next_hop(hop, target, home=home, where=where)
                        await drain(response)
            finally:
                self.meter.ended()
            if hop.url in seen or len(seen) > redirects.MOST_HOPS:
                raise ServerFailed("the server redirects in circles", where=where)
            seen.add(hop.url)

    def _check_usable(self) -> None:
        if self._closed:
            raise RuntimeError("this store is closed")
        if self._process != os.getpid():
            raise RuntimeError("this store belongs to another process; open one here")


def _host_of(url: URL) -> str:
    return redirects.Hop(url=url, home=True).host


def _name_of(response: aiohttp.ClientResponse) -> str:
    name = response.headers.get("Server", "")
    return name[:_LONGEST_NAME] if name.isprintable() else ""
