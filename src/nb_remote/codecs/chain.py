"""Several codecs in a row: each step is promised a size, worked out from the end.

``zarr`` writes voxels → filters → compressor → checksum. Decoding runs the other way round,
and what each step must yield follows from the chunk's size and the steps behind it. Only the
data inside a compressor have a size that nothing promises; so one compressor may be in a chain.
"""

from nb_remote.codecs.base import Bytes, Codec, PartCodec, damaged, wrong_size
from nb_remote.errors import UnsupportedCodec

MAX_CODECS = 16
"""Far more than any writer chains; each one costs a pass over the chunk."""
MAX_GROWTH = 8
"""A filter may encode one-byte voxels as eight-byte numbers, which is the largest there are."""
_CHECKSUM_BYTES = 4 * MAX_CODECS


def check_chain(codecs: tuple[Codec, ...], size: int, *, where: str) -> None:
    """Refuse a chain that could not be bounded, before anything is fetched for it.

    Parameters
    ----------
    codecs
        In decoding order.
    size
        Decoded bytes of one chunk.
    where
        Address of the metadata, for the error.

    Raises
    ------
    UnsupportedCodec
        Data are compressed twice, something but a checksum is done to compressed data, there are
        too many steps, or one does not fit the size of the chunk.
    """

    def refused(codec: Codec, why: str) -> UnsupportedCodec:
        return UnsupportedCodec(f"{why}, which can't be read", where=where, codec=codec.name)

    if len(codecs) > MAX_CODECS:
        raise refused(codecs[-1], f"chunks pass {len(codecs)} codecs")
    limit = MAX_GROWTH * size + _CHECKSUM_BYTES
    inner: Codec | None = None
    for codec in reversed(codecs):
        if inner is not None:
            if codec.decoded_size(size) is None:
                names = f"{codec.name} and {inner.name}"
                if codec.encoded_size(0) is None:
                    raise refused(inner, f"chunks are compressed more than once ({names})")
                raise refused(codec, f"a filter stands around compressed data ({names})")
            continue
        try:
            encoded = codec.encoded_size(size)
        except ValueError as error:
            raise refused(codec, f"{codec.name} can't have made these chunks: {error}") from None
        if encoded is None:
            inner = codec
        elif encoded > limit:
            raise refused(codec, f"{codec.name} makes chunks more than {MAX_GROWTH} times as large")
        else:
            size = encoded


def decode_chain(codecs: tuple[Codec, ...], data: Bytes, size: int, stop: int) -> Bytes:
    """Run `codecs` in decoding order; the result has `size` bytes, or at least `stop` of them.

    Raises
    ------
    CorruptChunk
        The data are damaged or have the wrong size.
    """
    if not codecs:
        if len(data) != size:
            raise wrong_size("uncompressed", len(data), size)
        return data
    for codec, promised in zip(codecs, _promises(codecs, size, stop), strict=True):
        if promised is None:
            whole = codec.decoded_size(len(data))
            if whole is None or whole < 0:
                raise damaged(codec.name, f"{len(data)} bytes can't be decoded")
            promised = (whole, whole)  # noqa: PLW2901  (only now known)
        data = codec.decode(data, *promised)
    return data


def decode_part(
    codecs: tuple[Codec, ...], data: Bytes, size: int, start: int, stop: int
) -> memoryview:
    """Run `codecs` in decoding order and return the bytes ``start:stop`` of the result.

    Raises
    ------
    CorruptChunk
        As `decode_chain`.
    """
    if len(codecs) == 1 and isinstance(codec := codecs[0], PartCodec):
        return memoryview(codec.decode_part(data, size, start, stop))
    return memoryview(decode_chain(codecs, data, size, stop))[start:stop]


def _promises(codecs: tuple[Codec, ...], size: int, stop: int) -> list[tuple[int, int] | None]:
    """Size and stop of each step's output; None in front of a compressor."""
    promises: list[tuple[int, int] | None] = []
    promised: tuple[int, int] | None = (size, stop)
    for codec in reversed(codecs):
        promises.append(promised)
        if promised is None:
            continue
        encoded, enough = codec.encoded_size(promised[0]), codec.encoded_stop(*promised)
        promised = None if encoded is None or enough is None else (encoded, enough)
    return promises[::-1]
