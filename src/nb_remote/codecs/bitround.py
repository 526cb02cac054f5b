"""Bitround: the writer has set the last bits of floats to 0; there is nothing to undo."""

from collections.abc import Mapping
from dataclasses import dataclass

from nb_remote.codecs.base import Bytes, CodecType, check_length

_MAX_BITS = 52
"""Of a double's mantissa, the longest there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BitRound:
    """What is stored is what was meant."""

    name: str = "bitround"

    def encoded_size(self, size: int) -> int:
        """See `Codec.encoded_size`."""
        return size

    def encoded_stop(self, size: int, stop: int) -> int:  # noqa: ARG002  (bytes stand alone)
        """See `Codec.encoded_stop`."""
        return stop

    def decoded_size(self, encoded: int) -> int | None:  # noqa: ARG002  (never around a compressor)
        """See `Codec.decoded_size`."""
        return None

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        check_length(self, data, size, stop)
        return memoryview(data)[:stop]


def _parse(config: Mapping[str, object]) -> BitRound:
    bits = config.get("keepbits")
    if type(bits) is not int or not 0 <= bits <= _MAX_BITS:
        raise ValueError(f"keepbits must be an integer from 0 to {_MAX_BITS}")
    return BitRound()


BITROUND = CodecType(name="bitround", parse=_parse)
