"""Zstandard (RFC 8878). Frames without a content size and several frames are read too."""

from collections.abc import Mapping
from dataclasses import dataclass

import zstandard

from nb_remote.codecs.base import Bytes, CodecType, damaged, wrong_size

_UNKNOWN_SIZE = (0, zstandard.CONTENTSIZE_UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zstd:
    """One or more Zstandard frames."""

    name: str = "zstd"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        try:
            promised = zstandard.get_frame_parameters(data).content_size
            if promised not in _UNKNOWN_SIZE and promised > size:
                raise wrong_size(self.name, promised, size)
            if promised == size and stop >= size:
                decoded = zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
            else:
                decoded = _read(data, size, stop)
        except zstandard.ZstdError as error:
            raise damaged(self.name, error) from None
        if len(decoded) < stop or len(decoded) > size:
            raise wrong_size(self.name, len(decoded), size)
        return decoded


def _read(data: Bytes, size: int, stop: int) -> bytes:
    """Stream the beginning; one byte past the end is tried so that over-long data are noticed."""
    wanted = size + 1 if stop >= size else stop
    parts: list[bytes] = []
    total = 0
    with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
        while total < wanted and (part := reader.read(wanted - total)):
            parts.append(part)
            total += len(part)
    return b"".join(parts)


def _parse(_config: Mapping[str, object]) -> Zstd:
    return Zstd()


ZSTD = CodecType(name="zstd", parse=_parse)
