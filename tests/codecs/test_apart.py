"""Packages that damaged data bring down are run apart: the chunk fails, nothing else does."""

import os
import random
import signal
import sys
from pathlib import Path

import compresso
import crackle
import fpzip
import imagecodecs
import numpy as np
import pytest

from nb_remote.codecs import apart, jxl, labels
from nb_remote.codecs.floats import Floats
from nb_remote.codecs.jxl import JpegXl, picture_size
from nb_remote.codecs.labels import Labels
from nb_remote.errors import CorruptChunk, UnsupportedCodec

XYZ = (31, 29, 15)
ZYX = XYZ[::-1]


def _labels():
    seeded = np.random.default_rng(0)
    ids = seeded.integers(1, 2**40, 9, dtype="uint64")
    coarse = ids[seeded.integers(0, 9, (8, 8, 8))]
    return np.asfortranarray(coarse.repeat(4, 0).repeat(4, 1).repeat(2, 2)[:31, :29, :15])


LABELS = _labels()
FLOATS = np.asfortranarray(np.random.default_rng(0).normal(size=XYZ).astype("f4"))
PICTURE = np.ascontiguousarray((LABELS.T % 251).astype("u1").reshape(-1, XYZ[0]))
WHOLE = {
    "compresso": (Labels(name="compresso", dtype=LABELS.dtype), compresso.compress(LABELS), LABELS),
    "crackle": (Labels(name="crackle", dtype=LABELS.dtype), crackle.compress(LABELS), LABELS),
    "fpzip": (Floats(name="fpzip", dtype=FLOATS.dtype), fpzip.compress(FLOATS, order="F"), FLOATS),
    "jxl": (
        JpegXl(channels=1, itemsize=1),
        imagecodecs.jpegxl_encode(PICTURE, lossless=True),
        PICTURE.T,
    ),
}


def decoded(name, data):
    codec, _, expected = WHOLE[name]
    return bytes(codec.for_shape(ZYX).decode(data, expected.nbytes, expected.nbytes))


def check_whole(name):
    _, data, expected = WHOLE[name]
    assert decoded(name, data) == expected.tobytes("F")


def damaged(data, seed):
    """A few wrong bytes behind the header, or an end that is missing."""
    seeded = random.Random(seed)
    data = bytearray(data)
    if seeded.random() < 0.2:
        del data[seeded.randrange(36, len(data)) :]
    for _ in range(seeded.choice([1, 2, 5, 20])):
        data[seeded.randrange(29, len(data))] = seeded.choice([0, 255, seeded.randrange(256)])
    return bytes(data)


@pytest.mark.parametrize("name", WHOLE)
def test_damaged_data_give_an_error_or_voxels_and_the_next_chunk_is_read(name):
    """Most of these end the process of fpzip, some that of compresso and crackle."""
    refused = 0
    for seed in range(15):
        try:
            voxels = decoded(name, damaged(WHOLE[name][1], seed))
        except CorruptChunk:
            refused += 1
        else:
            assert len(voxels) == WHOLE[name][2].nbytes
    assert refused
    check_whole(name)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("length", [0, 3, 8, 20, 40, -300, -30, -3])
def test_cut_off_data_are_an_error(name, length):
    """Left to itself each of them but libjxl makes voxels of some."""
    with pytest.raises(CorruptChunk, match=name):
        decoded(name, WHOLE[name][1][:length])


def test_a_chunk_that_ends_its_decoder_is_an_error():
    ended = 0
    for seed in range(40):
        try:
            decoded("fpzip", damaged(WHOLE["fpzip"][1], seed))
        except CorruptChunk as error:
            ended += "broke down" in str(error)
        if ended:
            break
    assert ended, "fpzip stands damaged data now: is it still to be run apart?"
    check_whole("fpzip")


