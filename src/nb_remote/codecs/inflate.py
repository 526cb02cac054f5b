"""gzip (RFC 1952) and zlib (RFC 1950). Stops as soon as the asked bytes are there."""

from collections.abc import Mapping
from dataclasses import dataclass

from nb_remote.codecs.base import Bytes, CodecType, Compressor, damaged, wrong_size
from nb_remote.codecs.fast_inflate import GZIP_WBITS, INFLATERS, ZLIB_WBITS

_INFLATER = INFLATERS[0]
# Each further member costs a copy of what follows it in the window, so that a flood of tiny
# members would take hours. Writers put 64 KiB into one (bgzip) or everything.
_WINDOW = 2**16
_SPARE_MEMBERS = 64
_MEMBER_BYTES = 1024
# What is skipped is let go of piece by piece: planes at the end of a chunk of 128³ need no memory
# for those before them.
_AT_ONCE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflate(Compressor):
    """A deflate stream with a gzip or zlib frame; several gzip members are read as one."""

    name: str
    wbits: int

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        return self.decode_part(data, size, 0, stop)

    def decode_part(self, data: Bytes, size: int, start: int, stop: int) -> Bytes:
        """See `PartCodec.decode_part`."""
        if start == stop:
            return b""
        if stop < size:
            return self._stream(data, size, start, stop)
        if in_one_go := _INFLATER.whole.get(self.wbits):
            decoded = in_one_go(data, size)
            if decoded is not None:
                return memoryview(decoded)[start:]
            # Several members, or damaged: the stream finds out which.
        return self._stream(data, size, start, stop)

    def _stream(self, data: Bytes, size: int, start: int, stop: int) -> Bytes:
        whole = stop == size
        # One byte more than promised is asked for, to notice data that are too long.
        wanted = size + 1 if whole else stop
        view = memoryview(data)
        parts: list[bytes] = []
        at = total = members = 0
        complete = False
        while total < wanted and at < len(view):
            members += 1
            if members > _SPARE_MEMBERS + size // _MEMBER_BYTES:
                raise damaged(self.name, f"more than {members - 1} members")
            stream = _INFLATER.stream(self.wbits)
            while not stream.eof and total < wanted and at < len(view):
                piece = view[at : at + _WINDOW]
                try:
                    part = stream.decompress(piece, min(wanted - total, _AT_ONCE))
                except _INFLATER.errors as error:
                    raise damaged(self.name, error) from None
                # At the end zlib may name the rest as both.
                rest = stream.unused_data or stream.unconsumed_tail
                at += len(piece) - len(rest)
                total += len(part)
                if total > start:
                    parts.append(part[max(0, start - (total - len(part))) :])
            complete = stream.eof
        if whole and total == size and not complete:
            raise damaged(self.name, "the end of the stream is missing")
        if total < stop or (whole and total != size):
            raise wrong_size(self.name, total, size)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _parse_gzip(_config: Mapping[str, object]) -> Inflate:
    return Inflate(name="gzip", wbits=GZIP_WBITS)


def _parse_zlib(_config: Mapping[str, object]) -> Inflate:
    return Inflate(name="zlib", wbits=ZLIB_WBITS)


GZIP = CodecType(name="gzip", parse=_parse_gzip)
ZLIB = CodecType(name="zlib", parse=_parse_zlib)
