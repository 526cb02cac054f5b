"""What a codec is: bytes in, a promised number of bytes out, never more.

Each codec file answers two questions apart: is this configuration valid
(`parse`), and turn these bytes into those (`decode`). The decoded size is always
known beforehand from the chunk's shape, so a decoder never allocates what the
data claim, only what the metadata promised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from nb_remote.errors import CorruptChunk

Bytes = bytes | bytearray | memoryview


class Codec(Protocol):
    """One step of a chunk's decoding. Implementations are frozen and picklable."""

    @property
    def name(self) -> str:
        """Name as in the metadata, for example ``zstd``."""

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """Decode a chunk, or its beginning.

        Parameters
        ----------
        data
            The encoded bytes.
        size
            Exact number of decoded bytes the chunk must have.
        stop
            Only the first `stop` bytes are needed (``stop <= size``). At least that
            many are returned; a codec that can't stop early returns all.

        Raises
        ------
        CorruptChunk
            The data are damaged, or decode to another size than promised.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class CodecType:
    """One entry of the allow-list."""

    name: str
    parse: Callable[[Mapping[str, object]], Codec]
    """Configuration → codec; raises `ValueError` with a sentence when it is invalid."""


def wrong_size(name: str, got: int, size: int) -> CorruptChunk:
    """The error for data that decode to another size than the chunk's."""
    return CorruptChunk(f"{name} data decode to {got} bytes where the chunk has {size}")


def damaged(name: str, why: object) -> CorruptChunk:
    """The error for data that the decoder refuses."""
    return CorruptChunk(f"{name} data are damaged ({why})")
