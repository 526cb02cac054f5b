"""Number types that NumPy lacks: every pattern of bits, and arrays as tensorstore writes them."""

import ml_dtypes
import numpy as np
import pytest
import tensorstore

import nb_remote
from nb_remote.codecs.small_types import small_type

ONE_BYTE = [
    "int2",
    "int4",
    "uint2",
    "uint4",
    "float8_e3m4",
    "float8_e4m3",
    "float8_e5m2",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e4m3b11fnuz",
    "float8_e5m2fnuz",
]
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BIG = {"name": "bytes", "configuration": {"endian": "big"}}


@pytest.mark.parametrize("name", ONE_BYTE)
def test_every_byte_stands_for_the_number_that_ml_dtypes_reads(name):
    raw = np.arange(256, dtype="u1")
    codec = small_type(name)
    size = 256 * codec.decoded.itemsize
    decoded = np.frombuffer(codec.decode(raw.tobytes(), size, size), codec.decoded)
    kind = np.dtype(getattr(ml_dtypes, name))
    if "int" in name:  # the bits that count are the low ones
        bits = ml_dtypes.iinfo(kind).bits
        low = raw % (1 << bits)
        half = 1 << (bits - 1) if name.startswith("int") else 1 << bits
        expected = np.where(low >= half, low.astype(int) - (1 << bits), low)
    else:
        expected = raw.view(kind).astype("f4")
    np.testing.assert_array_equal(decoded, expected)


def test_every_bfloat16_is_the_float32_that_it_is_the_half_of():
    raw = np.arange(2**16, dtype="<u2")
    codec = small_type("bfloat16")
    decoded = np.frombuffer(codec.decode(raw.tobytes(), 2**18, 2**18), "<f4")
    expected = raw.view(ml_dtypes.bfloat16).astype("f4")
    np.testing.assert_array_equal(decoded.view("u4"), expected.view("u4"))


GZIP = {"name": "gzip", "configuration": {"level": 1}}
SHARDED = {
    "name": "sharding_indexed",
    "configuration": {"chunk_shape": [2, 4], "codecs": [LITTLE, GZIP], "index_codecs": [LITTLE]},
}


@pytest.mark.parametrize("codecs", [[LITTLE], [BIG, GZIP], [SHARDED]], ids=["raw", "big", "shards"])
@pytest.mark.parametrize("name", ["bfloat16", "int4", "int2", "float8_e4m3fn", "float8_e5m2"])
def test_arrays_of_tensorstore_are_read_exactly(serve, tmp_path, name, codecs):
    spec = {
        "driver": "zarr3",
        "kvstore": {"driver": "file", "path": f"{tmp_path}/v/"},
        "metadata": {
            "shape": [5, 7],
            "data_type": name,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 4]}},
            "codecs": codecs,
            "fill_value": 1,
        },
    }
    array = tensorstore.open(spec, create=True).result()
    numbers = np.linspace(-2, 1, 16).round().reshape(4, 4)
    array[:4, :4].write(numbers.astype(array.dtype.numpy_dtype)).result()
    (layer,) = nb_remote.open(serve(tmp_path).url_of("v")).layers
    expected = np.ones((5, 7))
    expected[:4, :4] = numbers
    np.testing.assert_array_equal(layer[...], expected)
    np.testing.assert_array_equal(layer[1:3, 2], expected[1:3, 2])
    assert any(f"{name} is read as" in note for note in layer.notes)
