"""The allow-list: names of Zarr v2 and v3, and what is never run."""

import numcodecs
import pytest
from numcodecs.registry import codec_registry
from tests.codecs.contract import codec_named

from nb_remote.codecs.allowed import ALLOWED, parse_codec
from nb_remote.errors import UnsupportedCodec

# They make objects of bytes, or strings; "pickle" runs what the bytes say.
OBJECTS = [
    "pickle",
    "json2",
    "msgpack2",
    "vlen-utf8",
    "vlen-bytes",
    "vlen-array",
    "categorize",
    "object",
]
V3 = {
    "gzip": {"level": 5},
    "zstd": {"level": 0, "checksum": True},
    "crc32c": {},
    "blosc": {"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 4, "blocksize": 0},
}
CONFIGS = {
    "delta": {"dtype": "<i4"},
    "fixedscaleoffset": {"dtype": "<f4", "astype": "|u1", "scale": 10, "offset": 0.5},
    "astype": {"encode_dtype": "<f4", "decode_dtype": "<f8"},
    "quantize": {"dtype": "<f4", "digits": 3},
    "bitround": {"keepbits": 3},
}


def test_every_codec_of_numcodecs_is_allowed_or_refused_on_purpose():
    """A new release that brings another one shows here."""
    names = {kind.name for kind in ALLOWED}
    assert not names & set(OBJECTS)
    assert set(codec_registry) - names - set(OBJECTS) == set()


@pytest.mark.parametrize("kind", ALLOWED, ids=lambda kind: kind.name)
def test_zarr_3_names_the_same_codecs_with_a_prefix(kind):
    config = CONFIGS.get(kind.name, {})
    assert codec_named(f"numcodecs.{kind.name}", config) == codec_named(kind.name, config)


@pytest.mark.parametrize("name", V3)
def test_configurations_of_zarr_3(name):
    assert codec_named(name, V3[name]) == codec_named(name)


@pytest.mark.parametrize("prefix", ["", "numcodecs.", "numcodecs.numcodecs.", "zarr.", " "])
@pytest.mark.parametrize("name", OBJECTS)
def test_what_makes_objects_is_refused_and_never_reaches_numcodecs(monkeypatch, prefix, name):
    reached = []
    monkeypatch.setattr(numcodecs, "get_codec", reached.append)
    monkeypatch.setattr(numcodecs.registry, "get_codec", reached.append)
    with pytest.raises(UnsupportedCodec, match="can't be read") as no:
        codec_named(prefix + name, {"id": name, "protocol": 5})
    assert no.value.codec == prefix + name
    assert no.value.where == "https://example.org/v/.zarray"
    assert reached == []


@pytest.mark.parametrize("name", ["", "GZIP", "gzip ", "numcodecs.", "zfpy", "pcodec", "sz", "\0"])
def test_other_names_are_refused(name):
    with pytest.raises(UnsupportedCodec, match="which can't be read"):
        codec_named(name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("numcodecs.pcodec", "package pcodec"),
        ("zfpy", "package zfpy"),
        ("imagecodecs_tiff", "package imagecodecs"),
        ("cast_value", "zarr-python"),
        ("unknown", "All numeric codecs of numcodecs"),
    ],
)
def test_a_codec_that_is_read_elsewhere_says_where(name, says):
    with pytest.raises(UnsupportedCodec) as caught:
        parse_codec(name, {}, where="here")
    assert says in caught.value.hint