def forged(data, at, value):
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("compresso", 0, b"cpsx"),
        ("compresso", 4, b"\x09"),
        ("compresso", 5, b"\x03"),
        ("compresso", 6, b"\xff\xff"),
        ("crackle", 0, b"x"),
        ("crackle", 4, b"\x09"),
        ("crackle", 7, b"\xff\xff\xff\xff"),
        ("jxl", 0, b"\xff\x0b"),
        ("jxl", 2, b"\xff\xff\xff\xff"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_before_anything_is_decoded(
    monkeypatch, name, at, value
):
    for module in (jxl, labels):
        monkeypatch.setattr(module, "decode_apart", None)
    with pytest.raises(CorruptChunk, match=name):
        decoded(name, forged(WHOLE[name][1], at, value))


@pytest.mark.parametrize("name", ["compresso", "crackle", "fpzip"])
def test_a_chunk_of_another_shape_is_an_error(name):
    codec, data, expected = WHOLE[name]
    size = expected.nbytes
    for shape in (XYZ, (*ZYX[:2], XYZ[0] + 1)):
        with pytest.raises(CorruptChunk, match=name):
            codec.for_shape(shape).decode(data, size, size)


def test_labels_of_a_smaller_type_are_widened_and_larger_ones_refused():
    small = np.asfortranarray(LABELS % 200)
    for stored in ("uint8", "uint32"):
        data = compresso.compress(small.astype(stored))
        assert decoded("compresso", data) == small.tobytes("F")
    codec = Labels(name="compresso", dtype=np.dtype("uint16")).for_shape(ZYX)
    size = 2 * small.size
    data = codec.decode(compresso.compress(small), size, size)
    assert data == small.astype("uint16").tobytes("F")
    with pytest.raises(CorruptChunk, match="do not fit into uint16"):
        codec.decode(WHOLE["compresso"][1], size, size)


def test_a_picture_of_many_frames_is_refused():
    frames = np.zeros((300, *PICTURE.shape), "uint8")
    data = imagecodecs.jpegxl_encode(frames, photometric="GRAY", lossless=True)
    with pytest.raises(CorruptChunk, match="jxl"):
        decoded("jxl", data)
    check_whole("jxl")


@pytest.mark.parametrize(
    "shape", [(1, 1), (8, 256), (256, 256), (7, 500), (12, 10), (1000, 2000), (90, 160), (9, 9)]
)
@pytest.mark.parametrize("container", [False, True])
def test_the_size_of_a_picture(shape, container):
    data = imagecodecs.jpegxl_encode(np.zeros(shape, "u1"), effort=1, usecontainer=container)
    assert picture_size(data) == shape[::-1]


def test_a_helper_that_was_ended_while_idle_is_replaced():
    check_whole("crackle")
    helpers = apart._helpers("crackle", os.getpid())
    for helper in helpers.idle:
        helper.send_signal(signal.SIGKILL)
        helper.wait()
    check_whole("crackle")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_helper_gets_no_secrets_of_the_environment(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-mine")
    apart._helpers("fpzip", os.getpid()).end()
    check_whole("fpzip")
    (helper, *_) = apart._helpers("fpzip", os.getpid()).idle
    environment = Path(f"/proc/{helper.pid}/environ").read_bytes()
    assert b"PATH=" in environment
    assert b"a-secret-of-mine" not in environment


def test_a_package_that_can_not_be_imported_is_said(tmp_path, monkeypatch):
    (tmp_path / "odd_package.py").write_text("raise ImportError('no such library')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UnsupportedCodec, match=r"odd_package.*no such library"):
        apart.decode_apart("odd_package", "odd", b"", 1)


def test_where_no_process_can_be_started_that_is_said(monkeypatch):
    apart._helpers("crackle", os.getpid()).end()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(UnsupportedCodec, match=r"crackle.*No such file"):
            check_whole("crackle")
    check_whole("crackle")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds it")
def test_memory_is_bounded(tmp_path, monkeypatch):
    (tmp_path / "greedy.py").write_text("def decompress(data):\n    return bytearray(2**32)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(CorruptChunk, match="MemoryError"):
        apart.decode_apart("greedy", "greedy", b"", 1)


def test_more_than_the_chunk_is_not_taken(tmp_path, monkeypatch):
    (tmp_path / "large.py").write_text(
        "import numpy\ndef decompress(data):\n    print('noise')\n    return numpy.zeros(1000)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(CorruptChunk, match="large"):
        apart.decode_apart("large", "large", b"", 10)
    assert not apart.decode_apart("large", "large", b"", 1000).any()


@pytest.mark.parametrize("z", [0, 7, XYZ[2] - 1])
def test_a_plane_of_crackle_with_a_wrong_checksum_is_damaged(z):
    """The package leaves such a plane unwritten and says nothing."""
    data = bytearray(WHOLE["crackle"][1])
    data[len(data) - 4 * (XYZ[2] - z)] ^= 1
    for _ in range(3):
        with pytest.raises(CorruptChunk, match="checksum of a plane"):
            decoded("crackle", bytes(data))
    check_whole("crackle")


def test_numbers_that_are_none_are_read_without_a_warning():
    """A signalling NaN, from which kempressed's constant is taken away."""
    strange = np.array([0x7FA00000, 0x7F800000], "u4").view("f4").reshape(1, 1, 1, 2, order="F")
    codec = Floats(name="kempressed", dtype=np.dtype("f4")).for_shape((2, 1, 1))
    for voxels in (strange, strange.swapaxes(2, 3)):  # whichever axis the package takes for z
        data = fpzip.compress(voxels, order="F")
        try:
            decoded = np.frombuffer(codec.decode(data, 8, 8), "f4")
        except CorruptChunk:
            continue
        assert np.isnan(decoded).any()
        return
    pytest.fail("neither order is read")
