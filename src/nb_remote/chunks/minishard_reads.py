"""Chunks out of Neuroglancer's shards: shard index, minishard index, then the chunk's range.

A shard is one object, or in old volumes two: ``.index`` with the shard index and ``.data`` with
what follows. The specification says that the two in a row are the one.
"""

import time
from functools import partial

from nb_remote.chunks.cache import ByteCache
from nb_remote.chunks.merging import RangeMerger
from nb_remote.chunks.minishards import (
    ENTRY_BYTES,
    MAX_INDEX_BYTES,
    MAX_OFFSET,
    PAGE_ENTRIES,
    MinishardSharding,
    look_up,
)
from nb_remote.chunks.shard_reads import ABSENT_SECONDS, MAX_REMEMBERED_ABSENT
from nb_remote.errors import CorruptChunk
from nb_remote.sharing import SharedWork
from nb_remote.store.base import Store
from nb_remote.threads import in_decode_pool

Name = tuple[object, ...]
MOST_HALVES = 16
"""Shards that are missing for which the old names are tried, too, before any shard was found."""
_WHOLE, _INDEX, _DATA = ".shard", ".index", ".data"
SMALL_INDEX_BYTES = 2**12
"""Up to here an index is decoded on the loop, which is cheaper than a way to the pool and back: the
minishards of a read are then known in the same turn, and their chunks become one request. At worst
(gzip grows a thousandfold) it is 4 MiB."""


class MinishardReader:
    """Reads the chunks of one scale whose chunks lie in shards. Used on the IO loop only.

    A chunk is missing (None) when its shard does not exist, when its minishard is empty, or when
    the index of its minishard doesn't list it.

    Parameters
    ----------
    store
        Where the shards lie.
    sharding
        How to find chunks in them.
    indexes
        Keeps indexes beside the raw chunks of the process, so that they are bounded.
    limit
        Most bytes that an encoded chunk may have.
    """

    def __init__(
        self, store: Store, sharding: MinishardSharding, indexes: ByteCache[bytes], *, limit: int
    ) -> None:
        self._store = store
        self._sharding = sharding
        self._indexes = indexes
        self._limit = limit
        self._asking: SharedWork[bytes | None] = SharedWork()
        self._merger = RangeMerger(store)
        self._absent: dict[str, float] = {}
        self._in_halves: bool | None = None
        """Whether shards are two objects; None until one was found."""
        self._halves_asked = 0
        # Names this reader in the shared cache, which must not keep the store alive.
        self._identity = object()

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds chunk `index`."""
        return self._sharding.place(index)[1]

    async def get(self, index: tuple[int, ...]) -> bytes | None:
        """Return the raw bytes of chunk `index`, or None where it does not exist.

        Raises
        ------
        CorruptChunk
            An index is damaged, or names bytes that the object does not have.
        """
        number, key, minishard = self._sharding.place(index)
        try:
            span = await self._locate(key, minishard, number)
            raw = None if span is None else await self._range(key, *span)
            if span is not None and raw == b"":  # as an empty object, it stands for zeros
                return None
        except CorruptChunk as error:
            self.forget(index)
            where = error.where or self._store.location.display(key)
            raise CorruptChunk(error.text, where=where, chunk=index, hint=error.hint) from None
        if raw is None and span is not None:  # the object vanished after its index was read
            self.forget(index)
        return raw

    def forget(self, index: tuple[int, ...]) -> None:
        """Let go of the indexes that led to chunk `index`: they may have been rewritten."""
        _, key, minishard = self._sharding.place(index)
        self._indexes.discard((self._identity, key, minishard // PAGE_ENTRIES))
        self._indexes.discard((self._identity, key, "minishard", minishard))

    async def _locate(self, key: str, minishard: int, number: int) -> tuple[int, int] | None:
        """Return where a chunk begins and ends in its object."""
        name: Name = (self._identity, key, "minishard", minishard)
        index = self._indexes.get(name)
        if index is None:
            index = await self._asking.get(name, partial(self._ask, name, key, minishard))
        found = look_up(index, number) if index else None
        if found is None:
            return None
        start, end = found
        if end - start > self._limit:
            raise CorruptChunk(
                f"the minishard's index gives the chunk {end - start} bytes, "
                f"{self._limit} are accepted"
            )
        base = self._sharding.index_bytes
        return base + start, base + end

    async def _ask(self, name: Name, key: str, minishard: int) -> bytes | None:
        """Read and decode a minishard's index; None where the shard or the minishard is missing."""
        page_number, at = divmod(minishard, PAGE_ENTRIES)
        page_name: Name = (self._identity, key, page_number)
        page = self._indexes.get(page_name)
        if page is None:
            if time.monotonic() - self._absent.get(key, -ABSENT_SECONDS) < ABSENT_SECONDS:
                return None
            ask = partial(self._ask_page, page_name, key, page_number)
            page = await self._asking.get(page_name, ask)
        if page is None:
            return None
        entry = page[at * ENTRY_BYTES : (at + 1) * ENTRY_BYTES]
        start, end = int.from_bytes(entry[:8], "little"), int.from_bytes(entry[8:], "little")
        if start == end:
            return None
        if not start < end <= MAX_OFFSET or end - start > MAX_INDEX_BYTES:
            raise CorruptChunk(f"the shard's index names the bytes {start} to {end} for an index")
        base = self._sharding.index_bytes
        raw = await self._range(key, base + start, base + end)
        if raw is None:
            self._indexes.discard(page_name)
            return None
        if len(raw) <= SMALL_INDEX_BYTES:
            index = self._sharding.decode_index(raw)
        else:
            index = await in_decode_pool(self._sharding.decode_index, raw)
        self._indexes.put(name, index)
        return index

    async def _ask_page(self, name: Name, key: str, number: int) -> bytes | None:
        start = number * PAGE_ENTRIES * ENTRY_BYTES
        stop = min(start + PAGE_ENTRIES * ENTRY_BYTES, self._sharding.index_bytes)
        page = await self._range(key, start, stop)
        if page is None and self._in_halves is None and self._halves_asked < MOST_HALVES:
            self._halves_asked += 1
            page = await self._half(key, start, stop)
            if page is not None:
                self._in_halves = True
        elif page is not None and self._in_halves is None:
            self._in_halves = False
        if page is None:
            if len(self._absent) >= MAX_REMEMBERED_ABSENT:
                self._absent.clear()
            self._absent[key] = time.monotonic()
            return None
        self._absent.pop(key, None)
        self._indexes.put(name, page)
        return page

    async def _range(self, key: str, start: int, stop: int) -> bytes | None:
        """Read bytes of a shard, counted from its beginning."""
        if stop <= start:
            return b""
        if self._in_halves:
            return await self._half(key, start, stop)
        return await self._merger.get(key, start, stop)

    async def _half(self, key: str, start: int, stop: int) -> bytes | None:
        """Read them from the object that holds the shard's index, or from that behind it."""
        name = key.removesuffix(_WHOLE)
        base = self._sharding.index_bytes
        if start < base:
            return await self._merger.get(name + _INDEX, start, stop)
        return await self._merger.get(name + _DATA, start - base, stop - base)
