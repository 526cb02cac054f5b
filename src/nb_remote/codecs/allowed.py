"""The allow-list: codecs that chunks may name. Nothing else is ever run on remote bytes."""

from collections.abc import Mapping

from nb_remote.codecs.base import Codec, CodecType
from nb_remote.codecs.base64 import BASE64
from nb_remote.codecs.bitround import BITROUND
from nb_remote.codecs.blosc import BLOSC
from nb_remote.codecs.bz2 import BZ2
from nb_remote.codecs.chain import decode_chain, decode_part
from nb_remote.codecs.checksum import CHECKSUMS
from nb_remote.codecs.elementwise import ELEMENTWISE
from nb_remote.codecs.inflate import GZIP, ZLIB
from nb_remote.codecs.lz4 import LZ4
from nb_remote.codecs.lzma import LZMA
from nb_remote.codecs.packbits import PACKBITS
from nb_remote.codecs.shuffle import SHUFFLE
from nb_remote.codecs.zstd import ZSTD
from nb_remote.errors import UnsupportedCodec

__all__ = ["ALLOWED", "decode_chain", "decode_part", "parse_codec"]
# By how often they are met in public volumes; the order has no other meaning.
# Codecs that make objects of bytes (pickle, json2, msgpack2, vlen-*, categorize) never stand here.
ALLOWED: tuple[CodecType, ...] = (
    BLOSC,
    ZSTD,
    GZIP,
    ZLIB,
    LZ4,
    BZ2,
    LZMA,
    *CHECKSUMS,
    SHUFFLE,
    *ELEMENTWISE,
    BITROUND,
    PACKBITS,
    BASE64,
)
# More of a name is not repeated in a message.
_LONGEST_NAME = 60
_READ = "All numeric codecs of numcodecs and Zarr are read: blosc, zstd, gzip, lz4 and so on."
_READ_ELSEWHERE = {
    "pcodec": "With the package pcodec, numcodecs reads it",
    "zfpy": "With the package zfpy, numcodecs reads it",
    "cast_value": "Newer versions of zarr-python read it",
    "scale_offset": "Newer versions of zarr-python read it",
}
"""Codecs that are met and not read here, and what reads them: with it, data can be copied."""
_ZARR3_PREFIX = "numcodecs."
"""Zarr v3 metadata name the codecs of numcodecs so; they are the same ones."""


def parse_codec(name: str, config: Mapping[str, object], *, where: str) -> Codec:
    """Return the codec that metadata name.

    Parameters
    ----------
    name
        The codec's name in the metadata, of Zarr v2 or v3.
    config
        Its configuration. What only a writer needs, such as a level, is not looked at.
    where
        Address of the metadata, for the error.

    Raises
    ------
    UnsupportedCodec
        The codec is not on the allow-list, or its configuration is invalid.
    """
    for kind in ALLOWED:
        if kind.name == name.removeprefix(_ZARR3_PREFIX):
            try:
                return kind.parse(config)
            except ValueError as error:
                raise UnsupportedCodec(
                    f"the configuration of {kind.name} can't be read: {error}",
                    where=where,
                    codec=kind.name,
                ) from None
    elsewhere = _READ_ELSEWHERE.get(name.removeprefix(_ZARR3_PREFIX))
    if name.startswith("imagecodecs_"):
        elsewhere = "With the package imagecodecs, numcodecs reads it"
    hint = f"{elsewhere}: copy the array with another codec." if elsewhere else _READ
    if len(name) > _LONGEST_NAME:
        name = name[:_LONGEST_NAME] + "…"
    raise UnsupportedCodec(
        f"chunks are compressed with {name!r}, which can't be read",
        where=where,
        codec=name,
        hint=hint,
    )
