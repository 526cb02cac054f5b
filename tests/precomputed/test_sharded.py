"""``neuroglancer_uint64_sharded_v1`` as tensorstore writes it: every hash, split and encoding."""

import gzip
import json
import struct
import tracemalloc

import numpy as np
import pytest
from tests.precomputed.written import (
    BOXES,
    below,
    changed,
    labels,
    noise,
    read_whole_chunks,
    scale,
    write,
)

import nb_remote
from nb_remote.chunks.minishards import MinishardSharding, morton, murmur
from nb_remote.codecs.gunzip import gunzip
from nb_remote.errors import BadMetadata, CorruptChunk

SIZE = (45, 37, 19)
"""6 x 5 x 5 chunks of 8 x 8 x 4: axes need different numbers of bits."""


def sharding(**changes):
    return {
        "@type": "neuroglancer_uint64_sharded_v1",
        "preshift_bits": 1,
        "hash": "identity",
        "minishard_bits": 2,
        "shard_bits": 3,
        "minishard_index_encoding": "raw",
        "data_encoding": "raw",
    } | changes


def sharded(data, *, kind="image", encoding=None, **changes):
    one = scale(SIZE, voxel_offset=[-3, 5, 8], sharding=sharding(**changes), **(encoding or {}))
    return write(one, data=[data], kind=kind)


@pytest.fixture
def opened(serve):
    def open_(objects):
        open_.server = serve(below("v", objects))
        return nb_remote.open(open_.server.url_of("v")).layers[0].levels[0]

    return open_


@pytest.mark.parametrize("data_encoding", ["raw", "gzip"])
@pytest.mark.parametrize("index_encoding", ["raw", "gzip"])
@pytest.mark.parametrize("hashed", ["identity", "murmurhash3_x86_128"])
@pytest.mark.parametrize(("preshift", "minishard", "shard"), [(0, 0, 0), (1, 2, 3), (9, 3, 1)])
def test_every_combination(
    opened, hashed, index_encoding, data_encoding, preshift, minishard, shard
):
    data = noise((*SIZE, 1), "uint16")
    level = opened(
        sharded(
            data,
            hash=hashed,
            minishard_index_encoding=index_encoding,
            data_encoding=data_encoding,
            preshift_bits=preshift,
            minishard_bits=minishard,
            shard_bits=shard,
        )
    )
    for box in (..., *BOXES[2:4]):
        np.testing.assert_array_equal(level[box], data[..., 0][box])
        np.testing.assert_array_equal(read_whole_chunks(level, box), data[..., 0][box])
    assert level._source.missing_chunks == 0


@pytest.mark.parametrize("data_encoding", ["raw", "gzip"])
@pytest.mark.parametrize("channels", [1, 2])
def test_labels_in_shards(opened, data_encoding, channels):
    data = labels((*SIZE, channels), "uint64")
    encoding = {
        "encoding": "compressed_segmentation",
        "compressed_segmentation_block_size": [8, 8, 8],
    }
    level = opened(
        sharded(data, kind="segmentation", encoding=encoding, data_encoding=data_encoding)
    )
    data = data[..., 0] if channels == 1 else data
    for box in BOXES:
        np.testing.assert_array_equal(level[box], data[box])


def test_encodings_that_are_not_named_are_raw(opened):
    data = noise((*SIZE, 1), "uint8")
    objects = sharded(data)
    info = json.loads(objects["info"])
    for name in ("minishard_index_encoding", "data_encoding"):
        info["scales"][0]["sharding"].pop(name, None)
    level = opened(changed(objects, scales=info["scales"]))
    np.testing.assert_array_equal(level[...], data[..., 0])


