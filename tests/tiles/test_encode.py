"""What travels to the page is the samples, exactly."""

import zlib

import numpy as np
import pytest

from nb_remote.tiles.encode import encode_tile
from nb_remote.tiles.read import Tile

DTYPES = ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"]


def tile(samples, missing=0):
    return Tile(samples=samples, missing_chunks=missing)


def decoded(encoded):
    data = zlib.decompress(encoded.data, -15) if encoded.enc == "deflate-raw" else encoded.data
    dtype = np.dtype(encoded.dtype).newbyteorder("<")
    if encoded.enc == "runs":
        count = len(data) // (dtype.itemsize + 2)
        values = np.frombuffer(data, dtype, count)
        last = np.frombuffer(data, "<u2", count, count * dtype.itemsize)
        return np.repeat(values, np.diff(last, prepend=-1)).reshape(encoded.height, encoded.width)
    return np.frombuffer(data, dtype).reshape(encoded.height, encoded.width)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("compress", [False, True])
def test_samples_arrive_bit_for_bit(dtype, compress):
    samples = np.arange(35, dtype=dtype).reshape(5, 7)

    encoded = encode_tile(tile(samples), compress=compress)

    assert encoded.enc == ("deflate-raw" if compress else "raw")
    np.testing.assert_array_equal(decoded(encoded), samples)


def test_bool_and_float16_become_the_next_type_that_holds_them_exactly():
    flags = encode_tile(tile(np.array([[True, False]])), compress=False)
    halves = encode_tile(tile(np.array([[0.5, 65504.0]], "f2")), compress=False)

    assert (flags.dtype, decoded(flags).tolist()) == ("uint8", [[1, 0]])
    assert (halves.dtype, decoded(halves).tolist()) == ("float32", [[0.5, 65504.0]])


@pytest.mark.parametrize(
    ("value", "dtype", "text"),
    [
        (0, "u1", "0"),
        (2**64 - 1, "u8", "18446744073709551615"),
        (-(2**63), "i8", "-9223372036854775808"),
        (0.1, "f8", "0.1"),
        (np.inf, "f4", "inf"),
    ],
)
def test_a_tile_of_one_value_is_sent_as_that_value(value, dtype, text):
    encoded = encode_tile(tile(np.full((256, 256), value, dtype)), compress=False)

    assert (encoded.enc, encoded.data, encoded.value) == ("const", b"", text)


def test_a_missing_chunk_is_told():
    assert encode_tile(tile(np.zeros((2, 2), "u1"), missing=3), compress=False).missing
    assert not encode_tile(tile(np.zeros((2, 2), "u1")), compress=False).missing


def test_labels_shrink():
    labels = np.repeat(np.arange(64, dtype="u8"), 1024).reshape(256, 256) * 2**40

    encoded = encode_tile(tile(labels), compress=True)

    assert encoded.enc == "runs"
    assert len(encoded.data) < labels.nbytes / 50
    np.testing.assert_array_equal(decoded(encoded), labels)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(256, 256), (1, 256), (3, 67)])
def test_runs_hold_every_label_up_to_the_last_sample(dtype, shape):
    rng = np.random.default_rng(5)
    ends = np.sort(rng.choice(np.prod(shape), np.prod(shape) // 100, replace=False))
    labels = np.searchsorted(ends, np.arange(np.prod(shape)), side="left").astype(dtype)
    labels[-1] += 1

    encoded = encode_tile(tile(labels.reshape(shape)), compress=True)

    np.testing.assert_array_equal(decoded(encoded), labels.reshape(shape))


def test_labels_without_runs_are_deflated():
    labels = np.arange(256 * 256, dtype="u4").reshape(256, 256) % 1000

    encoded = encode_tile(tile(labels), compress=True)

    assert encoded.enc == "deflate-raw"
    np.testing.assert_array_equal(decoded(encoded), labels)
