"""What every codec promises: exactly the promised bytes, or `CorruptChunk`; never more memory."""

import functools
import itertools
import pickle
import tracemalloc

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from nb_remote.codecs.allowed import decode_part, parse_codec
from nb_remote.errors import CorruptChunk

HTML = b"<!DOCTYPE html><html><body>please log in</body></html>"
GIB = 2**30


def codec_named(name, config=None):
    return parse_codec(name, config or {}, where="https://example.org/v/.zarray")


@functools.cache
def bytes_like_an_image(size, seed=0):
    """Neighbours are alike, yet no two stretches are the same."""
    state, out = seed * 7919 + 12345, bytearray()
    while len(out) < size:
        state = (state * 1103515245 + 12345) % 2**31
        out += bytes([state >> 16 & 255]) * (1 + (state >> 9 & 7))
    return bytes(out[:size])


# One test is run by several subclasses; its examples need not be shared between them.
many = settings(max_examples=100, suppress_health_check=[HealthCheck.differing_executors])


class SizesContract:
    """What every codec says about sizes, and that it travels. Subclasses give `name`."""

    name: str
    config = None

    @pytest.fixture
    def codec(self):
        return codec_named(self.name, self.config)

    def test_it_is_a_value_that_travels(self, codec):
        again = pickle.loads(pickle.dumps(codec))
        assert again == codec
        assert hash(again) == hash(codec)
        with pytest.raises((AttributeError, TypeError)):
            codec.name = "other"