def test_what_is_missing_is_zero(opened):
    """Chunks of zeros are not written; then a whole shard goes, too."""
    data = noise((*SIZE, 1), "uint16")
    data[:16, :8, :4] = 0
    objects = sharded(data, preshift_bits=0)
    level = opened(objects)
    np.testing.assert_array_equal(level[...], data[..., 0])
    assert level._source.missing_chunks == 2
    gone = min(key for key in objects if key.endswith(".shard"))
    level = opened({key: raw for key, raw in objects.items() if key != gone})
    got = level[...]
    differs = got != data[..., 0]
    assert differs.any()
    assert (got[differs] == 0).all()
    asked = len(opened.server.requests)
    level[...]
    assert len(opened.server.requests) == asked


def test_a_plane_costs_few_requests(opened):
    """One shard: an index, the indexes of its minishards, and neighbours in one range."""
    data = noise((*SIZE, 1), "uint16")
    level = opened(sharded(data, minishard_bits=1, shard_bits=0))
    before = len(opened.server.requests)
    np.testing.assert_array_equal(level[:, :, 3], data[:, :, 3, 0])
    assert len(opened.server.requests) - before <= 3
    before = len(opened.server.requests)
    np.testing.assert_array_equal(level[:, :, 8], data[:, :, 8, 0])
    assert len(opened.server.requests) - before == 1


def in_halves(objects, index_bytes):
    """As old volumes have it: the shard's index in one object, what follows in another."""
    halves = {}
    for key, body in objects.items():
        name = key.removesuffix(".shard")
        if name == key:
            halves[key] = body
        else:
            halves[f"{name}.index"] = body[:index_bytes]
            halves[f"{name}.data"] = body[index_bytes:]
    return halves


@pytest.mark.parametrize("index_encoding", ["raw", "gzip"])
def test_shards_in_two_objects(opened, index_encoding):
    data = noise((*SIZE, 1), "uint16")
    objects = sharded(data, minishard_bits=2, minishard_index_encoding=index_encoding)
    level = opened(in_halves(objects, 16 << 2))
    assert not [key for key in opened.server.content if key.endswith(".shard")]
    for box in BOXES[:3]:
        np.testing.assert_array_equal(level[box], data[..., 0][box])
    assert level._source.missing_chunks == 0


def test_once_a_shard_was_found_the_old_names_are_not_asked_for(opened):
    data = noise((*SIZE, 1), "uint16")
    data[24:] = 0
    level = opened(sharded(data, shard_bits=3, minishard_bits=0, preshift_bits=0))
    level[0, 0, 0]
    np.testing.assert_array_equal(level[...], data[..., 0])
    assert not [path for path in opened.server.paths() if path.endswith((".index", ".data"))]


def test_missing_shards_cost_a_bounded_number_of_old_names(opened):
    objects = sharded(noise((*SIZE, 1), "uint16"), shard_bits=7, minishard_bits=0, preshift_bits=0)
    level = opened({"info": objects["info"]})
    assert not level[...].any()
    assert len([path for path in opened.server.paths() if path.endswith(".index")]) <= 16


ONE = {"minishard_bits": 0, "shard_bits": 0}
SHARD = "4_4_40/0.shard"


def forged(objects, change):
    """Replace the index of the only minishard, which lies behind the 16 bytes of the shard's."""
    raw = objects[SHARD]
    start, end = struct.unpack("<QQ", raw[:16])
    data, index = raw[16 : 16 + start], raw[16 + start : 16 + end]
    table = np.frombuffer(index, "<u8").reshape(3, -1).copy()
    change(table)
    head = struct.pack("<QQ", start, start + table.nbytes)
    return objects | {SHARD: head + data + table.tobytes()}


def test_a_chunk_of_no_bytes_is_zeros(opened):
    """cloud-volume reads it as background."""
    data = noise((*SIZE, 1), "uint16")

    def emptied(table):
        table[1, 1] += table[2, 0]
        table[2, 0] = 0

    level = opened(forged(sharded(data, **ONE), emptied))
    data[:8, :8, :4] = 0
    np.testing.assert_array_equal(level[...], data[..., 0])


def huge_size(table):
    table[2, 0] = 2**40


def beyond(table):
    table[1, 0] = 2**50


