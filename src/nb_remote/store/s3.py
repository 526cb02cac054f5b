"""Objects in the buckets of S3, and of servers that speak like it."""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote

import aiohttp
from yarl import URL

from nb_remote.errors import AccessDenied, CredentialsRefused, NbRemoteError, ServerFailed
from nb_remote.location.credentials import Credentials
from nb_remote.location.given import refuse_unprotected
from nb_remote.location.location import Location
from nb_remote.location.origins import bucket_url
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.store.base import MOST_NAMES
from nb_remote.store.body import drain, read_body
from nb_remote.store.bucket_listing import buckets_in, names_in_bucket
from nb_remote.store.http import HttpStore
from nb_remote.store.limits import StoreLimits
from nb_remote.store.listing import MOST_PAGE_BYTES
from nb_remote.store.meter import Meter
from nb_remote.store.s3_answers import Refusal, no_bucket, refusal_error, region_in
from nb_remote.store.s3_keys import KeyRing
from nb_remote.store.s3_place import settled
from nb_remote.store.s3_signing import S3Keys, Signer
from nb_remote.threads import in_decode_pool

T = TypeVar("T")

_FIRST_REGION = "us-east-1"
_IN_HOST = re.compile(r"\bs3[.-]([a-z]{2}(?:-[a-z]+)+-[0-9]+)\.")
_MOST_LESSONS = 3
_MOST_BUCKETS = 1000
_regions: dict[tuple[str, str], str] = {}
"""Regions that were found out in this process, by endpoint and bucket. IO loop only."""


class _AskAgainError(Exception):
    """The server said where or how to ask instead."""


