"""Chunks out of shards: find the entry in the index, then read its range."""

import time
from functools import partial
from math import prod

from nb_remote.chunks.cache import ByteCache
from nb_remote.chunks.layout import ChunkLayout
from nb_remote.chunks.merging import RangeMerger
from nb_remote.chunks.sharding import MAX_OFFSET, ShardLevel, look_up
from nb_remote.errors import CorruptChunk
from nb_remote.sharing import SharedWork
from nb_remote.store.base import Store
from nb_remote.threads import in_decode_pool

Span = tuple[int, int]
"""First byte of a shard in its object, and its length."""
ABSENT_SECONDS = 60.0
"""How long a shard counts as missing without being asked for again, as chunks do."""
MAX_REMEMBERED_ABSENT = 100_000
"""Names kept, about 10 MB."""


class ShardReader:
    """Reads the inner chunks of one sharded array. Used on the IO loop only.

    A chunk is missing (None) when its entry says so or when the shard does not exist; both are
    fill value and counted alike.

    Parameters
    ----------
    store
        Where the shards lie.
    layout
        Whose `sharding` is not empty.
    indexes
        Keeps decoded indexes beside the raw chunks of the process, so that they are bounded.
    slack
        Bytes by which a chunk may be larger than twice its decoded size.
    """

    def __init__(
        self, store: Store, layout: ChunkLayout, indexes: ByteCache[bytes], *, slack: int
    ) -> None:
        self._store = store
        self._layout = layout
        self._indexes = indexes
        self._slack = slack
        self._asking: SharedWork[bytes | None] = SharedWork()
        self._merger = RangeMerger(store)
        self._absent: dict[str, float] = {}
        # Names this reader in the shared cache, which must not keep the store alive.
        self._identity = object()

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds chunk `index`."""
        first = self._first_voxel(index)
        outer = self._layout.sharding[0].shard_shape
        return self._layout.keys.key(tuple(v // s for v, s in zip(first, outer, strict=True)))

    async def get(self, index: tuple[int, ...]) -> bytes | None:
        """Return the raw bytes of chunk `index`, or None where it does not exist.

        Raises
        ------
        CorruptChunk
            The index is damaged, or names bytes that the object does not have.
        """
        key = self.key(index)
        try:
            span = await self._locate(key, self._first_voxel(index))
            if span is None:
                return None
            start, length = span
            raw = await self._merger.get(key, start, start + length) if length else b""
        except CorruptChunk as error:
            self.forget(index)
            where = error.where or self._store.location.display(key)
            raise CorruptChunk(error.text, where=where, chunk=index, hint=error.hint) from None
        if raw is None:  # the object vanished after its index was read
            self.forget(index)
        return raw

    def forget(self, index: tuple[int, ...]) -> None:
        """Let go of the outermost index that led to chunk `index`: it may have been rewritten."""
        key = self.key(index)
        for level in range(len(self._layout.sharding)):
            self._indexes.discard(self._name(key, level, self._first_voxel(index)))

    def _first_voxel(self, index: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(i * c for i, c in zip(index, self._layout.chunk_shape, strict=True))

    def _name(self, key: str, level: int, first: tuple[int, ...]) -> tuple[object, ...]:
        shape = self._layout.sharding[level].shard_shape
        return (self._identity, key, level, *(v // s for v, s in zip(first, shape, strict=True)))

    async def _locate(self, key: str, first: tuple[int, ...]) -> Span | None:
        """Follow the indexes from the object inwards."""
        span: Span | None = None
        for number, level in enumerate(self._layout.sharding):
            name = self._name(key, number, first)
            index = self._indexes.get(name)
            if index is None:
                if time.monotonic() - self._absent.get(key, -ABSENT_SECONDS) < ABSENT_SECONDS:
                    return None
                ask = partial(self._ask, key, name, level, span)
                index = await self._asking.get(name, ask)
            if index is None:
                return None
            found = look_up(index, level.entry(first), limit=self._most(level))
            if found is None:
                return None
            offset, length = found
            if span is not None and offset + length > span[1]:
                raise CorruptChunk("an inner shard's index names bytes behind its end")
            span = (offset + (span[0] if span else 0), length)
        return span

    def _most(self, level: ShardLevel) -> int:
        """Most bytes that what lies in a shard of `level` may have."""
        if level is not self._layout.sharding[-1]:
            return MAX_OFFSET  # never read as a whole
        return 2 * prod(level.inner_shape) * self._layout.dtype.itemsize + self._slack

    async def _ask(
        self, key: str, name: tuple[object, ...], level: ShardLevel, span: Span | None
    ) -> bytes | None:
        size = level.index_bytes
        if span is None and level.index_at_end:
            raw = await self._store.get_suffix(key, size + level.tail_bytes)
            raw = raw and raw[: len(raw) - level.tail_bytes]
        else:
            start, length = span or (0, size)
            length -= level.tail_bytes if span else 0
            if length < size:
                raise CorruptChunk(f"an inner shard of {length} bytes has no room for its index")
            start += length - size if level.index_at_end else 0
            raw = await self._merger.get(key, start, start + size)
        if raw is None:
            if len(self._absent) >= MAX_REMEMBERED_ABSENT:
                self._absent.clear()
            self._absent[key] = time.monotonic()
            return None
        self._absent.pop(key, None)
        try:
            index = await in_decode_pool(level.decode_index, raw)
        except CorruptChunk as error:
            raise CorruptChunk(f"the index of the shard: {error.text}") from None
        self._indexes.put(name, index)
        return index
