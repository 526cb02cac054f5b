"""Zstandard (RFC 8878). Frames without a content size and several frames are read too."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import zstandard

from nb_remote.codecs.base import Bytes, CodecType, Compressor, damaged, wrong_size

_UNKNOWN_SIZE = (0, zstandard.CONTENTSIZE_UNKNOWN)
_BLOCK = 2**17
"""Decoded bytes of each block but the last, in a frame with a window as large."""
_REPEATED_BYTE = 1
_MARK = b"end of chunk"
_END = zstandard.ZstdCompressor().compress(_MARK)
"""Read behind the data: it only decodes to the mark when the last frame is complete."""
_of_thread = threading.local()


def _decompressor() -> zstandard.ZstdDecompressor:
    """Return this thread's: making one costs 8 µs, a third of a chunk of 32³ (bench_codecs.py)."""
    try:
        made: zstandard.ZstdDecompressor = _of_thread.decompressor
    except AttributeError:
        made = _of_thread.decompressor = zstandard.ZstdDecompressor()
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Zstd(Compressor):
    """One or more Zstandard frames."""

    name: str = "zstd"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        try:
            frame = zstandard.get_frame_parameters(data)
            promised = frame.content_size
            if promised not in _UNKNOWN_SIZE and promised > size:
                raise wrong_size(self.name, promised, size)
            if stop < size:
                decoded = _beginning(data, stop, frame.window_size)
            elif promised in (size, zstandard.CONTENTSIZE_UNKNOWN):
                decoded = _whole(data, size)
            else:
                decoded = _all_frames(data, size)
        except zstandard.ZstdError as error:
            raise damaged(self.name, error) from None
        if len(decoded) < stop or len(decoded) > size:
            raise wrong_size(self.name, len(decoded), size)
        return decoded


def _whole(data: Bytes, size: int) -> bytes:
    """Decode the usual single frame in one go; whatever does not fit is looked at closer."""
    try:
        decoded = _decompressor().decompress(data, max_output_size=size, allow_extra_data=False)
    except zstandard.ZstdError:
        return _all_frames(data, size)
    return decoded if len(decoded) == size else _all_frames(data, size)


def _all_frames(data: Bytes, size: int) -> bytes:
    """Decode frame after frame; one byte past the end is tried so that over-long data show."""
    decoded = _read(b"".join((data, _END)), size + len(_MARK) + 1)
    if len(decoded) > size + len(_MARK):
        raise wrong_size("zstd", len(decoded), size)
    if not decoded.endswith(_MARK):
        raise damaged("zstd", "the end of the last frame is missing")
    return decoded[: -len(_MARK)]


def _beginning(data: Bytes, stop: int, window: int) -> Bytes:
    """Decode no block more than needed, which the stream does when `stop` lies between two.

    Planes of 64³ and 128³ chunks often end there: half a chunk of 64³ takes half the time so.
    """
    if window >= _BLOCK:
        first_blocks = memoryview(data)[: _end_of_blocks(data, -(-stop // _BLOCK))]
        decoded = _read(first_blocks, stop)
        if len(decoded) == stop:
            return decoded
    # Several frames, or smaller blocks, as the highest levels write them.
    return _read(data, stop)


def _end_of_blocks(data: Bytes, count: int) -> int:
    """Where the first blocks of the first frame end. A wrong answer costs time, nothing else."""
    at = zstandard.frame_header_size(data)
    for _ in range(count):
        header = int.from_bytes(data[at : at + 3], "little")
        last, kind, size = header & 1, header >> 1 & 3, header >> 3
        at += 3 + (1 if kind == _REPEATED_BYTE else size)
        if last:
            break
    return at


def _read(data: Bytes, wanted: int) -> bytes:
    """Stream the first `wanted` bytes, or all when there are less."""
    parts: list[bytes] = []
    total = 0
    with _decompressor().stream_reader(data, read_across_frames=True) as reader:
        while total < wanted and (part := reader.read(wanted - total)):
            parts.append(part)
            total += len(part)
    return b"".join(parts)


def _parse(_config: Mapping[str, object]) -> Zstd:
    return Zstd()


ZSTD = CodecType(name="zstd", parse=_parse)
