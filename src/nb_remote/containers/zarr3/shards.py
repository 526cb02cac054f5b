"""The ``sharding_indexed`` codec's own configuration."""

from dataclasses import replace
from math import prod

import numpy as np

from nb_remote.chunks.sharding import ENTRY_BYTES, MAX_INDEX_ENTRIES, ShardLevel
from nb_remote.chunks.whole_shard import WholeShard, can_undo
from nb_remote.codecs.base import Codec
from nb_remote.containers.base import MAX_CHUNK_BYTES, MAX_EXTENT, parse_extents, shortened
from nb_remote.containers.zarr3.encoding import Encoding
from nb_remote.containers.zarr3.named import Named
from nb_remote.errors import BadMetadata, UnsupportedCodec


def inner_chunks(
    step: Named, shard_shape: tuple[int, ...], axes: tuple[int, ...], where: str
) -> tuple[int, ...]:
    """Return the voxels of an inner chunk, stored axis order.

    Raises
    ------
    BadMetadata
        They don't divide the shard, or there are too many of them.
    """
    listed = parse_extents(step.config.get("chunk_shape"), "chunk_shape", where)
    if len(listed) != len(axes):
        raise _wrong(f"shards of {len(axes)} axes hold chunks of {len(listed)}", where)
    inner = [0] * len(axes)
    for axis, size in zip(axes, listed, strict=True):
        inner[axis] = size
    if any(not 0 < n <= MAX_EXTENT for n in inner):
        raise _wrong(f"impossible chunks {shortened(list(listed))} in shards", where)
    if any(s % n for s, n in zip(shard_shape, inner, strict=True)):
        raise _wrong(
            f"chunks of {shortened(inner)} don't divide shards of {shortened(list(shard_shape))}",
            where,
        )
    count = prod(shard_shape) // prod(inner)
    if count > MAX_INDEX_ENTRIES:
        raise _wrong(f"a shard holds {count} chunks, more than {MAX_INDEX_ENTRIES}", where)
    return tuple(inner)


def shard_level(
    step: Named,
    shard_shape: tuple[int, ...],
    inner: tuple[int, ...],
    axes: tuple[int, ...],
    index: Encoding,
    where: str,
    tail_bytes: int = 0,
) -> ShardLevel:
    """Return how to find chunks in such a shard.

    Raises
    ------
    BadMetadata, UnsupportedCodec
        The index lies nowhere, or its size can't be known.
    """
    location = step.config.get("index_location", "end")
    if location not in ("start", "end"):
        raise _wrong(f"index_location must be start or end, not {shortened(location)}", where)
    size: int = ENTRY_BYTES * prod(shard_shape) // prod(inner)
    for codec in reversed(index.codecs):
        encoded = codec.encoded_size(size)
        if encoded is None:
            raise UnsupportedCodec(
                f"the index of shards is compressed ({codec.name}), so its size is not known",
                where=where,
                codec=codec.name,
            )
        size = encoded
    return ShardLevel(
        shard_shape=shard_shape,
        inner_shape=inner,
        axes=axes,
        index_at_end=location == "end",
        index_dtype=index.dtype,
        index_order=index.memory_order,
        index_codecs=index.codecs,
        index_bytes=size,
        tail_bytes=tail_bytes,
    )


def read_whole(
    found: Encoding,
    around: tuple[Codec, ...],
    shard_shape: tuple[int, ...],
    fill_value: np.generic,
    where: str,
) -> Encoding:
    """Make chunks of shards around which more lies than checksums: they can only be read whole.

    Parameters
    ----------
    found
        How they are encoded inside.
    around
        What lies around them, in decoding order.

    Raises
    ------
    UnsupportedCodec
        They are too large for that, nested, or something unknown lies around them.
    """
    size = prod(shard_shape) * found.dtype.itemsize
    names = " and ".join(codec.name for codec in around)
    why = ""
    compressors = sum(codec.decoded_size(0) is None for codec in around)
    if len(found.sharding) != 1 or compressors > 1 or not all(map(can_undo, around)):
        why = "which can't be read around these shards"
    elif size > MAX_CHUNK_BYTES:
        why = f"so that all {size} bytes would have to be read at once, for any part of them"
    if why:
        text = f"whole shards are compressed ({names}), {why}"
        raise UnsupportedCodec(text, where=where, codec=around[0].name)
    shard = WholeShard(
        around=around,
        level=found.sharding[0],
        dtype=found.dtype,
        memory_order=found.memory_order,
        codecs=found.codecs,
        fill_value=fill_value,
    )
    return replace(
        found,
        chunk_shape=shard_shape,
        memory_order=tuple(range(len(shard_shape))),
        codecs=(shard,),
        sharding=(),
    )


def _wrong(text: str, where: str) -> BadMetadata:
    return BadMetadata(text, where=where, field="codecs")
