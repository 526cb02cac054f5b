"""Reads boxes of one array: plan → fetch → decode in the pool → copy the asked part."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np

from nb_remote.chunks.caches import Caches
from nb_remote.chunks.decode import Block, decode_chunk
from nb_remote.chunks.layout import ChunkLayout
from nb_remote.chunks.plan import ChunkPart, count_chunks, plan
from nb_remote.chunks.selection import AxisRange
from nb_remote.chunks.shards import shards_of
from nb_remote.errors import CorruptChunk, NotFound
from nb_remote.priority import Priority, working_at
from nb_remote.sharing import SharedWork
from nb_remote.store.base import Store
from nb_remote.store.web_page import is_web_page
from nb_remote.threads import in_decode_pool

PRESENCE_SECONDS = 60.0
"""How long the metadata document counts as seen, when chunks turn out to be missing."""
MAX_REMEMBERED_MISSING = 100_000
"""Names kept, about 10 MB, so that panning over a sparse volume doesn't ask again."""
COMPRESSED_SLACK = 2**20
"""Compressed chunks may be this much larger than twice the decoded size, never more."""
MAX_CHUNK_TASKS = 256
"""Chunks of one read worked on at once: four times the 64 requests in flight keep the wire busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a read returned."""

    block: Block
    """The asked voxels, native byte order, axes in the stored order."""
    missing_chunks: int
    """Chunks that do not exist on the server: their voxels are the fill value."""


