"""How a scale's chunks are encoded → codecs in decoding order."""

from math import prod

import numpy as np

from nb_remote.codecs.base import Codec
from nb_remote.codecs.compressed_segmentation import MAX_BLOCK_VOXELS, CompressedSegmentation
from nb_remote.codecs.compressed_segmentation import NAME as SEGMENTATION
from nb_remote.codecs.gunzip import Gunzipped
from nb_remote.codecs.image import ImageCodec, can_decode, pillow
from nb_remote.codecs.inflate import GZIP
from nb_remote.containers.base import shortened
from nb_remote.containers.precomputed.fields import Json, integers_xyz
from nb_remote.errors import BadMetadata, UnsupportedCodec

_NOT_READ = {
    "compresso": "compresso",
    "crackle": "crackle-codec",
    "jxl": "imagecodecs",
    "fpzip": "fpzip",
    "kempressed": "fpzip",
    "zfpc": "zfpc",
}
"""Encodings that other readers know, and the package that decodes them."""


def parse_encoding(
    meta: Json,
    dtype: np.dtype[np.generic],
    channels: int,
    at: str,
    where: str,
    *,
    in_gzip: bool,
) -> tuple[Codec, ...]:
    """Return the codecs of a scale; none for ``raw``.

    Parameters
    ----------
    meta
        The scale's object.
    dtype, channels
        Of the volume.
    at
        Path of the scale in the document with a full stop behind it, for errors.
    where
        Address of the document, for errors.
    in_gzip
        Whether gzip lies around each chunk.

    Raises
    ------
    BadMetadata
        The encoding is none, or can't hold such voxels.
    UnsupportedCodec
        It can't be read here.
    """
    value = meta.get("encoding")
    if not isinstance(value, str):
        raise BadMetadata(
            f"{at}encoding must be text, not {shortened(value)}", where=where, field=f"{at}encoding"
        )
    name = value.lower()
    if name == "raw":
        return (GZIP.parse({}),) if in_gzip else ()
    if name == SEGMENTATION:
        codec: Codec = _segmentation(meta, dtype, at, where)
    elif name in ("jpeg", "png"):
        codec = _image(name, dtype, channels, at, where)
    else:
        raise _unsupported(name, where)
    return (Gunzipped(inner=codec),) if in_gzip else (codec,)


def _segmentation(
    meta: Json, dtype: np.dtype[np.generic], at: str, where: str
) -> CompressedSegmentation:
    if dtype.name not in ("uint32", "uint64"):
        raise BadMetadata(
            f"{SEGMENTATION} holds uint32 or uint64, not {dtype}",
            where=where,
            field=f"{at}encoding",
        )
    field = f"{at}{SEGMENTATION}_block_size"
    block = integers_xyz(meta.get(f"{SEGMENTATION}_block_size"), field, where, lowest=1)
    if prod(block) > MAX_BLOCK_VOXELS:
        raise BadMetadata(
            f"blocks of {list(block)} voxels are larger than any writer's", where=where, field=field
        )
    return CompressedSegmentation(block_xyz=block, itemsize=dtype.itemsize)


def _image(
    name: str, dtype: np.dtype[np.generic], channels: int, at: str, where: str
) -> ImageCodec:
    if dtype.kind != "u" or not can_decode(name.upper(), channels, dtype.itemsize):
        raise BadMetadata(
            f"{name} pictures of {channels} channels of {dtype} can't be read",
            where=where,
            field=f"{at}encoding",
        )
    if pillow() is None:
        raise UnsupportedCodec(
            f"chunks are {name} pictures, and Pillow is not installed, which decodes them",
            where=where,
            codec=name,
            hint='Install it: pip install "nb-remote[images]".',
        )
    return ImageCodec(name=name, channels=channels, itemsize=dtype.itemsize)


def _unsupported(name: str, where: str) -> UnsupportedCodec:
    if name in _NOT_READ:
        return UnsupportedCodec(
            f"chunks are encoded with {name}, which this version can't read",
            where=where,
            codec=name,
            hint=f"The package {_NOT_READ[name]} decodes it: pip install {_NOT_READ[name]}, and "
            "read chunks with it; or have the volume written again as raw or "
            "compressed_segmentation.",
        )
    return UnsupportedCodec(
        f"chunks are encoded with {shortened(name)}, which is no known encoding",
        where=where,
        codec=name[:60],
        hint="Read are raw, compressed_segmentation, jpeg and png.",
    )
