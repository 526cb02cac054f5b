"""Reads metadata documents: JSON of bounded size and depth, numbers exact."""

import asyncio
import codecs
import json
from typing import Any

from nb_remote.errors import BadMetadata, TimedOut
from nb_remote.nesting import is_deeper
from nb_remote.store.base import Store
from nb_remote.threads import in_decode_pool

# Consolidated metadata of large collections reaches a few MiB
# (measured: parsing 270 MB of attributes cost 6 s and 1.1 GB).
MOST_BYTES = 8 * 2**20
# Real metadata is about ten levels deep; the parser itself gives up near 1000.
MOST_LEVELS = 100
DEADLINE_S = 10.0
WEB_PAGE = "the server answered with a web page instead of JSON"
_POINTERS = {b"version https://git-lfs": "Git LFS", b".git/annex/": "git-annex"}
"""What a repository's raw files begin with where large ones are kept elsewhere."""
# Below this, parsing takes well under a millisecond and a thread costs more.
_PARSE_IN_POOL_BYTES = 2**16


async def read_json(
    store: Store, key: str, *, limit: int = MOST_BYTES, deadline_s: float = DEADLINE_S
) -> dict[str, Any] | list[Any] | None:
    """Return the JSON document `key`, or None where it does not exist.

    Integers are exact whatever their size. ``NaN`` and ``Infinity`` are accepted,
    because xarray writes them into attributes; who uses a number checks it.

    Parameters
    ----------
    limit
        Most bytes to accept.
    deadline_s
        Seconds for the whole read, tries and waiting included.

    Raises
    ------
    BadMetadata
        When it is no JSON object or array, or a web page.
    TooLarge, TimedOut, AccessDenied, Unreachable, Throttled, ServerFailed
        As the store raises them.
    """
    where = store.location.display(key)
    scope = asyncio.timeout(deadline_s)
    try:
        async with scope:
            raw = await store.get(key, limit=limit)
    except TimeoutError:
        if not scope.expired():
            raise
        raise TimedOut(f"no complete answer within {deadline_s:g} s", where=where) from None
    if raw is None:
        return None
    if len(raw) > _PARSE_IN_POOL_BYTES:
        return await in_decode_pool(parse_json, raw, where=where)
    return parse_json(raw, where=where)


def parse_json(raw: bytes, *, where: str) -> dict[str, Any] | list[Any]:
    """Return the JSON object or array in `raw`.

    Raises
    ------
    BadMetadata
        When it is no JSON object or array, is too deep, or is a web page.
    """
    if not raw.strip():
        raise BadMetadata("this is not a JSON document: it is empty", where=where)
    _refuse_markup(raw, where)
    _refuse_pointer(raw, where)
    try:
        document = json.loads(raw.removeprefix(codecs.BOM_UTF8).decode())
    except RecursionError:
        raise _too_deep(where) from None
    except ValueError as problem:  # broken JSON, not UTF-8, a number of 5000 digits
        line = getattr(problem, "lineno", None)
        place = f" (line {line})" if line else ""
        raise BadMetadata(f"this is not a JSON document{place}", where=where) from None
    if not isinstance(document, dict | list):
        raise BadMetadata("the JSON document is neither an object nor an array", where=where)
    if is_deeper(document, MOST_LEVELS):
        raise _too_deep(where)
    return document


def _refuse_markup(raw: bytes, where: str) -> None:
    start = raw[:1024].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(b"<") and b"html" in start:
        raise BadMetadata(
            WEB_PAGE,
            where=where,
            hint="Is this a viewer's address, or does it need a login?",
        )
    if start.startswith(b"<"):
        raise BadMetadata("the server answered with XML instead of JSON", where=where)


def _refuse_pointer(raw: bytes, where: str) -> None:
    for start, keeper in _POINTERS.items():
        if raw.startswith(start):
            raise BadMetadata(
                f"this is a pointer of {keeper}, not the document that it stands for",
                where=where,
                hint="Open an address at which the files themselves are served.",
            )


def _too_deep(where: str) -> BadMetadata:
    return BadMetadata(f"the JSON document is nested deeper than {MOST_LEVELS} levels", where=where)
