"""Several codecs in a row: each step's size is checked, and a prefix decodes only what it needs."""

import gzip

import google_crc32c
import numcodecs
import pytest
import zstandard
from tests.codecs.contract import bytes_like_an_image, codec_named

from nb_remote.codecs.chain import MAX_CODECS, check_chain, decode_chain
from nb_remote.errors import CorruptChunk, UnsupportedCodec

DATA = bytes_like_an_image(60_000)


def chain(*names):
    return tuple(name if not isinstance(name, str) else codec_named(name) for name in names)


def with_crc32c(data):
    return data + google_crc32c.value(data).to_bytes(4, "little")


def decoded(names, data, stop=60_000):
    codecs = chain(*names)
    check_chain(codecs, len(DATA), where="")
    return bytes(decode_chain(codecs, data, len(DATA), stop))


def test_without_codecs_the_length_is_checked():
    assert decode_chain((), b"abc", 3, 1) == b"abc"
    with pytest.raises(CorruptChunk, match="2 bytes where the chunk has 3"):
        decode_chain((), b"ab", 3, 1)


def test_a_checksum_around_compressed_data_lets_the_compressor_stop_early():
    encoded = with_crc32c(gzip.compress(DATA))
    assert decoded(["crc32c", "gzip"], encoded) == DATA
    assert decoded(["crc32c", "gzip"], encoded, 1000) == DATA[:1000]


def test_a_checksum_within_compressed_data_is_verified_for_a_prefix_too():
    names = ["zstd", "crc32c"]
    assert decoded(names, zstandard.compress(with_crc32c(DATA)), 10) == DATA
    with pytest.raises(CorruptChunk, match="checksum"):
        decoded(names, zstandard.compress(DATA + b"\0\0\0\0"), 10)


def test_checksums_around_checksums():
    encoded = bytes(numcodecs.CRC32().encode(with_crc32c(gzip.compress(with_crc32c(DATA)))))
    assert decoded(["crc32", "crc32c", "gzip", "crc32c"], encoded) == DATA


@pytest.mark.parametrize("cut", range(12))
def test_fewer_bytes_than_the_checksums_are_refused(cut):
    encoded = bytes(numcodecs.CRC32().encode(with_crc32c(b"1234")))[:cut]
    with pytest.raises(CorruptChunk):
        decoded(["crc32", "crc32c", "gzip"], encoded)


@pytest.mark.parametrize("first", ["gzip", "zstd", "blosc"])
@pytest.mark.parametrize("second", ["zlib", "zstd"])
def test_two_compressors_are_refused_by_name(first, second):
    """What the first decodes to is nowhere promised."""
    with pytest.raises(UnsupportedCodec, match=f"more than once \\({first} and {second}\\)") as no:
        check_chain(chain(first, second), 1000, where="there")
    assert (no.value.codec, no.value.where) == (second, "there")
    with pytest.raises(CorruptChunk):
        decode_chain(chain(first, second), b"x" * 100, 1000, 1000)


def test_endless_chains_are_refused():
    check_chain(chain(*["crc32"] * MAX_CODECS), 1000, where="")
    with pytest.raises(UnsupportedCodec, match="17 codecs"):
        check_chain(chain(*["crc32"] * (MAX_CODECS + 1)), 1000, where="")
