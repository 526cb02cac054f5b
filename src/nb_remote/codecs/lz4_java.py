"""What N5 calls ``lz4``: LZ4 as lz4-java's ``LZ4BlockOutputStream`` writes it, or a bare block.

Layout, all little endian: ``LZ4Block``, a token (method, and the largest block as a power of two),
the stored and the decoded length, a checksum; an empty block ends the stream. See
https://github.com/lz4/lz4-java/blob/master/src/java/net/jpountz/lz4/LZ4BlockInputStream.java

The checksum (28 bits of xxHash32) is verified where xxhash is installed (the extra ``encodings``),
which takes a tenth of the time on images. In Python it would take longer than all the rest.

z5 writes one block of LZ4 without any of this, and numcodecs one behind its length.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numcodecs import lz4

from nb_remote.codecs.base import Bytes, Compressor, damaged, wrong_size
from nb_remote.errors import CorruptChunk


def _xxhash() -> Callable[[memoryview, int], int] | None:
    try:
        import xxhash  # noqa: PLC0415  (optional)
    except ImportError:
        return None
    return xxhash.xxh32_intdigest


DIGEST = _xxhash()
"""xxHash32 of data with a seed; None where it is not installed."""
_HEADER = struct.Struct("<8sBiiI")
_MAGIC = b"LZ4Block"
_STORED, _COMPRESSED = 0x10, 0x20
_SEED, _DIGEST_BITS = 0x9747B28C, 0xFFFFFFF
_SMALLEST_LEVEL = 10
_SPARE_BLOCKS = 64
_BLOCK_BYTES = 64
"""The smallest block that lz4-java makes of full input; smaller ones come of flushing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lz4Java(Compressor):
    """Blocks of LZ4, each behind a header; decoding stops at the asked byte."""

    name: str = "lz4"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        view = memoryview(data)
        out = np.empty(size, np.uint8)
        if bytes(view[: len(_MAGIC)]) != _MAGIC:
            self._bare(view, out)
            return out.data[:stop]
        at = total = blocks = 0
        while total < stop or stop == size:
            blocks += 1
            if blocks > _SPARE_BLOCKS + size // _BLOCK_BYTES:
                raise damaged(self.name, f"more than {blocks - 1} blocks")
            method, stored, length, checksum = self._header(view, at)
            at += _HEADER.size
            if length == 0:
                break
            if length > size - total:
                raise wrong_size(self.name, total + length, size)
            body = view[at : at + stored]
            if len(body) != stored:
                raise damaged(self.name, "a block is cut off")
            block = out[total : total + length]
            self._block(method, body, block)
            if DIGEST is not None and DIGEST(block.data, _SEED) & _DIGEST_BITS != checksum:
                raise damaged(self.name, "the checksum of a block differs")
            at += stored
            total += length
        if total < stop:
            raise wrong_size(self.name, total, size)
        if stop == size and at != len(view):
            raise damaged(self.name, f"{len(view) - at} bytes lie behind the end")
        return out.data[:stop]

    def _header(self, data: memoryview, at: int) -> tuple[int, int, int, int]:
        """Method, stored and decoded length, and checksum of the block at `at`."""
        if at + _HEADER.size > len(data):
            raise damaged(self.name, "the stream is cut off")
        magic, token, stored, length, checksum = _HEADER.unpack_from(data, at)
        method, level = token & 0xF0, _SMALLEST_LEVEL + (token & 0x0F)
        if magic != _MAGIC or method not in (_STORED, _COMPRESSED):
            raise damaged(self.name, "this is no block of lz4-java")
        if not 0 <= length <= 1 << level or stored < 0 or (length == 0) != (stored == 0):
            raise damaged(self.name, f"impossible lengths {stored} and {length}")
        if method == _STORED and stored != length:
            raise damaged(self.name, f"{stored} stored bytes for {length}")
        return method, stored, length, checksum

    def _bare(self, data: memoryview, out: np.ndarray) -> None:
        """Decode a single block, behind its length or not."""
        if int.from_bytes(data[:4], "little") == len(out):
            try:
                self._block(_COMPRESSED, data[4:], out)
            except CorruptChunk:
                pass
            else:
                return
        self._block(_COMPRESSED, data, out)

    def _block(self, method: int, body: memoryview, out: np.ndarray) -> None:
        if method == _STORED:
            out[:] = np.frombuffer(body, np.uint8)
            return
        try:
            # numcodecs wants the decoded size in front, and checks it.
            lz4.decompress(len(out).to_bytes(4, "little") + bytes(body), out)
        except (RuntimeError, ValueError) as error:
            raise damaged(self.name, error) from None
