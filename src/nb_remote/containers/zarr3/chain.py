"""``codecs`` of Zarr v3 → how the innermost chunks are encoded, and the shards around them."""

from dataclasses import replace
from math import prod
from typing import Literal

import numpy as np

from nb_remote.codecs.allowed import parse_codec
from nb_remote.codecs.base import Codec
from nb_remote.codecs.chain import MAX_CODECS, check_chain
from nb_remote.containers.base import shortened
from nb_remote.containers.zarr3.encoding import Encoding
from nb_remote.containers.zarr3.named import Named, parse_named
from nb_remote.containers.zarr3.shards import inner_chunks, read_whole, shard_level
from nb_remote.containers.zarr3.transpose import transposed
from nb_remote.errors import BadMetadata, UnsupportedCodec

_CHECKSUM = "crc32c"
_CHECKSUM_BYTES = 4
MAX_NESTING = 4
"""Shards in shards; two are already rare, and each level costs a round trip."""
# The codecs of numcodecs that change elements and so stand before `bytes`.
_FILTERS = frozenset(
    f"numcodecs.{name}"
    for name in ("delta", "bitround", "fixedscaleoffset", "quantize", "astype", "packbits")
)


def parse_chain(
    value: object,
    dtype: np.dtype[np.generic],
    chunk_shape: tuple[int, ...],
    where: str,
    axes: tuple[int, ...] | None = None,
    nesting: int = 0,
    fill_value: np.generic | None = None,
) -> Encoding:
    """Translate a list of codecs.

    Parameters
    ----------
    chunk_shape
        Voxels of what the chain encodes, stored axis order.
    axes
        Stored axis at each place, where an outer chain has transposed; None at the outermost.
    fill_value
        Of voxels in a shard that were not written; None in an index, which has none.

    Raises
    ------
    BadMetadata
        The chain is impossible.
    UnsupportedCodec
        It names a codec, or an order of codecs, that can't be read.
    """
    steps = _steps(value, where)
    axes = tuple(range(len(chunk_shape))) if axes is None else axes
    filters: list[Named] = []
    for at, step in enumerate(steps):
        if step.name == "transpose":
            if filters:
                raise _combination(filters[-1], step, where)
            axes = transposed(axes, step.config.get("order"), where)
        elif step.name in _FILTERS:
            filters.append(step)
        elif step.name == "sharding_indexed":
            if filters:
                raise _combination(step, filters[0], where)
            return _shards(steps[at:], dtype, chunk_shape, where, axes, nesting, fill_value)
        elif step.name in ("bytes", "endian"):
            order = _byte_order(step, dtype, where)
            # Also of one-byte voxels: a filter may have made larger numbers of them.
            if filters and order == ">":
                raise _combination(filters[-1], step, where)
            # Decoding order; filters work on the elements that `bytes` has written as they are.
            named = [*filters, *steps[at + 1 :]][::-1]
            codecs = tuple(_codec(one, where) for one in named)
            check_chain(codecs, prod(chunk_shape) * dtype.itemsize, where=where)
            return Encoding(
                chunk_shape=chunk_shape,
                dtype=dtype.newbyteorder(order),
                memory_order=axes,
                codecs=codecs,
                sharding=(),
            )
        else:
            _codec(step, where)  # names an unknown one
            raise UnsupportedCodec(
                f"{shortened(step.name)} stands where 'bytes' has to be",
                where=where,
                codec=step.name,
            )
    raise BadMetadata("no codec turns voxels into bytes", where=where, field="codecs")


def _steps(value: object, where: str) -> list[Named]:
    if not isinstance(value, list) or not value:
        raise BadMetadata(
            f"codecs must be a list, not {shortened(value)}", where=where, field="codecs"
        )
    if len(value) > MAX_CODECS:
        raise UnsupportedCodec(f"chunks pass {len(value)} codecs, which can't be read", where=where)
    return [parse_named(one, "codecs", where) for one in value]


def _codec(step: Named, where: str) -> Codec:
    if step.name in _FILTERS and ">" in str(step.config.get("dtype")):
        raise UnsupportedCodec(
            f"{step.name} of big-endian numbers can't be read", where=where, codec=step.name
        )
    return parse_codec(step.name, step.config, where=where)


def _byte_order(step: Named, dtype: np.dtype[np.generic], where: str) -> Literal["<", ">"]:
    # zarr-python takes a missing one as little, too; of single bytes there is none.
    value = step.config.get("endian", "little")
    if value is None and dtype.itemsize == 1:
        return "<"
    if value not in ("little", "big"):
        raise BadMetadata(
            f"endian must be little or big, not {shortened(value)}", where=where, field="codecs"
        )
    return "<" if value == "little" else ">"


def _combination(one: Named, other: Named, where: str) -> UnsupportedCodec:
    return UnsupportedCodec(
        f"{shortened(one.name)} together with {shortened(other.name)} can't be read",
        where=where,
        codec=other.name[:60],
    )


def _shards(
    steps: list[Named],
    dtype: np.dtype[np.generic],
    shard_shape: tuple[int, ...],
    where: str,
    axes: tuple[int, ...],
    nesting: int,
    fill_value: np.generic | None,
) -> Encoding:
    """Translate shards and what lies around them: of checksums only their size counts."""
    step, around = steps[0], steps[1:]
    if all(one.name == _CHECKSUM for one in around):
        tail = len(around) * _CHECKSUM_BYTES
        return _sharded(step, dtype, shard_shape, where, axes, nesting, tail)
    if nesting or fill_value is None:
        raise _combination(step, around[0], where)
    found = _sharded(step, dtype, shard_shape, where, axes, nesting, 0)
    codecs = tuple(_codec(one, where) for one in around[::-1])
    return read_whole(found, codecs, shard_shape, fill_value, where)


def _sharded(
    step: Named,
    dtype: np.dtype[np.generic],
    shard_shape: tuple[int, ...],
    where: str,
    axes: tuple[int, ...],
    nesting: int,
    tail_bytes: int,
) -> Encoding:
    if nesting >= MAX_NESTING:
        raise UnsupportedCodec(
            f"shards are nested more than {MAX_NESTING} times, which can't be read",
            where=where,
            codec=step.name,
        )
    inner = inner_chunks(step, shard_shape, axes, where)
    counts = tuple(shard_shape[a] // inner[a] for a in axes)
    # The index is encoded like an array of its own: (offset, length) per chunk.
    index = parse_chain_of_index(step.config.get("index_codecs"), counts, where)
    level = shard_level(step, shard_shape, inner, axes, index, where, tail_bytes)
    found = parse_chain(step.config.get("codecs"), dtype, inner, where, axes, nesting + 1)
    return replace(found, sharding=(level, *found.sharding))


def parse_chain_of_index(value: object, counts: tuple[int, ...], where: str) -> Encoding:
    """Translate the codecs of a shard's index, which has `counts` chunks per axis.

    Raises
    ------
    BadMetadata, UnsupportedCodec
        As `parse_chain`; also where the index would be a shard itself.
    """
    for one in _steps(value, where):
        if one.name == "sharding_indexed":
            raise UnsupportedCodec(
                "a sharded index of shards can't be read", where=where, codec=one.name
            )
    return parse_chain(value, np.dtype("u8"), (*counts, 2), where)
