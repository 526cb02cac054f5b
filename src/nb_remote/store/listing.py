"""Asks what lies in a folder behind HTTP, which some servers tell and most don't."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from yarl import URL

from nb_remote.location.location import Location
from nb_remote.store.bucket_listing import (
    bucket_request,
    is_bucket,
    is_bucket_answer,
    names_in_bucket,
)
from nb_remote.store.index_page import names_in_page
from nb_remote.threads import in_decode_pool

MOST_PAGE_BYTES = 2**20
"""Most of a page that is read: Apache's rows have about 300 bytes, and 1000 of them are enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer that is read as text, whatever its status."""

    url: URL
    """Where it came from, after redirects; secret."""
    ok: bool
    """Whether the status says that this is what was asked for."""
    body: bytes
    """At most `MOST_PAGE_BYTES` of it."""


async def read_names(
    location: Location, folder: str, fetch: Callable[[URL], Awaitable[Page]]
) -> tuple[str, ...] | None:
    """Return what lies directly in a folder, or None where the server doesn't tell.

    Takes one request where the server sends index pages or is known to be a bucket, else two.

    Parameters
    ----------
    folder
        Its name relative to `location`; empty for the location itself.
    fetch
        Gets a page; raises where the server can't be asked.
    """
    said = b""
    if not is_bucket(location.host):
        address, _, query = location.url(folder).partition("?")
        folder_url = f"{address.rstrip('/')}/"
        page = await fetch(URL(f"{folder_url}?{query}" if query else folder_url, encoded=True))
        if not is_bucket_answer(page.body):
            if not page.ok:
                return None
            return await in_decode_pool(names_in_page, page.body, str(page.url))
        said = page.body
    path, query, prefix = bucket_request(location.host, f"{location.path}/{folder}", said)
    query = "&".join(part for part in (location.query, query) if part)
    page = await fetch(URL(f"{location.scheme}://{location.host}/{path}?{query}", encoded=True))
    return await in_decode_pool(names_in_bucket, page.body, prefix) if page.ok else None
