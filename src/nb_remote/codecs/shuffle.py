"""Shuffle: first bytes of all elements, then all second ones, and so on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numcodecs
import numpy as np

from nb_remote.codecs.base import Bytes, CodecType, check_length

_USUAL = 4
_LARGEST = 255
"""As in Blosc and HDF5, which keep it in a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shuffle:
    """The bytes of elements of `element_bytes`, regrouped; each byte needs the whole chunk."""

    element_bytes: int
    name: str = "shuffle"

    def encoded_size(self, size: int) -> int:
        """See `Codec.encoded_size`."""
        if size % self.element_bytes:
            raise ValueError(f"{size} bytes are no whole number of {self.element_bytes} bytes")
        return size

    def encoded_stop(self, size: int, stop: int) -> int:  # noqa: ARG002  (see the class)
        """See `Codec.encoded_stop`."""
        return self.encoded_size(size)

    def decoded_size(self, encoded: int) -> int:
        """See `Codec.decoded_size`."""
        return encoded

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        check_length(self, data, size, stop)
        if self.element_bytes == 1:
            return data
        out = np.empty(size, np.uint8)
        numcodecs.Shuffle(self.element_bytes).decode(np.frombuffer(data, np.uint8), out)
        return out.data


def _parse(config: Mapping[str, object]) -> Shuffle:
    size = config.get("elementsize", _USUAL)
    if type(size) is not int or not 1 <= size <= _LARGEST:
        raise ValueError(f"elementsize must be an integer from 1 to {_LARGEST}")
    return Shuffle(element_bytes=size)


SHUFFLE = CodecType(name="shuffle", parse=_parse)
