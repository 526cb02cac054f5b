"""Objects in Google Cloud Storage: plain GETs to its XML interface, with a token where one is."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import quote

import aiohttp
from yarl import URL

from nb_remote.errors import NbRemoteError
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.location import Location
from nb_remote.location.origins import bucket_url
from nb_remote.store.base import MOST_NAMES
from nb_remote.store.body import drain
from nb_remote.store.bucket_listing import buckets_in, names_in_bucket
from nb_remote.store.gcs_answers import Asker, Said, no_bucket, refusal
from nb_remote.store.gcs_token import GcsToken, token_of
from nb_remote.store.http import HttpStore
from nb_remote.store.limits import StoreLimits
from nb_remote.store.meter import Meter
from nb_remote.threads import in_decode_pool


class GcsStore(HttpStore):
    """Read-only objects in one bucket of Google Cloud Storage.

    Without credentials it asks as nobody: it looks for no others.

    Parameters
    ----------
    location
        Of scheme ``gs``.
    credentials
        `GcsCredentials`, or None.
    """

    _accepted_encoding = "gzip"
    """Objects that are stored in gzip come so, instead of being unpacked by the server."""

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
            location,
            credentials or Anonymous(),
            limits=limits,
            meter=meter,
            tls=tls,
            trusted=trusted,
        )
        self._bucket = replace(location, path="", zip_path=None)
        self._token: GcsToken | None = None
        self._asker: Asker = "nobody"
        self._project = ""
        if isinstance(credentials, GcsCredentials) and credentials.proves:
            self._token = token_of(credentials, self._limits, tls)
            self._asker = "token" if credentials.token else "account"
            self._project = credentials.home_project

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder, or None where the bucket may not be listed."""
        return await self._typed(folder, self._names(folder))

    async def _names(self, folder: str) -> tuple[str, ...] | None:
        path = "/".join(part for part in (self.location.path, folder.strip("/")) if part)
        prefix = f"{path}/" if path else ""
        query = f"list-type=2&delimiter=/&max-keys={MOST_NAMES}&prefix={quote(prefix)}"
        bucket = self._bucket.url().rstrip("/")
        page = await self._page(URL(f"{bucket}?{query}", encoded=True))
        return await in_decode_pool(names_in_bucket, page.body, prefix) if page.ok else None

    async def buckets(self) -> tuple[str, ...]:
        """Return the names of the buckets of the account's project, where that is known."""
        return await self._typed("", self._own_buckets())

    async def _own_buckets(self) -> tuple[str, ...]:
        if not self._project:
            return ()
        page = await self._page(URL(bucket_url("gs", "", self.location.endpoint), encoded=True))
        return await in_decode_pool(buckets_in, page.body) if page.ok else ()

    @asynccontextmanager
    async def _answer(
        self, key: str, *, asked: str = "", url: URL | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask for `key`; once more with a new token where the one that was sent has ended."""
        async with super()._answer(key, asked=asked, url=url) as response:
            sent = response.request_info.headers.get("Authorization", "")
            if self._token is None or not sent:
                yield response
                return
            if response.status != 401:
                self._token.worked(sent)
                yield response
                return
            if not self._token.ended(sent):
                yield response
                return
            await drain(response)
        async with super()._answer(key, asked=asked, url=url) as response:
            yield response

    async def _proof(self, url: URL, headers: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002
        if self._token is None:
            return {}
        lists_buckets = url.raw_path == "/"
        project = {"x-goog-project-id": self._project} if lists_buckets else {}
        return {**await self._token.headers(), **project}

    async def _missed(self, response: aiohttp.ClientResponse, where: str) -> None:  # noqa: ARG002
        body = await drain(response)
        if Said.of(body).no_bucket:
            raise no_bucket(self._bucket.display())
        self.meter.missed()

    async def _refusal(self, response: aiohttp.ClientResponse, where: str) -> NbRemoteError:
        return refusal(
            response.status,
            response.headers,
            await drain(response),
            asker=self._asker,
            where=where,
            bucket=self._bucket.display(),
        )
