"""Checksums, against numcodecs and google-crc32c."""

import functools

import numcodecs
import pytest
from tests.codecs.contract import FixedSizeContract, bytes_like_an_image, codec_named

from nb_remote.errors import CorruptChunk, UnsupportedCodec

KINDS = {
    "crc32c": numcodecs.checksum32.CRC32C,
    "crc32": numcodecs.CRC32,
    "adler32": numcodecs.Adler32,
    "fletcher32": numcodecs.Fletcher32,
    "jenkins_lookup3": numcodecs.JenkinsLookup3,
}


class Contract(FixedSizeContract):
    stops_early = False

    def encode(self, data):
        return bytes(KINDS[self.name]().encode(data))

    def test_a_flipped_bit_is_noticed(self, codec):
        encoded = self.encode(self.small)
        for place in range(8 * len(encoded)):
            damaged = bytearray(encoded)
            damaged[place // 8] ^= 1 << place % 8
            with pytest.raises(CorruptChunk, match="checksum"):
                codec.decode(bytes(damaged), len(self.small), 1)


class TestCrc32c(Contract):
    name = "crc32c"


class TestCrc32(Contract):
    name = "crc32"


class TestAdler32(Contract):
    name = "adler32"


class TestFletcher32(Contract):
    name = "fletcher32"


class TestJenkins(Contract):
    name = "jenkins_lookup3"


@pytest.mark.parametrize("name", ["crc32c", "crc32", "adler32"])
@pytest.mark.parametrize("location", ["start", "end"])
@pytest.mark.parametrize("prefix", ["", "numcodecs."])
def test_either_end(name, location, prefix):
    data = bytes_like_an_image(999)
    encoded = bytes(KINDS[name](location=location).encode(data))
    codec = codec_named(prefix + name, {"location": location})
    assert bytes(codec.decode(encoded, 999, 999)) == data


def test_another_seed():
    data = bytes_like_an_image(999)
    encoded = bytes(numcodecs.JenkinsLookup3(initval=77).encode(data))
    codec = functools.partial(codec_named, "jenkins_lookup3")
    assert bytes(codec({"initval": 77, "prefix": None}).decode(encoded, 999, 999)) == data
    with pytest.raises(CorruptChunk):
        codec({"initval": 78}).decode(encoded, 999, 999)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("crc32", {"location": "middle"}),
        ("crc32c", {"location": 5}),
        ("adler32", {"location": ["start"]}),
        ("jenkins_lookup3", {"initval": -1}),
        ("jenkins_lookup3", {"initval": 2**32}),
        ("jenkins_lookup3", {"initval": "0"}),
        ("jenkins_lookup3", {"initval": True}),
        ("jenkins_lookup3", {"prefix": "abc"}),
    ],
)
def test_what_no_writer_configures_is_refused(name, config):
    with pytest.raises(UnsupportedCodec, match="configuration") as no:
        codec_named(name, config)
    assert no.value.codec == name
