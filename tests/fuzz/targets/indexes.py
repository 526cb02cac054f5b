"""The indexes of shards, Zarr's and Neuroglancer's: what they name lies in an object."""

import gzip
import struct
from dataclasses import dataclass, replace
from random import Random

import google_crc32c
import numpy as np

from nb_remote.chunks import minishards, sharding
from nb_remote.codecs.allowed import parse_codec
from tests.fuzz.mutations import spoiled_bytes
from tests.fuzz.target import MIB, Target, require

_LIMIT = 2**20
_OBJECT = 2**53
"""No object is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index as it is stored, how to decode it, and a chunk to look up."""

    kind: sharding.ShardLevel | minishards.MinishardSharding
    data: bytes
    lot: int = 0


def make(random: Random, prepared: list[Index]) -> Index:
    """Spoil the bytes; in gzip those inside, so that they are looked at."""
    one = random.choice(prepared)
    data = one.data
    gzipped = isinstance(one.kind, minishards.MinishardSharding) and one.kind.index_gzip
    if gzipped and len(data) < 1000 and random.random() < 0.6:
        inside = spoiled_bytes(random, gzip.decompress(data))
        data = gzip.compress(inside, 1)
    else:
        data = spoiled_bytes(random, data, [other.data for other in prepared])
    return replace(one, data=data, lot=random.randrange(2**32))


def check_shard(case: Index) -> None:
    """What is looked up begins and ends inside of any object, and is not too long."""
    index = case.kind.decode_index(case.data)
    require(len(index) == 16 * 24, f"{len(index)} bytes of index")
    found = sharding.look_up(index, case.lot % 24, limit=_LIMIT)
    if found is not None:
        offset, length = found
        require(0 <= offset <= _OBJECT and 0 <= length <= _LIMIT, f"{found} was looked up")


def check_minishard(case: Index) -> None:
    """All chunks lie inside of any object, and can be looked up."""
    index = case.kind.decode_index(case.data)
    table = np.frombuffer(index, "<u8").reshape(3, -1)
    for number, start, end in table.T[:50].tolist():
        require(0 <= start <= end <= _OBJECT, f"chunk {number} at {start}:{end}")
        require(minishards.look_up(index, number) is not None, f"chunk {number} is not found")
    minishards.look_up(index, case.lot)


def _shards() -> list[Index]:
    """The specification: offset and length per chunk, all ones where there is none."""
    level = sharding.ShardLevel(
        shard_shape=(4, 6, 8),
        inner_shape=(2, 2, 2),
        axes=(0, 1, 2),
        index_at_end=True,
        index_dtype=np.dtype("<u8"),
        index_order=(0, 1, 2, 3),
        index_codecs=(),
        index_bytes=16 * 24,
    )
    entries = [(100 * n, 90) if n % 5 else (2**64 - 1, 2**64 - 1) for n in range(24)]
    little = b"".join(struct.pack("<QQ", *entry) for entry in entries)
    big = b"".join(struct.pack(">QQ", *entry) for entry in entries)
    summed = replace(
        level, index_codecs=(parse_codec("crc32c", {}, where=""),), index_bytes=16 * 24 + 4
    )
    return [
        Index(kind=level, data=little),
        Index(kind=replace(level, index_dtype=np.dtype(">u8")), data=big),
        Index(kind=replace(level, index_order=(3, 2, 1, 0)), data=little),
        Index(kind=summed, data=little + struct.pack("<I", google_crc32c.value(little))),
    ]


def _minishards() -> list[Index]:
    """The specification: steps of the numbers, gaps between the chunks, sizes."""
    found = []
    for count in (0, 1, 30):
        numbers = [3, *[1] * 29][:count]
        raw = struct.pack(f"<{3 * count}Q", *numbers, *[7] * count, *[100] * count)
        for index_gzip in (False, True):
            kind = minishards.MinishardSharding(
                prefix="",
                grid_xyz=(4, 4, 4),
                preshift_bits=0,
                hash="identity",
                minishard_bits=1,
                shard_bits=1,
                index_gzip=index_gzip,
            )
            data = gzip.compress(raw) if index_gzip else raw
            found.append(Index(kind=kind, data=data))
    bomb = gzip.compress(bytes(72 * MIB), 6)
    return [*found, replace(found[-1], data=bomb)]


INDEXES: tuple[Target, ...] = (
    Target(name="shard-index", prepare=_shards, make=make, check=check_shard),
    # An index may have 24 MiB, and only a valid one is made a table of.
    Target(
        name="minishard-index",
        prepare=_minishards,
        make=make,
        check=check_minishard,
        headroom=64 * MIB,
    ),
)
