"""Files in a zip file, read by ranges of it: the directory once, then each file by itself."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from nb_remote.errors import CorruptChunk, NbRemoteError, NotFound, ServerFailed, TooLarge
from nb_remote.location.location import Location
from nb_remote.location.relative import require_inside
from nb_remote.sharing import SharedWork
from nb_remote.store.answers import too_short
from nb_remote.store.base import MOST_NAMES, PrivateStore, Store
from nb_remote.store.body import too_large
from nb_remote.store.limits import StoreLimits
from nb_remote.store.zipped_directory import END_BYTES, ZipDirectory, ZipEntry, find_directory
from nb_remote.store.zipped_entry import (
    HEADER_BYTES,
    STORED,
    check_readable,
    data_start,
    likely_start,
    unpack,
)
from nb_remote.threads import in_decode_pool

# Below this, checking takes less than a thread costs (crc32: 1 GB/s and more).
_IN_POOL_BYTES = 2**16
# Extra fields in front of an entry's bytes: with this much more, one request has both.
_SLACK_BYTES = 2**12
# A stored file up to this size is read whole where its beginning is not known yet.
_SMALL_BYTES = 2**16


class ZippedStore(PrivateStore):
    """The files of one folder in a zip file. Used on the IO loop only.

    Where nobody says which folder, it is the root or the only folder there, several times over;
    `location` says so once something was read. Files that are stored are read by ranges of the
    zip file; deflated ones whole, and those of which ranges are asked are kept for a while.

    Parameters
    ----------
    inner
        The store whose empty key is the zip file.
    location
        The folder in the zip file.
    ranges_ignored
        Whether the server was seen to answer ranges with whole objects; then the zip file is read
        whole, where it is small enough.
    """

    def __init__(
        self,
        inner: Store,
        location: Location,
        limits: StoreLimits,
        ranges_ignored: Callable[[], bool],
    ) -> None:
        super().__init__(location)
        self._inner = inner
        self._limits = limits
        self._ranges_ignored = ranges_ignored
        self._where = location.zip_file.display()
        self._whole: bytes | None = None
        """The whole zip file, where it is small or ranges are no use."""
        self._directory: ZipDirectory | None = None
        self._openings: SharedWork[ZipDirectory] = SharedWork()
        self._starts: dict[int, int] = {}
        """Where the bytes of entries begin that were read by ranges, by where the entry begins."""
        self._startings: SharedWork[int] = SharedWork()
        self._unpacked: OrderedDict[str, bytes] = OrderedDict()
        self._unpackings: SharedWork[bytes] = SharedWork()
        self._closed = False

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole file, or None where it does not exist."""
        entry = await self._entry(key)
        if entry is None:
            return None
        where = self.location.display(key)
        if entry.size > limit:
            raise too_large(entry.size, limit, where)
        return await self._file(entry, where)

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the file does not exist."""
        if not 0 <= start < stop:
            raise ValueError(f"not a range of bytes: {start} to {stop}")
        entry = await self._entry(key)
        if entry is None:
            return None
        where = self.location.display(key)
        if stop > entry.size:
            raise CorruptChunk(
                f"the file has {entry.size} bytes, but bytes {start} to {stop} were asked for",
                where=where,
            )
        return await self._part(entry, start, stop, where)

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the file does not exist."""
        if length <= 0:
            raise ValueError(f"not a range of bytes: the last {length}")
        entry = await self._entry(key)
        if entry is None:
            return None
        where = self.location.display(key)
        if length > entry.size:
            raise too_short(entry.size, length, where)
        return await self._part(entry, entry.size - length, entry.size, where)

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder; nothing where there is none."""
        directory, name = await self._named(folder)
        found = await in_decode_pool(directory.in_folder, name)
        return tuple(sorted(found)[:MOST_NAMES])

    async def close(self) -> None:
        """Forget what was kept, and close the store of the zip file."""
        self._closed = True
        self._whole = self._directory = None
        self._unpacked.clear()
        await self._inner.close()

    # --- the directory ---------------------------------------------------------------

    async def _entry(self, key: str) -> ZipEntry | None:
        directory, name = await self._named(key)
        return directory.entry(name)

    async def _named(self, key: str) -> tuple[ZipDirectory, str]:
        """Return the directory, and the name in it that a key of this folder has."""
        if self._closed:
            raise RuntimeError("this store is closed")
        require_inside(key, where=self.location.display(key))
        directory = self._directory or await self._openings.get("directory", self._open)
        return directory, "/".join(part for part in (self._location.zip_path, key) if part)

    async def _open(self) -> ZipDirectory:
        tail = await self._tail()
        place = find_directory(tail, self._where)
        if place.from_end + place.size <= len(tail):
            raw = tail[len(tail) - place.from_end - place.size : len(tail) - place.from_end]
        else:
            raw = await self._bytes(place.start, place.start + place.size)
        directory = await in_decode_pool(ZipDirectory, raw, place.start, self._where)
        if self._location.zip_path:
            await self._require_folder(directory, self._location.zip_path)
        else:
            folder = await in_decode_pool(directory.volume_folder)
            self._location = replace(self._location, zip_path=folder)
        self._directory = directory
        return directory

    async def _tail(self) -> bytes:
        """Return the end of the zip file, or all of it where that is small or ranges are no use."""
        try:
            tail = await self._inner.get_suffix("", END_BYTES)
        except (CorruptChunk, ServerFailed, TooLarge) as error:
            if error.transient:
                raise
            # It is shorter than that, or the server gives no range from the end.
        else:
            if tail is None:
                raise self._missing()
            if not self._ranges_ignored():
                return tail
        try:
            self._whole = await self._inner.get("", limit=self._limits.whole_object_bytes)
        except TooLarge as error:
            raise TooLarge(
                "the server gives no ranges of the zip file, which is too large to be read whole",
                where=self._where,
                hint=f"{error.text.capitalize()}. Another server or the unpacked folder would do.",
            ) from None
        if self._whole is None:
            raise self._missing()
        return self._whole

    async def _require_folder(self, directory: ZipDirectory, folder: str) -> None:
        if not await in_decode_pool(directory.in_folder, folder):
            there = sorted(await in_decode_pool(directory.in_folder, ""))
            raise NotFound(
                f"the zip file has no folder {folder!r}",
                where=self._where,
                hint=f"It has {', '.join(map(repr, there[:10])) or 'nothing at all'}.",
            )

    def _missing(self) -> NbRemoteError:
        return NotFound("there is no zip file", where=self._where)

    # --- entries ---------------------------------------------------------------------

    async def _part(self, entry: ZipEntry, start: int, stop: int, where: str) -> bytes:
        check_readable(entry, where)
        if entry.method != STORED:
            return (await self._kept(entry, where))[start:stop]
        known = self._starts.get(entry.start)
        if known is not None:
            return await self._bytes(known + start, known + stop)
        if entry.size <= _SMALL_BYTES:
            return (await self._file(entry, where))[start:stop]
        guess = likely_start(entry)
        finding = self._startings.get(entry.start, lambda: self._find_start(entry, where))
        # Both at once: a shard's index comes in the round trip that says where the shard begins.
        begin, part = await asyncio.gather(finding, self._bytes(guess + start, guess + stop))
        return part if begin == guess else await self._bytes(begin + start, begin + stop)

    async def _find_start(self, entry: ZipEntry, where: str) -> int:
        header = await self._bytes(entry.start, entry.start + HEADER_BYTES + entry.name_size)
        start = self._starts[entry.start] = data_start(entry, header, where)
        return start

    async def _kept(self, entry: ZipEntry, where: str) -> bytes:
        """Return a deflated file of which ranges are asked: the whole is needed for each."""
        most = self._limits.whole_object_bytes
        if entry.size > most:
            raise TooLarge(
                f"a part of a deflated file of {entry.size} bytes takes all of it, {most} are "
                "accepted",
                where=where,
                hint="Pack it without compression (zip -0): chunks are compressed already.",
            )
        body = self._unpacked.get(entry.name)
        if body is None:
            body = await self._unpackings.get(entry.name, lambda: self._file(entry, where))
            self._unpacked[entry.name] = body
        self._unpacked.move_to_end(entry.name)
        while sum(map(len, self._unpacked.values())) > most:
            self._unpacked.popitem(last=False)
        return body

    async def _file(self, entry: ZipEntry, where: str) -> bytes:
        """Return a whole file, checked; header and bytes are one request."""
        check_readable(entry, where)
        least = entry.start + HEADER_BYTES + entry.name_size + entry.packed_size
        stop = min(entry.stop, least + _SLACK_BYTES)
        block = await self._bytes(entry.start, stop)
        start = data_start(entry, block, where) - entry.start
        packed = block[start : start + entry.packed_size]
        if len(packed) < entry.packed_size:  # the header is longer than any usual one
            begin = entry.start + start
            packed = await self._bytes(begin, begin + entry.packed_size)
        if entry.size < _IN_POOL_BYTES:
            return unpack(entry, packed, where)
        return await in_decode_pool(unpack, entry, packed, where)

    async def _bytes(self, start: int, stop: int) -> bytes:
        if self._whole is None:
            found = await self._inner.get_range("", start, stop)
            if found is None:
                raise self._missing()
            return found
        if stop > len(self._whole):
            raise CorruptChunk(
                f"the zip file has {len(self._whole)} bytes, but bytes {start} to {stop} were "
                "asked for",
                where=self._where,
            )
        return self._whole[start:stop]
