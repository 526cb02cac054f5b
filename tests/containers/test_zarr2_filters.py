"""Filters and compressors that zarr-python writes are read voxel for voxel as it reads them."""

import numcodecs
import numpy as np
import pytest
from numcodecs.checksum32 import CRC32C
from tests.containers.written import ramp, with_zarr_python, written

from nb_remote.errors import CorruptChunk

COMPRESSORS = {
    "raw": None,
    "gzip": numcodecs.GZip(1),
    "zlib": numcodecs.Zlib(1),
    "zstd": numcodecs.Zstd(1),
    "blosc": numcodecs.Blosc(),
    "lz4": numcodecs.LZ4(),
    "bz2": numcodecs.BZ2(1),
    "xz": numcodecs.LZMA(preset=1),
    "alone": numcodecs.LZMA(format=2, preset=1),
    "raw lzma": numcodecs.LZMA(format=3, filters=[{"id": 33, "preset": 1}]),
    "crc32c": CRC32C(),
}
# What a filter chain is for: type of the voxels, and the filters.
FILTERS = {
    "delta": ("<u2", [numcodecs.Delta("<u2")]),
    "delta, big-endian": (">i4", [numcodecs.Delta(">i4")]),
    "delta, other order": ("<i4", [numcodecs.Delta("<i4", ">i4")]),
    "delta, narrower": ("<i4", [numcodecs.Delta("<i4", "|i1")]),
    "delta, wider": ("|u1", [numcodecs.Delta("|u1", "<i8")]),
    "delta of floats": ("<f4", [numcodecs.Delta("<f4")]),
    "shuffle": ("<u4", [numcodecs.Shuffle(4)]),
    "shuffle, big-endian": (">f8", [numcodecs.Shuffle(8)]),
    "scale": ("<f4", [numcodecs.FixedScaleOffset(-3, 20, "<f4", "|u1")]),
    "scale, big-endian": (">f8", [numcodecs.FixedScaleOffset(0.5, 100, ">f8", ">i2")]),
    "quantize": ("<f8", [numcodecs.Quantize(2, "<f8", "<f4")]),
    "quantize, big-endian": (">f4", [numcodecs.Quantize(1, ">f4")]),
    "bitround": ("<f4", [numcodecs.BitRound(7)]),
    # numcodecs does not write it in big-endian
    "bitround of doubles": ("<f8", [numcodecs.BitRound(11)]),
    "bitround of halves": ("<f2", [numcodecs.BitRound(4)]),
    "packbits": ("|b1", [numcodecs.PackBits()]),
    "astype, wider": ("|u1", [numcodecs.AsType("<f8", "|u1")]),
    "astype, narrower": ("<i4", [numcodecs.AsType("|i1", "<i4")]),
    "astype to bool": (">u2", [numcodecs.AsType("|b1", ">u2")]),
    "crc32": ("<u2", [numcodecs.CRC32()]),
    "adler32": ("<u2", [numcodecs.Adler32()]),
    "fletcher32": ("|u1", [numcodecs.Fletcher32()]),
    "jenkins": (">u8", [numcodecs.JenkinsLookup3()]),
    "crc32c at the start": ("<u2", [CRC32C(location="start")]),
    "base64": ("|u1", [numcodecs.Base64()]),
    "delta, shuffle": ("<u4", [numcodecs.Delta("<u4"), numcodecs.Shuffle(4)]),
    "scale, delta, shuffle": (
        "<f8",
        [
            numcodecs.FixedScaleOffset(-3, 7, "<f8", "<i4"),
            numcodecs.Delta("<i4", "<i2"),
            numcodecs.Shuffle(2),
        ],
    ),
    "packbits, crc32": ("|b1", [numcodecs.PackBits(), numcodecs.CRC32()]),
    "quantize, astype": (
        "<f8",
        [numcodecs.Quantize(1, "<f8", "<f4"), numcodecs.AsType("<f8", "<f4")],
    ),
}


def volume(name, compressor, order):
    dtype, filters = FILTERS[name]
    data = ramp((7, 9, 11), dtype)
    if data.dtype.itemsize > 2 and data.dtype.kind in "iu" and data.dtype.itemsize < 8:
        data = (np.arange(data.size) % 120).astype(dtype).reshape(data.shape)
    if data.dtype.kind == "f":
        data = (np.arange(data.size) % 83 / 7 - 3).astype(dtype).reshape(data.shape)
    options = {"filters": filters, "compressors": COMPRESSORS[compressor], "order": order}
    return data, written(data, (3, 9, 4), **options)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_with_every_compressor(opened, name, order):
    for compressor in COMPRESSORS:
        data, objects = volume(name, compressor, order)
        expected = with_zarr_python(objects)[...]
        level = opened(objects)
        got = level[...]
        assert got.dtype == data.dtype.newbyteorder("=")
        np.testing.assert_array_equal(got, expected, err_msg=compressor)
        # One plane: only the beginning of the chunk is decoded, where the filters let it.
        for index in [(4,), (slice(None), 3), (..., 5), (1, slice(2, 8), slice(None, None, 3))]:
            np.testing.assert_array_equal(level[index], expected[index], err_msg=compressor)


@pytest.mark.parametrize("name", ["delta, shuffle", "packbits", "scale", "crc32", "fletcher32"])
@pytest.mark.parametrize("compressor", COMPRESSORS)
def test_a_damaged_chunk_is_an_error(opened, name, compressor):
    cut, whole, shorter = slice(-1), slice(None), slice(-40)
    for part, tail in ((cut, b""), (whole, b"\xff"), (shorter, b"")):
        _, objects = volume(name, compressor, "C")
        objects["0.0.0"] = objects["0.0.0"][part] + tail
        with pytest.raises(CorruptChunk) as caught:
            opened(objects)[:3, :, :4]
        assert caught.value.chunk == (0, 0, 0)


@pytest.mark.parametrize("shape", [(), (1,), (17,), (5, 6), (2, 3, 4, 5)])
@pytest.mark.parametrize("name", ["delta", "packbits", "scale", "shuffle"])
def test_every_rank(opened, shape, name):
    dtype, filters = FILTERS[name]
    data = (ramp(shape, "<u2") % 100).astype(dtype)
    chunks = tuple(max(1, n // 2) for n in shape)
    objects = written(data, chunks, filters=filters, compressors=numcodecs.Zstd())
    np.testing.assert_array_equal(opened(objects)[...], with_zarr_python(objects)[...])
