"""Reads bodies within their bounds and undoes content encodings."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import aiohttp

from nb_remote.errors import ServerFailed, TooLarge, Unreachable, UnsupportedCodec
from nb_remote.store.answers import content_length
from nb_remote.store.encodings import decompress

CONTENT_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})
"""Those that servers use (RFC 9110, RFC 7932, RFC 8878)."""
# Nobody encodes twice on purpose; a longer list is a bomb.
_MOST_ENCODINGS = 2
# An error page is read to its end, so that the connection can serve the next
# request: missing chunks are the common answer in a sparse volume.
_DRAIN_BYTES = 2**16
_DRAIN_SECONDS = 1.0


async def read_body(
    response: aiohttp.ClientResponse,
    *,
    limit: int,
    where: str,
    received: Callable[[int], None],
    enough: int | None = None,
) -> bytes:
    """Return the body as it came over the wire, or its first `enough` bytes.

    Parameters
    ----------
    limit
        Most bytes to accept.
    received
        Told the size of each piece that arrives.

    Raises
    ------
    TooLarge
        When the body is announced or turns out larger than `limit`.
    Unreachable
        When it ends before the announced length.
    """
    announced = content_length(response.headers)
    if announced is not None and enough is None and announced > limit:
        raise too_large(announced, limit, where)
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        received(len(piece))
        pieces.append(piece)
        size += len(piece)
        if enough is not None and size >= enough:
            return b"".join(pieces)[:enough]
        if size > limit:
            raise too_large(size, limit, where)
    if announced is not None and size != announced:
        text = f"the answer broke off after {size} of {announced} bytes"
        raise Unreachable(text, where=where).as_transient()
    if not size and announced is None and "Transfer-Encoding" not in response.headers:
        # Nothing says that nothing was meant, and an empty object may stand for an empty chunk.
        raise Unreachable("the connection ended before a byte came", where=where).as_transient()
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def drain(response: aiohttp.ClientResponse) -> bytes:
    """Read a small body to its end, for what it may say; one too long or slow costs the connection.

    Returns
    -------
    bytes
        What came of it, as it came: at most 64 KiB.
    """
    said = b""
    if (content_length(response.headers) or 0) > _DRAIN_BYTES:
        return said
    with suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for piece in response.content.iter_any():
                said = (said + piece)[:_DRAIN_BYTES]
                if len(said) == _DRAIN_BYTES:
                    break
    return said


def decode_body(body: bytes, encodings: Sequence[str], *, limit: int, where: str) -> bytes:
    """Undo the content encodings of `body`, last applied first.

    Raises
    ------
    TooLarge
        When it decodes to more than `limit` bytes; they are never all held.
    UnsupportedCodec
        When an encoding is unknown; none was asked for.
    ServerFailed
        When the body is not what its encoding says, or ends too early.
    """
    if len(encodings) > _MOST_ENCODINGS:
        raise ServerFailed(f"the answer is encoded {len(encodings)} times", where=where)
    for name in reversed(encodings):
        if name not in CONTENT_ENCODINGS:
            raise UnsupportedCodec(
                f"the server sends the object with content encoding {name[:20]!r}",
                where=where,
                codec=name[:20],
            )
        body = decompress(name, body, limit=limit, where=where)
    return body


def too_large(size: int, limit: int, where: str) -> TooLarge:
    """Return the error for a body of `size` bytes where `limit` are accepted."""
    return TooLarge(f"the object has {size} bytes or more, {limit} are accepted", where=where)
