"""Zstandard (RFC 8878). Frames without a content size and several frames are read too."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import zstandard

from nb_remote.codecs.base import Bytes, CodecType, Compressor, damaged, wrong_size

_UNKNOWN_SIZE = (0, zstandard.CONTENTSIZE_UNKNOWN)
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
            promised = zstandard.get_frame_parameters(data).content_size
            if promised not in _UNKNOWN_SIZE and promised > size:
                raise wrong_size(self.name, promised, size)
            if stop < size:
                decoded = _read(data, stop)
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