class CodecContract(SizesContract):
    """Subclasses give `name` and `encode`, which uses an independent library."""

    stops_early = True
    takes_anything = False
    item = 1
    """Bytes of a voxel where the codec knows it: sizes are multiples of it."""
    sizes = (1, 2, 7, 127, 128, 1000, 4096, 65_536, 300_001)
    small = bytes_like_an_image(150, seed=3)

    def encode(self, data):
        raise NotImplementedError

    def expected(self, data):
        """Return what `encode(data)` decodes to; a lossy codec does not give the data back."""
        return data

    @pytest.fixture(autouse=True)
    def _whole_voxels(self):
        self.sizes = [size * self.item for size in self.sizes if size * self.item < 10**6]
        self.small = self.small[: len(self.small) // self.item * self.item]

    def test_the_sizes_are_what_they_are(self, codec):
        for size in self.sizes:
            encoded = len(self.encode(bytes_like_an_image(size)))
            assert codec.encoded_size(size) in (encoded, None)
            assert codec.decoded_size(encoded) in (size, None)

    def test_what_was_written_comes_back(self, codec):
        for size in self.sizes:
            data = bytes_like_an_image(size, seed=size)
            assert bytes(codec.decode(self.encode(data), size, size)) == self.expected(data), size

    def test_incompressible_data_come_back(self, codec):
        import random

        for size in self.sizes:
            data = random.Random(size).randbytes(size)
            assert bytes(codec.decode(self.encode(data), size, size)) == self.expected(data), size

    def test_zeros_come_back(self, codec):
        for size in self.sizes:
            zeros = bytes(size)
            got = bytes(codec.decode(self.encode(zeros), size, size))
            assert got == self.expected(zeros), size

    def test_a_prefix_is_the_beginning_of_the_whole(self, codec):
        for size in self.sizes:
            data = bytes_like_an_image(size, seed=size)
            encoded, data = self.encode(data), self.expected(data)
            for stop in sorted({1, size // 3, size // 2, size - 1, size} - {0}):
                got = bytes(codec.decode(encoded, size, stop))
                assert len(got) >= stop
                assert got == data[: len(got)]
                voxels = -(-stop // self.item)
                assert len(got) == (voxels * self.item if self.stops_early else size)

    def test_any_part_is_exactly_that_part(self, codec):
        for size in self.sizes:
            data = bytes_like_an_image(size, seed=size)
            encoded, data = self.encode(data), self.expected(data)
            cuts = sorted({0, 1, size // 3, size // 2, size - 1, size} & set(range(size + 1)))
            for start, stop in itertools.combinations_with_replacement(cuts, 2):
                part = decode_part((codec,), encoded, size, start, stop)
                assert bytes(part) == data[start:stop]

    @pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
    def test_any_kind_of_bytes_is_read(self, codec, kind):
        data = bytes_like_an_image(5000)
        assert bytes(codec.decode(kind(self.encode(data)), 5000, 5000)) == self.expected(data)

    def test_data_cut_anywhere_are_refused(self, codec):
        encoded = self.encode(self.small)
        for cut in range(len(encoded)):
            with pytest.raises(CorruptChunk):
                codec.decode(encoded[:cut], len(self.small), len(self.small))

    def test_a_prefix_of_cut_data_is_right_or_refused(self, codec):
        encoded = self.encode(self.small)
        for cut in range(len(encoded)):
            for stop in (1, 50, len(self.small) - 1):
                try:
                    got = codec.decode(encoded[:cut], len(self.small), stop)
                except CorruptChunk:
                    continue
                assert bytes(got) == self.expected(self.small)[: len(got)]
                assert len(got) >= stop

    @pytest.mark.parametrize("by", [1, 2, 100, 10_000])
    def test_data_that_decode_to_more_are_refused(self, codec, by):
        by *= self.item
        for size in (self.item, 160, 5000):
            encoded = self.encode(bytes_like_an_image(size + by))
            with pytest.raises(CorruptChunk):
                codec.decode(encoded, size, size)

    @pytest.mark.parametrize("by", [1, 2, 100])
    def test_data_that_decode_to_less_are_refused(self, codec, by):
        by *= self.item
        for size in (101 * self.item, 4808, 8000):
            encoded = self.encode(bytes_like_an_image(size - by))
            with pytest.raises(CorruptChunk):
                codec.decode(encoded, size, size)

    @pytest.mark.parametrize("tail", [b"\x01", HTML, b"\xff" * 40], ids=["byte", "page", "ones"])
    def test_bytes_behind_the_data_are_refused(self, codec, tail):
        encoded = self.encode(self.small)
        with pytest.raises(CorruptChunk):
            codec.decode(encoded + tail, len(self.small), len(self.small))

    @pytest.mark.parametrize(
        "data",
        [b"", b"\0", HTML, bytes(64), b"\xff" * 64],
        ids=["nothing", "byte", "page", "zeros", "ones"],
    )
    def test_what_is_no_such_data_is_refused(self, codec, data):
        for stop in (150, 10):
            # Where bytes mean themselves, the first ones of anything are a prefix.
            if stop == 150 or not self.takes_anything:
                with pytest.raises(CorruptChunk):
                    codec.decode(data, 150, stop)

    @many
    @given(st.binary(max_size=200), st.integers(1, 300), st.floats(0, 1))
    def test_random_bytes_do_nothing_but_raise(self, data, size, part):
        try:
            got = codec_named(self.name, self.config).decode(data, size, max(1, int(size * part)))
        except CorruptChunk:
            return
        assert len(got) <= size

    @many
    @given(st.integers(0, 10**6), st.integers(1, 255))
    def test_a_damaged_byte_never_gives_another_length(self, place, flip):
        encoded = bytearray(self.encode(self.small))
        encoded[place % len(encoded)] ^= flip
        size = len(self.small)
        try:
            got = codec_named(self.name, self.config).decode(bytes(encoded), size, size)
        except CorruptChunk:
            return
        assert len(got) == size


class CompressorContract(CodecContract):
    """Codecs whose output may be any number of times as large as their input."""

    def bomb(self):
        """Return a small buffer that decodes to 1 GiB."""
        raise NotImplementedError

    @pytest.mark.parametrize("stop", [2**16, 2**15])
    def test_a_bomb_is_refused_without_being_held(self, codec, stop):
        bomb = self.bomb()
        assert len(bomb) < 2**21
        tracemalloc.start()
        try:
            try:
                got = codec.decode(bomb, 2**16, stop)
            except CorruptChunk:
                pass
            else:
                # A decoder that stops early can't see the end, and must not look for it.
                assert stop < 2**16
                assert len(got) <= 2**16
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 2**20 + 2 * len(bomb)


class FixedSizeContract(CodecContract):
    """Codecs whose input has a size that follows from the output's."""

    def test_every_input_of_another_size_is_refused(self, codec):
        encoded = self.encode(self.small)
        for data in (encoded[:-1], encoded[1:], encoded + b"\0", b"\0" + encoded, b"", encoded * 2):
            with pytest.raises(CorruptChunk):
                codec.decode(data, len(self.small), len(self.small))

    @many
    @given(st.data(), st.integers(1, 40))
    def test_random_bytes_of_the_right_size_do_nothing_but_raise(self, data, voxels):
        """And no warning either, which pytest would make an error of."""
        codec, size = codec_named(self.name, self.config), voxels * self.item
        encoded = codec.encoded_size(size)
        try:
            got = codec.decode(data.draw(st.binary(min_size=encoded, max_size=encoded)), size, size)
        except CorruptChunk:
            return
        assert len(got) == size

    def test_a_size_of_half_a_voxel_is_refused(self, codec):
        if self.item == 1:
            return
        with pytest.raises(ValueError, match="no whole number"):
            codec.encoded_size(self.item * 3 - 1)
        with pytest.raises(CorruptChunk, match="no whole number"):
            codec.decode(self.encode(bytes(self.item * 3)), self.item * 3 - 1, 1)