class ChunkReader:
    """Reads one stored array. Its coroutines run on the IO loop only; holds no view state.

    Parameters
    ----------
    store
        Where the chunks lie.
    layout
        How the array is cut and encoded.
    caches
        Shared with every other reader of the process.
    """

    def __init__(self, store: Store, layout: ChunkLayout, caches: Caches) -> None:
        self.layout = layout
        self._store = store
        self._caches = caches
        self._fetching: SharedWork[bytes | None] = SharedWork()
        self._decoding: SharedWork[Block | None] = SharedWork()
        self._presence: SharedWork[None] = SharedWork()
        self._seen_at = -PRESENCE_SECONDS
        self._shards = shards_of(store, layout, caches.raw, slack=COMPRESSED_SLACK)
        self._missing: dict[tuple[int, ...], float] = {}
        self._keys = layout.keys
        # Only names with a separator can be written in two ways.
        self._separator_settled = layout.keys.declared or layout.ndim < 2
        # Names this reader in the shared caches, which must not keep the store alive.
        self._identity = object()

    async def read(
        self,
        ranges: tuple[AxisRange, ...],
        *,
        whole_chunks: bool = False,
        priority: Priority | None = None,
    ) -> Reading:
        """Read the voxels of `ranges`.

        Parameters
        ----------
        ranges
            One per axis, stored order, inside the array.
        whole_chunks
            Decode touched chunks completely and keep them: right for a viewer, whose next
            slice lies in the same chunks. Otherwise only the needed planes are decoded.
        priority
            Who is served first where chunks have to wait, for a request or for a thread. None
            is as urgent as the task that reads, and rises with it.

        Raises
        ------
        NbRemoteError
            A chunk could not be fetched or decoded. Never answered with fill values.
        """
        shape = tuple(one.count for one in ranges)
        parts = plan(self.layout, ranges)
        block = np.empty(shape, dtype=self.layout.native_dtype)
        missing = 0

        async def work() -> None:
            nonlocal missing
            for part in parts:
                if not await self._copy(part, block, whole_chunks=whole_chunks):
                    block[part.target] = self.layout.fill_value
                    missing += 1

        try:
            async with asyncio.TaskGroup() as group:
                # Tasks take the priority along from where they are made.
                with working_at(priority) if priority is not None else nullcontext():
                    for _ in range(min(MAX_CHUNK_TASKS, count_chunks(self.layout, ranges))):
                        group.create_task(work())
        except BaseExceptionGroup as group_error:
            # One chunk's failure is the read's failure; the others were cancelled by the group.
            raise _first(group_error) from None
        return Reading(block=block, missing_chunks=missing)

    async def _copy(self, part: ChunkPart, block: Block, *, whole_chunks: bool) -> bool:
        """Fill the part's voxels; return False where the chunk does not exist."""
        chunk = self._caches.decoded.get((self._identity, part.index))
        if chunk is None and whole_chunks:
            chunk = await self._decoding.get(part.index, lambda: self._decode_whole(part.index))
            if chunk is None:
                return False
        if chunk is not None:
            block[part.target] = chunk[part.source]
            return True
        raw = await self._raw(part.index)
        if raw is None:
            return False
        with self._letting_go_of_damaged(part.index):
            await in_decode_pool(self._decode_into, raw, part, block)
        return True

    async def _decode_whole(self, index: tuple[int, ...]) -> Block | None:
        raw = await self._raw(index)
        if raw is None:
            return None
        with self._letting_go_of_damaged(index):
            chunk = await in_decode_pool(self._decode, raw, index, None)
        self._caches.decoded.put((self._identity, index), chunk)
        return chunk

    def _decode_into(self, raw: bytes, part: ChunkPart, block: Block) -> None:
        block[part.target] = self._decode(raw, part.index, part.source)

    def _decode(
        self, raw: bytes, index: tuple[int, ...], source: tuple[slice, ...] | None
    ) -> Block:
        try:
            _refuse_web_page(raw)
            return decode_chunk(self.layout, raw, index, source)
        except CorruptChunk as error:
            keys = self._shards or self._keys
            where = self._store.location.display(keys.key(index))
            raise CorruptChunk(error.text, where=where, chunk=index) from None

    @contextmanager
    def _letting_go_of_damaged(self, index: tuple[int, ...]) -> Iterator[None]:
        """A damaged chunk is fetched again when it is next asked for: the fault may pass."""
        try:
            yield
        except CorruptChunk:
            self._caches.raw.discard((self._identity, index))
            if self._shards is not None:
                self._shards.forget(index)
            raise

    async def _raw(self, index: tuple[int, ...]) -> bytes | None:
        cached = self._caches.raw.get((self._identity, index))
        if cached is not None:
            return cached
        if time.monotonic() - self._missing.get(index, -PRESENCE_SECONDS) < PRESENCE_SECONDS:
            return None
        raw = await self._fetching.get(index, lambda: self._fetch(index))
        if raw is None:
            await self._confirm_presence()
            self._remember_missing(index)
        return raw

    async def _fetch(self, index: tuple[int, ...]) -> bytes | None:
        limit = 2 * self.layout.chunk_bytes + COMPRESSED_SLACK
        keys = self._keys
        if self._shards is not None:
            raw = await self._shards.get(index)
        else:
            raw = await self._store.get(keys.key(index), limit=limit)
        # Another chunk may have settled the separator in the meantime.
        if raw is None and (not self._separator_settled or self._keys != keys):
            keys = keys.other()
            raw = await self._store.get(keys.key(index), limit=limit)
        if raw is not None:
            self._keys = keys
            self._separator_settled = True
            self._missing.pop(index, None)
            self._caches.raw.put((self._identity, index), raw)
        return raw

    @property
    def missing_chunks(self) -> int:
        """Chunks that were asked for and do not exist, each counted once while it is remembered."""
        return len(self._missing)

    def _remember_missing(self, index: tuple[int, ...]) -> None:
        if len(self._missing) >= MAX_REMEMBERED_MISSING:
            self._missing.clear()
        self._missing[index] = time.monotonic()

    async def _confirm_presence(self) -> None:
        """A missing chunk is fill value only as long as the array itself is there."""
        if time.monotonic() - self._seen_at > PRESENCE_SECONDS:
            await self._presence.get("metadata", self._look_at_metadata)

    async def _look_at_metadata(self) -> None:
        key = self.layout.metadata_key
        if await self._store.get(key, limit=COMPRESSED_SLACK) is None:
            raise NotFound(
                "the array has vanished: neither the chunk nor the metadata exist any more",
                where=self._store.location.display(key),
                hint="The volume may have been moved or deleted since it was opened.",
            )
        self._seen_at = time.monotonic()


def _refuse_web_page(raw: bytes) -> None:
    """Raw voxels have no mark of their own: a page of the right length would pass for a chunk."""
    if is_web_page(raw):
        raise CorruptChunk("the server answered with a web page instead of the chunk")


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
