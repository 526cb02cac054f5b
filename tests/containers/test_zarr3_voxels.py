"""What zarr-python and tensorstore write as Zarr v3 is read voxel for voxel through a server."""

import hypothesis.strategies as st
import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from tests.containers.written import below, ramp
from tests.containers.written3 import (
    BIG,
    BLOSC,
    CRC,
    GZIP,
    LITTLE,
    ZSTD,
    level_at,
    sharded,
    transpose,
    written,
)
from tests.servers.http import RangeServer
from zarr.storage import MemoryStore

from nb_remote.errors import CorruptChunk

DTYPES = ["bool", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]


def chunk_requests(server):
    return [(r.path.split("/", 2)[2], r.range) for r in server.requests]


CHAINS = {
    "raw": [LITTLE],
    "big-endian": [BIG],
    "gzip": [LITTLE, GZIP],
    "zstd": [LITTLE, ZSTD],
    "blosc": [LITTLE, BLOSC],
    "crc32c": [BIG, GZIP, CRC],
    "transpose": [transpose(2, 0, 1), LITTLE, ZSTD],
    "two transposes": [transpose(1, 2, 0), transpose(1, 0, 2), BIG],
    "sharded": [sharded((2, 3, 4), LITTLE, GZIP)],
    "sharded at start": [sharded((2, 3, 4), BIG, index=[BIG], at="start")],
    "sharded, transposes": [
        transpose(2, 0, 1),
        sharded((4, 2, 3), transpose(1, 2, 0), LITTLE, ZSTD, CRC),
    ],
    "sharded, transposed index": [
        sharded((2, 3, 4), LITTLE, index=[transpose(3, 1, 0, 2), LITTLE, CRC])
    ],
    "nested": [sharded((4, 3, 8), sharded((2, 3, 4), LITTLE, GZIP, at="end"), at="start")],
    "nested, at end": [
        transpose(1, 2, 0),
        sharded((3, 8, 4), sharded((3, 4, 2), BIG, at="start", index=[BIG]), at="end"),
    ],
}
BOXES = [
    np.s_[...],
    np.s_[3],
    np.s_[:, 5],
    np.s_[..., 7],
    np.s_[1:5, 2:9, 3:11],
    np.s_[::3, 4, ::-2],
]


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_chain_of_every_number_type(opened, chain, dtype):
    data = ramp((7, 10, 13), dtype)
    array = opened(written(data, (4, 6, 8), CHAINS[chain]))
    assert array.dtype == data.dtype
    for box in BOXES:
        np.testing.assert_array_equal(array[box], data[box])


@pytest.mark.parametrize("shape", [(23,), (9, 8), (2, 4, 5, 6), (2, 3, 4, 5, 3)])
@pytest.mark.parametrize("shards", [False, True])
@pytest.mark.parametrize("keys", [("default", "/"), ("default", "."), ("v2", "."), ("v2", "/")])
def test_every_rank_and_key_as_zarr_python_writes_them(opened, shape, shards, keys):
    data = ramp(shape)
    store = MemoryStore()
    array = zarr.create_array(
        store=store,
        shape=shape,
        chunks=(2,) * len(shape),
        shards=(4,) * len(shape) if shards else None,
        dtype=data.dtype,
        zarr_format=3,
        fill_value=7,
        chunk_key_encoding={"name": keys[0], "separator": keys[1]},
    )
    array[...] = data
    objects = {key: value.to_bytes() for key, value in store._store_dict.items()}
    np.testing.assert_array_equal(opened(objects)[...], data)


@pytest.mark.parametrize("at", ["start", "end"])
def test_missing_inner_chunks_and_missing_shards_are_fill_value(opened, server, at):
    data = ramp((8, 8))
    data[:2, :2] = 9
    data[4:, 4:] = 9
    objects = written(data, (4, 4), [sharded((2, 2), LITTLE, at=at)], fill=9)
    assert "c/1/1" not in objects
    np.testing.assert_array_equal(opened(objects)[...], data)


def test_a_plane_costs_each_index_once_and_one_merged_request_per_shard(opened, server):
    data = ramp((8, 8, 8))
    array = opened(written(data, (4, 8, 8), [sharded((2, 4, 4), LITTLE, GZIP)]))
    np.testing.assert_array_equal(array[1], data[1])
    asked = chunk_requests(server)
    assert [key for key, _ in asked] == ["c/0/0/0"] * 2
    assert asked[0][1] == f"bytes=-{8 * 16 + 4}"
    server.forget()
    np.testing.assert_array_equal(array[2], data[2])
    assert len(server.requests) == 1


def test_a_server_without_ranges_is_read_all_the_same(opened, server):
    data = ramp((8, 8))
    array = opened(written(data, (4, 4), [sharded((2, 2), LITTLE)]))
    server.fail("*/c/*", "norange")
    try:
        np.testing.assert_array_equal(array[...], data)
    finally:
        server.heal()


@pytest.mark.parametrize("damage", ["checksum", "truncated", "offset"])
def test_a_damaged_shard_is_an_error_and_never_fill_value(opened, damage):
    data = ramp((4, 4))
    index = [LITTLE] if damage == "offset" else [LITTLE, CRC]
    objects = written(data, (4, 4), [sharded((2, 2), LITTLE, index=index)])
    shard = bytearray(objects["c/0/0"])
    if damage == "checksum":
        shard[-6] ^= 1
    elif damage == "truncated":
        shard = shard[:20]
    else:
        shard[-16:-8] = (2**50).to_bytes(8, "little")
    objects["c/0/0"] = bytes(shard)
    with pytest.raises(CorruptChunk) as caught:
        opened(objects)[3, 3]
    assert "c/0/0" in caught.value.where


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_shape_chunk_shard_and_box(data):
    ndim = data.draw(st.integers(1, 3))
    side = st.lists(st.integers(1, 4), min_size=ndim, max_size=ndim)
    chunks, factor, extra = data.draw(side), data.draw(side), data.draw(side)
    shards = [c * f for c, f in zip(chunks, factor, strict=True)]
    voxels = ramp([s + e for s, e in zip(shards, extra, strict=True)])
    order = data.draw(st.permutations(range(ndim)))
    at = data.draw(st.sampled_from(["start", "end"]))
    codecs = [transpose(*order), sharded([chunks[n] for n in order], LITTLE, ZSTD, at=at)]
    objects = written(voxels, shards, codecs)
    box = tuple(
        slice(*sorted(data.draw(st.tuples(st.integers(0, n), st.integers(0, n)))))
        for n in voxels.shape
    )
    with RangeServer(below("v", objects)) as server:
        array = level_at(f"{server.url}/v", objects["zarr.json"])
        np.testing.assert_array_equal(array[box], voxels[box])
