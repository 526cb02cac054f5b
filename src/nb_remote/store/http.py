"""Objects behind plain HTTP: one GET per read, every answer checked."""

import ssl
from collections.abc import Coroutine
from typing import Any, TypeVar

import aiohttp
from yarl import URL

from nb_remote.errors import NbRemoteError, ServerFailed
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.location import Location
from nb_remote.store.answers import (
    check_content_range,
    check_content_suffix,
    complete_length,
    content_encodings,
    content_length,
    cut_end,
    cut_out,
    status_error,
)
from nb_remote.store.body import decode_body, drain, read_body, too_large
from nb_remote.store.budget import ByteBudget
from nb_remote.store.exchanges import HttpExchanges
from nb_remote.store.failures import typed_error
from nb_remote.store.limits import StoreLimits
from nb_remote.store.listing import MOST_PAGE_BYTES, Page, read_names
from nb_remote.store.meter import Meter
from nb_remote.threads import in_decode_pool

T = TypeVar("T")

_LONGEST_NAME = 60


class HttpStore(HttpExchanges):
    """Read-only objects behind HTTP(S). One try per read; sends nothing but GET.

    Parameters are those of `HttpExchanges`.
    """

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
        super().__init__(
            location, credentials, limits=limits, meter=meter, tls=tls, trusted=trusted
        )
        self.ranges_ignored = False
        """Whether the server has answered a range with the whole object."""
        self._budget = ByteBudget(self._limits.bytes_in_flight)

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist."""
        return await self._typed(key, self._get(key, limit))

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the object does not exist."""
        if not 0 <= start < stop:
            raise ValueError(f"not a range of bytes: {start} to {stop}")
        return await self._typed(key, self._get_range(key, start, stop))

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the object does not exist."""
        if length <= 0:
            raise ValueError(f"not a range of bytes: the last {length}")
        return await self._typed(key, self._get_suffix(key, length))

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what an index page or a bucket's listing names; None where there is none."""
        return await self._typed(folder, read_names(self.location, folder, self._page))

    async def _typed(self, key: str, read: Coroutine[Any, Any, T]) -> T:
        """Await `read`; raise nothing but typed errors, and chain nothing to them."""
        error: NbRemoteError
        try:
            return await read
        except NbRemoteError as failure:
            error = failure
        except (aiohttp.ClientError, OSError) as failure:
            where = self.location.display(key)
            error = typed_error(failure, where=where, answered_before=self.server is not None)
        self.meter.failed()
        self._check_usable()  # closed in the meantime: that is why it failed
        raise error

    async def _get(self, key: str, limit: int) -> bytes | None:
        where = self.location.display(key)
        async with self._answer(key) as response:
            if response.status == 404:
                await self._missed(response, where)
                return None
            if response.status != 200:
                raise await self._refusal(response, where)
            return await self._whole(response, limit, where)

    async def _get_range(self, key: str, start: int, stop: int) -> bytes | None:
        where = self.location.display(key)
        most = self._limits.whole_object_bytes
        async with self._answer(key, asked=f"bytes={start}-{stop - 1}") as response:
            if response.status == 404:
                await self._missed(response, where)
                return None
            encodings = content_encodings(response.headers)
            if response.status == 206 and not encodings:
                check_content_range(response.headers.get("Content-Range"), start, stop, where)
                return await self._part(response, stop - start, where)
            if response.status == 200:
                self.ranges_ignored = True
                if stop > most:
                    raise too_large(stop, most, where)
                if encodings:
                    return cut_out(await self._whole(response, most, where), start, stop, where)
                async with self._budget.reserve(stop):
                    body = await read_body(
                        response, limit=most, where=where, received=self.meter.received, enough=stop
                    )
                return cut_out(body, start, stop, where)
            # 416 may be about the encoded bytes of an object that is longer than they are.
            in_doubt = response.status == 416 and complete_length(response.headers) <= most
            if response.status != 206 and not in_doubt:
                raise await self._refusal(response, where)
            await drain(response)
        # A range of an encoded object is a range of the encoded bytes: no use on its own.
        whole = await self._get(key, most)
        return None if whole is None else cut_out(whole, start, stop, where)

    async def _get_suffix(self, key: str, length: int) -> bytes | None:
        where = self.location.display(key)
        most = self._limits.whole_object_bytes
        async with self._answer(key, asked=f"bytes=-{length}") as response:
            if response.status == 404:
                await self._missed(response, where)
                return None
            encodings = content_encodings(response.headers)
            if response.status == 206 and not encodings:
                check_content_suffix(response.headers.get("Content-Range"), length, where)
                return await self._part(response, length, where)
            if response.status == 200:
                self.ranges_ignored = True
                return cut_end(await self._whole(response, most, where), length, where)
            if response.status != 206:
                raise await self._refusal(response, where)
            await drain(response)
        # As in `_get_range`: the end of the encoded bytes is of no use.
        whole = await self._get(key, most)
        return None if whole is None else cut_end(whole, length, where)

    async def _page(self, url: URL) -> Page:
        where = self.location.display()
        async with self._answer("", url=url) as response:
            if response.status == 429 or response.status >= 500:
                raise status_error(response.status, response.headers, where)
            if content_encodings(response.headers):
                body = await self._whole(response, MOST_PAGE_BYTES, where)
            else:
                async with self._budget.reserve(MOST_PAGE_BYTES):
                    body = await read_body(
                        response,
                        limit=MOST_PAGE_BYTES,
                        where=where,
                        received=self.meter.received,
                        enough=MOST_PAGE_BYTES,
                    )
            return Page(url=response.url, ok=response.status == 200, body=body)

    async def _whole(self, response: aiohttp.ClientResponse, limit: int, where: str) -> bytes:
        encodings = content_encodings(response.headers)
        # What can't be compressed grows by 5 bytes in 16 KiB and a header (RFC 1951, RFC 1952).
        most = limit + limit // 1000 + 1024 if encodings else limit
        announced = content_length(response.headers)
        if announced is not None and announced > most:
            raise too_large(announced, limit, where)
        fair_share = self._limits.bytes_in_flight // self._limits.in_flight
        async with self._budget.reserve(fair_share if announced is None else announced):
            body = await read_body(response, limit=most, where=where, received=self.meter.received)
        if not encodings:
            return body
        return await in_decode_pool(decode_body, body, encodings, limit=limit, where=where)

    async def _part(self, response: aiohttp.ClientResponse, size: int, where: str) -> bytes:
        announced = content_length(response.headers)
        if announced not in (None, size):
            text = f"{size} bytes were asked for, the server announces {announced}"
            raise ServerFailed(text, where=where).as_transient()
        async with self._budget.reserve(size):
            body = await read_body(response, limit=size, where=where, received=self.meter.received)
        if len(body) != size:
            text = f"the answer broke off after {len(body)} of {size} bytes"
            raise ServerFailed(text, where=where).as_transient()
        return body

    async def _missed(self, response: aiohttp.ClientResponse, where: str) -> None:  # noqa: ARG002
        """Take note of a 404; stores of buckets raise here where more than the object is gone."""
        self.meter.missed()
        await drain(response)

    async def _refusal(self, response: aiohttp.ClientResponse, where: str) -> NbRemoteError:
        """Return the error for a status that brings no object; stores of buckets read why."""
        asked_by_nobody = isinstance(self._credentials, Anonymous)
        return status_error(response.status, response.headers, where, named=not asked_by_nobody)
