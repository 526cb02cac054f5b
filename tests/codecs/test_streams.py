"""bzip2 and LZMA, against the standard library and numcodecs."""

import bz2
import functools
import itertools
import lzma
import time
import tracemalloc
from types import MappingProxyType

import numcodecs
import pytest
from tests.codecs.contract import GIB, CompressorContract, bytes_like_an_image, codec_named

from nb_remote.errors import CorruptChunk, UnsupportedCodec

RAW = [{"id": lzma.FILTER_DELTA, "dist": 5}, {"id": lzma.FILTER_LZMA2, "preset": 0}]
# The dictionary of this preset is 256 KiB; what a decoder holds for it is no bomb's doing.
SMALL_XZ = functools.partial(lzma.compress, preset=0)
RAW_LZMA1 = [{"id": lzma.FILTER_LZMA1, "dict_size": 2**16}]


@functools.cache
def gib_of_zeros(kind):
    """A GiB stream by stream, so that it need not be made in one go."""
    pack = functools.partial(bz2.compress, compresslevel=9) if kind == "bz2" else SMALL_XZ
    return pack(bytes(2**25)) * (GIB // 2**25)


class TestBz2(CompressorContract):
    name = "bz2"

    def encode(self, data):
        return bz2.compress(data, 1)

    def bomb(self):
        return gib_of_zeros("bz2")


class TestXz(CompressorContract):
    name = "lzma"

    def encode(self, data):
        return bytes(numcodecs.LZMA(preset=1).encode(data))

    def bomb(self):
        return gib_of_zeros("xz")


class TestAlone(TestXz):
    config = MappingProxyType({"format": lzma.FORMAT_ALONE})

    def encode(self, data):
        return bytes(numcodecs.LZMA(format=lzma.FORMAT_ALONE, preset=1).encode(data))

    def bomb(self):
        return lzma.compress(bytes(2**27), lzma.FORMAT_ALONE, preset=0)


class TestRaw(TestXz):
    config = MappingProxyType({"format": lzma.FORMAT_RAW, "filters": RAW, "check": -1})

    def encode(self, data):
        return bytes(numcodecs.LZMA(format=lzma.FORMAT_RAW, filters=RAW).encode(data))

    def bomb(self):
        return lzma.compress(bytes(2**27), lzma.FORMAT_RAW, filters=RAW)


def test_raw_lzma1_is_read():
    data = bytes_like_an_image(70_000)
    encoded = lzma.compress(data, lzma.FORMAT_RAW, filters=RAW_LZMA1)
    codec = codec_named("lzma", {"format": lzma.FORMAT_RAW, "filters": RAW_LZMA1})
    assert codec.decode(encoded, len(data), len(data)) == data


@pytest.mark.parametrize("name", ["bz2", "lzma"])
def test_several_streams_are_read_as_one(name):
    data = bytes_like_an_image(200_000)
    pack = {"bz2": bz2.compress, "lzma": lzma.compress}[name]
    cuts = [0, 1, 1, 70_000, 200_000]
    encoded = b"".join(pack(data[a:b]) for a, b in itertools.pairwise(cuts))
    for stop in (1, 2, 70_001, 199_999, 200_000):
        assert codec_named(name).decode(encoded, len(data), stop) == data[:stop]
    with pytest.raises(CorruptChunk):
        codec_named(name).decode(encoded + pack(b"x"), len(data), len(data))


@pytest.mark.parametrize(("name", "pack"), [("bz2", bz2.compress), ("lzma", lzma.compress)])
def test_a_flood_of_empty_streams_is_refused_at_once(name, pack):
    flood = pack(b"") * 50_000 + pack(bytes(100))
    began = time.perf_counter()
    with pytest.raises(CorruptChunk, match="streams"):
        codec_named(name).decode(flood, 100, 100)
    assert time.perf_counter() - began < 1


def test_a_dictionary_of_gigabytes_is_refused():
    """The header of .lzma names its size in bytes 1 to 4."""
    encoded = lzma.compress(bytes(100), lzma.FORMAT_ALONE)
    forged = encoded[:1] + (2**32 - 1).to_bytes(4, "little") + encoded[5:]
    tracemalloc.start()
    try:
        with pytest.raises(CorruptChunk, match=r"[Mm]emory"):
            codec_named("lzma", {"format": 2}).decode(forged, 100, 100)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize(
    "config",
    [
        {"format": 4},
        {"format": -1},
        {"format": "xz"},
        {"format": True},
        {"format": 3},
        {"format": 3, "filters": []},
        {"format": 3, "filters": "lzma2"},
        {"format": 3, "filters": [33]},
        {"format": 3, "filters": [{"preset": 1}]},
        {"format": 3, "filters": [{"id": 99}]},
        {"format": 3, "filters": [{"id": 2**70}]},
        {"format": 3, "filters": [{"id": 33, "preset": 10}]},
        {"format": 3, "filters": [{"id": 33, "preset": -1}]},
        {"format": 3, "filters": [{"id": 33, "dict_size": 2**31}]},
        {"format": 3, "filters": [{"id": lzma.FILTER_LZMA1, "lc": 100}]},
        {"format": 3, "filters": [{"id": 33, "lc": 1.5}]},
        {"format": 3, "filters": [{"id": 33, "other": 1}]},
        {"format": 3, "filters": [{"id": 33}] * 5},
        {"format": 3, "filters": [{"id": 3, "dist": 0}, {"id": 33}]},
        {"format": 3, "filters": [{"id": 3}]},
    ],
    ids=repr,
)
def test_an_impossible_configuration_is_refused(config):
    with pytest.raises(UnsupportedCodec, match="configuration"):
        codec_named("lzma", config)
