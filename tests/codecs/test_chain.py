"""Several codecs in a row: each step's size is checked, and a prefix decodes only what it needs."""

import gzip

import google_crc32c
import numcodecs
import numpy as np
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


FILTERS = [
    numcodecs.FixedScaleOffset(offset=0, scale=1, dtype="<u2", astype="<i4"),
    numcodecs.Delta("<i4", "<i8"),
]


def filtered(*steps):
    """Encoded data and their codecs, in decoding order."""
    encoded = np.frombuffer(DATA, np.uint8)
    for step in steps:
        encoded = np.asarray(step.encode(encoded)).reshape(-1).view(np.uint8)
    configs = [step.get_config() for step in reversed(steps)]
    return encoded.tobytes(), tuple(codec_named(config.pop("id"), config) for config in configs)


@pytest.mark.parametrize("stop", [1, 2, 3, 1000, 1001, 59_999, 60_000])
def test_a_prefix_passes_through_filters(stop):
    """Two bytes of the chunk are four, then eight of the filters' input."""
    encoded, codecs = filtered(*FILTERS, numcodecs.Zstd())
    check_chain(codecs, len(DATA), where="")
    got = bytes(decode_chain(codecs, encoded, len(DATA), stop))
    assert got == DATA[: (stop + 1) // 2 * 2]


def test_a_filter_that_needs_the_end_asks_for_all():
    asked = []

    class Asked:
        name = "asked"

        def encoded_size(self, size):
            return None

        def encoded_stop(self, size, stop):
            return None

        def decode(self, data, size, stop):
            asked.append((size, stop))
            return data

    for step, expected in ((FILTERS[1], (120_000, 16)), (numcodecs.Shuffle(4), (60_000, 60_000))):
        encoded, (codec,) = filtered(step)
        decode_chain((Asked(), codec), encoded, len(DATA), 8)
        assert asked.pop() == expected


def test_each_step_of_a_chain_is_checked():
    encoded, codecs = filtered(*FILTERS, numcodecs.Zstd())
    inside = zstandard.decompress(encoded)
    for wrong in (inside[:-8], inside + bytes(8), inside[:-1], b""):
        with pytest.raises(CorruptChunk):
            decode_chain(codecs, zstandard.compress(wrong), len(DATA), len(DATA))


def test_filters_can_not_grow_a_chunk_without_end():
    grow = codec_named("delta", {"dtype": "|u1", "astype": "<f8"})
    check_chain((grow,), 2**20, where="")
    with pytest.raises(UnsupportedCodec, match="8 times"):
        check_chain((grow, grow), 2**20, where="")


def test_a_filter_around_compressed_data_is_refused():
    delta = codec_named("delta", {"dtype": "|u1"})
    with pytest.raises(UnsupportedCodec, match=r"around compressed data \(delta and gzip\)"):
        check_chain((delta, *chain("gzip")), 1000, where="")
    check_chain((codec_named("shuffle"), *chain("gzip")), 1000, where="")


def test_a_filter_of_other_voxels_is_refused():
    with pytest.raises(UnsupportedCodec, match="no whole number"):
        check_chain((codec_named("delta", {"dtype": "<i8"}),), 1001, where="")
