"""Zarr v2 that zarr-python writes: our reader, tensorstore and zarr-python find the same voxels."""

import itertools

import numcodecs
import numpy as np
import pytest
import tensorstore
from tests.containers.test_zarr2_filters import FILTERS
from tests.containers.written import ramp, with_zarr_python, written

SHAPE, CHUNKS = (5, 7, 8), (3, 4, 5)
MISSING = ("0.0.0", "1.0.1", "0.1.1")
COMPRESSORS = {
    "raw": None,
    "zlib": numcodecs.Zlib(1),
    "gzip": numcodecs.GZip(1),
    "bz2": numcodecs.BZ2(1),
    "zstd": numcodecs.Zstd(1),
} | {
    f"blosc {cname} {shuffle}": numcodecs.Blosc(cname=cname, shuffle=shuffle)
    for cname, shuffle in zip(
        ["blosclz", "lz4", "lz4hc", "zlib", "zstd", "zstd"], [0, 1, 2, 1, 2, -1], strict=True
    )
}
# Type and fill value.
VOXELS = [
    ("|b1", True),
    ("|u1", 255),
    (">i2", -7),
    ("<u4", None),
    (">u8", 2**64 - 1),
    ("<i8", -(2**63)),
    ("<f2", float("-inf")),
    (">f4", 0.1),
    ("<f8", float("nan")),
]
LAYOUTS = [("C", "/"), ("F", "."), ("C", "."), ("F", "/")]
BOXES = [np.s_[...], np.s_[4], np.s_[:, 6, ::3], np.s_[1:4, 2:7:2, 7:1:-3]]


def open_with_tensorstore(objects):
    context = tensorstore.Context()
    kvstore = tensorstore.KvStore.open({"driver": "memory"}, context=context).result()
    for key, value in objects.items():
        kvstore[key] = value
    spec = {"driver": "zarr", "kvstore": {"driver": "memory"}}
    return tensorstore.open(spec, context=context).result()


def objects_of(data, separator, **options):
    missing = [key.replace(".", separator) for key in MISSING]
    return written(data, CHUNKS, separator=separator, missing=missing, **options)


@pytest.mark.parametrize("name", COMPRESSORS)
def test_every_compressor_with_missing_chunks_as_tensorstore_reads_it(opened, name):
    # Each compressor begins elsewhere, so that all types meet all ways to lay chunks out.
    layouts = itertools.cycle(LAYOUTS)
    for _ in range(list(COMPRESSORS).index(name)):
        next(layouts)
    for (dtype, fill), (order, separator) in zip(VOXELS, layouts, strict=False):
        options = {"order": order, "compressors": COMPRESSORS[name], "fill_value": fill}
        objects = objects_of(ramp(SHAPE, dtype), separator, **options)
        expected = open_with_tensorstore(objects).read().result()
        level = opened(objects)
        for box in BOXES:
            got = level[box]
            assert got.dtype == expected.dtype.newbyteorder("=")
            np.testing.assert_array_equal(got, expected[box], err_msg=dtype)
        assert level._source.missing_chunks == len(MISSING)


@pytest.mark.parametrize(("order", "separator"), LAYOUTS[:2])
@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_with_missing_chunks_as_zarr_python_reads_it(opened, name, order, separator):
    """A missing chunk is the fill value of the voxels: filters are not run on it."""
    dtype, filters = FILTERS[name]
    data = (ramp(SHAPE, "<u2") % 100).astype(dtype)
    options = {"filters": filters, "compressors": COMPRESSORS["zstd"], "order": order}
    objects = objects_of(data, separator, fill_value=1, **options)
    expected = with_zarr_python(objects)[...]
    assert (expected[:3, :4, :5] == 1).all()
    level = opened(objects)
    for box in BOXES[::3]:
        np.testing.assert_array_equal(level[box], expected[box])
    assert level._source.missing_chunks == len(MISSING)


def test_tensorstore_reads_no_filters_and_so_is_no_oracle_for_them():
    """A release that does shows here."""
    objects = written(ramp(SHAPE), CHUNKS, filters=[numcodecs.Delta("<u2")])
    with pytest.raises(ValueError, match="filters"):
        open_with_tensorstore(objects)
