"""What zarr-python writes is read voxel for voxel through a server; tensorstore agrees."""

import functools
import itertools

import hypothesis.strategies as st
import numcodecs
import numpy as np
import pytest
import tensorstore
from hypothesis import given, settings
from tests.containers.written import below, level_at, ramp, with_zarr_python, written

NUMBERS = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
DTYPES = ["|b1", "|u1", "|i1"] + [o + n for n in NUMBERS[2:] for o in "<>"]
INNER = ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]
COMPRESSORS = {
    "raw": None,
    "gzip": numcodecs.GZip(5),
    "zlib": numcodecs.Zlib(1),
    "zstd": numcodecs.Zstd(3),
    "zstd with checksum": numcodecs.Zstd(1, checksum=True),
    "blosc": numcodecs.Blosc(),
} | {
    f"blosc {cname} {shuffle}": numcodecs.Blosc(cname=cname, clevel=5, shuffle=shuffle)
    for cname, shuffle in itertools.product(INNER, (0, 1, 2))
}


@pytest.fixture
def read(opened):
    """``read(objects, index)`` serves a volume at a new address and reads from it."""
    return lambda objects, index=...: opened(objects)[index]


def agrees(read, objects, data, index=...):
    """The reader, zarr-python and NumPy say the same, type included."""
    got = read(objects, index)
    assert got.dtype == data.dtype.newbyteorder("=")
    np.testing.assert_array_equal(got, data[index])
    np.testing.assert_array_equal(got, with_zarr_python(objects)[index])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_number_type_in_both_orders(read, dtype, order):
    data = ramp((5, 6, 7), dtype)
    for separator, name in ((".", "raw"), ("/", "zstd"), ("/", "gzip"), (".", "blosc")):
        options = {"order": order, "separator": separator, "compressors": COMPRESSORS[name]}
        agrees(read, written(data, (2, 3, 4), **options), data)


@pytest.mark.parametrize("name", COMPRESSORS)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["|u1", ">u8"])
def test_every_compressor(read, name, order, dtype):
    data = ramp((20, 30, 17), dtype)
    objects = written(data, (8, 30, 16), order=order, compressors=COMPRESSORS[name])
    agrees(read, objects, data)
    np.testing.assert_array_equal(read(objects, (slice(None), 3)), data[:, 3])
    np.testing.assert_array_equal(read(objects, (9, ..., slice(2, 5))), data[9, ..., 2:5])


@pytest.mark.parametrize("shape", [(), (23,), (9, 8), (5, 6, 7), (2, 4, 5, 6), (2, 3, 4, 5, 3)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("separator", [".", "/"])
def test_every_rank(read, shape, order, separator):
    data = ramp(shape)
    chunks = tuple(max(1, n // 2) for n in shape)
    options = {"order": order, "separator": separator, "compressors": COMPRESSORS["gzip"]}
    agrees(read, written(data, chunks, **options), data)


@pytest.mark.parametrize("dtype", DTYPES)
def test_extreme_values_survive(read, dtype):
    one = np.dtype(dtype)
    if one.kind == "f":
        info = np.finfo(one)
        values = [np.nan, np.inf, -np.inf, info.max, info.min, info.smallest_subnormal, -0.0]
    elif one.kind == "b":
        values = [True, False]
    else:
        info = np.iinfo(one)
        values = [info.min, info.max, info.max - 1, info.min + 1, 0, 1]
    data = np.array(values, dtype=one)
    got = read(written(data, (3,)))
    assert got.astype(one).tobytes() == data.tobytes()


@pytest.mark.parametrize(
    ("dtype", "fill"),
    [
        ("<u8", 2**64 - 1),
        (">u8", 2**63 + 1),
        ("<i8", -(2**63)),
        ("<i8", 2**53 + 1),
        ("|i1", -128),
        (">i2", -7),
        ("|u1", 255),
        ("|b1", True),
        ("<f4", float("nan")),
        (">f8", float("inf")),
        ("<f2", float("-inf")),
        ("<f4", 0.1),
        ("<f8", -1.5),
        ("<u2", None),
        ("<f4", None),
        ("<u2", 42),
    ],
)
def test_missing_chunks_have_the_exact_fill_value(read, dtype, fill):
    data = ramp((4, 6), dtype)
    objects = written(data, (2, 3), fill_value=fill, missing=["0.1", "1.0"])
    expected = data.copy()
    expected[:2, 3:] = expected[2:, :3] = 0 if fill is None else fill
    agrees(read, objects, expected)


def test_chunks_larger_than_the_array(read):
    data = ramp((5, 6, 7))
    agrees(read, written(data, (64, 64, 64)), data)


def test_chunks_of_one_voxel(read):
    data = ramp((3, 4, 5))
    agrees(read, written(data, (1, 1, 1), separator="/"), data)


def test_a_ragged_edge_is_not_shifted(read):
    """3 × 3 voxels in chunks of 2 × 2, as in Neuroglancer's test data."""
    data = ramp((3, 3), "<i2")
    agrees(read, written(data, (2, 2)), data)


@functools.cache
def boxes():
    """Shape, chunks, type, order and compressor with a box inside: what volumes may be like."""

    @st.composite
    def draw_one(draw):
        shape = draw(st.lists(st.integers(1, 11), min_size=1, max_size=4).map(tuple))
        chunks = tuple(draw(st.integers(1, n + 3)) for n in shape)
        box = []
        for n in shape:
            start, stop = sorted((draw(st.integers(0, n)), draw(st.integers(0, n))))
            step = draw(st.sampled_from([1, 1, 2, 3, -1, -2]))
            box.append(slice(start, stop, step) if step > 0 else slice(stop, start or None, step))
        layout = {
            "order": draw(st.sampled_from("CF")),
            "separator": draw(st.sampled_from("./")),
            "compressors": COMPRESSORS[draw(st.sampled_from(sorted(COMPRESSORS)))],
        }
        return shape, chunks, draw(st.sampled_from(DTYPES)), layout, tuple(box)

    return draw_one()


@settings(max_examples=100)
@given(case=boxes())
def test_any_box_of_any_volume_equals_numpy(server, case):
    shape, chunks, dtype, layout, box = case
    data = ramp(shape, dtype)
    objects = written(data, chunks, **layout)
    server.content = below("any", objects)
    level = level_at(f"{server.url}/any", objects[".zarray"])
    np.testing.assert_array_equal(level[box], data[box])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["|b1", ">i4", "<f4"])
@pytest.mark.parametrize(
    "compressor",
    [
        None,
        {"id": "gzip", "level": 5},
        {"id": "zlib", "level": 1},
        {"id": "zstd", "level": 1},
        {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
        {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 2, "blocksize": 0},
    ],
    ids=["raw", "gzip", "zlib", "zstd", "blosc lz4", "blosc zstd"],
)
def test_what_tensorstore_writes_is_read(read, tmp_path, dtype, compressor, order):
    data = ramp((9, 10, 11), dtype)
    metadata = {
        "shape": data.shape,
        "chunks": (4, 5, 6),
        "dtype": dtype,
        "order": order,
        "compressor": compressor,
        "dimension_separator": "/",
    }
    place = {"driver": "file", "path": str(tmp_path)}
    spec = {"driver": "zarr", "kvstore": place, "metadata": metadata, "create": True}
    tensorstore.open(spec).result().write(data.astype(data.dtype.newbyteorder("="))).result()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    objects = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in files}
    np.testing.assert_array_equal(read(objects), data)
    np.testing.assert_array_equal(read(objects, (5, slice(2, 9))), data[5, 2:9])
