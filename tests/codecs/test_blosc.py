"""Blosc, against numcodecs; forged headers, of which the C library would die, in a subprocess."""

import functools
import random
import struct
import subprocess
import sys
import time

import numcodecs
import numpy as np
import pytest
from tests.codecs.contract import GIB, CompressorContract, bytes_like_an_image, codec_named

from nb_remote.codecs import blosc as blosc_codec
from nb_remote.errors import CorruptChunk

HEADER = struct.Struct("<BBBBIII")
INNER = ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]
SHUFFLES = [numcodecs.Blosc.NOSHUFFLE, numcodecs.Blosc.SHUFFLE, numcodecs.Blosc.BITSHUFFLE]


def blosc(data, typesize=1, **options):
    dtype = np.dtype(f"V{typesize}")
    usable = len(data) // typesize * typesize
    return bytes(numcodecs.Blosc(**options).encode(np.frombuffer(data[:usable], dtype)))


def header(encoded):
    names = ("version", "inner", "flags", "typesize", "nbytes", "blocksize", "cbytes")
    return dict(zip(names, HEADER.unpack_from(encoded), strict=True))


def with_header(encoded, **changes):
    return HEADER.pack(*(header(encoded) | changes).values()) + encoded[HEADER.size :]


def decode(encoded, size):
    return bytes(codec_named("blosc").decode(encoded, size, size))


@functools.cache
def gib_of_zeros():
    return blosc(bytes(GIB), typesize=8, cname="zstd", clevel=1)


class TestBlosc(CompressorContract):
    name = "blosc"
    stops_early = True

    def encode(self, data):
        return blosc(data, cname="zstd")

    def bomb(self):
        return gib_of_zeros()


class TestIncompressibleBlosc(CompressorContract):
    """Blosc stores what it can't compress; c-blosc reads such a cut buffer without an error."""

    name = "blosc"
    stops_early = True
    small = random.Random(1).randbytes(150)

    def encode(self, data):
        return blosc(data, cname="lz4", clevel=0)

    def bomb(self):
        return with_header(blosc(bytes(2**16), clevel=0), nbytes=GIB, cbytes=GIB + 16)


