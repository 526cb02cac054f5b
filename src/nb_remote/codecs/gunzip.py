"""gzip around data whose size nothing promises: decoded up to a limit, never further."""

from dataclasses import dataclass, replace

from nb_remote.codecs.base import Bytes, Codec, damaged
from nb_remote.codecs.chain import decode_part
from nb_remote.codecs.fast_inflate import GZIP_WBITS, INFLATERS
from nb_remote.codecs.shaped import ShapedCodec

ENCODED_SLACK = 2**20
"""Encoded chunks may be this much larger than twice their decoded size, as those that are fetched
(`chunks.reader`)."""
_AT_ONCE = 2**20


def gunzip(data: Bytes, limit: int) -> bytes:
    """Decode one gzip member of at most `limit` bytes.

    Raises
    ------
    CorruptChunk
        It is damaged, cut off, or larger.
    """
    stream = INFLATERS[0].stream(GZIP_WBITS)
    parts: list[bytes] = []
    total = 0
    rest = data
    while not stream.eof and len(rest) and total <= limit:
        try:
            part = stream.decompress(rest, min(limit + 1 - total, _AT_ONCE))
        except INFLATERS[0].errors as error:
            raise damaged("gzip", error) from None
        rest = stream.unconsumed_tail
        parts.append(part)
        total += len(part)
        if not part and not rest:
            break
    if total > limit:
        raise damaged("gzip", f"more than {limit} bytes")
    if not stream.eof:
        raise damaged("gzip", "the end of the stream is missing")
    return b"".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gunzipped(ShapedCodec):
    """Another codec's data inside gzip, as shards of Neuroglancer hold them."""

    inner: Codec
    name: str = "gzip"

    def for_shape(self, shape: tuple[int, ...]) -> Codec:
        """See `ShapedCodec.for_shape`."""
        if isinstance(self.inner, ShapedCodec):
            return replace(self, inner=self.inner.for_shape(shape))
        return self

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        return self.decode_part(data, size, 0, stop)

    def decode_part(self, data: Bytes, size: int, start: int, stop: int) -> Bytes:
        """See `PartCodec.decode_part`."""
        return decode_part((self.inner,), self.unwrap(data, size), size, start, stop)

    def unwrap(self, data: Bytes, size: int) -> bytes:
        """Return the inner codec's data of a chunk of `size` bytes; errors as `gunzip`."""
        return gunzip(data, 2 * size + ENCODED_SLACK)
