"""What a codec is: bytes in, a promised number of bytes out, never more.

Each codec file answers two questions apart: is this configuration valid
(`parse`), and turn these bytes into those (`decode`). The decoded size is always
known beforehand from the chunk's shape, so a decoder never allocates what the
data claim, only what the metadata promised. In a chain of codecs each one says
how large its input must be, so that every step has such a promise (`chain`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from nb_remote.errors import CorruptChunk

Bytes = bytes | bytearray | memoryview


class Codec(Protocol):
    """One step of a chunk's decoding. Implementations are frozen and picklable."""

    @property
    def name(self) -> str:
        """Name as in the metadata, for example ``zstd``."""

    def encoded_size(self, size: int) -> int | None:
        """Bytes that encode `size` bytes; None when it varies, as for compressors.

        Raises
        ------
        ValueError
            No data of this size can be encoded; with a sentence why.
        """

    def encoded_stop(self, size: int, stop: int) -> int | None:
        """Return how many first bytes of the input give the first `stop` of `size` decoded bytes.

        As many as `encoded_size` where the end is needed too; None when it varies.
        """

    def decoded_size(self, encoded: int) -> int | None:
        """Bytes that `encoded` bytes decode to; None when it varies.

        Asked where a checksum lies around compressed data, whose size nothing promises.
        """

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """Decode a chunk, or its beginning.

        Parameters
        ----------
        data
            The encoded bytes; when less than all is needed, at least the first `encoded_stop`.
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


@runtime_checkable
class PartCodec(Codec, Protocol):
    """A codec that can leave out the beginning of a chunk, too."""

    def decode_part(self, data: Bytes, size: int, start: int, stop: int) -> Bytes:
        """Decode exactly the bytes ``start:stop`` of `size`; errors as in `decode`."""


class Compressor:
    """The sizes of a codec whose encoded size depends on the data."""

    __slots__ = ()

    def encoded_size(self, size: int) -> int | None:  # noqa: ARG002  (see the class)
        """See `Codec.encoded_size`."""
        return None

    def encoded_stop(self, size: int, stop: int) -> int | None:  # noqa: ARG002
        """See `Codec.encoded_stop`."""
        return None

    def decoded_size(self, encoded: int) -> int | None:  # noqa: ARG002
        """See `Codec.decoded_size`."""
        return None


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


def check_length(codec: Codec, data: Bytes, size: int, stop: int) -> None:
    """Compare what a codec of fixed sizes is given with what it needs for `stop` of `size` bytes.

    Raises
    ------
    CorruptChunk
        There are too few bytes, or more than the whole chunk has.
    """
    try:
        whole, needed = codec.encoded_size(size), codec.encoded_stop(size, stop)
    except ValueError as error:
        raise damaged(codec.name, error) from None
    if whole is None or needed is None or not needed <= len(data) <= whole:
        raise CorruptChunk(
            f"{codec.name} has {len(data)} bytes to decode where the chunk needs {whole}"
        )
