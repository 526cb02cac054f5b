"""The allow-list: codecs that chunks may name. Nothing else is ever run on remote bytes."""

from collections.abc import Mapping

from nb_remote.codecs.base import Bytes, Codec, CodecType, wrong_size
from nb_remote.codecs.blosc import BLOSC
from nb_remote.codecs.inflate import GZIP, ZLIB
from nb_remote.codecs.zstd import ZSTD
from nb_remote.errors import UnsupportedCodec

# By how often they are met in public volumes; the order has no other meaning.
ALLOWED: tuple[CodecType, ...] = (BLOSC, ZSTD, GZIP, ZLIB)
# More of a name is not repeated in a message.
_LONGEST_NAME = 60


def parse_codec(name: str, config: Mapping[str, object], *, where: str) -> Codec:
    """Return the codec that metadata name.

    Parameters
    ----------
    name
        The codec's name in the metadata.
    config
        Its configuration.
    where
        Address of the metadata, for the error.

    Raises
    ------
    UnsupportedCodec
        The codec is not on the allow-list, or its configuration is invalid.
    """
    for kind in ALLOWED:
        if kind.name == name:
            return kind.parse(config)
    if len(name) > _LONGEST_NAME:
        name = name[:_LONGEST_NAME] + "…"
    known = ", ".join(kind.name for kind in ALLOWED)
    raise UnsupportedCodec(
        f"chunks are compressed with {name!r}, which can't be read",
        where=where,
        codec=name,
        hint=f"This version reads: uncompressed, {known}.",
    )


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
    for codec in codecs:
        data = codec.decode(data, size, stop)
    return data
