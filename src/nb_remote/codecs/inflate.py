"""gzip (RFC 1952) and zlib (RFC 1950). Stops as soon as the asked bytes are there."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from nb_remote.codecs.base import Bytes, CodecType, damaged, wrong_size

_GZIP_WBITS = 31
_ZLIB_WBITS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflate:
    """A deflate stream with a gzip or zlib frame; several gzip members are read as one."""

    name: str
    wbits: int

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        if size == 0:
            return b""
        whole = stop >= size
        # One byte more than promised is asked for, to notice data that are too long.
        wanted = size + 1 if whole else stop
        parts: list[bytes] = []
        total = 0
        rest: Bytes = data
        complete = False
        while total < wanted and len(rest):
            stream = zlib.decompressobj(self.wbits)
            try:
                part = stream.decompress(rest, wanted - total)
                if whole and not stream.eof:
                    # The checksum behind the data is only verified when it is read.
                    part += stream.decompress(stream.unconsumed_tail, 1)
            except zlib.error as error:
                raise damaged(self.name, error) from None
            parts.append(part)
            total += len(part)
            complete = stream.eof
            if not complete:
                break
            rest = stream.unused_data
        if whole and total == size and not complete:
            raise damaged(self.name, "the end of the stream is missing")
        if total < stop or (whole and total != size):
            raise wrong_size(self.name, total, size)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _parse_gzip(_config: Mapping[str, object]) -> Inflate:
    return Inflate(name="gzip", wbits=_GZIP_WBITS)


def _parse_zlib(_config: Mapping[str, object]) -> Inflate:
    return Inflate(name="zlib", wbits=_ZLIB_WBITS)


GZIP = CodecType(name="gzip", parse=_parse_gzip)
ZLIB = CodecType(name="zlib", parse=_parse_zlib)
