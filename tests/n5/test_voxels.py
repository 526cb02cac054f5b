"""N5 that tensorstore writes, and blocks laid out by hand: read voxel for voxel."""

import itertools

import numpy as np
import pytest
from tests.n5.test_blocks import lz4_java
from tests.n5.written import PATH, big_endian, block, dataset, files, ramp, with_tensorstore

import nb_remote
from nb_remote.errors import CorruptChunk

SHAPE, BLOCKS = (7, 5, 8), (3, 4, 5)
COMPRESSIONS = [
    {"type": "raw"},
    {"type": "gzip"},
    {"type": "gzip", "level": 9, "useZlib": True},
    {"type": "bzip2", "blockSize": 1},
    {"type": "xz", "preset": 1},
    {"type": "zstd", "level": 3},
    {"type": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1},
    {"type": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 2},
]
DTYPES = [f"{kind}int{bits}" for kind in ("", "u") for bits in (8, 16, 32, 64)]
DTYPES += ["float32", "float64"]
BOXES = [np.s_[...], np.s_[6], np.s_[:, 4, ::3], np.s_[1:4, 2:5:2, 7:1:-3], np.s_[..., 7]]


@pytest.fixture
def opened(server):
    """``opened(objects)`` serves a dataset at a new address and opens its only layer."""
    numbers = itertools.count()

    def serve(objects):
        path = f"{id(numbers)}/{next(numbers)}.n5"
        server.content = files(objects, path)
        return nb_remote.open(f"{server.url}/{path}").layers[0]

    return serve


def assert_same(layer, expected):
    for box in BOXES:
        got = layer[box]
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected[box])


@pytest.mark.parametrize(
    "compression", COMPRESSIONS, ids=lambda one: "-".join(map(str, one.values()))
)
def test_every_compression_and_type_as_tensorstore_writes_it(opened, compression):
    for dtype in DTYPES:
        data = ramp(SHAPE, dtype)
        assert_same(opened(with_tensorstore(data, BLOCKS, compression)), data)


@pytest.mark.parametrize("ndim", [2, 3, 4, 5])
def test_any_rank(opened, ndim):
    data = ramp((7, 5, 8, 3, 2)[:ndim])
    layer = opened(with_tensorstore(data, (3, 4, 5, 2, 1)[:ndim]))
    assert layer.axes == ("x", "y", "z", "t", "c")[:ndim]
    np.testing.assert_array_equal(layer[...], data)


def test_a_missing_block_is_zero_and_counted(opened):
    data = ramp(SHAPE) + 1
    objects = with_tensorstore(data, BLOCKS)
    del objects["0/0/0"], objects["2/1/1"]
    expected = data.copy()
    expected[:3, :4, :5] = expected[6:, 4:, 5:] = 0
    layer = opened(objects)
    assert_same(layer, expected)
    assert layer.levels[0]._source.missing_chunks == 2


def java_blocks(data, blocks, encode=bytes, mode=0):
    """Blocks that end where the array does, as Java writes them."""
    objects = {}
    for index in itertools.product(
        *(range(-(-n // b)) for n, b in zip(data.shape, blocks, strict=True))
    ):
        box = tuple(slice(i * b, (i + 1) * b) for i, b in zip(index, blocks, strict=True))
        part = data[box]
        count = part.size if mode else None
        key = "/".join(map(str, index))
        objects[key] = block(part.shape, encode(big_endian(part)), mode, count)
    return objects


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float64"])
def test_blocks_as_java_writes_them_end_with_the_array(opened, dtype, mode):
    data = ramp(SHAPE, dtype)
    written = java_blocks(data, BLOCKS, mode=mode)
    assert_same(opened({"attributes.json": dataset(SHAPE, BLOCKS, dtype), **written}), data)


@pytest.mark.parametrize("block_size", [64, 70, 65536])
def test_lz4_of_java(opened, block_size):
    shape, blocks = (30, 20, 9), (16, 16, 4)
    data = ramp(shape) // 50
    written = java_blocks(data, blocks, lambda raw: lz4_java(raw, block_size))
    attributes = dataset(shape, blocks, compression={"type": "lz4", "blockSize": block_size})
    assert_same(opened({"attributes.json": attributes, **written}), data)


@pytest.mark.parametrize(("old", "new"), [("gzip", "gzip"), ("xz", "xz"), ("raw", "raw")])
def test_the_old_compression_type(opened, old, new):
    """Before version 2 of N5; DatasetAttributes.java still reads it."""
    data = ramp(SHAPE)
    objects = with_tensorstore(data, BLOCKS, {"type": new})
    objects["attributes.json"] = dataset(SHAPE, BLOCKS, compressionType=old)
    assert_same(opened(objects), data)


def test_a_compression_of_null_is_none_as_in_webknossos(opened):
    data = ramp(SHAPE)
    objects = with_tensorstore(data, BLOCKS, {"type": "raw"})
    objects["attributes.json"] = dataset(SHAPE, BLOCKS, compression=None)
    assert_same(opened(objects), data)


@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_block_is_an_error_that_names_it(opened, whole):
    objects = with_tensorstore(ramp(SHAPE), BLOCKS)
    objects["1/0/1"] = objects["1/0/1"][:30] if whole else b""
    layer = opened(objects)
    assert (layer[:3] == ramp(SHAPE)[:3]).all()
    with pytest.raises(CorruptChunk) as caught:
        layer[3:, :4, 5:]
    assert caught.value.chunk == (1, 0, 1)
    assert caught.value.where.endswith("/1/0/1")


def test_the_address_of_the_document_is_that_of_the_dataset(server, opened):
    data = ramp(SHAPE)
    server.content = files(with_tensorstore(data, BLOCKS))
    layer = nb_remote.open(f"n5://{server.url_of(PATH)}/attributes.json").layers[0]
    assert (layer[...] == data).all()
