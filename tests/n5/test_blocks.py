"""The header of a block and what follows, against bytes that the specification prints."""

import bz2
import gzip
import lzma
import struct
import zlib
from contextlib import suppress

import hypothesis.strategies as st
import numcodecs
import numpy as np
import pytest
import xxhash
from hypothesis import given
from tests.codecs.contract import CompressorContract, codec_named, many
from tests.n5.written import big_endian, block, ramp

from nb_remote.codecs import lz4_java as module
from nb_remote.codecs.lz4_java import Lz4Java
from nb_remote.codecs.n5_block import N5Block
from nb_remote.errors import CorruptChunk

HEADER = bytes.fromhex("0000 0003 00000001 00000002 00000003")
"""Point 9 of https://github.com/saalfeldlab/n5#file-system-specification: 1 x 2 x 3 voxels…"""
RAW = bytes.fromhex("0001 0002 0003 0004 0005 0006")
"""…holding 1 to 6, as uint16; and compressed:"""
EXAMPLES = {
    None: RAW,
    "bz2": bytes.fromhex(
        "425a6839 31415926 5359023e 0dd20000 0040007f 00200031 0c010d31 a8739433 7c5dc914"
        "e1424008 f83748"
    ),
    "gzip": bytes.fromhex(
        "1f8b0800 00000000 00006360 64606260 66606160 65600300 aaea6dbf 0c000000"
    ),
    "lzma": bytes.fromhex(
        "fd377a58 5a000004 e6d6b446 02002101 16000000 742fe5a3 01000b00 01000200 03000400"
        "05000600 0d0309ca 34ec15a7 0001240c a618d8d8 1fb6f37d 01000000 0004595a"
    ),
}


def codec(inner=None, shape=(1, 2, 3), itemsize=2):
    named = codec_named(inner) if isinstance(inner, str) else inner
    return N5Block(block_shape=shape, itemsize=itemsize, inner=named)


@pytest.mark.parametrize("inner", EXAMPLES)
def test_the_specification_s_example(inner):
    got = codec(inner).decode(HEADER + EXAMPLES[inner], 12, 12)
    assert bytes(got) == RAW


def test_a_block_of_varying_length_that_holds_one_element_per_voxel_is_read():
    """Mode 1 adds the number of elements."""
    assert bytes(codec().decode(block((1, 2, 3), RAW, mode=1, count=6), 12, 12)) == RAW


@pytest.mark.parametrize("inner", [None, "gzip", "lzma"])
@pytest.mark.parametrize(("start", "stop"), [(0, 12), (0, 4), (4, 8), (8, 12), (12, 12)])
def test_a_part(inner, start, stop):
    for stored in ((1, 2, 3), (1, 2, 2)):
        data = RAW[: 2 * np.prod(stored)]
        encoded = {"gzip": gzip.compress, "lzma": lzma.compress, None: bytes}[inner](data)
        got = codec(inner).decode_part(block(stored, encoded), 12, start, stop)
        assert bytes(got) == data.ljust(12, b"\0")[start:stop]


@pytest.mark.parametrize("stored", [(1, 1, 1), (3, 1, 2), (2, 4, 3), (3, 4, 1), (3, 4, 5)])
def test_a_smaller_block_leaves_zeros_behind_it(stored):
    """As Java writes it where the array ends."""
    full = np.zeros((3, 4, 5), "uint16")
    full[tuple(slice(n) for n in stored)] = voxels = ramp(stored) + 1
    one = codec("gzip", shape=(3, 4, 5))
    encoded = gzip.compress(big_endian(voxels))
    assert bytes(one.decode(block(stored, encoded), 120, 120)) == big_endian(full)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "too few"),
        (b"\0\0\0", "too few"),
        (HEADER[:15], "cut off"),
        (HEADER + RAW[:-1], "11 bytes|decode to 11"),
        (HEADER + RAW + b"\0", "13"),
        (block((1, 2, 4), RAW), r"\[1, 2, 4\] voxels where blocks have \[1, 2, 3\]"),
        (block((1, 2, 0), b""), r"\[1, 2, 0\]"),
        (block((1, 2), RAW), "2 axes, the array 3"),
        (block((1, 2, 3, 1), RAW), "4 axes"),
        (struct.pack(">HH", 0, 65535) + RAW * 9, "65535 axes"),
        (block((1, 2, 3), RAW, mode=1), "cut off|elements"),
        (block((1, 2, 3), RAW, mode=1, count=7), "7 elements of varying length"),
        (struct.pack(">HI", 2, 6) + RAW, "objects"),
        (block((1, 2, 3), RAW, mode=3), "mode 3"),
        (b"<!DOCTYPE html><html>", "mode"),
    ],
)
def test_a_block_that_lies_is_refused(data, says):
    with pytest.raises(CorruptChunk, match=says):
        codec().decode(data, 12, 12)


@pytest.mark.parametrize("inner", ["gzip", "bz2", "lzma", "zstd", "blosc", "zlib", Lz4Java()])
def test_what_is_not_compressed_as_promised_is_refused(inner):
    for stored in ((1, 2, 3), (1, 2, 2)):
        for payload in (b"", RAW, zlib.compress(RAW)[:-3], bz2.compress(RAW * 9)):
            with pytest.raises(CorruptChunk):
                codec(inner).decode(block(stored, payload), 12, 12)


