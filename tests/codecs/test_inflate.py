"""gzip and zlib, against the standard library and numcodecs."""

import functools
import gzip
import itertools
import time
import zlib

import numcodecs
import pytest
from tests.codecs.contract import CompressorContract, bytes_like_an_image, codec_named

from nb_remote.codecs.fast_inflate import INFLATERS
from nb_remote.errors import CorruptChunk


@pytest.fixture(autouse=True, params=INFLATERS, ids=lambda inflater: inflater.name)
def inflater(request):
    """Every test of this file runs with each library that is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nb_remote.codecs.inflate._INFLATER", request.param)
        yield request.param


def test_the_tests_know_every_library():
    """The extra ``test`` installs the fast ones."""
    assert len(INFLATERS) == 4


@functools.cache
def gib_of_zeros(header):
    """One block of 16 MiB, which needs nothing before it, 64 times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return header + block * 64 + b"\x03\0" + bytes(8)


def flip_each_bit(codec, encoded, data, header):
    """A flipped bit is noticed, or it is one that means nothing, such as padding."""
    unnoticed = 0
    for place in range(8 * header, 8 * len(encoded)):
        damaged = bytearray(encoded)
        damaged[place // 8] ^= 1 << place % 8
        try:
            got = codec.decode(bytes(damaged), len(data), len(data))
        except CorruptChunk:
            continue
        assert bytes(got) == data
        unnoticed += 1
    assert unnoticed < 8


class TestGzip(CompressorContract):
    name = "gzip"

    def encode(self, data):
        return gzip.compress(data, 5)

    def bomb(self):
        return gib_of_zeros(b"\x1f\x8b\x08\0\0\0\0\0\0\x03")

    def test_a_flipped_bit_never_changes_a_voxel(self, codec):
        flip_each_bit(codec, self.encode(self.small), self.small, header=10)


class TestZlib(CompressorContract):
    name = "zlib"

    def encode(self, data):
        return zlib.compress(data)

    def bomb(self):
        return gib_of_zeros(b"\x78\x9c")

    def test_a_flipped_bit_never_changes_a_voxel(self, codec):
        flip_each_bit(codec, self.encode(self.small), self.small, header=2)


@pytest.mark.parametrize("level", [0, 1, 6, 9])
@pytest.mark.parametrize("kind", [numcodecs.GZip, numcodecs.Zlib])
def test_what_numcodecs_writes_is_read(kind, level):
    data = bytes_like_an_image(70_000)
    codec = codec_named(kind.codec_id)
    assert bytes(codec.decode(bytes(kind(level).encode(data)), len(data), len(data))) == data


def members(data, *cuts):
    places = [0, *cuts, len(data)]
    return b"".join(gzip.compress(data[a:b]) for a, b in itertools.pairwise(places))


@pytest.mark.parametrize(
    "cuts", [(1,), (150_000,), (10, 10, 10), (0,), (200_000,), (70_000, 140_000)]
)
def test_gzip_members_are_read_as_one(cuts):
    data = bytes_like_an_image(200_000)
    encoded = members(data, *cuts)
    gz = codec_named("gzip")
    for stop in (1, 10, 11, 70_001, 199_999, 200_000):
        assert bytes(gz.decode(encoded, len(data), stop))[:stop] == data[:stop]


def test_gzip_members_cut_anywhere_are_refused():
    data = bytes_like_an_image(90)
    encoded = members(data, 30, 60)
    for cut in range(len(encoded)):
        with pytest.raises(CorruptChunk):
            codec_named("gzip").decode(encoded[:cut], 90, 90)


def test_a_second_member_too_many_is_refused():
    data = bytes_like_an_image(90)
    with pytest.raises(CorruptChunk):
        codec_named("gzip").decode(gzip.compress(data) + gzip.compress(b"x"), 90, 90)


def test_what_bgzip_writes_is_read():
    """Members of 64 KiB and an empty one at the end."""
    data = bytes_like_an_image(2**20)
    encoded = members(data, *range(65_280, 2**20, 65_280)) + gzip.compress(b"")
    assert bytes(codec_named("gzip").decode(encoded, 2**20, 2**20)) == data


def test_a_flood_of_empty_members_is_refused_at_once():
    """Each member costs a copy of the rest: a megabyte of them would take minutes."""
    flood = gzip.compress(b"") * 200_000 + gzip.compress(bytes(100))
    began = time.perf_counter()
    with pytest.raises(CorruptChunk, match="members"):
        codec_named("gzip").decode(flood, 100, 100)
    assert time.perf_counter() - began < 1
