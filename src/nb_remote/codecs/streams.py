"""Reading the standard library's bz2 and lzma streams, one or several in a row, within bounds."""

from collections.abc import Callable
from typing import Protocol

from nb_remote.codecs.base import Bytes, damaged, wrong_size

_WINDOW = 2**16
"""Bytes given at a time: what is left of them at the end of a stream is copied."""
_SPARE_STREAMS = 64
_STREAM_BYTES = 1024


class Stream(Protocol):
    """What `bz2.BZ2Decompressor` and `lzma.LZMADecompressor` have in common."""

    @property
    def eof(self) -> bool:
        """Whether the end marker was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing can come without more data."""

    @property
    def unused_data(self) -> bytes:
        """What was given behind the end."""

    def decompress(self, data: Bytes, max_length: int = -1) -> bytes:
        """Decode at most `max_length` bytes more."""


def read_streams(name: str, make: Callable[[], Stream], data: Bytes, size: int, stop: int) -> bytes:
    """Decode streams until `stop` bytes are there, or to the end when all `size` are wanted.

    Raises
    ------
    CorruptChunk
        They are cut off, too long, or more than a writer makes. Errors of `make`'s library
        are the caller's.
    """
    whole = stop >= size
    # One byte more than promised is asked for, to notice data that are too long.
    wanted = size + 1 if whole else stop
    view = memoryview(data)
    parts: list[bytes] = []
    at = total = streams = 0
    complete = False
    while total < wanted and at < len(view):
        streams += 1
        if streams > _SPARE_STREAMS + size // _STREAM_BYTES:
            raise damaged(name, f"more than {streams - 1} streams")
        stream = make()
        while not stream.eof and total < wanted and (at < len(view) or not stream.needs_input):
            piece = view[at : at + _WINDOW] if stream.needs_input else b""
            at += len(piece)
            part = stream.decompress(piece, wanted - total)
            parts.append(part)
            total += len(part)
        complete = stream.eof
        at -= len(stream.unused_data) if complete else 0
    if whole and total == size and not complete:
        raise damaged(name, "the end of the stream is missing")
    if total < stop or total > size:
        raise wrong_size(name, total, size)
    return parts[0] if len(parts) == 1 else b"".join(parts)
