"""Chains of ``numcodecs.*`` as zarr-python writes them into Zarr v3: read as it reads them."""

import json

import numcodecs
import numpy as np
import pytest
import zarr.codecs.numcodecs as of_zarr
from tests.containers.written import ramp
from tests.containers.written3 import (
    BIG,
    LITTLE,
    ZSTD,
    sharded,
    with_zarr_python,
    written,
    written_by_zarr_python,
)
from zarr.codecs import BytesCodec, TransposeCodec

from nb_remote.codecs.allowed import ALLOWED
from nb_remote.containers.zarr3.metadata import parse_array
from nb_remote.errors import CorruptChunk, UnsupportedCodec
from nb_remote.location.parse import parse_address

# zarr-python warns that they are no part of the specification.
pytestmark = pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3")

SHAPE, CHUNKS, SHARDS = (7, 9, 10), (2, 9, 4), (4, 9, 8)
# Written as data, because making one warns.
COMPRESSORS = {
    "zlib": [("Zlib", {"level": 1})],
    "gzip": [("GZip", {"level": 1})],
    "zstd": [("Zstd", {"level": 1, "checksum": True})],
    "bz2": [("BZ2", {"level": 1})],
    "lz4": [("LZ4", {"acceleration": 1})],
    "lzma": [("LZMA", {"preset": 1})],
    "lzma alone": [("LZMA", {"format": 2, "preset": 1})],
    "blosc": [("Blosc", {"cname": "zstd", "clevel": 5, "shuffle": 1})],
    "blosc, bits": [("Blosc", {"cname": "lz4", "clevel": 5, "shuffle": 2})],
    "shuffle, zlib": [("Shuffle", {"elementsize": 4}), ("Zlib", {"level": 1})],
    "crc32": [("CRC32", {})],
    "crc32 at the end": [("CRC32", {"location": "end"})],
    "crc32c": [("CRC32C", {})],
    "adler32": [("Adler32", {})],
    "fletcher32": [("Fletcher32", {})],
    "jenkins": [("JenkinsLookup3", {})],
    "jenkins with a start": [("JenkinsLookup3", {"initval": 7})],
    "checksum around": [("Zstd", {"level": 1}), ("CRC32C", {}), ("Adler32", {})],
    "checksum within": [("Fletcher32", {}), ("Zlib", {"level": 1})],
}
FILTERS = {
    "delta": ("u2", [("Delta", {"dtype": "<u2"})]),
    "delta, wider": ("u1", [("Delta", {"dtype": "|u1", "astype": "<i4"})]),
    "delta, narrower": ("i4", [("Delta", {"dtype": "<i4", "astype": "|i1"})]),
    "delta of floats": ("f4", [("Delta", {"dtype": "<f4"})]),
    "scale": (
        "f4",
        [("FixedScaleOffset", {"offset": -3, "scale": 20, "dtype": "<f4", "astype": "|u1"})],
    ),
    "quantize": ("f8", [("Quantize", {"digits": 2, "dtype": "<f8"})]),
    "quantize, narrower": ("f8", [("Quantize", {"digits": 2, "dtype": "<f8", "astype": "<f4"})]),
    "types by their long names": ("u4", [("Delta", {"dtype": "uint32"})]),
    "types filled in by zarr-python": ("f4", [("Quantize", {"digits": 1})]),
    "bitround": ("f4", [("BitRound", {"keepbits": 7})]),
    "astype, wider": ("u1", [("AsType", {"encode_dtype": "<f8", "decode_dtype": "|u1"})]),
    "astype, narrower": ("i4", [("AsType", {"encode_dtype": "|i1", "decode_dtype": "<i4"})]),
    "packbits": ("bool", [("PackBits", {})]),
    "scale, delta": (
        "f8",
        [
            ("FixedScaleOffset", {"offset": -3, "scale": 7, "dtype": "<f8", "astype": "<i4"}),
            ("Delta", {"dtype": "<i4", "astype": "<i2"}),
        ],
    ),
}
# zarr-python can't read what it writes there (`bytes` without the byte order of the larger
# numbers, a type that it forgets): numcodecs itself is asked, whose filters of these chains
# take each voxel by itself or lose nothing.
ONLY_WRITTEN = {"delta, wider", "astype, wider", "quantize, narrower"}
BEHIND = {
    "nothing": [],
    "shuffle, zlib, crc32": [("Shuffle", {"elementsize": 2}), *COMPRESSORS["zlib"], ("CRC32", {})],
}
BOXES = [np.s_[...], np.s_[3], np.s_[..., 7], np.s_[1:6, 2:9:3, 8:2:-2]]


