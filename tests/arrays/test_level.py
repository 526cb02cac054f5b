"""A level is an array: NumPy's indexing, and nothing large by accident."""

import numcodecs
import numpy as np
import pytest
from tests.containers.written import below, level_at, ramp, written

from nb_remote.arrays.level import MAX_READ_BYTES, human_bytes
from nb_remote.errors import CorruptChunk, TooLarge, UnsupportedCodec

DATA = ramp((7, 9, 11))


@pytest.fixture
def server(serve):
    return serve(below("v", written(DATA, (3, 4, 5), compressors=numcodecs.Blosc())))


@pytest.fixture
def level(server):
    return level_at(f"{server.url}/v", server.content["v/.zarray"], mag=(1, 1, 1))


def huge(server, shape=(10**5, 10**5, 10**5), chunks=(64, 64, 64), **changes):
    """10¹⁵ voxels, of which no chunk is stored."""
    document = {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": list(chunks),
        "dtype": "<u2",
        "compressor": None,
        "filters": None,
        "fill_value": 5,
        "order": "C",
    }
    return level_at(f"{server.url}/v", document | changes)


@pytest.mark.parametrize(
    "index",
    [
        ...,
        0,
        -1,
        (1, 2, 3),
        (1, 2, 3, ...),
        (..., None, 3),
        slice(None, None, -2),
        (slice(2, 6), slice(None), slice(9, 1, -3)),
        np.int64(3),
        (slice(5, 2), 0),
    ],
    ids=repr,
)
def test_indexing_gives_what_numpy_gives(level, index):
    got, expected = level[index], DATA[index]
    assert type(got) is type(expected)
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(
    "index", [7, -8, (0, 9), (0, 0, 0, 0), (..., ...), [0], 1.5, "z"], ids=repr
)
def test_a_wrong_index_asks_the_server_nothing(server, level, index):
    with pytest.raises(IndexError):
        level[index]
    assert server.requests == []


def test_its_properties_are_those_of_the_array(server, level):
    assert level.shape == (7, 9, 11)
    assert (level.ndim, level.size, level.nbytes, len(level)) == (3, 693, 1386, 7)
    assert (level.dtype, level.chunks, level.axes) == (np.dtype("u2"), (3, 4, 5), ("z", "y", "x"))
    assert level.problem is None
    assert server.requests == []


def test_repr_names_axes_type_mag_and_size(level):
    assert repr(level) == "<LevelArray (z: 7, y: 9, x: 11) uint16, mag=1-1-1, 1.4 KiB>"


def test_the_size_of_a_huge_level_is_exact(server):
    level = huge(server, shape=(10**15, 10**15, 10**15))
    assert level.size == 10**45
    assert level.nbytes == 2 * 10**45
    assert "PiB" in repr(level)


@pytest.mark.parametrize("dtype", [None, "u2", "f8", ">i4"])
def test_asarray_reads_everything_in_the_asked_type(level, dtype):
    got = np.asarray(level, dtype=dtype)
    assert got.dtype == np.dtype(dtype or "u2")
    np.testing.assert_array_equal(got, DATA)
    assert level.__array__(np.dtype(dtype or "u2")).dtype == got.dtype


def test_numpy_functions_take_a_level(level):
    assert np.mean(level) == DATA.mean()
    np.testing.assert_array_equal(np.array(level, copy=True), DATA)


def test_asking_for_no_copy_is_refused(server, level):
    with pytest.raises(ValueError, match="copy"):
        level.__array__(copy=False)
    assert server.requests == []


def test_big_endian_data_arrive_in_native_order(serve):
    data = ramp((4, 5), ">i4")
    server = serve(below("v", written(data, (2, 2), order="F")))
    got = level_at(f"{server.url}/v", server.content["v/.zarray"])[...]
    assert got.dtype.isnative
    np.testing.assert_array_equal(got, data)


def test_a_value_without_axes_is_an_array(serve):
    server = serve(below("v", written(np.array(42, "<u2"), ())))
    level = level_at(f"{server.url}/v", server.content["v/.zarray"])
    assert np.asarray(level) == 42
    assert (level[()], level[...].shape, level.size) == (42, (), 1)
    with pytest.raises(TypeError, match="without axes"):
        len(level)
    with pytest.raises(TypeError, match="without axes"):
        iter(level)


# --- nothing large by accident -------------------------------------------------------

LARGE = {
    "asarray": np.asarray,
    "indexing": lambda level: level[...],
    "half": lambda level: level[::2],
    "a thick slab": lambda level: level[: MAX_READ_BYTES // (2 * 10**10) + 1],
    "iteration": list,
    "first of an iteration": lambda level: next(iter(level)),
    "membership": lambda level: 7 in level,
    "the largest": max,
    "a NumPy function": np.sum,
}


@pytest.mark.parametrize("what", LARGE)
def test_what_is_too_large_is_refused_before_any_request(server, what):
    level = huge(server)
    with pytest.raises(TooLarge, match=r"GiB|PiB") as caught:
        LARGE[what](level)
    assert caught.value.hint
    assert server.requests == []


@pytest.mark.parametrize(
    "what", ["iteration", "first of an iteration", "membership", "the largest"]
)
def test_a_huge_level_of_small_planes_is_not_walked_through_by_accident(server, what):
    level = huge(server, shape=(10**10, 8, 8))
    with pytest.raises(TooLarge):
        LARGE[what](level)
    assert server.requests == []
    assert level[10**9].shape == (8, 8)


def test_too_many_chunks_are_refused_before_any_request(server):
    level = huge(server, chunks=(1, 1, 1))
    with pytest.raises(TooLarge, match="1002000 chunks"):
        level[:1, :1000, :1002]
    assert server.requests == []


def test_a_small_part_of_a_huge_level_is_read(server):
    server.content = dict(server.content)
    level = huge(server)
    np.testing.assert_array_equal(level[50_000, 70_000:70_003, ::50_000], np.full((3, 2), 5))
    assert server.paths()[:2] == ["v/781.1093.0", "v/781.1093.781"]


def test_iteration_reads_one_plane_at_a_time(server, level):
    planes = iter(level)
    assert server.requests == []
    np.testing.assert_array_equal(next(planes), DATA[0])
    assert {path.split(".")[0] for path in server.paths()} == {"v/0"}
    np.testing.assert_array_equal(np.stack(list(level)), DATA)


def test_a_level_that_can_not_be_read_says_why_at_every_door(server):
    level = huge(server, shape=(9, 9, 9), compressor={"id": "pickle"})
    assert isinstance(level.problem, UnsupportedCodec)
    assert level.shape == (9, 9, 9)
    assert "uint16" in repr(level)
    for read in (lambda: level[0], lambda: np.asarray(level), level.dask, lambda: level.chunks):
        with pytest.raises(UnsupportedCodec, match="pickle"):
            read()
    assert server.requests == []


def test_a_damaged_chunk_is_named(server, level):
    server.fail("v/1.0.2", "login200")
    with pytest.raises(CorruptChunk) as caught:
        np.asarray(level)
    assert caught.value.chunk == (1, 0, 2)
    np.testing.assert_array_equal(level[0], DATA[0])


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (2**40, "1.0 TiB"), (2**60, "1024.0 PiB")],
)
def test_bytes_are_written_as_people_read_them(count, text):
    assert human_bytes(count) == text
