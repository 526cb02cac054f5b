"""One volume in every encoding, as cloud-volume writes and reads it."""

import json

import imagecodecs
import numpy as np
import pytest
from cloudvolume.datasource.precomputed.sharding import (
    ShardingSpecification,
    synthesize_shard_files,
)
from tests.precomputed import with_cloudvolume
from tests.precomputed.written import BOXES, below, changed, labels, noise, read_whole_chunks

import nb_remote
from nb_remote.chunks.minishards import morton
from nb_remote.containers.precomputed import encoding
from nb_remote.errors import BadMetadata, CorruptChunk, UnsupportedCodec

SIZE, OFFSET, CHUNK = (21, 17, 11), (-9, 3, 7), (8, 8, 4)
LABELS = [
    (name, dtype, 1)
    for name in ("compresso", "crackle")
    for dtype in ("uint8", "uint16", "uint32", "uint64")
]
FLOATS = [
    (name, dtype, channels)
    for name in ("fpzip", "kempressed")
    for dtype in ("float32", "float64")
    for channels in (1, 3)
]
TABLE = [
    ("raw", "uint8", 1),
    ("raw", "int64", 2),
    ("raw", "float64", 1),
    ("compressed_segmentation", "uint32", 1),
    ("compressed_segmentation", "uint64", 1),
    ("jpeg", "uint8", 1),
    ("jxl", "uint8", 1),
    *LABELS,
    *FLOATS,
]


@pytest.fixture
def opened(serve):
    def open_(objects):
        open_.server = serve(below("v", objects))
        return nb_remote.open(open_.server.url_of("v")).layers[0]

    return open_


def flat(data):
    return data[..., 0] if data.shape[3] == 1 else data


def check(level, data):
    data = flat(data)
    assert (level.shape, level.dtype) == (data.shape, data.dtype)
    for box in BOXES if data.shape[:3] == SIZE else BOXES[:1]:
        np.testing.assert_array_equal(level[box], data[box], err_msg=str(box))
        np.testing.assert_array_equal(read_whole_chunks(level, box), data[box], err_msg=str(box))


@pytest.mark.parametrize(("name", "dtype", "channels"), TABLE)
def test_every_encoding_at_every_level(opened, name, dtype, channels):
    is_label = name in ("compressed_segmentation", "compresso", "crackle")
    make = labels if is_label else noise
    fine = make((*SIZE, channels), dtype)
    coarse = make((11, 9, 11, channels), dtype, seed=1)
    objects, read = with_cloudvolume.write(
        fine, name, "segmentation" if is_label else "image", mips=[((2, 2, 1), coarse)]
    )
    layer = opened(objects)
    assert len(layer.levels) == 2
    for level, voxels, expected in zip(layer.levels, (fine, coarse), read, strict=True):
        if name not in ("jpeg", "jxl", "kempressed"):
            np.testing.assert_array_equal(expected, voxels)
        check(level, expected)
        assert level._source.missing_chunks == 0


@pytest.mark.parametrize("name", ["compresso", "crackle"])
def test_labels_of_one_value_and_of_none(opened, name):
    data = np.zeros((*SIZE, 1), "uint64")
    data[:8] = 2**64 - 1
    objects, _ = with_cloudvolume.write(data, name, "segmentation")
    check(opened(objects).levels[0], data)


def test_jxl_of_three_channels_is_read_as_cloud_volume_writes_it(opened):
    """cloud-volume itself mixes the channels up when it reads."""
    data = noise((*SIZE, 3), "uint8")
    objects, _ = with_cloudvolume.write(data, "jxl", more={"jxl_quality": 100})
    check(opened(objects).levels[0], data)


@pytest.mark.parametrize(
    ("dtype", "channels"), [("uint8", 1), ("uint8", 3), ("uint8", 4), ("uint16", 1), ("uint16", 3)]
)
@pytest.mark.parametrize("rows", ["y times z", "one row"])
def test_jxl_of_one_picture(opened, dtype, channels, rows):
    """As Neuroglancer reads it: colours beside each other, rows of any length."""
    data = noise((*SIZE, channels), dtype)
    objects, _ = with_cloudvolume.write(data)
    for key in list(objects):
        if key == "info":
            continue
        starts, stops = with_cloudvolume.first_voxels(key)
        box = tuple(slice(a - o, b - o) for a, b, o in zip(starts, stops, OFFSET, strict=True))
        part = data[box]
        pixels = part.transpose(2, 1, 0, 3).reshape(-1, part.shape[0], channels)
        if rows == "one row":
            pixels = pixels.reshape(1, -1, channels)
        pixels = pixels[..., 0] if channels == 1 else pixels
        objects[key] = imagecodecs.jpegxl_encode(np.ascontiguousarray(pixels), lossless=True)
    info = json.loads(objects["info"])
    info["scales"][0]["encoding"] = "jxl"
    check(opened(changed(objects, **info)).levels[0], data)


