"""The decoder of compressed_segmentation alone: the format's own vectors, and bytes that lie."""

import random
import time

import numpy as np
import pytest
from tests.precomputed.written import labels, scale, write

from nb_remote.codecs.compressed_segmentation import CompressedSegmentation
from nb_remote.errors import CorruptChunk

SHAPE_ZYX = (11, 17, 21)


def decode(words, shape, block=(2, 2, 2), itemsize=4, box=None):
    data = words if isinstance(words, bytes) else np.array(words, "<u4").tobytes()
    codec = CompressedSegmentation(block_xyz=block, itemsize=itemsize).for_shape(shape)
    size = itemsize * int(np.prod(shape))
    got = codec.decode(data, size, size) if box is None else codec.decode_box(data, size, box)
    return np.frombuffer(got, f"<u{itemsize}")


def header(table, bits, packed):
    return [table | bits << 24, packed]


def test_the_vector_of_tensorstore():
    """compressed_segmentation_test.cc: one channel of uint64 4 0 4 0, one bit per voxel."""
    got = decode([1, *header(3, 1, 2), 0b0101, 0, 0, 4, 0], (1, 1, 4), (4, 1, 1), 8)
    assert got.tolist() == [4, 0, 4, 0]


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16, 32])
@pytest.mark.parametrize("itemsize", [4, 8])
def test_every_width_of_indices(bits, itemsize):
    """Indices 0 1 0 1 … into a table of 7 and 9, packed by hand from the lowest bit on."""
    packed = sum((n % 2) << (n * bits) for n in range(8))
    words = [packed >> (32 * n) & 0xFFFFFFFF for n in range(-(-8 * bits // 32))]
    table = [7, 9] if itemsize == 4 else [7, 0, 9, 1]
    got = decode(
        [1, *header(2 + len(words), bits, 2), *words, *table], (2, 2, 2), (2, 2, 2), itemsize
    )
    assert got.tolist() == [7, 9 if itemsize == 4 else 9 + 2**32] * 4


def test_no_bits_are_the_table_s_first_label():
    assert decode([1, *header(2, 0, 99), 5], (2, 2, 2)).tolist() == [5] * 8


def test_blocks_may_share_a_table():
    words = [1, *header(4, 0, 0), *header(4, 0, 0), 6]
    assert decode(words, (2, 2, 4)).tolist() == [6] * 16


def test_the_padding_of_a_block_may_be_anything():
    """Only the first voxel of 2 x 2 x 2 is the chunk's; the indices of the others lead nowhere."""
    assert decode([1, *header(3, 4, 2), 0xFFFFFFF0, 8], (1, 1, 1)).tolist() == [8]


DAMAGED = {
    "empty": b"",
    "no whole word": bytes(7),
    "channel behind the end": [9, 0, 0],
    "no header": [1],
    "half a header": [1, 2],
    "three bits": [1, *header(3, 3, 2), 0, 1],
    "thirty-three bits": [1, *header(3, 33, 2), 0, 1],
    "255 bits": [1, *header(3, 255, 2), 0, 1],
    "packed behind the end": [1, *header(2, 1, 2**32 - 1), 0, 1],
    "table behind the end": [1, *header(2**24 - 1, 0, 2)],
    "index behind the end": [1, *header(3, 32, 2), *[2**32 - 1] * 8],
}


@pytest.mark.parametrize("itemsize", [4, 8])
@pytest.mark.parametrize("name", DAMAGED)
def test_what_leads_outside_is_an_error(name, itemsize):
    with pytest.raises(CorruptChunk, match="compressed_segmentation"):
        decode(DAMAGED[name], (2, 2, 2), itemsize=itemsize)


@pytest.fixture(scope="module")
def chunk():
    """One chunk of two channels as tensorstore writes it, and its voxels channel, z, y, x."""
    data = labels((*SHAPE_ZYX[::-1], 2), "uint64")
    one = scale(
        SHAPE_ZYX[::-1],
        encoding="compressed_segmentation",
        compressed_segmentation_block_size=[8, 4, 3],
        chunk_size=[64, 64, 64],
    )
    objects = write(one, data=[data], kind="segmentation")
    (raw,) = [value for key, value in objects.items() if key != "info"]
    return raw, data.T


def test_every_box_is_that_part_of_the_whole(chunk):
    raw, data = chunk
    seeded = random.Random(0)
    boxes = [tuple(sorted(seeded.sample(range(n + 1), 2)) for n in data.shape) for _ in range(300)]
    # single planes along each axis, as slices ask for them
    for axis, n in enumerate(data.shape):
        whole = [(0, m) for m in data.shape]
        boxes += [(*whole[:axis], (at, at + 1), *whole[axis + 1 :]) for at in range(n)]
    for box in boxes:
        want = data[tuple(slice(*one) for one in box)]
        got = decode(raw, data.shape, (8, 4, 3), 8, tuple(map(tuple, box)))
        np.testing.assert_array_equal(got.reshape(want.shape), want)


def test_small_slabs_give_the_same(chunk, monkeypatch):
    monkeypatch.setattr("nb_remote.codecs.compressed_segmentation._SLAB_VOXELS", 200)
    raw, data = chunk
    np.testing.assert_array_equal(decode(raw, data.shape, (8, 4, 3), 8), data.ravel())
    box = ((0, 2), (1, 10), (2, 17), (5, 21))
    want = data[:, 1:10, 2:17, 5:21]
    np.testing.assert_array_equal(decode(raw, data.shape, (8, 4, 3), 8, box), want.ravel())


def test_the_padding_of_a_last_block_may_be_anything():
    """Blocks of 2 x 2 x 2 in 1 x 1 x 3 voxels: of the second one only one voxel is the chunk's."""
    words = [1, *header(6, 0, 4), *header(6, 4, 4), 0xFFFFFFF1, 0, 8, 9]
    assert decode(words, (1, 1, 3)).tolist() == [8, 8, 9]


def test_random_damage_gives_labels_or_an_error_and_soon(chunk):
    raw, data = chunk
    seeded = random.Random(1)
    errors = 0
    begin = time.monotonic()
    for _ in range(600):
        bad = bytearray(raw)
        for _ in range(seeded.choice([1, 3, 50])):
            # headers stand in front: half of the damage goes there
            reach = seeded.choice([400, len(bad)])
            bad[seeded.randrange(reach)] = seeded.choice([0, 1, 0x7F, 0x80, 0xFF])
        if seeded.random() < 0.3:
            del bad[seeded.randrange(len(bad)) :]
        try:
            decode(bytes(bad), data.shape, (8, 4, 3), 8)
        except CorruptChunk:
            errors += 1
    assert 50 < errors < 600
    assert time.monotonic() - begin < 30