class S3Store(HttpStore):
    """Read-only objects of one bucket; sends nothing but GET, and no credentials elsewhere.

    Parameters
    ----------
    credentials
        `S3Credentials`; anything else, and keys that are none, ask anonymously.
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
        super().__init__(location, limits=limits, meter=meter, tls=tls, trusted=trusted)
        self._asker = credentials if isinstance(credentials, S3Credentials) else S3Credentials()
        self._ring = KeyRing(self._asker)
        self._settling = asyncio.Lock()
        self._asked: Location | None = None
        """The location with all that was found out about it."""
        self._signer: Signer | None = None
        self._signs_with: tuple[S3Keys, str] | None = None

    @property
    def asked(self) -> Location:
        """The location with the server and region that were found out."""
        return self._asked or self.location

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole object, or None where it does not exist."""
        return await self._taught(lambda: super(S3Store, self).get(key, limit=limit))

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the object does not exist."""
        return await self._taught(lambda: super(S3Store, self).get_range(key, start, stop))

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the object does not exist."""
        return await self._taught(lambda: super(S3Store, self).get_suffix(key, length))

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder; None where listing is denied."""
        return await self._taught(lambda: self._typed(folder, self._listed(folder)))

    async def buckets(self) -> tuple[str, ...]:
        """Return the names of the buckets that the keys may list at the same server."""
        return await self._taught(lambda: self._typed("", self._own_buckets()))

    async def _own_buckets(self) -> tuple[str, ...]:
        if not self._asker.signs:
            return ()
        await self._address("")
        place = self._asked or self.location
        root = bucket_url("s3", "", place.endpoint, place.region)
        url = URL(f"{root}?max-buckets={MOST_NAMES}", encoded=True)
        where = self.location.display()
        async with self._answer("", url=url) as response:
            if response.status != 200:
                raise await self._refusal(response, where)
            body = await self._whole(response, MOST_PAGE_BYTES, where)
        return await in_decode_pool(buckets_in, body)

    async def _taught(self, read: Callable[[], Awaitable[T]]) -> T:
        for _ in range(_MOST_LESSONS):
            try:
                return await read()
            except _AskAgainError:
                continue
        raise ServerFailed(
            "the server sends from one region to the next", where=self.location.display()
        )

    async def _listed(self, folder: str) -> tuple[str, ...] | None:
        await self._address("")
        place = self._asked or self.location
        prefix = "/".join(part for part in (place.path, folder.strip("/")) if part)
        prefix = f"{prefix}/" if prefix else ""
        asked = f"delimiter=%2F&list-type=2&max-keys={MOST_NAMES}&prefix={quote(prefix, safe='')}"
        bucket = replace(place, path="").url()
        url = URL(f"{bucket}?{asked}", encoded=True)
        where = self.location.display(folder)
        async with self._answer("", url=url) as response:
            if response.status != 200:
                error = await self._refusal(response, where)
                if error.transient or isinstance(error, CredentialsRefused):
                    raise error
                if isinstance(error, AccessDenied | ServerFailed):
                    return None
                raise error
            body = await read_body(
                response,
                limit=MOST_PAGE_BYTES,
                where=where,
                received=self.meter.received,
                enough=MOST_PAGE_BYTES,
            )
        return await in_decode_pool(names_in_bucket, body, prefix)

    async def _address(self, key: str) -> URL:
        if self._asked is None:
            async with self._settling:
                if self._asked is None:
                    await self._settle()
        return URL((self._asked or self.location).url(key), encoded=True)

    async def _settle(self) -> None:
        """Find out which server is meant, and whether credentials may go there."""
        location = self.location
        if self._asker.signs:
            found = await self._ring.current(location.display())
            if found.endpoint and not location.endpoint:
                location = replace(location, endpoint=found.endpoint, may_be_endpoint=False)
            location = replace(location, region=location.region or found.region)
        meant, endpoint = await settled(location, self._peek)
        known = _regions.get((endpoint, meant.host), "")
        asked = replace(meant, endpoint=endpoint, region=known or meant.region)
        if self._asker.signs:
            refuse_unprotected(asked, self._asker)
        self._location, self._asked = meant, asked

    async def _peek(self, url: URL) -> Refusal:
        session = await self._client.session(home=True, host=url.host_port_subcomponent or "")
        headers = {"Accept-Encoding": "identity"}
        with self._client.under_way:
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                body = await drain(response)
                return Refusal(status=response.status, headers=response.headers, body=body)

    async def _proof(self, url: URL, headers: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002
        extra = {"x-amz-request-payer": "requester"} if self._asker.requester_pays else {}
        if not self._asker.signs:
            return extra
        keys = (await self._ring.current(self.location.display())).keys
        region = self._region()
        if self._signer is None or self._signs_with != (keys, region):
            self._signer, self._signs_with = Signer(keys, region), (keys, region)
        return self._signer.headers(url, extra)

    def _region(self) -> str:
        """Region to sign for, until the server says otherwise."""
        place = self._asked or self.location
        named = _IN_HOST.search(place.endpoint)
        return place.region or (named[1] if named else _FIRST_REGION)

    def _leads_on(self, response: aiohttp.ClientResponse) -> bool:
        # Amazon sends on to another region of its own, where it has to be asked signed anew.
        at_amazon = self._asked is None or not self._asked.endpoint
        said = response.headers
        elsewhere = "Location" in said and not (at_amazon and region_in(said))
        return elsewhere and super()._leads_on(response)

    async def _missed(self, response: aiohttp.ClientResponse, where: str) -> None:  # noqa: ARG002
        refusal = await _read(response)
        if refusal.code in ("NoSuchBucket", "InvalidBucketName"):
            raise no_bucket(self.location)
        self.meter.missed()

    async def _refusal(self, response: aiohttp.ClientResponse, where: str) -> NbRemoteError:
        refusal = await _read(response)
        region = refusal.other_region(self._region())
        if region and self._asked is not None:
            if len(_regions) < _MOST_BUCKETS:
                _regions[self._asked.endpoint, self._asked.host] = region
            self._asked = replace(self._asked, region=region)
            raise _AskAgainError
        used = response.request_info.headers
        if refusal.expired and await self._ring.look_again(used, where):
            raise _AskAgainError
        return refusal_error(refusal, self.location, self._asker, where)


async def _read(response: aiohttp.ClientResponse) -> Refusal:
    body = await drain(response)
    return Refusal(status=response.status, headers=response.headers, body=body)