def lz4_java(data, block_size=65536, *, level=6, end=True, stored_too=True):
    """As LZ4BlockOutputStream.java writes it."""
    out = b""
    for at in range(0, len(data), block_size):
        piece = data[at : at + block_size]
        packed = bytes(numcodecs.LZ4().encode(piece))[4:]
        method = 0x20
        if stored_too and len(packed) >= len(piece):
            packed, method = piece, 0x10
        check = xxhash.xxh32_intdigest(piece, 0x9747B28C) & 0xFFFFFFF
        head = struct.pack("<8sBiiI", b"LZ4Block", method | level, len(packed), len(piece), check)
        out += head + packed
    tail = struct.pack("<8sBiiI", b"LZ4Block", 0x10 | level, 0, 0, 0)
    return out + (tail if end else b"")


class TestLz4JavaPromises(CompressorContract):
    name = "lz4-java"

    @pytest.fixture
    def codec(self):
        return Lz4Java()

    def encode(self, data):
        return lz4_java(data, 64, level=0)

    def bomb(self):
        zeros = bytes(numcodecs.LZ4().encode(bytes(2**25)))[4:]
        check = xxhash.xxh32_intdigest(bytes(2**25), 0x9747B28C) & 0xFFFFFFF
        head = struct.pack("<8sBiiI", b"LZ4Block", 0x2F, len(zeros), 2**25, check)
        return (head + zeros) * 8

    @many
    @given(st.binary(max_size=200), st.integers(1, 300), st.floats(0, 1))
    def test_random_bytes_do_nothing_but_raise(self, data, size, part):
        with suppress(CorruptChunk):
            assert len(Lz4Java().decode(b"LZ4Block" + data, size, max(1, int(size * part)))) <= size

    @many
    @given(st.integers(0, 10**6), st.integers(1, 255))
    def test_a_damaged_byte_never_gives_another_length(self, place, flip):
        encoded = bytearray(self.encode(self.small))
        encoded[place % len(encoded)] ^= flip
        with suppress(CorruptChunk):
            size = len(self.small)
            assert len(Lz4Java().decode(bytes(encoded), size, size)) == size


def test_lz4_of_java_byte_by_byte():
    """A stored and a compressed block, laid out by hand from LZ4BlockInputStream.java.

    The digest of ``abc`` with seed 0x9747b28c is 0x4d4cb222, of which 28 bits are kept.
    """
    stored = b"LZ4Block\x16" + bytes.fromhex("03000000 03000000 22b24c0d") + b"abc"
    # One literal, then a match of 4 + 2 at distance 1, then literals to the end.
    body = bytes.fromhex("12 61 0100") + b"\xc0bcdefghijklm"
    packed = b"LZ4Block\x26" + struct.pack("<iiI", len(body), 19, 0x045D5F0C) + body
    end = b"LZ4Block\x16" + bytes(12)
    assert (
        bytes(Lz4Java().decode(stored + packed + end, 22, 22))
        == b"abc" + b"a" * 7 + b"bcdefghijklm"
    )


@pytest.mark.parametrize(
    "forged",
    [
        struct.pack("<8sBiiI", b"LZ4Block", 0x26, 10, 2**30, 0),
        struct.pack("<8sBiiI", b"LZ4Block", 0x26, -1, 12, 0),
        struct.pack("<8sBiiI", b"LZ4Block", 0x26, 2**31 - 1, 12, 0),
        struct.pack("<8sBiiI", b"LZ4Block", 0x26, 0, 12, 0),
        struct.pack("<8sBiiI", b"LZ4Block", 0x16, 3, 12, 0),
        struct.pack("<8sBiiI", b"LZ4Block", 0x36, 12, 12, 0),
        struct.pack("<8sBiiI", b"LZ4Block", 0x16, 12, 12, 0) + b"short",
        struct.pack("<8sBiiI", b"LZ4Blocc", 0x16, 12, 12, 0),
        struct.pack("<8sBiiI", b"LZ4Block", 0x16, 12, -12, 0),
    ],
)
def test_a_forged_block_of_lz4_java_is_refused(forged):
    with pytest.raises(CorruptChunk):
        Lz4Java().decode(forged + (b"" if forged.endswith(b"short") else RAW), 12, 12)


@pytest.mark.parametrize("place", [17, 20])
def test_a_wrong_checksum_of_java_is_noticed(place):
    encoded = bytearray(lz4_java(RAW * 50))
    assert bytes(Lz4Java().decode(encoded, 600, 600)) == RAW * 50
    encoded[place] ^= 1
    with pytest.raises(CorruptChunk, match="checksum"):
        Lz4Java().decode(encoded, 600, 600)
    with pytest.raises(CorruptChunk, match="checksum"):
        Lz4Java().decode(encoded, 600, 12)


def test_without_xxhash_the_checksum_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(module, "DIGEST", None)
    encoded = bytearray(lz4_java(RAW * 50))
    encoded[17] ^= 1
    assert bytes(Lz4Java().decode(encoded, 600, 600)) == RAW * 50


Z5 = bytes.fromhex("0000 0003 00000003 00000001 00000001 60 0115 0116 0117")
"""The last block of an array that z5py 3.0.2 wrote as ``lz4``: six literals, no match."""


def test_a_bare_block_of_lz4_as_z5_writes_it():
    got = codec(Lz4Java(), shape=(5, 4, 3)).decode(Z5, 120, 120)
    assert bytes(got[:6]) == bytes.fromhex("0115 0116 0117")
    assert not any(got[6:])


@pytest.mark.parametrize("behind_its_length", [True, False])
def test_a_bare_block_of_numcodecs(behind_its_length):
    encoded = numcodecs.LZ4().encode(RAW * 50)[0 if behind_its_length else 4 :]
    assert bytes(Lz4Java().decode(encoded, 600, 600)) == RAW * 50
    assert bytes(Lz4Java().decode(encoded, 600, 12)) == RAW
    for size in (599, 601, 10**6):
        with pytest.raises(CorruptChunk):
            Lz4Java().decode(encoded, size, size)
