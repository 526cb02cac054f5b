"""JPEG and PNG chunks as tensorstore writes and reads them."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from tests.precomputed.written import BOXES, below, changed, noise, scale, with_tensorstore, write

import nb_remote
from nb_remote.codecs import image
from nb_remote.codecs.image import ImageCodec
from nb_remote.containers.precomputed import encoding
from nb_remote.errors import BadMetadata, CorruptChunk, UnsupportedCodec

SIZE = (21, 17, 11)


@pytest.fixture
def opened(serve):
    def open_(objects):
        open_.server = serve(below("v", objects))
        return nb_remote.open(open_.server.url_of("v")).layers[0]

    return open_


def flat(data):
    return data[..., 0] if data.shape[3] == 1 else data


@pytest.mark.parametrize(
    ("dtype", "channels"),
    [("uint8", 1), ("uint8", 2), ("uint8", 3), ("uint8", 4), ("uint16", 1)],
)
def test_png_is_exact(opened, dtype, channels):
    data = noise((*SIZE, channels), dtype)
    one = scale(SIZE, voxel_offset=[-3, 0, 2], encoding="png", png_level=1)
    level = opened(write(one, data=[data])).levels[0]
    for box in BOXES:
        np.testing.assert_array_equal(level[box], flat(data)[box])


@pytest.mark.parametrize("sharded", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_is_what_tensorstore_reads(opened, channels, sharded):
    ramps = np.indices(SIZE).sum(0)[..., None] * 3 + np.arange(channels) * 40
    more = {"encoding": "jpeg", "jpeg_quality": 90}
    if sharded:
        more["sharding"] = {
            "@type": "neuroglancer_uint64_sharded_v1",
            "preshift_bits": 0,
            "hash": "identity",
            "minishard_bits": 1,
            "shard_bits": 1,
            "data_encoding": "gzip",
        }
    layer = opened(write(scale(SIZE, **more), data=[ramps.astype("uint8")]))
    expected = flat(with_tensorstore(opened.server.url_of("v")).read().result())
    assert abs(expected.astype(int) - flat(ramps)).max() < 30
    for box in BOXES:
        np.testing.assert_array_equal(layer.levels[0][box], expected[box])


def picture(array, kind="PNG"):
    raw = io.BytesIO()
    Image.fromarray(array).save(raw, kind)
    return raw.getvalue()


PNG8 = ImageCodec(name="png", channels=1, itemsize=1)


@pytest.mark.parametrize("shape", [(24, 4), (4, 24), (96, 1), (8, 12)])
def test_rows_of_the_picture_mean_nothing(shape):
    voxels = np.arange(96, dtype="uint8")
    codec = PNG8.for_shape((4, 6, 4))
    assert bytes(codec.decode(picture(voxels.reshape(shape)), 96, 96)) == voxels.tobytes()


WHOLE = picture(np.arange(96, dtype="uint8").reshape(24, 4))
DAMAGED = {
    "empty": b"",
    "cut": WHOLE[:-30],
    "text": b"<html>",
    "another kind": picture(np.zeros((24, 4), "uint8"), "JPEG"),
    "other size": picture(np.zeros((24, 5), "uint8")),
    "colours": picture(np.zeros((24, 4, 3), "uint8")),
    "16 bits": picture(np.zeros((24, 4), "uint16")),
    "huge": WHOLE[:16] + (2**30).to_bytes(4, "big") * 2 + WHOLE[24:],
    "flipped": WHOLE[:45] + bytes([WHOLE[45] ^ 255]) + WHOLE[46:],
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_picture_is_an_error(name):
    with pytest.raises(CorruptChunk, match="png"):
        PNG8.for_shape((4, 6, 4)).decode(DAMAGED[name], 96, 96)


def test_no_other_kind_of_picture_is_tried():
    codec = ImageCodec(name="jpeg", channels=1, itemsize=1).for_shape((4, 6, 4))
    with pytest.raises(CorruptChunk, match="jpeg"):
        codec.decode(WHOLE, 96, 96)


@pytest.mark.parametrize(
    "fields", [{"data_type": "float32"}, {"data_type": "int8"}, {"num_channels": 5}]
)
def test_voxels_that_no_picture_holds_are_refused(opened, fields):
    objects = write(scale(SIZE, encoding="png"), data=[noise((*SIZE, 1), "uint8")])
    with pytest.raises(BadMetadata, match="png pictures"):
        opened(changed(objects, **fields))


def test_without_pillow_the_extra_is_named(opened, monkeypatch):
    monkeypatch.setattr(encoding, "pillow", lambda: None)
    layer = opened(write(scale(SIZE, encoding="png"), data=[noise((*SIZE, 1), "uint8")]))
    with pytest.raises(UnsupportedCodec, match=r"nb-remote\[images\]"):
        layer[...]
    assert json.loads(opened.server.content["v/info"])
    assert image.pillow() is not None
