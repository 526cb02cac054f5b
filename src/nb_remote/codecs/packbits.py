"""Packbits: eight bools in a byte, behind a byte that counts the bits to spare at the end."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nb_remote.codecs.base import Bytes, CodecType, check_length, damaged

_HEADER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PackBits:
    """Bools, one byte each, stored as bits; the first one is the highest bit."""

    name: str = "packbits"

    def encoded_size(self, size: int) -> int:
        """See `Codec.encoded_size`."""
        return _HEADER - (-size // 8)

    def encoded_stop(self, size: int, stop: int) -> int:  # noqa: ARG002  (bits stand alone)
        """See `Codec.encoded_stop`."""
        return _HEADER - (-stop // 8)

    def decoded_size(self, encoded: int) -> int | None:  # noqa: ARG002  (never around a compressor)
        """See `Codec.decoded_size`."""
        return None

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        check_length(self, data, size, stop)
        raw = np.frombuffer(data, np.uint8)
        if raw[0] != -size % 8:
            raise damaged(self.name, f"{raw[0]} bits to spare where the chunk has {-size % 8}")
        # NumPy's own, as in numcodecs: it stops where asked.
        return np.unpackbits(raw[_HEADER:], count=stop).data


def _parse(_config: Mapping[str, object]) -> PackBits:
    return PackBits()


PACKBITS = CodecType(name="packbits", parse=_parse)
