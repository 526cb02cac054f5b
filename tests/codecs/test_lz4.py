"""LZ4, against numcodecs; blocks of lz4 within blosc are in `test_blosc`."""

import random
import struct

import numcodecs
import pytest
from tests.codecs.contract import GIB, CompressorContract, bytes_like_an_image, codec_named

from nb_remote.errors import CorruptChunk


class TestLz4(CompressorContract):
    name = "lz4"
    stops_early = False

    def encode(self, data):
        return bytes(numcodecs.LZ4().encode(data))

    def bomb(self):
        # LZ4 packs 255 to 1 at best: what claims a GiB in 2 MB is forged.
        return struct.pack("<I", GIB) + self.encode(bytes(2**28))[4 : 2**21 - 100]


class TestIncompressible(TestLz4):
    small = random.Random(1).randbytes(150)


@pytest.mark.parametrize("claim", [0, 1, 149, 151, 2**31 - 1, 2**31, 2**32 - 1])
def test_a_forged_size_is_refused_before_it_is_believed(claim):
    encoded = bytes(numcodecs.LZ4().encode(bytes_like_an_image(150)))
    with pytest.raises(CorruptChunk, match="decode to"):
        codec_named("lz4").decode(struct.pack("<I", claim) + encoded[4:], 150, 150)


@pytest.mark.parametrize("size", [1000, 70_000])
def test_a_forged_block_gives_no_foreign_memory(size):
    """The size is right, and the block too short, or copies from before its beginning."""
    encoded = bytes(numcodecs.LZ4().encode(bytes_like_an_image(size)))
    for block in (b"\0", b"\x10a", encoded[4:-5], b"\x1fa\xff\xff" + b"\xff" * 300 + b"\0"):
        with pytest.raises(CorruptChunk):
            codec_named("lz4").decode(encoded[:4] + block, size, size)
