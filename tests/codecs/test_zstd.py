"""Zstandard, against the zstandard and numcodecs packages."""

import functools
import random
import struct

import numcodecs
import pytest
import zstandard
from tests.codecs.contract import GIB, CompressorContract, bytes_like_an_image, codec_named

from nb_remote.errors import CorruptChunk

SKIPPABLE = struct.pack("<II", 0x184D2A50, 5) + b"extra"


def without_size(data, **options):
    """One frame that does not say how long it is, as streaming writers make it."""
    packer = zstandard.ZstdCompressor(write_content_size=False, **options).compressobj()
    return packer.compress(data) + packer.flush()


@functools.cache
def gib_of_zeros(*, with_size):
    size = GIB if with_size else -1
    packer = zstandard.ZstdCompressor(write_content_size=with_size).compressobj(size=size)
    piece = bytes(2**24)
    return b"".join([packer.compress(piece) for _ in range(GIB // len(piece))]) + packer.flush()


class TestOneFrame(CompressorContract):
    name = "zstd"

    def encode(self, data):
        return zstandard.compress(data)

    def bomb(self):
        return gib_of_zeros(with_size=True)


class TestWithoutSize(CompressorContract):
    name = "zstd"

    def encode(self, data):
        return without_size(data)

    def bomb(self):
        return gib_of_zeros(with_size=False)


class TestWithoutSizeAndWithChecksum(CompressorContract):
    name = "zstd"

    def encode(self, data):
        return without_size(data, write_checksum=True)

    def bomb(self):
        return gib_of_zeros(with_size=False)

    def test_flipped_bits_are_noticed(self, codec):
        encoded = self.encode(self.small)
        magic_and_header = 6
        noticed = 0
        for place in range(8 * magic_and_header, 8 * len(encoded)):
            damaged = bytearray(encoded)
            damaged[place // 8] ^= 1 << place % 8
            try:
                got = codec.decode(bytes(damaged), len(self.small), len(self.small))
            except CorruptChunk:
                noticed += 1
            else:
                assert bytes(got) == self.small
        assert noticed > 7 * (len(encoded) - magic_and_header)


class TestSeveralFrames(CompressorContract):
    name = "zstd"

    def encode(self, data):
        third = len(data) // 3
        first, second, last = data[:third], data[third : 2 * third], data[2 * third :]
        return zstandard.compress(first) + without_size(second) + zstandard.compress(last)

    def bomb(self):
        return zstandard.compress(b"begin") + gib_of_zeros(with_size=False)


class TestNumcodecs(CompressorContract):
    name = "zstd"

    def encode(self, data):
        return bytes(numcodecs.Zstd(3, checksum=True).encode(data))

    def bomb(self):
        return bytes(gib_of_zeros(with_size=True))


@pytest.mark.parametrize("level", [-5, 1, 9, 19])
def test_every_level_is_read(level):
    data = bytes_like_an_image(150_000)
    for encoded in (
        zstandard.compress(data, level),
        without_size(data, level=level),
        bytes(numcodecs.Zstd(level).encode(data)),
    ):
        assert bytes(codec_named("zstd").decode(encoded, len(data), len(data))) == data


@pytest.mark.parametrize(
    "encode",
    [
        lambda data: SKIPPABLE + zstandard.compress(data),
        lambda data: zstandard.compress(data) + SKIPPABLE,
        lambda data: zstandard.compress(data) + zstandard.compress(b""),
        lambda data: zstandard.compress(b"") + zstandard.compress(data),
        lambda data: without_size(data[:9]) + SKIPPABLE + without_size(data[9:]),
    ],
    ids=["skippable first", "skippable last", "empty last", "empty first", "skippable between"],
)
def test_frames_without_data_are_passed_over(encode):
    data = bytes_like_an_image(9000)
    encoded = encode(data)
    for stop in (1, 9, 8999, 9000):
        got = bytes(codec_named("zstd").decode(encoded, 9000, stop))
        assert got[:stop] == data[:stop]


def test_a_second_frame_too_many_is_refused():
    data = bytes_like_an_image(90)
    for second in (zstandard.compress(b"x"), without_size(b"x")):
        with pytest.raises(CorruptChunk):
            codec_named("zstd").decode(zstandard.compress(data) + second, 90, 90)


@pytest.mark.parametrize("claim", [2**31, 2**40, 2**63, 2**64 - 3])
def test_a_forged_content_size_is_refused_before_it_is_allocated(claim):
    """Magic number, descriptor with 8 bytes of content size in a single segment, the claim."""
    forged = b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", claim) + b"\x01\0\0"
    with pytest.raises(CorruptChunk):
        codec_named("zstd").decode(forged, 1000, 1000)


@pytest.mark.parametrize("level", [-5, 1, 3, 12, 19, 22])
@pytest.mark.parametrize("size", [2**17 - 1, 2**17, 2**18, 2**20 + 5])
def test_every_beginning_is_read_whatever_the_blocks(level, size):
    data = bytes_like_an_image(2**16, seed=level) * (size // 2**16 + 1)
    data = (bytes(2**17) + data)[:size]
    zstd = codec_named("zstd")
    halves = zstandard.compress(data[: size // 2], level) + zstandard.compress(data[size // 2 :])
    for encoded in (zstandard.compress(data, level), without_size(data, level=level), halves):
        for stop in (1, 2**17 - 2, 2**17 - 1, 2**17, 2**17 + 1, 2**18, size // 2, size - 1):
            if stop < size:
                assert zstd.decode(encoded, size, stop) == data[:stop], stop


def test_a_beginning_decodes_no_block_more_than_needed():
    """The next one is damaged, and nobody notices."""
    data = random.Random(1).randbytes(2**17)  # stored as it is
    both = bytearray(zstandard.compress(data + bytes(2**17)))
    second = both.index(data[-50:]) + 50
    both[second:] = b"\xff" * len(both[second:])
    assert codec_named("zstd").decode(bytes(both), 2**18, 2**17) == data
    with pytest.raises(CorruptChunk):
        codec_named("zstd").decode(bytes(both), 2**18, 2**17 + 1)
