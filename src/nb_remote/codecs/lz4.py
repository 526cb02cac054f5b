"""LZ4 as numcodecs writes it: the decoded size in four bytes, then one block."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numcodecs import lz4

from nb_remote.codecs.base import Bytes, CodecType, Compressor, damaged, wrong_size

_PREFIX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Lz4(Compressor):
    """One LZ4 block behind its size."""

    name: str = "lz4"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002  (no early stop)
        """See `Codec.decode`."""
        if len(data) <= _PREFIX:
            raise damaged(self.name, f"{len(data)} bytes are too few")
        promised = int.from_bytes(memoryview(data)[:_PREFIX], "little")
        # Before the C library allocates or believes it.
        if promised != size:
            raise wrong_size(self.name, promised, size)
        out = np.empty(size, np.uint8)
        try:
            lz4.decompress(data, out)
        except (RuntimeError, ValueError) as error:
            raise damaged(self.name, error) from None
        return out.data


def _parse(_config: Mapping[str, object]) -> Lz4:
    return Lz4()


LZ4 = CodecType(name="lz4", parse=_parse)