@pytest.mark.parametrize("cname", INNER)
@pytest.mark.parametrize("shuffle", SHUFFLES)
@pytest.mark.parametrize("typesize", [1, 2, 3, 8, 17])
def test_every_valid_buffer_is_read(cname, shuffle, typesize):
    """The check of the header must not refuse what c-blosc itself writes."""
    for kind in (bytes_like_an_image, lambda size: random.Random(size).randbytes(size), bytes):
        for items in (1, 129, 70_001 // typesize):
            data = kind(items * typesize)
            for blocksize in (0, 512):
                encoded = blosc(
                    data, typesize, cname=cname, clevel=5, shuffle=shuffle, blocksize=blocksize
                )
                assert decode(encoded, len(data)) == data, (items, blocksize)


@pytest.mark.parametrize("cname", INNER)
@pytest.mark.parametrize("clevel", [1, 5])
def test_big_buffers_of_many_blocks_are_read(cname, clevel):
    words = np.arange(300_001, dtype="<u4") // 3
    mixed = bytes(words) + random.Random(5).randbytes(300_003) + bytes(300_000)
    for typesize in (1, 4, 8):
        usable = len(mixed) // typesize * typesize
        encoded = blosc(mixed, typesize, cname=cname, clevel=clevel)
        assert header(encoded)["blocksize"] < usable
        assert decode(encoded, usable) == mixed[:usable]


def test_a_block_outside_is_refused_wherever_it_stands_in_the_table():
    data = bytes(2**16) * 6
    encoded = blosc(data, 4, cname="lz4", blocksize=5000)
    assert header(encoded)["blocksize"] == 2**16
    for at in range(len(data) // 2**16):
        place = HEADER.size + 4 * at
        bad = encoded[:place] + struct.pack("<i", len(encoded)) + encoded[place + 4 :]
        with pytest.raises(CorruptChunk, match="outside"):
            decode(bad, len(data))


@pytest.mark.parametrize("cname", INNER)
@pytest.mark.parametrize("shuffle", SHUFFLES)
@pytest.mark.parametrize("typesize", [1, 2, 4, 8, 17])
def test_any_part_is_decoded_from_its_blocks_alone(cname, shuffle, typesize):
    """Also where the short last block, which is never split, is all that is needed."""
    data = bytes_like_an_image(2**16) * 4 + bytes_like_an_image(4096) + bytes(3001)
    data = data[: len(data) // typesize * typesize]
    for blocksize in (0, 5000):
        encoded = blosc(data, typesize, cname=cname, shuffle=shuffle, blocksize=blocksize)
        size, block = len(data), header(encoded)["blocksize"]
        assert block < size or blocksize == 0
        cuts = sorted({0, 1, block - 1, block, block + 1, size // block * block, size - 1, size})
        for start in cuts:
            for stop in cuts:
                if start <= stop <= size:
                    part = codec_named("blosc").decode_part(encoded, size, start, stop)
                    assert bytes(part) == data[start:stop], (blocksize, start, stop)


def test_only_the_blocks_of_a_part_reach_the_library(monkeypatch):
    given = []
    whole = blosc_codec._blosc.decompress
    monkeypatch.setattr(
        blosc_codec._blosc,
        "decompress",
        lambda data, out: given.append((len(data), len(out))) or whole(data, out),
    )
    data = bytes_like_an_image(2**16) * 8
    encoded = blosc(data, 1, cname="lz4", blocksize=2**16)
    blocks = len(data) // header(encoded)["blocksize"]
    assert blocks > 4
    codec_named("blosc").decode_part(encoded, len(data), len(data) // 2 + 5, len(data) // 2 + 9)
    ((read, made),) = given
    assert made == len(data) // blocks
    assert read < len(encoded) / blocks * 1.5


def test_blocks_that_overlap_are_refused():
    """As forged tables do that name one block many times; c-blosc writes none."""
    data = random.Random(3).randbytes(2**16) + bytes(2 * 2**16)
    encoded = bytearray(blosc(data, 4, cname="lz4", blocksize=5000))
    assert len(encoded) < len(data)
    for other in (1, 2):
        place = HEADER.size + 4 * other
        encoded[place : place + 4] = encoded[HEADER.size : HEADER.size + 4]
    with pytest.raises(CorruptChunk, match="overlap"):
        decode(bytes(encoded), len(data))


def test_a_buffer_cut_anywhere_is_refused_for_each_inner_codec():
    data = bytes_like_an_image(300)
    for cname in INNER:
        encoded = blosc(data, 2, cname=cname)
        for cut in range(len(encoded)):
            with pytest.raises(CorruptChunk):
                decode(encoded[:cut], 300)


def test_a_cut_buffer_that_admits_its_length_is_refused():
    """As if the writer had been stopped and the header repaired."""
    data = random.Random(2).randbytes(5000) + bytes(5000)
    for cname in INNER:
        encoded = blosc(data, 4, cname=cname, blocksize=1024)
        for cut in range(HEADER.size, len(encoded), 7):
            with pytest.raises(CorruptChunk):
                decode(with_header(encoded[:cut], cbytes=cut), len(data))


def forged():
    """Buffers that c-blosc would trust, by what is wrong with them, and the promised size."""
    split = {"cname": "lz4", "blocksize": 5000}  # rounded up to 64 KiB
    for kind, options in {"split": split, "": {"cname": "zstd", "blocksize": 4096}}.items():
        for what, data, size in forged_from(options):
            yield f"{what} {kind}".strip(), data, size


def forged_from(options):
    size = 200_000
    good = blosc(bytes_like_an_image(size), 4, **options)
    head = header(good)
    blocks = -(-size // head["blocksize"])
    assert blocks > 3
    table = HEADER.size + 4 * blocks

    def with_block(at, start):
        place = HEADER.size + 4 * at
        return good[:place] + struct.pack("<i", start) + good[place + 4 :]

    def with_length(length):
        first = struct.unpack_from("<i", good, HEADER.size)[0]
        return good[:first] + struct.pack("<i", length) + good[first + 4 :]

    def stored(nbytes, cbytes, blocksize=0):
        return HEADER.pack(2, 1, 0x02, 1, nbytes, blocksize, cbytes)

    yield "stored, nothing behind the header", stored(2**16, 16), 2**16
    yield "stored, 64 MiB behind the header claimed", stored(2**26, 2**26 + 16), 2**26
    yield "stored, half is there", stored(2**16, 2**15) + bytes(2**15 - 16), 2**16
    yield "stored, block size 0", stored(2**16, 16) + bytes(2**15), 2**16
    yield "nbytes larger", with_header(good, nbytes=2**26), 2**26
    yield "nbytes smaller", with_header(good, nbytes=size // 2), size // 2
    yield "nbytes 0", with_header(good, nbytes=0), size
    yield "nbytes not the chunk's", good, size + 1
    yield "cbytes larger", with_header(good, cbytes=head["cbytes"] + 1), size
    yield "cbytes smaller", with_header(good, cbytes=head["cbytes"] - 1), size
    yield "cbytes 2**32 - 1", with_header(good, cbytes=2**32 - 1), size
    yield "block size 0", with_header(good, blocksize=0), size
    yield "block size 1", with_header(good, blocksize=1), size
    yield "block size larger than the data", with_header(good, blocksize=size + 4), size
    yield "block size 2**31", with_header(good, blocksize=2**31), size
    yield "block size 2**32 - 1", with_header(good, blocksize=2**32 - 1), size
    yield "block size half", with_header(good, blocksize=head["blocksize"] // 2), size
    yield "item size 0", with_header(good, typesize=0), size
    yield "version 0", with_header(good, version=0), size
    yield "version 255", with_header(good, version=255), size
    yield "another inner codec", with_header(good, flags=head["flags"] ^ 0x80), size
    yield "an unknown inner codec", with_header(good, flags=head["flags"] | 0xE0), size
    for start in (0, 15, head["cbytes"], head["cbytes"] - 3, 2**31 - 1, -1, -(2**31)):
        yield f"first block at {start}", with_block(0, start), size
        yield f"last block at {start}", with_block(blocks - 1, start), size
    for length in (0, 2**31 - 1, -1, -(2**31), head["cbytes"], 2**30):
        yield f"stream of {length} bytes", with_length(length), size
    yield "only a block table", with_header(good[:table], cbytes=table), size
    yield "half a block table", with_header(good[: table - 8], cbytes=table - 8), size


FORGED = {what: (data, size) for what, data, size in forged()}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_header_is_refused(what):
    """In this process too; the test below shows first that none of them is deadly."""
    with pytest.raises(CorruptChunk):
        decode(*FORGED[what])


ABUSE = """
import random, sys
from tests.codecs.test_blosc import INNER, SHUFFLES, blosc, decode, forged, header, with_header
from nb_remote.errors import CorruptChunk

refused = 0
def attempt(data, size):
    global refused
    try:
        assert len(decode(data, size)) == size
    except CorruptChunk:
        refused += 1

for _, data, size in forged():
    attempt(data, size)
chance = random.Random(int(sys.argv[1]))
for cname in INNER:
    for shuffle in SHUFFLES:
        for typesize in (1, 4, 16):
            size = 200_000 if cname == "lz4" else 4800
            good = blosc(chance.randbytes(size // 2) + bytes(size // 2), typesize,
                         cname=cname, shuffle=shuffle, blocksize=chance.choice([0, 128, 256]))
            for _ in range(25):
                bad = bytearray(good)
                for _ in range(chance.randint(1, 6)):
                    value = chance.choice([0, 1, 127, 128, 255, chance.randrange(256)])
                    bad[chance.randrange(min(200, len(bad)))] = value
                attempt(bytes(bad), size)
                bad[16:] = chance.randbytes(len(bad) - 16)
                attempt(bytes(bad), size)
                bad[:16] = with_header(good)[:16]
                bad[2] = chance.randrange(256) & ~2
                attempt(bytes(bad), size)
print(refused)
"""


def test_no_forged_buffer_ends_the_process(project_root):
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", ABUSE, "7"],
        cwd=project_root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) > 1500


@pytest.mark.parametrize("stream", [1, 2, 3])
@pytest.mark.parametrize("length", [2**30, -1, 2**31 - 1])
def test_every_stream_of_a_split_block_is_followed(stream, length):
    """Beside the check in c-blosc: not a byte outside of the buffer is looked at."""
    encoded = blosc(bytes_like_an_image(200_000), 4, cname="lz4", blocksize=5000)
    at = struct.unpack_from("<i", encoded, HEADER.size)[0]
    for _ in range(stream):
        at += 4 + struct.unpack_from("<i", encoded, at)[0]
    forged_length = encoded[:at] + struct.pack("<i", length) + encoded[at + 4 :]
    with pytest.raises(CorruptChunk, match="stream lies outside"):
        decode(forged_length, 200_000)


def test_memory_of_the_process_is_never_returned():
    """16 bytes that claim 64 KiB: c-blosc would copy whatever lies behind them."""
    for size in (2**16, 2**20, 2**24):
        for flags in (0x02, 0x02 | 0x01, 0x12, 0x32):
            claim = HEADER.pack(2, 1, flags, 1, size, size, 16)
            with pytest.raises(CorruptChunk):
                decode(claim, size)


def test_millions_of_forged_blocks_are_checked_quickly():
    """16 MB that name four million blocks of one byte, all of them the same."""
    blocks = 2**22
    table_end = HEADER.size + 4 * blocks
    head = HEADER.pack(2, 1, 0x10, 1, blocks, 1, table_end + 4)
    table = np.full(blocks, table_end, dtype="<i4").tobytes()
    began = time.perf_counter()
    with pytest.raises(CorruptChunk):
        decode(head + table + struct.pack("<i", 2**20), blocks)
    assert time.perf_counter() - began < 2


THREADS = """
import os, threading
import numpy as np
from numcodecs import Blosc
from nb_remote.codecs.allowed import parse_codec

counts = []
def decode_in_a_pool():
    data = (np.arange(2**21) // 5 % 251).astype("u1")
    encoded = bytes(Blosc("zstd", 1, blocksize=2**16).encode(data))
    for _ in range(5):
        parse_codec("blosc", {}, where="").decode(encoded, data.nbytes, data.nbytes)
    counts.append(len(os.listdir("/proc/self/task")))

before = len(os.listdir("/proc/self/task"))
worker = threading.Thread(target=decode_in_a_pool)
worker.start()
worker.join()
print(counts[0] - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_blosc_makes_no_threads_within_a_pool(project_root):
    """numcodecs asks c-blosc for threads of its own on the main thread only."""
    command = [sys.executable, "-c", THREADS]
    done = subprocess.run(
        command, cwd=project_root, capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) == 1