def made(steps):
    return [getattr(of_zarr, name)(**config) for name, config in steps]


def values(dtype):
    """Small numbers, which the narrowing filters can hold."""
    if np.dtype(dtype).kind == "b":
        return ramp(SHAPE, dtype)
    flat = np.arange(np.prod(SHAPE))
    return (
        (flat % 83 / 7 - 3 if np.dtype(dtype).kind == "f" else flat % 120)
        .astype(dtype)
        .reshape(SHAPE)
    )


def by_numcodecs(data, steps):
    filters = [getattr(numcodecs, name)(**config) for name, config in steps]
    for one in filters:
        data = one.encode(data)
    for one in filters[::-1]:
        data = one.decode(data)
    return np.asarray(data).reshape(SHAPE)


def filtered(name, **options):
    """The objects, and the voxels that an independent reader finds in them."""
    dtype, steps = FILTERS[name]
    data = values(dtype)
    objects = written_by_zarr_python(data, CHUNKS, **options)
    if name in ONLY_WRITTEN:
        return objects, by_numcodecs(data, steps)
    return objects, with_zarr_python(objects)


def agrees(opened, objects, expected):
    array = opened(objects)
    for box in BOXES:
        got = array[box]
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected[box])


def test_every_codec_that_is_read_is_written_here():
    written_here = {
        getattr(of_zarr, name).codec_name.removeprefix("numcodecs.")
        for _, steps in [*FILTERS.values(), *((None, steps) for steps in COMPRESSORS.values())]
        for name, _ in steps
    }
    # zarr-python has no codec of that name for Zarr v3.
    assert {kind.name for kind in ALLOWED} - {"base64"} == written_here


@pytest.mark.parametrize("dtype", ["u1", "f8"])
@pytest.mark.parametrize("name", COMPRESSORS)
def test_every_compressor_and_checksum(opened, name, dtype):
    data = ramp(SHAPE, dtype)
    options = {"compressors": made(COMPRESSORS[name])}
    layouts = [{"shards": SHARDS}, {"serializer": BytesCodec(endian="big")}, {}]
    for more in layouts if dtype == "f8" else layouts[2:]:
        objects = written_by_zarr_python(data, CHUNKS, **options, **more)
        np.testing.assert_array_equal(with_zarr_python(objects), data)
        agrees(opened, objects, data)


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("name", FILTERS)
def test_every_filter(opened, name, behind):
    _, steps = FILTERS[name]
    options = {"filters": made(steps), "compressors": made(BEHIND[behind]) or None}
    for shards in (None, SHARDS):
        objects, expected = filtered(name, shards=shards, **options)
        assert '"numcodecs.' in objects["zarr.json"].decode()
        agrees(opened, objects, expected)


@pytest.mark.parametrize("order", [(2, 0, 1), (2, 1, 0)])
@pytest.mark.parametrize("name", sorted(FILTERS.keys() - ONLY_WRITTEN))
def test_every_filter_behind_a_transposition(opened, name, order):
    """The oracle is what zarr-python reads: deltas of reversed axes it writes in another order."""
    filters = [TransposeCodec(order=order), *made(FILTERS[name][1])]
    agrees(opened, *filtered(name, filters=filters))


@pytest.mark.parametrize("shards", [None, SHARDS], ids=["chunks", "shards"])
@pytest.mark.parametrize("name", ["delta", "scale", "packbits", "astype, wider"])
def test_a_damaged_chunk_is_an_error(opened, name, shards):
    dtype, steps = FILTERS[name]
    options = {"filters": made(steps), "compressors": made([("CRC32", {})])}
    objects = written_by_zarr_python(values(dtype), CHUNKS, shards=shards, **options)
    damaged = bytearray(objects["c/0/0/0"])
    damaged[6] ^= 1
    objects["c/0/0/0"] = bytes(damaged)
    with pytest.raises(CorruptChunk) as caught:
        opened(objects)[:2, :, :4]
    assert caught.value.chunk == (0, 0, 0)
    assert caught.value.where.endswith("/c/0/0/0")


