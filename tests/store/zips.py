"""Zip files that Python's zipfile writes, and what a hostile one may say."""

import io
import struct
import zipfile

from nb_remote.store.zipped_directory import END_BYTES

RECORD, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
# Offsets in a record of the directory, by field (APPNOTE 4.3.12).
FLAGS, METHOD, CRC, PACKED, SIZE, START = 8, 10, 16, 20, 24, 42


def zipped(files, method=zipfile.ZIP_STORED, *, comment=b"", padding=0, zip64=False):
    """Return a zip file; `padding` bytes of something else come first, so that it isn't small."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        if padding:
            file.writestr(zipfile.ZipInfo("padding"), bytes(padding), zipfile.ZIP_STORED)
        for name, body in files.items():
            with file.open(name, "w", force_zip64=zip64) as entry:
                entry.write(body)
        file.comment = comment
    return buffer.getvalue()


def large(files, method=zipfile.ZIP_STORED, **options):
    """Return a zip file that is longer than what is read of its end."""
    return zipped(files, method, padding=2 * END_BYTES, **options)


def changed(data, name, field, value, *, size=4):
    """Return the zip file with another value in the directory's record of an entry."""
    at = data.rindex(RECORD)
    while data[at + 46 : at + 46 + len(name)] != name.encode():
        at = data.rindex(RECORD, 0, at)
    number = struct.pack("<I" if size == 4 else "<H", value)
    return data[: at + field] + number + data[at + field + size :]
