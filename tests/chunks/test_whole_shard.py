"""Shards that are compressed as a whole: what damage does, and that no size is believed."""

import gzip
import json
import struct

import google_crc32c
import numpy as np
import pytest
import zarr
from zarr.codecs import (
    BloscCodec,
    BytesCodec,
    Crc32cCodec,
    GzipCodec,
    ShardingCodec,
    TransposeCodec,
    ZstdCodec,
)

import nb_remote
from nb_remote.errors import CorruptChunk

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
VOXELS = np.arange(64, dtype="<u2").reshape(8, 8)


def document(around, index_codecs=(LITTLE,)):
    shard = {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": [4, 8],
            "codecs": [LITTLE],
            "index_codecs": list(index_codecs),
        },
    }
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [8, 8],
        "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [8, 8]}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": 7,
        "codecs": [shard, *around],
    }


def shard(*, offset=64):
    """Only the second chunk is written; its index lies at the end."""
    chunk = VOXELS[4:].tobytes()
    missing = 2**64 - 1
    return bytes(64) + chunk + struct.pack("<4Q", missing, missing, offset, len(chunk))


@pytest.fixture
def opened(serve):
    def open_(content, around):
        server = serve({"v/zarr.json": json.dumps(document(around)).encode(), "v/c/0/0": content})
        return nb_remote.open(server.url_of("v")).layers[0]

    return open_


SHARDS = ShardingCodec(chunk_shape=(2, 3, 4))
CHAINS = {
    "gzip": [SHARDS, GzipCodec()],
    "blosc and crc32c": [
        ShardingCodec(
            chunk_shape=(2, 3, 4),
            codecs=[BytesCodec(endian="big"), ZstdCodec()],
            index_location="start",
        ),
        BloscCodec(typesize=2, shuffle="shuffle"),
        Crc32cCodec(),
    ],
    "zstd, transposed": [
        TransposeCodec(order=(2, 0, 1)),
        ShardingCodec(
            chunk_shape=(4, 2, 2),
            codecs=[TransposeCodec(order=(1, 2, 0)), BytesCodec()],
        ),
        Crc32cCodec(),
        ZstdCodec(),
    ],
}


@pytest.mark.filterwarnings("ignore:.*disables partial reads:UserWarning")
@pytest.mark.parametrize("chain", CHAINS)
def test_compressed_shards_of_zarr_python_are_read_exactly(serve, tmp_path, chain):
    shape = (7, 10, 13)
    array = zarr.create(
        shape=shape,
        chunks=(4, 6, 8),
        dtype="uint16",
        store=tmp_path / "v",
        zarr_format=3,
        codecs=CHAINS[chain],
        fill_value=9,
    )
    array[:5, :7, :9] = np.arange(5 * 7 * 9).reshape(5, 7, 9)
    expected = array[...]
    layer = nb_remote.open(serve(tmp_path).url_of("v")).layers[0]
    assert np.array_equal(layer[...], expected)
    assert np.array_equal(layer[3, 1:9, ::3], expected[3, 1:9, ::3])
    assert np.array_equal(layer[:, :, 8], expected[:, :, 8])


GZIP = {"name": "gzip", "configuration": {"level": 1}}


def test_a_compressed_shard_gives_its_chunks_and_fill_for_those_that_were_not_written(opened):
    layer = opened(gzip.compress(shard()), [GZIP])
    expected = np.vstack([np.full((4, 8), 7, "<u2"), VOXELS[4:]])
    assert np.array_equal(layer[...], expected)
    assert np.array_equal(layer[5:7, 2:], expected[5:7, 2:])
    assert layer.notes == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(shard())[:-9], "gzip around the shard"),
        (gzip.compress(bytes(2**24)), "gzip around the shard"),
        (gzip.compress(shard(offset=10_000)), "behind its end"),
        (gzip.compress(b"short"), "no room for an index"),
    ],
    ids=["cut off", "far too large", "index beyond the end", "no index"],
)
def test_a_damaged_shard_is_an_error_and_never_fill(opened, content, says):
    with pytest.raises(CorruptChunk, match=says):
        opened(content, [GZIP])[...]


def test_a_checksum_inside_of_the_compression_is_verified(opened):
    crc = {"name": "crc32c"}
    sum_of = struct.pack("<I", google_crc32c.value(shard()))
    assert opened(gzip.compress(shard() + sum_of), [crc, GZIP])[5, 0] == VOXELS[5, 0]
    with pytest.raises(CorruptChunk, match="checksum"):
        opened(gzip.compress(shard() + b"\0\0\0\0"), [crc, GZIP])[...]


def test_a_checksum_around_shards_that_are_read_in_parts_is_said_not_to_be_verified(opened):
    layer = opened(shard() + b"\0\0\0\0", [{"name": "crc32c"}])
    assert layer[5, 0] == VOXELS[5, 0]
    assert any("checksums of whole shards are not verified" in note for note in layer.notes)
