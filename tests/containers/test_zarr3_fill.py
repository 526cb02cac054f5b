"""Fill values of Zarr v3, exact to the bit."""

import numpy as np
import pytest

from nb_remote.containers.zarr3.metadata import parse_array
from nb_remote.errors import UnsupportedCodec
from nb_remote.location.parse import parse_address

LOCATION = parse_address("https://example.org/v").location
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}


def parse(data_type, fill, codecs=(LITTLE,)):
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [4],
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
        "chunk_key_encoding": "default",
        "codecs": list(codecs),
        "fill_value": fill,
    }
    return parse_array(document, "", LOCATION)


@pytest.mark.parametrize(
    ("data_type", "fill", "bits"),
    [
        ("float32", "NaN", 0x7FC00000),
        ("float32", "0x7fc00000", 0x7FC00000),
        ("float32", "0xffc00123", 0xFFC00123),
        ("float16", "0x7e01", 0x7E01),
        ("float64", "0x7ff0000000000001", 0x7FF0000000000001),
        ("float64", "-Infinity", 0xFFF0000000000000),
        ("uint64", 2**64 - 1, 2**64 - 1),
        ("int64", -1, 2**64 - 1),
        ("bool", True, 1),
    ],
)
def test_every_bit_of_a_fill_value_is_kept(data_type, fill, bits):
    value = parse(data_type, fill).layout.fill_value
    assert value.dtype == np.dtype(data_type)
    assert int.from_bytes(value.tobytes(), "little") == bits


GZIP = {"name": "gzip", "configuration": {"level": 1}}
SHARDS = {
    "name": "sharding_indexed",
    "configuration": {"chunk_shape": [1], "codecs": [LITTLE], "index_codecs": [LITTLE]},
}


@pytest.mark.parametrize(
    "codecs",
    [
        [SHARDS, {"name": "numcodecs.lz4"}],
        [SHARDS | {"configuration": SHARDS["configuration"] | {"codecs": [SHARDS, GZIP]}}],
        [{"name": "vlen-utf8"}],
        [LITTLE, {"name": "pickle"}],
        [
            {"name": "numcodecs.delta", "configuration": {"dtype": "<u2"}},
            {"name": "transpose", "configuration": {"order": [0]}},
            LITTLE,
        ],
    ],
    ids=[
        "lz4 around shards",
        "compressed shards in shards",
        "text",
        "pickle",
        "delta before transpose",
    ],
)
def test_a_combination_that_can_not_be_read_is_named(codecs):
    assert isinstance(parse("uint16", 0, codecs).problem, UnsupportedCodec)
