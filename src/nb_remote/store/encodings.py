"""Undoes what compresses whole objects, never holding more than a limit."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

import brotli
import zstandard

from nb_remote.errors import ServerFailed, TooLarge

# zlib window codes: 47 detects gzip and zlib headers, -15 is deflate without any.
_ANY_HEADER, _NO_HEADER = 47, -15
_MEMORY = 2**27
"""Most that a window or a dictionary may take: 128 MiB, zstd's own limit and xz's for level 9."""
_AT_ONCE = 2**20
# zstd (RFC 8878): frames that are skipped begin with 0x184D2A5?, blocks of type 1 are one byte.
_SKIPPED, _SKIPPED_LOW, _REPEATED_BYTE, _LONGEST_HEAD = b"\x2a\x4d\x18", 5, 1, 18


class _Bad(Exception):
    """The data are none of this encoding."""


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def decompress(name: str, body: bytes, *, limit: int, where: str) -> bytes:
    """Decode `body`, all streams of it.

    Parameters
    ----------
    name
        A key of `DECODERS`.
    limit
        Most bytes to accept.
    where
        Address of the object, for errors.

    Raises
    ------
    TooLarge
        It decodes to more than `limit` bytes; they are never all held.
    ServerFailed
        It is not what its encoding says, or ends too early.
    """
    with suppress(zlib.error, EOFError, lzma.LZMAError, brotli.error, zstandard.ZstdError, _Bad):
        return DECODERS[name](body, limit, where)
    # outside of the handler, so that nothing of the data is chained to it
    raise ServerFailed("the body does not match its content encoding", where=where)


def _inflate(body: bytes, limit: int, where: str) -> bytes:
    try:
        return _streams(partial(zlib.decompressobj, _ANY_HEADER), b"\x1f\x8b", body, limit, where)
    except zlib.error:
        return _streams(partial(zlib.decompressobj, _NO_HEADER), b"\x1f\x8b", body, limit, where)


def _xz(body: bytes, limit: int, where: str) -> bytes:
    make = partial(lzma.LZMADecompressor, memlimit=_MEMORY)
    return _streams(make, b"\xfd7zXZ\x00", body, limit, where)


def _bz2(body: bytes, limit: int, where: str) -> bytes:
    try:
        return _streams(bz2.BZ2Decompressor, b"BZh", body, limit, where)
    except ServerFailed:
        raise
    except OSError:  # of the decoder; what else is one comes from us
        raise _Bad from None


def _streams(
    make: Callable[[], _Stream], magic: bytes, body: bytes, limit: int, where: str
) -> bytes:
    """Decode streams in a row; what does not begin as one is padding."""
    parts: list[bytes] = []
    size = 0
    while True:
        stream = make()
        part = stream.decompress(body, limit - size + 1)
        size = _checked(size + len(part), limit, where)
        if not stream.eof:
            raise _cut_off(where)
        parts.append(part)
        body = stream.unused_data
        if not body.startswith(magic):
            return b"".join(parts)


def _brotli(body: bytes, limit: int, where: str) -> bytes:
    stream = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    while not stream.is_finished():
        part = stream.process(body, output_buffer_limit=_AT_ONCE)
        body = b""
        size = _checked(size + len(part), limit, where)
        parts.append(part)
        if not part and stream.can_accept_more_data() and not stream.is_finished():
            raise _cut_off(where)
    return b"".join(parts)


def _zstd(body: bytes, limit: int, where: str) -> bytes:
    if not _are_whole_frames(body):
        raise _cut_off(where)
    parts: list[bytes] = []
    size = 0
    decompressor = zstandard.ZstdDecompressor(max_window_size=_MEMORY)
    with decompressor.stream_reader(body, read_across_frames=True) as reader:
        while part := reader.read(_AT_ONCE):
            size = _checked(size + len(part), limit, where)
            parts.append(part)
    return b"".join(parts)


def _are_whole_frames(body: bytes) -> bool:
    """Whether the last frame ends where the data end: the decoder itself doesn't mind."""
    at = 0
    while at < len(body):
        if body[at + 1 : at + 4] == _SKIPPED and body[at] >> 4 == _SKIPPED_LOW:
            at += 8 + int.from_bytes(body[at + 4 : at + 8], "little")
            continue
        head = body[at : at + _LONGEST_HEAD]
        has_checksum = zstandard.get_frame_parameters(head).has_checksum
        at += zstandard.frame_header_size(head)
        last = False
        while not last and at < len(body):
            block = int.from_bytes(body[at : at + 3], "little")
            last = bool(block & 1)
            at += 3 + (1 if block >> 1 & 3 == _REPEATED_BYTE else block >> 3)
        if not last:
            return False
        at += 4 if has_checksum else 0
    return at == len(body) and at > 0


def _checked(size: int, limit: int, where: str) -> int:
    if size > limit:
        raise TooLarge(f"the object decodes to more than {limit} bytes", where=where)
    return size


def _cut_off(where: str) -> ServerFailed:
    return ServerFailed("the encoded body ends too early", where=where).as_transient()


DECODERS: dict[str, Callable[[bytes, int, str], bytes]] = {
    "gzip": _inflate,
    "x-gzip": _inflate,
    "deflate": _inflate,
    "br": _brotli,
    "zstd": _zstd,
    "xz": _xz,
    "bzip2": _bz2,
}
