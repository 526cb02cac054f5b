"""Every type at every level, voxel for voxel, as tensorstore wrote it."""

import json

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
    with_tensorstore,
    write,
)

import nb_remote
from nb_remote.errors import CorruptChunk

SIZE = (21, 17, 11)
TYPES = ["uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "float32"]


@pytest.fixture
def opened(serve):
    def open_(objects):
        open_.server = serve(below("v", objects))
        return nb_remote.open(open_.server.url_of("v")).layers[0]

    return open_


def check(level, data):
    """Compare with x, y, z, channel voxels; a single channel is no axis."""
    data = data[..., 0] if data.shape[3] == 1 else data
    assert level.shape == data.shape
    assert level.dtype == data.dtype
    for box in BOXES:
        np.testing.assert_array_equal(level[box], data[box], err_msg=str(box))
        np.testing.assert_array_equal(read_whole_chunks(level, box), data[box], err_msg=str(box))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", TYPES)
def test_every_type_raw(opened, dtype, channels):
    data = noise((*SIZE, channels), dtype)
    layer = opened(write(scale(SIZE, voxel_offset=[-9, 3, 7]), data=[data]))
    check(layer.levels[0], data)
    assert layer.levels[0]._source.missing_chunks == 0
    independent = with_tensorstore(opened.server.url_of("v"))
    np.testing.assert_array_equal(independent.read().result(), data)


def test_int64_which_cloud_volume_writes(opened):
    """No independent writer here: the bytes of uint64 are those of int64."""
    data = noise((*SIZE, 1), "uint64")
    layer = opened(changed(write(scale(SIZE), data=[data]), data_type="int64"))
    check(layer.levels[0], data.view("int64"))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("block", [[8, 8, 8], [8, 8, 4], [3, 5, 2], [64, 64, 64]], ids=str)
@pytest.mark.parametrize("dtype", ["uint32", "uint64"])
def test_compressed_segmentation(opened, dtype, block, channels):
    data = labels((*SIZE, channels), dtype)
    one = scale(
        SIZE,
        voxel_offset=[-9, 3, 7],
        encoding="compressed_segmentation",
        compressed_segmentation_block_size=block,
        chunk_size=[16, 16, 8],
    )
    check(opened(write(one, data=[data], kind="segmentation")).levels[0], data)


def test_every_level_has_its_own_offset_and_chunks(opened):
    """https://github.com/google/neuroglancer/…/volume.rst: offsets count that scale's voxels."""
    fine, coarse = noise((21, 17, 11, 1), "uint16"), noise((11, 9, 11, 1), "uint16", seed=1)
    objects = write(
        scale((21, 17, 11), voxel_offset=[-9, 4, 7]),
        scale(
            (11, 9, 11), voxel_offset=[-5, 2, 7], resolution=[8.0, 8.0, 40.0], chunk_size=[4, 4, 4]
        ),
        data=[fine, coarse],
    )
    assert "4_4_40/-9--1_4-12_7-11" in objects
    layer = opened(objects)
    check(layer.levels[0], fine)
    np.testing.assert_array_equal(layer.levels[1][...], coarse[..., 0])


def test_a_missing_chunk_is_zero_and_counted(opened):
    data = noise((*SIZE, 1), "uint16")
    objects = write(scale(SIZE), data=[data])
    del objects["4_4_40/8-16_8-16_4-8"]
    level = opened(objects).levels[0]
    data[8:16, 8:16, 4:8] = 0
    check(level, data)
    assert level._source.missing_chunks == 1


@pytest.mark.parametrize("key", ["0-8_0-8_0-4", "16-21_16-17_8-11"])
@pytest.mark.parametrize("change", [-1, +1])
def test_a_raw_chunk_of_another_size_is_an_error(opened, key, change):
    objects = write(scale(SIZE), data=[noise((*SIZE, 1), "uint16")])
    raw = objects[f"4_4_40/{key}"]
    level = opened(objects | {f"4_4_40/{key}": raw[:change] if change < 0 else raw + b"x"})
    with pytest.raises(CorruptChunk, match=key):
        level.levels[0][...]


def test_chunks_with_content_encoding_gzip(opened):
    data = noise((*SIZE, 1), "uint16")
    layer = opened(write(scale(SIZE), data=[data]))
    opened.server.fail("v/4_4_40/*", "gzip")
    check(layer.levels[0], data)


def test_of_several_chunk_shapes_the_most_cubic_is_read(opened):
    data = noise((*SIZE, 1), "uint16")
    cubic = write(scale(SIZE, chunk_size=[8, 8, 4]), data=[data])
    flat = write(scale(SIZE, chunk_size=[21, 17, 1]), data=[data])
    info = json.loads(cubic["info"])
    info["scales"][0]["chunk_sizes"] = [[21, 17, 1], [8, 8, 4]]
    layer = opened(flat | cubic | {"info": json.dumps(info).encode()})
    check(layer.levels[0], data)
    assert not [path for path in opened.server.paths() if "0-21" in path]
    assert "[8, 8, 4] are read" in layer.inferred.notes[0]
