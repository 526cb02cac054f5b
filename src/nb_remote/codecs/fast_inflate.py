"""The libraries that inflate: libdeflate for whole chunks, isa-l for beginnings, zlib otherwise.

Measured by ``benchmarks/bench_codecs.py`` (MB decoded per CPU second): libdeflate is 1.8
times as fast as zlib but can't stop early; isa-l is 1.5 times as fast, and can. Both let other
threads run. They come with the extra ``fast``.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, cast

from nb_remote.codecs.base import Bytes

ZLIB_WBITS = 15
GZIP_WBITS = 31


class Stream(Protocol):
    """What `zlib.decompressobj` returns."""

    @property
    def eof(self) -> bool:
        """Whether the end was reached and its checksum was right."""

    @property
    def unused_data(self) -> bytes:
        """What was given behind the end."""

    @property
    def unconsumed_tail(self) -> bytes:
        """What was given and not needed yet."""

    def decompress(self, data: Bytes, max_length: int = 0, /) -> bytes:
        """Decode at most `max_length` bytes more."""


Whole = Callable[[Bytes, int], bytes | bytearray | None]
"""Data and size → what one stream decodes to; None when it is not exactly that. Checksums are
verified, and nothing lies behind the stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflater:
    """One way to inflate."""

    name: str
    stream: Callable[[int], Stream]
    """Window bits, as in zlib → a stream."""
    errors: tuple[type[Exception], ...]
    """What streams raise."""
    whole: Mapping[int, Whole]
    """By window bits; empty where only streams are known."""


def _libdeflate() -> Mapping[int, Whole]:
    try:
        import deflate  # noqa: PLC0415  (optional)
    except ImportError:
        return {}

    def gzip(data: Bytes, size: int) -> bytearray | None:
        try:
            decoded = deflate.gzip_decompress(data, size)
        except deflate.DeflateError:
            return None
        # libdeflate does not say where the stream ended: its trailer must be the last bytes.
        trailer = deflate.crc32(decoded) | size % 2**32 << 32
        if len(decoded) != size or memoryview(data)[-8:] != trailer.to_bytes(8, "little"):
            return None
        return decoded

    def with_zlib_header(data: Bytes, size: int) -> bytearray | None:
        try:
            decoded = deflate.zlib_decompress(data, size)
        except deflate.DeflateError:
            return None
        trailer = deflate.adler32(decoded)
        if len(decoded) != size or memoryview(data)[-4:] != trailer.to_bytes(4, "big"):
            return None
        return decoded

    return {GZIP_WBITS: gzip, ZLIB_WBITS: with_zlib_header}


def _streams() -> Iterator[Inflater]:
    try:
        from isal import isal_zlib  # noqa: PLC0415  (optional)
    except ImportError:
        pass
    else:
        # Its type information says that the class is an instance of itself.
        errors = (cast("type[Exception]", isal_zlib.error),)
        yield Inflater(name="isa-l", stream=isal_zlib.decompressobj, errors=errors, whole={})
    yield Inflater(name="zlib", stream=zlib.decompressobj, errors=(zlib.error,), whole={})


def _available() -> Iterator[Inflater]:
    if whole := _libdeflate():
        for inflater in _streams():
            yield replace(inflater, name=f"libdeflate and {inflater.name}", whole=whole)
    yield from _streams()


INFLATERS = tuple(_available())
"""What is installed, the fastest first."""