SHARDING = {
    "@type": "neuroglancer_uint64_sharded_v1",
    "preshift_bits": 1,
    "hash": "identity",
    "minishard_bits": 1,
    "shard_bits": 1,
    "minishard_index_encoding": "gzip",
}


@pytest.mark.parametrize("data_encoding", ["raw", "gzip"])
@pytest.mark.parametrize("name", ["compresso", "crackle", "fpzip"])
def test_in_shards_that_cloud_volume_makes(opened, name, data_encoding):
    dtype, make = ("float32", noise) if name == "fpzip" else ("uint64", labels)
    data = make((*SIZE, 1), dtype)
    objects, read = with_cloudvolume.write(
        data, name, "image" if name == "fpzip" else "segmentation"
    )
    assert (read[0] == data).all()
    spec = ShardingSpecification.from_dict(SHARDING | {"data_encoding": data_encoding})
    folder = "4_4_40/"
    chunks = {key: body for key, body in objects.items() if key.startswith(folder)}
    grid = tuple(-(-n // c) for n, c in zip(SIZE, CHUNK, strict=True))

    def number(key):
        starts, _ = with_cloudvolume.first_voxels(key)
        cell = [(a - o) // c for a, o, c in zip(starts, OFFSET, CHUNK, strict=True)]
        return morton(tuple(cell), grid)

    shards = synthesize_shard_files(spec, {number(key): body for key, body in chunks.items()})
    info = json.loads(objects["info"])
    info["scales"][0]["sharding"] = SHARDING | {"data_encoding": data_encoding}
    stored = {f"{folder}{shard}": bytes(body) for shard, body in shards.items()}
    layer = opened({"info": json.dumps(info).encode()} | stored)
    check(layer.levels[0], data)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("compresso", "compresso"),
        ("crackle", "crackle"),
        ("fpzip", "fpzip"),
        ("kempressed", "fpzip"),
        ("jxl", "imagecodecs"),
    ],
)
def test_without_its_package_a_layer_is_described_and_the_extra_named(
    opened, monkeypatch, name, package
):
    data = noise((*SIZE, 1), "float32" if package == "fpzip" else "uint8")
    objects, _ = with_cloudvolume.write(data, name, mips=[])
    monkeypatch.setattr(encoding, "installed", lambda one: one != package)
    layer = opened(objects)
    assert layer.inferred.shape_xyz == SIZE
    with pytest.raises(UnsupportedCodec, match=rf"{name}.*nb-remote\[encodings\]"):
        layer[...]


def test_zfpc_is_refused_by_its_name(opened):
    objects, _ = with_cloudvolume.write(noise((*SIZE, 2), "float32"))
    info = json.loads(objects["info"])
    info["scales"][0]["encoding"] = "zfpc"
    layer = opened(changed(objects, **info))
    assert layer.inferred.shape_xyz == SIZE
    with pytest.raises(UnsupportedCodec, match=r"zfpc.*pip install"):
        layer[...]


@pytest.mark.parametrize(
    ("name", "dtype", "channels"),
    [
        ("compresso", "float32", 1),
        ("crackle", "uint8", 2),
        ("fpzip", "uint8", 1),
        ("kempressed", "int32", 1),
        ("jxl", "float32", 1),
        ("jxl", "uint8", 2),
        ("jxl", "uint32", 1),
    ],
)
def test_voxels_that_an_encoding_can_not_hold_are_refused(opened, name, dtype, channels):
    objects, _ = with_cloudvolume.write(noise((*SIZE, 1), "uint8"))
    info = json.loads(objects["info"]) | {"data_type": dtype, "num_channels": channels}
    info["scales"][0]["encoding"] = name
    with pytest.raises(BadMetadata, match=name):
        opened(changed(objects, **info))


def test_a_damaged_chunk_names_itself_and_the_others_are_read(opened):
    data = labels((*SIZE, 1), "uint64")
    objects, _ = with_cloudvolume.write(data, "compresso", "segmentation")
    key = "4_4_40/-9--1_3-11_7-11"
    damaged = objects | {key: objects[key][:40]}
    level = opened(damaged).levels[0]
    with pytest.raises(CorruptChunk, match="-9--1_3-11_7-11"):
        level[:8]
    np.testing.assert_array_equal(level[8:], data[8:, ..., 0])