def overflow(table):
    table[1:, :] = 2**64 - 1


@pytest.mark.parametrize("change", [huge_size, beyond, overflow])
def test_a_forged_index_is_an_error(opened, change):
    level = opened(forged(sharded(noise((*SIZE, 1), "uint16"), **ONE), change))
    with pytest.raises(CorruptChunk, match=r"0\.shard"):
        level[...]


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:10],
        lambda raw: raw[:-8],
        lambda raw: struct.pack("<QQ", 9, 5) + raw[16:],
        lambda raw: struct.pack("<QQ", 0, 2**60) + raw[16:],
        lambda raw: struct.pack("<QQ", 0, 25) + raw[16:],
    ],
)
def test_a_damaged_shard_is_an_error(opened, damage):
    objects = sharded(noise((*SIZE, 1), "uint16"), **ONE)
    level = opened(objects | {SHARD: damage(objects[SHARD])})
    with pytest.raises(CorruptChunk, match=r"0\.shard"):
        level[...]
    # it is asked for again once it is whole
    opened.server.content[f"v/{SHARD}"] = objects[SHARD]
    assert level[...].any()


def test_a_bomb_for_an_index_ends_at_its_limit(opened):
    objects = sharded(noise((*SIZE, 1), "uint16"), **ONE, minishard_index_encoding="gzip")
    bomb = gzip.compress(bytes(2**26))
    level = opened(objects | {SHARD: struct.pack("<QQ", 0, len(bomb)) + bomb})
    with pytest.raises(CorruptChunk, match="more than"):
        level[...]


def test_what_is_behind_the_limit_is_never_held():
    bomb = gzip.compress(bytes(2**26))
    tracemalloc.start()
    try:
        with pytest.raises(CorruptChunk, match="more than 1000 bytes"):
            gunzip(bomb, 1000)
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("row", [1, 2])
def test_offsets_that_no_object_has_are_refused_before_they_are_added(row):
    table = np.zeros((3, 300), "<u8")
    table[row] = 2**60
    found = MinishardSharding(
        prefix="",
        grid_xyz=(1, 1, 1),
        preshift_bits=0,
        hash="identity",
        minishard_bits=0,
        shard_bits=0,
        index_gzip=False,
    )
    with pytest.raises(CorruptChunk, match="beyond any object"):
        found.decode_index(table.tobytes())


@pytest.mark.parametrize(
    "changes",
    [
        {"@type": "v2"},
        {"hash": "md5"},
        {"minishard_bits": 33},
        {"minishard_bits": -1},
        {"shard_bits": 63},
        {"preshift_bits": "1"},
        {"data_encoding": "zstd"},
        {"minishard_index_encoding": 1},
    ],
    ids=str,
)
def test_a_specification_that_can_not_be_is_refused(opened, changes):
    objects = sharded(noise((*SIZE, 1), "uint8"))
    info = json.loads(objects["info"])
    info["scales"][0]["sharding"].update(changes)
    with pytest.raises(BadMetadata, match=next(iter(changes))):
        opened(changed(objects, scales=info["scales"]))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, 0x4772B084E028AE41),
        (1, 0xE8BD67D616D4CE9A),
        (2, 0xD62F9CD21B013F5A),
        (2**32, 0xBBB12D133B78FD64),
        (2**64 - 1, 0x574F66BD212B5D1A),
    ],
)
def test_the_hash(number, expected):
    """The first two stand in tensorstore's murmurhash3_test.cc."""
    assert murmur(number) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [((1, 0, 0), 1), ((0, 1, 0), 2), ((2, 0, 1), 0b1100), ((2, 3, 0), 0b11010), ((9, 2, 1), 85)],
)
def test_the_compressed_morton_code(cell, expected):
    """Vectors for axes of 4, 2 and 1 bits; an axis of one chunk takes none."""
    assert morton(cell, (16, 4, 2)) == expected
    assert morton((3, 0, 0), (4, 1, 1)) == 3
