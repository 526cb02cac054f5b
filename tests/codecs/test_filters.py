"""Numeric filters, against numcodecs' own."""

import json

import numcodecs
import numpy as np
import pytest
from tests.codecs.contract import FixedSizeContract, codec_named

from nb_remote.codecs.allowed import parse_codec
from nb_remote.errors import CorruptChunk, UnsupportedCodec


def through_json(kind):
    """The configuration as metadata have it."""
    config = json.loads(json.dumps(kind.get_config()))
    return config.pop("id"), config


class Contract(FixedSizeContract):
    kind: object
    takes_anything = True

    @property
    def name(self):
        return self.kind.codec_id

    @property
    def config(self):
        return through_json(self.kind)[1]

    def encode(self, data):
        with np.errstate(all="ignore"):
            return np.asarray(self.kind.encode(np.frombuffer(data, np.uint8))).tobytes()

    def expected(self, data):
        with np.errstate(all="ignore"):
            return np.asarray(self.kind.decode(self.encode(data))).tobytes()


class TestDelta(Contract):
    kind = numcodecs.Delta("<u2")
    item = 2


class TestDeltaOfBigEndian(Contract):
    kind = numcodecs.Delta(">i4", ">i8")
    item = 4


class TestDeltaOfBytes(Contract):
    kind = numcodecs.Delta("|u1")


class TestDeltaOfFloats(Contract):
    kind = numcodecs.Delta("<f8")
    item = 8


class TestFixedScaleOffset(Contract):
    kind = numcodecs.FixedScaleOffset(offset=-3.5, scale=20, dtype="<f4", astype="|u1")
    item = 4


class TestFixedScaleOffsetOfIntegers(Contract):
    kind = numcodecs.FixedScaleOffset(offset=7, scale=0.25, dtype=">u2", astype="<f8")
    item = 2


class TestAsType(Contract):
    kind = numcodecs.AsType("<f8", "|u1")


class TestNarrowingAsType(Contract):
    kind = numcodecs.AsType(">i2", "<f8")
    item = 8


class TestQuantize(Contract):
    kind = numcodecs.Quantize(digits=2, dtype="<f8", astype="<f4")
    item = 8


class TestShuffle(Contract):
    kind = numcodecs.Shuffle(8)
    item = 8
    stops_early = False

    def test_compressed_data_may_be_shuffled(self, codec):
        assert codec.decoded_size(80) == 80


def test_items_of_three_bytes_are_shuffled_back():
    data = bytes(range(240))
    kind = numcodecs.Shuffle(3)
    codec = parse_codec("shuffle", kind.get_config(), where="")
    shuffled = bytes(kind.encode(data))

    assert shuffled != data
    assert bytes(codec.decode(shuffled, len(data), len(data))) == data
    with pytest.raises(CorruptChunk):
        codec.decode(shuffled[:-3], len(data), len(data))


class TestShuffleOfOne(Contract):
    kind = numcodecs.Shuffle(1)
    stops_early = False


class TestPackBits(Contract):
    kind = numcodecs.PackBits()

    def expected(self, data):
        return (np.frombuffer(data, np.uint8) != 0).tobytes()


class TestBitRound(Contract):
    kind = numcodecs.BitRound(keepbits=5)

    def encode(self, data):
        return data


class TestBase64(FixedSizeContract):
    name = "base64"

    def encode(self, data):
        return bytes(numcodecs.Base64().encode(data))

    def test_a_prefix_is_the_beginning_of_the_whole(self, codec):
        for size in self.sizes:
            data = bytes(range(256)) * (size // 256 + 1)
            for stop in (1, size // 2 + 1, size):
                got = codec.decode(self.encode(data[:size]), size, stop)
                assert stop <= len(got) < stop + 3
                assert got == data[: len(got)]


@pytest.mark.parametrize("short", ["<i2", ">i2", "i2", "int16", "|i1", "int8", "|b1", "bool"])
def test_types_are_written_in_many_ways(short):
    codec = codec_named("numcodecs.astype", {"encode_dtype": short, "decode_dtype": "<f8"})
    assert codec.encoded == np.dtype(short)


@pytest.mark.parametrize(
    "text",
    ["|O", "O", "<c8", "S5", "<U3", "V8", "<M8[ns]", "float128", "<f16", "i4,i4", "(2,)i4", "f", "",
     "int", "uint7", "object", "pickle", None, 5, ["<i4"], {"a": 1}, "<u2" * 10_000],
)  # fmt: skip
@pytest.mark.parametrize("key", ["dtype", "astype"])
def test_only_numbers_are_types(text, key):
    config = {"dtype": "<i4", "astype": "<i4", "offset": 0, "scale": 1, "digits": 3} | {key: text}
    if key == "astype" and text is None:
        return
    for name in ("delta", "fixedscaleoffset", "quantize"):
        with pytest.raises(UnsupportedCodec, match="configuration") as no:
            codec_named(name, config)
        assert len(str(no.value)) < 400


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("delta", {}),
        ("astype", {"encode_dtype": "<i4"}),
        ("astype", {"decode_dtype": "<i4"}),
        ("shuffle", {"elementsize": 0}),
        ("shuffle", {"elementsize": 2**40}),
        ("shuffle", {"elementsize": "4"}),
        ("shuffle", {"elementsize": True}),
        ("bitround", {}),
        ("bitround", {"keepbits": -1}),
        ("bitround", {"keepbits": 10**30}),
        ("fixedscaleoffset", {"dtype": "<f4", "scale": 0, "offset": 0}),
        ("fixedscaleoffset", {"dtype": "<f4", "scale": 10**400, "offset": 0}),
        ("fixedscaleoffset", {"dtype": "<f4", "scale": 1, "offset": float("nan")}),
        ("fixedscaleoffset", {"dtype": "<f4", "scale": "1", "offset": 0}),
        ("fixedscaleoffset", {"dtype": "<f4", "scale": True, "offset": 0}),
        ("fixedscaleoffset", {"dtype": "<f4", "scale": [1], "offset": 0}),
        ("fixedscaleoffset", {"dtype": "<f4", "offset": 0}),
        ("quantize", {"dtype": "<f4"}),
        ("quantize", {"dtype": "<f4", "digits": 10**6}),
        ("quantize", {"dtype": "<f4", "digits": 1.5}),
        ("quantize", {"dtype": "<i4", "digits": 1}),
    ],
    ids=repr,
)
def test_an_impossible_configuration_is_refused(name, config):
    with pytest.raises(UnsupportedCodec, match="configuration") as no:
        codec_named(name, config)
    assert no.value.codec == name
