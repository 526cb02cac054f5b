"""One volume in every encoding, as every writer lays blocks out: read voxel for voxel.

The encoders are the standard library's and numcodecs', the headers are packed here.
"""

import bz2
import gzip
import itertools
import lzma
import zlib

import numcodecs
import numpy as np
import pytest
import zstandard
from tests.n5.test_blocks import lz4_java
from tests.n5.written import big_endian, block, dataset, files, ramp

import nb_remote
from nb_remote.errors import CorruptChunk

SHAPE, BLOCKS = (7, 5, 8), (3, 4, 5)
DTYPES = [f"{kind}int{bits}" for kind in ("", "u") for bits in (8, 16, 32, 64)]
DTYPES += ["float32", "float64"]


def bare_lz4(raw):
    return bytes(numcodecs.LZ4().encode(raw))[4:]


def without_content_size(raw):
    return zstandard.ZstdCompressor(write_content_size=False).compress(raw)


def in_pieces(raw):
    half = len(raw) // 2
    return gzip.compress(raw[:half]) + gzip.compress(raw[half:])


ENCODINGS = {
    "raw": ({"type": "raw"}, bytes),
    "gzip": ({"type": "gzip", "level": -1}, gzip.compress),
    "gzip, two members": ({"type": "gzip", "level": 9, "useZlib": False}, in_pieces),
    "gzip useZlib": ({"type": "gzip", "useZlib": True, "level": 1}, zlib.compress),
    "zlib": ({"type": "zlib", "level": 1}, zlib.compress),
    "bzip2": ({"type": "bzip2", "blockSize": 8}, bz2.compress),
    "xz": ({"type": "xz", "preset": 6}, lzma.compress),
    "lz4 of java": ({"type": "lz4", "blockSize": 65536}, lz4_java),
    "lz4 of java, small": ({"type": "lz4", "blockSize": 64}, lambda raw: lz4_java(raw, 64)),
    "lz4 of z5": ({"type": "lz4", "blockSize": 6}, bare_lz4),
    "lz4 of numcodecs": ({"type": "lz4"}, lambda raw: bytes(numcodecs.LZ4().encode(raw))),
    "zstd": ({"type": "zstd", "level": 3}, zstandard.compress),
    "zstd without size": ({"type": "zstd", "nbWorkers": 0}, without_content_size),
}
for cname, shuffle in itertools.product(numcodecs.blosc.list_compressors(), (0, 1, 2)):
    codec = numcodecs.Blosc(cname=cname, clevel=4, shuffle=shuffle)
    said = {"type": "blosc", "cname": cname, "clevel": 4, "shuffle": shuffle, "nthreads": 1}
    ENCODINGS[f"blosc {cname} {shuffle}"] = (
        said,
        lambda raw, codec=codec: bytes(codec.encode(raw)),
    )

WRITERS = ("java", "padded", "varlength")
"""Java and z5 end blocks with the array, tensorstore and zarr pad them; mode 1 adds a count."""


