"""The directory at the end of a zip file: which entries there are, and where.

PKWARE's APPNOTE 6.3.10, sections 4.3.12 to 4.3.16. A file may be hostile, so nothing is believed
before it is compared with something else, and an entry is taken apart only when it is asked for.
"""

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nb_remote.errors import BadMetadata, TooLarge
from nb_remote.location.parse import HEADER_FILES

END_BYTES = 2**17
"""Bytes read from the end first: the longest comment (64 KiB) and about 700 entries."""
MOST_ENTRIES = 500_000
"""About 100 MB of names; one more order of magnitude calls for shards."""
MOST_DIRECTORY_BYTES = 2**26

_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_RECORD = struct.Struct("<4s6H3L5H2L")
_END_MARK, _END64_PLACE_MARK, _END64_MARK = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
_RECORD_MARK = b"PK\x01\x02"
_FULL32 = 0xFFFFFFFF
_ZIP64_FIELD = 1
_UTF8_FLAG = 0x800
# What file managers add beside the folder that somebody packed.
_LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
# Folders that hold nothing but the next one; nobody packs more on purpose.
_MOST_NESTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPlace:
    """Where the directory lies."""

    start: int
    """Offset in the zip file."""
    size: int
    """Bytes."""
    from_end: int
    """Bytes from its end to the end of the file; the directory is in the tail where it fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """One entry as the directory describes it."""

    name: str
    flags: int
    method: int
    crc: int
    packed_size: int
    """Bytes that are stored."""
    size: int
    """Bytes of the file."""
    start: int
    """Offset of its local header in the zip file."""
    stop: int
    """Offset of whatever comes next: it ends before."""
    raw_name: bytes
    """The name as it is stored; its local header repeats it."""

    @property
    def name_size(self) -> int:
        """Bytes of the name."""
        return len(self.raw_name)


def find_directory(tail: bytes, where: str) -> DirectoryPlace:
    """Return where the directory lies, by the end of the file.

    Raises
    ------
    BadMetadata
        When the file doesn't end as a zip file does.
    TooLarge
        When the directory is larger than what is read.
    """
    at = _end_record(tail)
    if at is None:
        raise BadMetadata(
            "this is no zip file: it has no directory at its end",
            where=where,
            hint="It may be cut off, or something else with that name.",
        )
    _, disk, first_disk, _, entries, size, start, _ = _END.unpack_from(tail, at)
    stop = at
    if (place := at - _END64_PLACE.size) >= 0 and tail.startswith(_END64_PLACE_MARK, place):
        stop = tail.rfind(_END64_MARK, 0, place)
        if stop < 0 or stop + _END64.size > place:
            raise BadMetadata("the zip file's zip64 record is missing", where=where)
        _, _, _, _, disk, first_disk, _, entries, size, start = _END64.unpack_from(tail, stop)
    if disk or first_disk:
        raise BadMetadata("the zip file is split over several files", where=where)
    if entries > MOST_ENTRIES or size > MOST_DIRECTORY_BYTES:
        raise _too_many(f"{entries} entries in a directory of {size} bytes", where)
    return DirectoryPlace(start=start, size=size, from_end=len(tail) - stop)


def _end_record(tail: bytes) -> int | None:
    """Return where the end record begins: the last one whose comment reaches the end exactly."""
    at, fallback = len(tail), None
    while (at := tail.rfind(_END_MARK, 0, at)) >= 0:
        stop = at + _END.size
        if stop > len(tail):
            continue
        stop += _END.unpack_from(tail, at)[-1]
        if stop == len(tail):
            return at
        if fallback is None and stop < len(tail):  # something was appended to the file
            fallback = at
    return fallback


def _too_many(found: str, where: str) -> TooLarge:
    return TooLarge(
        f"the zip file has {found}; at most {MOST_ENTRIES} in {MOST_DIRECTORY_BYTES} bytes "
        "are read",
        where=where,
        hint="Unpack it, or store the volume in shards.",
    )


class ZipDirectory:
    """The entries of a zip file by name; of two with one name the later counts, as everywhere.

    Parameters
    ----------
    raw
        The bytes of the directory.
    start
        Where it begins in the zip file: all entries end before.
    where
        The zip file's address, for errors.

    Raises
    ------
    BadMetadata
        When the bytes are no directory.
    TooLarge
        When there are more entries than are read, whatever the end of the file says.
    """

    def __init__(self, raw: bytes, start: int, where: str) -> None:
        self._raw = raw
        self._start = start
        self._where = where
        self._records: dict[str, int] = {}
        starts = array("Q", [start])
        at = 0
        while raw.startswith(_RECORD_MARK, at) and at + _RECORD.size <= len(raw):
            if len(starts) > MOST_ENTRIES:
                raise _too_many("more entries than its end says", where)
            fields = _RECORD.unpack_from(raw, at)
            name_size, extra_size, comment_size = fields[10:13]
            name_at = at + _RECORD.size
            self._records[_name(raw[name_at : name_at + name_size], fields[3])] = at
            starts.append(self._sizes(at, fields)[2])
            at = name_at + name_size + extra_size + comment_size
        if at != len(raw):
            raise BadMetadata(
                "the zip file's directory is damaged, or not where its end says",
                where=where,
                hint="Something may stand in front of the zip file, or it is cut off.",
            )
        self._starts = array("Q", sorted(set(starts)))

    @property
    def names(self) -> Iterable[str]:
        """Names of all entries as they are stored."""
        return self._records.keys()

    def entry(self, name: str) -> ZipEntry | None:
        """Return the entry of that name, or None where there is none.

        Raises
        ------
        BadMetadata
            When it can't lie where the directory says.
        """
        at = self._records.get(name)
        if at is None:
            return None
        fields = _RECORD.unpack_from(self._raw, at)
        size, packed_size, start = self._sizes(at, fields)
        following = bisect_right(self._starts, start)
        if start >= self._start or following == len(self._starts):
            raise self._bad(name, "begins behind the last one")
        return ZipEntry(
            name=name,
            flags=fields[3],
            method=fields[4],
            crc=fields[7],
            packed_size=packed_size,
            size=size,
            start=start,
            stop=self._starts[following],
            raw_name=self._raw[at + _RECORD.size : at + _RECORD.size + fields[10]],
        )

    def in_folder(self, folder: str) -> set[str]:
        """Return the names directly in a folder, folders with a trailing slash."""
        prefix = f"{folder}/" if folder else ""
        found = set()
        for name in self._records:
            if name.startswith(prefix):
                first, slash, _ = name[len(prefix) :].partition("/")
                if first not in ("", ".", ".."):
                    found.add(first + slash)
        return found

    def volume_folder(self) -> str:
        """Return the folder where a volume may lie: the root, or the only folder in it."""
        folder = ""
        for _ in range(_MOST_NESTED):
            names = {name for name in self.in_folder(folder) if name.strip("/") not in _LITTER}
            folders = [name for name in names if name.endswith("/")]
            if not HEADER_FILES.isdisjoint(names) or len(folders) != 1:
                break
            folder = f"{folder}/{folders[0]}".strip("/")
        return folder

    def _sizes(self, at: int, fields: tuple[int, ...]) -> tuple[int, int, int]:
        """Return size, packed size and offset; large ones stand in a field of their own."""
        packed_size, size, name_size, extra_size = fields[8:12]
        start = fields[16]
        if _FULL32 not in (size, packed_size, start):
            return size, packed_size, start
        extra_at = at + _RECORD.size + name_size
        large = _zip64_numbers(self._raw[extra_at : extra_at + extra_size])
        values = [next(large, -1) if one == _FULL32 else one for one in (size, packed_size, start)]
        if -1 in values:
            raise self._bad("", "lacks its zip64 sizes")
        return values[0], values[1], values[2]

    def _bad(self, name: str, what: str) -> BadMetadata:
        return BadMetadata(f"the zip file's entry {name[:80]!r} {what}", where=self._where)


def _name(raw: bytes, flags: int) -> str:
    if raw.isascii():
        return raw.decode("ascii")
    # A name that is no UTF-8 stays one that no key has.
    return raw.decode("utf-8", "backslashreplace") if flags & _UTF8_FLAG else raw.decode("cp437")


def _zip64_numbers(extra: bytes) -> Iterator[int]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64_FIELD:
            field = extra[at + 4 : at + 4 + size]
            return iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
        at += 4 + size
    return iter(())
