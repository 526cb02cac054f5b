"""How a scale's chunks are encoded → codecs in decoding order."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from nb_remote.codecs.apart import installed
from nb_remote.codecs.base import Codec
from nb_remote.codecs.compressed_segmentation import MAX_BLOCK_VOXELS, CompressedSegmentation
from nb_remote.codecs.compressed_segmentation import NAME as SEGMENTATION
from nb_remote.codecs.floats import Floats
from nb_remote.codecs.gunzip import Gunzipped
from nb_remote.codecs.image import ImageCodec, can_decode, pillow
from nb_remote.codecs.inflate import GZIP
from nb_remote.codecs.jxl import CHANNELS, JpegXl
from nb_remote.codecs.labels import Labels
from nb_remote.containers.base import shortened
from nb_remote.containers.precomputed.fields import Json, integers_xyz
from nb_remote.errors import BadMetadata, UnsupportedCodec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voxels:
    """What the chunks of a scale hold, and where that is said."""

    dtype: np.dtype[np.generic]
    channels: int
    meta: Json
    """The scale's object."""
    at: str
    """Path of the scale in the document with a full stop behind it."""
    where: str
    """Address of the document."""


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
    name = value.strip().lower()
    if name == "raw":
        return (GZIP.parse({}),) if in_gzip else ()
    voxels = _Voxels(dtype=dtype, channels=channels, meta=meta, at=at, where=where)
    codec = _ENCODINGS.get(name, _unsupported)(name, voxels)
    return (Gunzipped(inner=codec),) if in_gzip else (codec,)


def _segmentation(name: str, voxels: _Voxels) -> Codec:
    if voxels.dtype.name not in ("uint32", "uint64"):
        raise _impossible(f"{name} holds uint32 or uint64, not {voxels.dtype}", voxels)
    field = f"{voxels.at}{SEGMENTATION}_block_size"
    given = voxels.meta.get(f"{SEGMENTATION}_block_size")
    block = integers_xyz(given, field, voxels.where, lowest=1)
    if prod(block) > MAX_BLOCK_VOXELS:
        raise BadMetadata(
            f"blocks of {list(block)} voxels are larger than any writer's",
            where=voxels.where,
            field=field,
        )
    return CompressedSegmentation(block_xyz=block, itemsize=voxels.dtype.itemsize)


def _image(name: str, voxels: _Voxels) -> Codec:
    itemsize = voxels.dtype.itemsize
    if voxels.dtype.kind != "u" or not can_decode(name.upper(), voxels.channels, itemsize):
        raise _no_picture(name, voxels)
    if pillow() is None:
        raise UnsupportedCodec(
            f"chunks are {name} pictures, and Pillow is not installed, which decodes them",
            where=voxels.where,
            codec=name,
            hint='Install it: pip install "nb-remote[images]".',
        )
    return ImageCodec(name=name, channels=voxels.channels, itemsize=itemsize)


def _jxl(name: str, voxels: _Voxels) -> Codec:
    if voxels.dtype.name not in ("uint8", "uint16") or voxels.channels not in CHANNELS:
        raise _no_picture(name, voxels)
    _require("imagecodecs", name, voxels)
    return JpegXl(channels=voxels.channels, itemsize=voxels.dtype.itemsize)


def _labels(name: str, voxels: _Voxels) -> Codec:
    if voxels.dtype.kind not in "ui" or voxels.channels != 1:
        text = f"{name} holds integers of one channel, not {voxels.channels} of {voxels.dtype}"
        raise _impossible(text, voxels)
    _require(name, name, voxels)
    return Labels(name=name, dtype=voxels.dtype)


def _floats(name: str, voxels: _Voxels) -> Codec:
    if voxels.dtype.kind != "f":
        raise _impossible(f"{name} holds floats, not {voxels.dtype}", voxels)
    _require("fpzip", name, voxels)
    return Floats(name=name, dtype=voxels.dtype)


def _zfpc(name: str, voxels: _Voxels) -> Codec:
    # numcodecs 0.16, needed for all else, can't be imported beside zfpc's zfpy 1.0.1.post0.
    raise UnsupportedCodec(
        f"chunks are encoded with {name}, which this version can't read",
        where=voxels.where,
        codec=name,
        hint="cloud-volume reads it with the package zfpc, in an environment of its own: "
        "pip install cloud-volume zfpc; or have the volume written again as fpzip or raw.",
    )


def _unsupported(name: str, voxels: _Voxels) -> Codec:
    raise UnsupportedCodec(
        f"chunks are encoded with {shortened(name)}, which is no known encoding",
        where=voxels.where,
        codec=name[:60],
        hint=f"Read are raw, {', '.join(name for name in _ENCODINGS if name != 'zfpc')}.",
    )


_ENCODINGS: dict[str, Callable[[str, _Voxels], Codec]] = {
    SEGMENTATION: _segmentation,
    "jpeg": _image,
    "png": _image,
    "jxl": _jxl,
    "compresso": _labels,
    "crackle": _labels,
    "fpzip": _floats,
    "kempressed": _floats,
    "zfpc": _zfpc,
}
"""All but raw."""


def _require(package: str, name: str, voxels: _Voxels) -> None:
    if not installed(package):
        raise UnsupportedCodec(
            f"chunks are encoded with {name}, and the package that decodes them is not installed",
            where=voxels.where,
            codec=name,
            hint='Install it: pip install "nb-remote[encodings]".',
        )


def _no_picture(name: str, voxels: _Voxels) -> BadMetadata:
    text = f"{name} pictures of {voxels.channels} channels of {voxels.dtype} can't be read"
    return _impossible(text, voxels)


def _impossible(text: str, voxels: _Voxels) -> BadMetadata:
    return BadMetadata(text, where=voxels.where, field=f"{voxels.at}encoding")
