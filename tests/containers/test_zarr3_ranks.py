"""Arrays of no axes to five, sharded and not: whole, and any box, as zarr-python wrote them."""

import random

import numpy as np
import pytest
from tests.containers.written import below, ramp
from tests.containers.written3 import (
    CRC,
    GZIP,
    LITTLE,
    level_at,
    sharded,
    transpose,
    with_zarr_python,
    written,
    written_by_zarr_python,
)

from nb_remote.chunks.selection import normalise
from nb_remote.threads import run

# No shape is a multiple of its chunks or shards along every axis.
SHAPES = [(), (23,), (9, 13), (7, 10, 9), (3, 5, 6, 7), (2, 3, 5, 4, 6)]
BOXES = 12


def opened(server, objects):
    server.content = below(f"{id(objects)}", objects)
    return level_at(f"{server.url}/{id(objects)}", objects["zarr.json"])


def written_as(shape, shards):
    data = ramp(shape)
    if shards and not shape:  # zarr-python reads them, and fails to write them
        objects = written(data, (), [sharded((), LITTLE, GZIP)], fill=7)
    else:
        chunks, shard = (2,) * len(shape), (4,) * len(shape)
        shard = shard if shards else None
        objects = written_by_zarr_python(data, chunks, shards=shard, fill_value=7)
    assert ("sharding_indexed" in objects["zarr.json"].decode()) == shards
    np.testing.assert_array_equal(with_zarr_python(objects), data)
    return data, objects


def random_box(rng, shape):
    box = []
    for n in shape:
        start, stop = sorted((rng.randint(0, n), rng.randint(0, n)))
        kind = rng.randrange(5)
        if kind == 0:
            box.append(rng.randrange(-n, n))
        elif kind == 1:
            box.append(slice(stop, start or None, -rng.randint(1, 3)))
        else:
            box.append(slice(start, stop, rng.choice([None, 1, 2, 3])))
    return tuple(box)


EACH = pytest.mark.parametrize("shards", [False, True], ids=["chunks", "shards"])
ALL = pytest.mark.parametrize("shape", SHAPES, ids=len)


@EACH
@ALL
def test_the_whole_array_of_every_rank(server, shape, shards):
    data, objects = written_as(shape, shards)
    level = opened(server, objects)
    assert (level.shape, level.dtype) == (shape, data.dtype)
    reader = level._source.reader(level.layout)
    for whole_chunks in (False, True):
        ranges = normalise(..., shape).ranges
        reading = run(reader.read(ranges, whole_chunks=whole_chunks), deadline=10)
        np.testing.assert_array_equal(reading.block, data)
        assert reading.block.shape == shape
        assert reading.missing_chunks == 0
        reader._caches.raw.clear()


@EACH
@ALL
def test_any_box_of_every_rank(server, shape, shards):
    data, objects = written_as(shape, shards)
    level = opened(server, objects)
    rng = random.Random(len(shape))
    boxes = [random_box(rng, shape) for _ in range(BOXES)] if shape else [(), ..., (None, ...)]
    reader = level._source.reader(level.layout)
    for box in boxes:
        selection = normalise(box, shape)
        for whole_chunks in (False, True):
            reading = run(reader.read(selection.ranges, whole_chunks=whole_chunks), deadline=10)
            got = reading.block[selection.finish]
            np.testing.assert_array_equal(got, data[box], err_msg=str(box))
            assert got.shape == data[box].shape


@EACH
@ALL
def test_what_was_never_written_is_fill_value_in_every_rank(server, shape, shards):
    _, objects = written_as(shape, shards)
    objects = {"zarr.json": objects["zarr.json"]}
    level = opened(server, objects)
    got = level[...]
    np.testing.assert_array_equal(got, with_zarr_python(objects))
    np.testing.assert_array_equal(got, np.full(shape, 7, "u2"))
    assert level._source.missing_chunks > 0


@pytest.mark.parametrize("dtype", ["bool", "i1", "u8", "f2", "f8"])
def test_a_single_voxel_without_axes_of_every_kind(server, dtype):
    data = (ramp((3,), dtype)[1:2] + np.dtype(dtype).type(1)).reshape(())
    objects = written_by_zarr_python(data, ())
    got = opened(server, objects)[()]
    np.testing.assert_array_equal(got, with_zarr_python(objects))
    np.testing.assert_array_equal(got, data)
    assert got.dtype == data.dtype


@pytest.mark.parametrize(
    "codecs",
    [
        [LITTLE],
        [transpose(), LITTLE, GZIP],
        [sharded((), LITTLE, GZIP)],
        [sharded((), LITTLE, at="start", index=[LITTLE])],
        [sharded((), sharded((), LITTLE, CRC), at="start")],
    ],
    ids=["chunk", "transposed", "shard", "index at start", "nested"],
)
@pytest.mark.parametrize("keys", [{"name": "default"}, {"name": "v2"}], ids=["default", "v2"])
def test_a_single_voxel_without_axes_as_tensorstore_writes_it(server, codecs, keys):
    data = np.array(1234, "i4")
    objects = written(data, (), codecs, keys=keys)
    assert set(objects) == {"zarr.json", "c" if keys["name"] == "default" else "0"}
    level = opened(server, objects)
    np.testing.assert_array_equal(level[()], data)
    np.testing.assert_array_equal(with_zarr_python(objects), data)
