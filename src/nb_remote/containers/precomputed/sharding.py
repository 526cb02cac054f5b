"""The ``sharding`` object of a scale.

Specification: https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/sharded.rst
"""

from typing import cast

from nb_remote.chunks.minishards import Hash, MinishardSharding
from nb_remote.containers.base import shortened
from nb_remote.containers.precomputed.fields import XYZ, Json, whole
from nb_remote.errors import BadMetadata

_TYPE = "neuroglancer_uint64_sharded_v1"
_HASHES = ("identity", "murmurhash3_x86_128")
_ENCODINGS = ("raw", "gzip")
_MAX_MINISHARD_BITS = 32
"""As in tensorstore: an index of 64 GiB."""


def parse_sharding(
    value: object, prefix: str, grid_xyz: XYZ, at: str, where: str
) -> tuple[MinishardSharding, bool]:
    """Return how to find chunks, and whether each is compressed with gzip.

    Raises
    ------
    BadMetadata
        It is of another kind, or its numbers are impossible.
    """
    if not isinstance(value, dict):
        raise BadMetadata(f"{at} is not an object", where=where, field=at)
    meta = cast("Json", value)
    _one_of(meta.get("@type"), (_TYPE,), f"{at}.@type", where)
    preshift = _bits(meta, "preshift_bits", 64, at, where)
    minishard = _bits(meta, "minishard_bits", _MAX_MINISHARD_BITS, at, where)
    shard = _bits(meta, "shard_bits", 64 - minishard, at, where)
    if sum((count - 1).bit_length() for count in grid_xyz) > 64:
        raise BadMetadata(f"{at}: the chunks can't be numbered in 64 bits", where=where, field=at)
    sharding = MinishardSharding(
        prefix=prefix,
        grid_xyz=grid_xyz,
        preshift_bits=preshift,
        hash=cast("Hash", _one_of(meta.get("hash"), _HASHES, f"{at}.hash", where)),
        minishard_bits=minishard,
        shard_bits=shard,
        index_gzip=_gzip(meta, "minishard_index_encoding", at, where),
    )
    return sharding, _gzip(meta, "data_encoding", at, where)


def _bits(meta: Json, name: str, most: int, at: str, where: str) -> int:
    number = whole(meta.get(name))
    if number is None or not 0 <= number <= most:
        raise BadMetadata(
            f"{at}.{name} must be an integer from 0 to {most}, not {shortened(meta.get(name))}",
            where=where,
            field=f"{at}.{name}",
        )
    return number


def _gzip(meta: Json, name: str, at: str, where: str) -> bool:
    return _one_of(meta.get(name, "raw"), _ENCODINGS, f"{at}.{name}", where) == "gzip"


def _one_of(value: object, known: tuple[str, ...], field: str, where: str) -> str:
    if isinstance(value, str) and value in known:
        return value
    raise BadMetadata(
        f"{field} must be {' or '.join(known)}, not {shortened(value)}", where=where, field=field
    )