# --- what is refused -------------------------------------------------------------------

OBJECTS = written(ramp(SHAPE, "f4"), CHUNKS, [LITTLE])
REFUSED = [
    "pcodec",
    "zfpy",
    "pickle",
    "json2",
    "msgpack2",
    "vlen-utf8",
    "vlen-bytes",
    "vlen-array",
    "categorize",
    "numcodecs.delta",
    "Delta",
    "",
]


def problem_of(*codecs, **changes):
    document = json.loads(OBJECTS["zarr.json"]) | {"codecs": list(codecs)} | changes
    array = parse_array(document, "", parse_address("https://example.org/v").location)
    assert array.layout is None
    assert array.shape == SHAPE
    assert isinstance(array.problem, UnsupportedCodec)
    return array.problem


@pytest.mark.parametrize("name", [f"numcodecs.{name}" for name in REFUSED])
def test_what_is_not_allowed_is_refused_by_name_wherever_it_stands(name):
    one = {"name": name, "configuration": {"level": 8}}
    for chain in (
        [one],
        [LITTLE, one],
        [one, LITTLE],
        [LITTLE, one, ZSTD],
        [LITTLE, ZSTD, one],
        [sharded((1, 9, 4), LITTLE, one)],
        [sharded((1, 9, 4), one)],
        [sharded((1, 9, 4), LITTLE, index=[LITTLE, one])],
    ):
        problem = problem_of(*chain)
        assert problem.codec == name
        assert name in str(problem)


def test_every_codec_that_zarr_python_has_is_read_or_refused():
    """A new release that brings another one shows here."""
    names = {
        one.codec_name
        for one in vars(of_zarr).values()
        if isinstance(one, type) and getattr(one, "codec_name", "").startswith("numcodecs.")
    }
    known = {f"numcodecs.{kind.name}" for kind in ALLOWED}
    assert names - known == {"numcodecs.pcodec", "numcodecs.zfpy"}


@pytest.mark.parametrize(
    ("codec", "chain"),
    [
        ("bytes", [{"name": "numcodecs.delta", "configuration": {"dtype": "<f4"}}, BIG]),
        ("bytes", [{"name": "numcodecs.delta", "configuration": {"dtype": ">f4"}}, BIG]),
        (
            "numcodecs.delta",
            [{"name": "numcodecs.delta", "configuration": {"dtype": ">f4"}}, LITTLE],
        ),
        ("numcodecs.zlib", [{"name": "numcodecs.zlib"}, LITTLE]),
        ("numcodecs.shuffle", [{"name": "numcodecs.shuffle"}]),
        ("zlib", [LITTLE, {"name": "numcodecs.zlib"}, {"name": "numcodecs.zlib"}]),
        ("blosc", [LITTLE, {"name": "numcodecs.blosc"}, {"name": "numcodecs.lz4"}]),
        ("delta", [{"name": "numcodecs.delta", "configuration": {"dtype": "|O"}}, LITTLE]),
        ("delta", [{"name": "numcodecs.delta"}, LITTLE]),
        ("quantize", [{"name": "numcodecs.quantize", "configuration": {"digits": 2}}, LITTLE]),
        ("bitround", [{"name": "numcodecs.bitround", "configuration": {"keepbits": -1}}, LITTLE]),
    ],
    ids=str,
)
def test_a_chain_that_can_not_be_read_is_named(codec, chain):
    assert problem_of(*chain).codec == codec


def test_large_numbers_made_of_bytes_are_not_read_in_the_wrong_byte_order():
    """One-byte voxels have no byte order; what a filter makes of them has."""
    wider = {"name": "numcodecs.delta", "configuration": {"dtype": "|u1", "astype": "<i4"}}
    assert problem_of(wider, BIG, data_type="uint8").codec == "bytes"
