"""One entry of a zip file: where its bytes begin, and what they unpack to."""

import struct
import zlib

from nb_remote.errors import CorruptChunk, UnsupportedCodec
from nb_remote.store.zipped_directory import ZipEntry

HEADER_BYTES = 30
"""Of a local header before name and extra field; PKWARE's APPNOTE 6.3.10, section 4.3.7."""

_HEADER = struct.Struct("<4s5H3L2H")
_HEADER_MARK = b"PK\x03\x04"
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
# Written behind the bytes by who can't go back to the header: crc and two sizes, with a mark.
_DESCRIPTOR_FLAG, _DESCRIPTOR_BYTES = 0x8, 16
STORED, DEFLATED = 0, 8
_METHODS = {9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstd", 95: "xz", 98: "ppmd"}
_HINT = "Read it from the unpacked folder, or pack it with the methods stored or deflate."


def check_readable(entry: ZipEntry, where: str) -> None:
    """Refuse what can't be unpacked, and sizes that can't be true.

    Raises
    ------
    UnsupportedCodec
        When it is encrypted, or packed by another method than deflate.
    CorruptChunk
        When it overlaps what comes next, or its sizes contradict each other.
    """
    if entry.flags & _ENCRYPTED_FLAGS:
        raise UnsupportedCodec(
            "the entry of the zip file is encrypted", where=where, codec="zip encryption"
        )
    if entry.method not in (STORED, DEFLATED):
        name = _METHODS.get(entry.method, f"method {entry.method}")
        raise UnsupportedCodec(
            f"the entry of the zip file is packed with {name}", where=where, codec=name, hint=_HINT
        )
    if entry.start + HEADER_BYTES + entry.name_size + entry.packed_size > entry.stop:
        raise CorruptChunk("the entry overlaps the next one of the zip file", where=where)
    # What can't be compressed grows by 5 bytes in 16 KiB (RFC 1951).
    most = entry.size if entry.method == STORED else entry.size + entry.size // 1000 + 1024
    least = entry.size if entry.method == STORED else 0
    if not least <= entry.packed_size <= most:
        raise CorruptChunk(
            f"the zip file says that {entry.packed_size} bytes unpack to {entry.size}", where=where
        )


def likely_start(entry: ZipEntry) -> int:
    """Return where the entry's bytes begin if nothing stands between them and the next entry."""
    after = _DESCRIPTOR_BYTES if entry.flags & _DESCRIPTOR_FLAG else 0
    least = entry.start + HEADER_BYTES + entry.name_size
    return max(entry.stop - after - entry.packed_size, least)


def data_start(entry: ZipEntry, header: bytes, where: str) -> int:
    """Return the offset of the entry's bytes, by its local header.

    Raises
    ------
    CorruptChunk
        When no header of this entry is there.
    """
    if len(header) < HEADER_BYTES + entry.name_size:
        raise CorruptChunk("the zip file ends in the header of the entry", where=where)
    mark, _, flags, method, _, _, _, _, _, name_size, extra_size = _HEADER.unpack_from(header)
    if mark != _HEADER_MARK:
        raise CorruptChunk("the entry is not where the zip file's directory says", where=where)
    name = header[HEADER_BYTES : HEADER_BYTES + name_size]
    if (flags & _ENCRYPTED_FLAGS, method, name) != (0, entry.method, entry.raw_name):
        raise CorruptChunk(
            "the entry's own header contradicts the zip file's directory", where=where
        )
    start: int = entry.start + HEADER_BYTES + name_size + extra_size
    if start + entry.packed_size > entry.stop:
        raise CorruptChunk("the entry overlaps the next one of the zip file", where=where)
    return start


def unpack(entry: ZipEntry, packed: bytes, where: str) -> bytes:
    """Return the file in an entry, checked; never holds more than its announced size.

    Raises
    ------
    CorruptChunk
        When the bytes don't unpack to what the directory promises.
    """
    body = packed if entry.method == STORED else _inflate(entry, packed, where)
    if zlib.crc32(body) != entry.crc:
        raise CorruptChunk("the entry's checksum is wrong", where=where)
    return body


def _inflate(entry: ZipEntry, packed: bytes, where: str) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        body = stream.decompress(packed, entry.size + 1)
    except zlib.error:
        raise CorruptChunk("the entry can't be inflated", where=where) from None
    if len(body) != entry.size or not stream.eof:
        raise CorruptChunk(
            f"the entry does not inflate to the {entry.size} bytes that are announced", where=where
        )
    return body
