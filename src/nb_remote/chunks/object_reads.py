"""Chunks that are objects of their own, as cloud-volume leaves them on disks and web servers.

There a chunk may lie compressed as ``name.gz`` and so on, without a header that says so; a proxy
may have dropped that header; and an empty object stands for a chunk of zeros.

Where chunks lie under their plain names nothing more is asked. A plain name that is missing, before
any chunk was found, is either a chunk that was never written or a sign of other names: the endings
are then tried for it, and the first time for the chunk in the middle, too. That is done for the
first missing chunks and then ever more rarely, `MOST_LOOKS` times in all.
"""

import asyncio
from functools import partial
from math import prod

from nb_remote.chunks.layout import ChunkLayout
from nb_remote.errors import CorruptChunk, NbRemoteError, ServerFailed, TooLarge
from nb_remote.store.base import Store
from nb_remote.store.encodings import decompress
from nb_remote.threads import in_decode_pool

ENDINGS = {".gz": "gzip", ".br": "br", ".zstd": "zstd", ".xz": "xz", ".bz2": "bzip2"}
"""What cloud-volume puts behind names, most frequent first, and what it means."""
FIRST_LOOKS, MOST_LOOKS = 8, 12
"""For the first eight missing chunks, then the 16th, 32nd, 64th and 128th: 66 requests in all."""
_GZIP = b"\x1f\x8b\x08"
_MAGIC = {"gzip": _GZIP[:2], "zstd": b"\x28\xb5\x2f\xfd", "xz": b"\xfd7zXZ", "bzip2": b"BZh"}
"""How each begins; brotli has no mark."""
_MOST_LAYERS = 2


class ObjectReader:
    """Reads chunks that are objects, whatever their names end in. Used on the IO loop only.

    Parameters
    ----------
    store
        Where the objects lie.
    layout
        How they are named.
    limit
        Most bytes that an encoded chunk may have.
    """

    def __init__(self, store: Store, layout: ChunkLayout, *, limit: int) -> None:
        self._store = store
        self._layout = layout
        self._limit = limit
        self._ending: str | None = None
        """Empty for plain names; None until something was found."""
        self._misses = 0
        self._looks = 0
        self._looking = asyncio.Lock()

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds chunk `index`."""
        return self._layout.keys.key(index) + (self._ending or "")

    def forget(self, index: tuple[int, ...]) -> None:
        """Nothing is remembered of a single chunk."""

    async def get(self, index: tuple[int, ...]) -> bytes | None:
        """Return the raw bytes of chunk `index`, or None where it does not exist or is empty.

        Raises
        ------
        CorruptChunk
            What lies around it is damaged or too large.
        """
        key = self._layout.keys.key(index)
        ending = self._ending or ""
        raw = await self._store.get(key + ending, limit=self._limit)
        if raw is None and (other := await self._other_ending(key, ending)) is not None:
            ending = other
            raw = await self._store.get(key + ending, limit=self._limit)
        elif raw is not None and self._ending is None:
            self._ending = ending
        if raw is None:
            return None
        return await self._undone(raw, index, key + ending, ENDINGS.get(ending)) or None

    async def _other_ending(self, key: str, asked: str) -> str | None:
        """Return under which other ending to ask for an object that is missing; None for none."""
        async with self._looking:  # somebody else may just be finding it out
            if self._ending is None:
                number = self._misses + 1
                is_rare = number & (number - 1) == 0
                if self._looks < MOST_LOOKS and (number <= FIRST_LOOKS or is_rare):
                    await self._look(key)
                self._misses = number  # not when the look failed: the next one is another try
        if asked:
            return ""  # some may have been written again without it
        return self._ending or None

    async def _look(self, key: str) -> None:
        """Try all endings of a name, and the first time those of the chunk in the middle, too."""
        names = [(ending, key + ending) for ending in ENDINGS]
        if self._looks == 0:
            middle = self._layout.keys.key(tuple(n // 2 for n in self._layout.grid_shape))
            if middle != key:
                names += [(ending, middle + ending) for ending in ("", *ENDINGS)]
        there = await asyncio.gather(*(self._is_there(name) for _, name in names))
        self._looks += 1
        found = [ending for (ending, _), one in zip(names, there, strict=True) if one]
        if found and self._ending is None:
            self._ending = found[0]

    async def _is_there(self, name: str) -> bool:
        try:
            return bool(await self._store.get(name, limit=self._limit))
        except NbRemoteError as error:
            if error.transient:  # not known, so the chunk is not known to be missing
                raise
            return False  # a server that refuses unknown names

    async def _undone(
        self, raw: bytes, index: tuple[int, ...], key: str, encoding: str | None
    ) -> bytes:
        where = self._store.location.display(key)
        if encoding and not raw.startswith(_MAGIC.get(encoding, b"")):
            encoding = None  # a server that says so in a header: the store has undone it
        for _ in range(_MOST_LAYERS):
            if encoding is None and raw.startswith(_GZIP) and not self._fits(raw, index):
                encoding = "gzip"
            if encoding is None:
                break
            try:
                undo = partial(decompress, encoding, raw, limit=self._limit, where=where)
                raw = await in_decode_pool(undo)
            except (ServerFailed, TooLarge) as error:
                if encoding not in _MAGIC and self._fits(raw, index):
                    return raw
                text = f"{encoding} around the chunk: {error.text}"
                raise CorruptChunk(text, where=where, chunk=index) from None
            encoding = None
        return raw

    def _fits(self, raw: bytes, index: tuple[int, ...]) -> bool:
        """Whether the bytes are the chunk as it stands, however they begin."""
        layout = self._layout
        return not layout.codecs and len(raw) == (
            prod(layout.stored_shape(index)) * layout.dtype.itemsize
        )