def written(data, blocks, encode, writer):
    objects = {}
    grid = [range(-(-n // b)) for n, b in zip(data.shape, blocks, strict=True)]
    for index in itertools.product(*grid):
        part = data[tuple(slice(i * b, i * b + b) for i, b in zip(index, blocks, strict=True))]
        if writer == "padded":
            whole = [(0, b - n) for n, b in zip(part.shape, blocks, strict=True)]
            part = np.pad(part, whole, constant_values=77)
        mode, count = (1, part.size) if writer == "varlength" else (0, None)
        payload = encode(big_endian(part))
        objects["/".join(map(str, index))] = block(part.shape, payload, mode, count)
    return objects


@pytest.mark.parametrize(
    ("encoding", "writer"),
    [
        (name, writer)
        for name in ENCODINGS
        for writer in (WRITERS[:1] if name.startswith("blosc") else WRITERS)
    ],
)
def test_every_encoding_and_type_of_every_writer(server, encoding, writer):
    compression, encode = ENCODINGS[encoding]
    place = f"{encoding} {writer}".replace(" ", "-").replace(",", "")
    server.content = {}
    for dtype in DTYPES:
        blocks = written(ramp(SHAPE, dtype), BLOCKS, encode, writer)
        attributes = dataset(SHAPE, BLOCKS, dtype, compression=compression)
        server.content |= files({"attributes.json": attributes, **blocks}, f"{place}/{dtype}")
    layers = nb_remote.open(*(f"{server.url}/{place}/{dtype}" for dtype in DTYPES)).layers
    for dtype, layer in zip(DTYPES, layers, strict=True):
        expected = ramp(SHAPE, dtype)
        assert layer.dtype == expected.dtype
        np.testing.assert_array_equal(layer[...], expected)
        np.testing.assert_array_equal(layer[6, 1:5:2, ::-1], expected[6, 1:5:2, ::-1])


@pytest.mark.parametrize("ndim", [2, 3, 4, 5])
@pytest.mark.parametrize("writer", WRITERS)
def test_any_rank_of_every_writer(server, ndim, writer):
    shape, blocks = (7, 5, 8, 3, 2)[:ndim], (3, 4, 5, 2, 2)[:ndim]
    data = ramp(shape)
    objects = written(data, blocks, gzip.compress, writer)
    attributes = dataset(shape, blocks, compression={"type": "gzip"})
    server.content = files({"attributes.json": attributes, **objects}, f"{ndim}{writer}")
    layer = nb_remote.open(f"{server.url}/{ndim}{writer}").layers[0]
    np.testing.assert_array_equal(layer[...], data)


def test_one_axis_is_described_and_not_shown(server):
    server.content = files({"attributes.json": dataset((9,), (4,))}, "one")
    with pytest.raises(nb_remote.NbRemoteError, match=r"1 axes|one axis|at least x and y"):
        nb_remote.open(f"{server.url}/one")


def test_a_block_that_is_smaller_than_the_array_needs_is_zero_behind_its_end(server):
    """Java's readers copy what there is; so the rest keeps the default."""
    data = ramp((4, 4)) + 1
    objects = {"0/0": block((3, 2), big_endian(data[:3, :2]))}
    server.content = files({"attributes.json": dataset((4, 4), (4, 4)), **objects}, "small")
    layer = nb_remote.open(f"{server.url}/small").layers[0]
    expected = np.zeros_like(data)
    expected[:3, :2] = data[:3, :2]
    np.testing.assert_array_equal(layer[...], expected)


@pytest.mark.parametrize("encoding", ["raw", "gzip", "bzip2", "xz", "lz4 of java", "zstd"])
@pytest.mark.parametrize("damage", ["larger", "garbage", "cut", "ndim", "mode 2", "empty"])
def test_a_block_that_lies_is_an_error_of_that_block_alone(server, encoding, damage):
    compression, encode = ENCODINGS[encoding]
    data = ramp(SHAPE)
    objects = written(data, BLOCKS, encode, "padded")
    good = objects["1/0/0"]
    objects["1/0/0"] = {
        "larger": block((4, 4, 5), encode(bytes(160))),
        "garbage": good + b"garbage",
        "cut": good[:-9],
        "ndim": block((60, 2), encode(bytes(240))),
        "mode 2": b"\0\2" + (60).to_bytes(4, "big") + good[16:],
        "empty": b"",
    }[damage]
    place = f"{encoding}-{damage}".replace(" ", "")
    attributes = dataset(SHAPE, BLOCKS, compression=compression)
    server.content = files({"attributes.json": attributes, **objects}, place)
    layer = nb_remote.open(f"{server.url}/{place}").layers[0]
    np.testing.assert_array_equal(layer[:3], data[:3])
    with pytest.raises(CorruptChunk) as caught:
        layer[3:6, :4, :5]
    assert caught.value.chunk == (1, 0, 0)


def test_tensorstore_s_golden_file(server):
    """driver/n5/testdata: 5 x 4 uint16 in blocks of 3 x 2, 0 to 19 in C order of (5, 4)."""
    data = np.arange(20, dtype="uint16").reshape(5, 4)
    blocks = {
        "0/0": "0000 0002 00000003 00000002 0000 0004 0008 0001 0005 0009",
        "0/1": "0000 0002 00000003 00000002 0002 0006 000a 0003 0007 000b",
        "1/0": "0000 0002 00000003 00000002 000c 0010 0000 000d 0011 0000",
        "1/1": "0000 0002 00000003 00000002 000e 0012 0000 000f 0013 0000",
    }
    objects = {key: bytes.fromhex(one) for key, one in blocks.items()}
    server.content = files({"attributes.json": dataset((5, 4), (3, 2)), **objects}, "golden")
    layer = nb_remote.open(f"{server.url}/golden").layers[0]
    assert layer.axes == ("x", "y")
    np.testing.assert_array_equal(layer[...], data)
