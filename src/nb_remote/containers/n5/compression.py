"""The compressions of N5, each by the codec that reads it.

Names: https://github.com/saalfeldlab/n5#file-system-specification (point 4), and the
further ones of n5-blosc, n5-zstandard and n5-zarr.
"""

from collections.abc import Mapping
from typing import cast

from nb_remote.codecs.allowed import parse_codec
from nb_remote.codecs.base import Codec
from nb_remote.codecs.lz4_java import Lz4Java
from nb_remote.containers.base import shortened
from nb_remote.errors import BadMetadata, UnsupportedCodec

_BY_NAME = {
    "gzip": "gzip",
    "zlib": "zlib",
    "bzip2": "bz2",
    "xz": "lzma",
    "blosc": "blosc",
    "zstd": "zstd",
}
"""N5's name → the allow-list's. Parameters only matter to writers, but for gzip's ``useZlib``."""
_READ = "raw, lz4, " + ", ".join(_BY_NAME)


def parse_compression(meta: Mapping[str, object], *, where: str) -> Codec | None:
    """Return the codec of a dataset's blocks, or None when they are not compressed.

    Parameters
    ----------
    meta
        The dataset's attributes. Where ``compression`` is missing the old ``compressionType`` is
        taken, and without either the blocks are read as raw ones, whose length tells if they are.

    Raises
    ------
    UnsupportedCodec
        The compression is none that is known.
    BadMetadata
        It is described in a way that can't be understood.
    """
    field = "compression" if meta.get("compression") is not None else "compressionType"
    value = meta.get(field)
    config = cast("dict[str, object]", value) if isinstance(value, dict) else {"type": value}
    name = config.get("type")
    if value is None or name == "raw":
        return None
    if not isinstance(name, str):
        raise BadMetadata(
            f"{field} does not name a type: {shortened(value)}", where=where, field=field
        )
    if name == "lz4":
        return Lz4Java()
    if name == "gzip" and config.get("useZlib") is True:
        name = "zlib"
    if name in _BY_NAME:
        return parse_codec(_BY_NAME[name], {}, where=where)
    raise UnsupportedCodec(
        f"blocks are compressed with {shortened(name)}, which can't be read",
        where=where,
        codec=name[:60],
        hint=f"These compressions of N5 are read: {_READ}.",
    )
