"""dask arrays: equal values, chunks that fit, names that last, pickles without secrets."""

import json
import pickle
import subprocess
import sys
from math import prod

import dask
import dask.array as da
import numcodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.arrays.test_level import huge
from tests.containers.written import below, level_at, ramp, with_zarr_python, written

from nb_remote.arrays.dask_array import MAX_BYTES, MAX_TASKS, grow_chunks
from nb_remote.errors import AccessDenied, TooLarge

SHAPE, CHUNKS = (20, 33, 41), (8, 8, 16)
DATA = ramp(SHAPE)
MIB = 2**20


@pytest.fixture
def server(serve):
    return serve(below("v", written(DATA, CHUNKS, compressors=numcodecs.Zstd())))


@pytest.fixture
def level(server):
    return level_at(f"{server.url}/v", server.content["v/.zarray"])


def test_nothing_is_fetched_before_it_is_computed(server, level):
    array = level.dask()
    assert (array.shape, array.dtype) == (SHAPE, np.dtype("u2"))
    (array[3:5].astype("f4") * 2).max(axis=0)
    repr(array)
    assert server.requests == []


@pytest.mark.parametrize("chunks", [None, CHUNKS, (16, 8, 48), (20, 33, 41), (8, 33, 64)])
def test_computed_values_equal_those_of_zarr_python(server, level, chunks):
    oracle = with_zarr_python(
        {key.removeprefix("v/"): value for key, value in server.content.items()}
    )
    array = level.dask(chunks)
    with dask.config.set(scheduler="threads", num_workers=6):
        np.testing.assert_array_equal(array.compute(), oracle[...])
        np.testing.assert_array_equal(
            array[::-3, 4, 5:30:7].compute(), oracle[...][::-3, 4, 5:30:7]
        )
        assert array.sum(dtype="u8").compute() == int(DATA.sum(dtype="u8"))
        projected = array.max(axis=0).compute()
    np.testing.assert_array_equal(projected, DATA.max(axis=0))
    assert type(array.compute()) is np.ndarray


def test_each_stored_chunk_is_fetched_once(server, level):
    with dask.config.set(scheduler="threads", num_workers=6):
        level.dask((16, 16, 32)).compute()
    assert len(server.requests) == len(set(server.paths())) == 3 * 5 * 3


def test_a_part_fetches_only_its_chunks(server, level):
    with dask.config.set(scheduler="threads", num_workers=3):
        level.dask(CHUNKS)[9, :8].compute()
    assert sorted(server.paths()) == ["v/1.0.0", "v/1.0.1", "v/1.0.2"]


def test_an_error_of_a_chunk_reaches_who_computes(server, level):
    server.fail("v/1.2.1", "403")
    with pytest.raises(AccessDenied) as caught:
        level.dask().compute(scheduler="threads")
    assert caught.value.where.endswith("v/1.2.1")


# --- chunks --------------------------------------------------------------------------


@pytest.mark.parametrize("stored", [(64, 64, 64), (1, 512, 512), (128, 128, 128), (16, 100, 300)])
@pytest.mark.parametrize("shape", [(2000, 3000, 4000), (65, 10**5, 10**5), (10**5, 129, 10**6)])
@pytest.mark.parametrize("itemsize", [1, 2, 8])
def test_a_big_level_gets_whole_multiples_of_16_to_64_mib(shape, stored, itemsize):
    chunk = grow_chunks(shape, stored, itemsize, ("z", "y", "x"))
    assert all(c % s == 0 for c, s in zip(chunk, stored, strict=True))
    nbytes = prod(min(c, n) for c, n in zip(chunk, shape, strict=True)) * itemsize
    assert 16 * MIB <= nbytes <= MAX_BYTES


def test_a_chunk_that_is_large_already_stays(server):
    assert grow_chunks((4096,) * 3, (512, 512, 256), 1, ("z", "y", "x")) == (512, 512, 256)
    assert grow_chunks((4096,) * 3, (512, 512, 512), 2, ("z", "y", "x")) == (512, 512, 512)


def test_a_small_level_is_one_chunk(level):
    assert level.dask().numblocks == (1, 1, 1)


def test_times_and_channels_stay_apart():
    shape, stored = (50, 4, 500, 500, 500), (1, 1, 64, 64, 64)
    chunk = grow_chunks(shape, stored, 2, ("t", "c", "z", "y", "x"))
    assert chunk[:2] == (1, 1)
    assert 16 * MIB <= prod(chunk) * 2 <= MAX_BYTES


def test_chunks_grow_evenly():
    chunk = grow_chunks((4096,) * 3, (64, 64, 64), 1, ("z", "y", "x"))
    assert max(chunk) <= 2 * min(chunk)


@pytest.mark.parametrize(
    "chunks",
    [
        (8, 8),
        (8, 8, 16, 1),
        (7, 8, 16),
        (8, 8, 8),
        (12, 8, 16),
        (0, 8, 16),
        (-8, 8, 16),
        (8, -1, 16),
    ],
)
def test_chunks_that_do_not_fit_are_refused(server, level, chunks):
    with pytest.raises(ValueError, match="chunks"):
        level.dask(chunks)
    assert server.requests == []


@given(
    shape=st.tuples(*[st.integers(1, 10**6)] * 3),
    stored=st.tuples(*[st.sampled_from([1, 7, 16, 64, 100, 128, 512])] * 3),
    itemsize=st.sampled_from([1, 2, 4, 8, 16]),
)
def test_chunks_of_any_level_are_16_to_64_mib_where_there_is_enough(shape, stored, itemsize):
    chunk = grow_chunks(shape, stored, itemsize, ("z", "y", "x"))
    assert all(c >= s and c % s == 0 for c, s in zip(chunk, stored, strict=True))
    nbytes = prod(map(min, chunk, shape)) * itemsize
    one = prod(map(min, stored, shape)) * itemsize
    assert nbytes <= max(MAX_BYTES, one)
    assert nbytes >= min(16 * MIB, prod(shape) * itemsize)


# --- many tasks, and parts -----------------------------------------------------------


def test_a_petavoxel_is_refused_with_advice_before_dask_builds_anything(server, monkeypatch):
    level = huge(server)
    monkeypatch.setattr(da, "from_array", lambda *_, **__: pytest.fail("built"))
    with pytest.raises(TooLarge, match=r"would have [\d,]{10,} tasks") as caught:
        level.dask()
    for word in ("mag=", "level=", "region=", "chunks="):
        assert word in caught.value.hint
    with pytest.raises(TooLarge, match="3,818,360,547 tasks"):
        level.dask((64, 64, 64))
    assert server.requests == []


def test_a_million_tasks_are_the_limit(server):
    assert MAX_TASKS == 10**6
    assert huge(server, shape=(6400,) * 3).dask((64, 64, 64)).npartitions == 10**6
    with pytest.raises(TooLarge, match="1,010,000 tasks"):
        huge(server, shape=(6401, 6400, 6400)).dask((64, 64, 64))


def test_a_part_of_a_petavoxel_is_computed(server):
    level = huge(server, dimension_separator=".")
    corner = (slice(50_000, 50_010), slice(70_000, 70_003), slice(-2, None))
    array = level.dask(region=corner)
    assert server.requests == []
    np.testing.assert_array_equal(array.compute(scheduler="threads"), np.full((10, 3, 2), 5))
    assert set(server.paths()) - {"v/.zarray"} == {"v/781.1093.1562"}


def test_a_part_of_a_teravoxel_is_computed(server):
    """dask walks over the names of all its chunks, here 60 000, however few are computed."""
    array = huge(server, shape=(10_000,) * 3).dask()
    assert array[:1, :1, -2:].compute(scheduler="threads").tolist() == [[[5, 5]]]


REGIONS = [
    (slice(3, 17), slice(5, 30), slice(10, 40)),
    (slice(8, 16), slice(None), slice(None, -1)),
    (slice(-3, None), slice(100), slice(16, 17)),
    (slice(2, 9),),
    (),
    (slice(5, 5), slice(0, 3), slice(9, 2)),
]


@pytest.mark.parametrize("region", REGIONS, ids=repr)
@pytest.mark.parametrize("chunks", [None, CHUNKS, (16, 8, 48)])
def test_a_region_is_what_numpy_slices(level, region, chunks):
    array, expected = level.dask(chunks, region=region), DATA[region]
    assert (array.shape, array.dtype) == (expected.shape, expected.dtype)
    with dask.config.set(scheduler="threads", num_workers=4):
        np.testing.assert_array_equal(array.compute(), expected)
        np.testing.assert_array_equal(array[::-2, 1:7, ::3].compute(), expected[::-2, 1:7, ::3])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(array)).compute(), expected)


def test_borders_of_a_region_are_those_of_stored_chunks(server, level):
    array = level.dask(CHUNKS, region=(slice(3, 17), slice(8, 24), slice(10, 41)))
    assert array.chunks == ((5, 8, 1), (8, 8), (6, 16, 9))
    array.compute(scheduler="threads")
    assert len(server.requests) == len(set(server.paths())) == 3 * 2 * 3


def test_regions_have_names_of_their_own(level):
    regions = [None, (slice(0, 8),), (slice(0, 9),), (slice(1, 9),)]
    assert len({level.dask(region=one).name for one in regions}) == len(regions)
    assert level.dask(region=(slice(0, 8),)).name == level.dask(region=(slice(0, 8),)).name


@pytest.mark.parametrize(
    "region", [slice(3), (3,), [slice(3)], (slice(0, 9, 2),), (slice(None),) * 4, (...,)], ids=repr
)
def test_regions_that_are_no_boxes_are_refused(server, level, region):
    with pytest.raises(ValueError, match="region"):
        level.dask(region=region)
    assert server.requests == []


# --- names ---------------------------------------------------------------------------


def test_the_same_level_has_the_same_name_and_another_has_another(serve, server, level):
    metadata = server.content["v/.zarray"]
    again = level_at(f"{server.url}/v", metadata)
    assert level.dask().name == again.dask().name
    document = json.loads(metadata)
    others = [
        level.dask(CHUNKS),
        level_at(f"{server.url}/w", metadata).dask(),
        level_at(f"{server.url}/v?version=1", metadata).dask(),
        level_at(f"{server.url}/v?version=2", metadata).dask(),
        level_at(f"{server.url}/v", document | {"shape": [20, 33, 42]}).dask(),
        level_at(f"{server.url}/v", document | {"dtype": "<i2"}).dask(),
        level_at(f"{server.url}/v", document | {"dtype": ">u2"}).dask(),
        level_at(f"{serve({}).url}/v", metadata).dask(),
    ]
    names = [level.dask().name, *(other.name for other in others)]
    assert len(set(names)) == len(names)


def test_a_name_does_not_tell_the_query(server):
    level = level_at(f"{server.url}/v?token=hush-hush", server.content["v/.zarray"])
    assert "hush" not in repr(level.__dask_tokenize__()) + level.dask().name + repr(level)


# --- pickles -------------------------------------------------------------------------

IN_ANOTHER_PROCESS = """
import pickle, sys, threading
array = pickle.loads(sys.stdin.buffer.read())
assert not any("nb-remote" in thread.name for thread in threading.enumerate()), "opened too early"
result = array[2:9, ::5].compute(scheduler="threads", num_workers=4)
sys.stdout.buffer.write(pickle.dumps((array.name, result)))
"""


def in_another_process(data, project_root):
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        input=data,
        cwd=project_root,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)


def test_another_process_computes_from_the_description(server, level, project_root):
    array = level.dask(CHUNKS)
    name, result = in_another_process(pickle.dumps(array), project_root)
    np.testing.assert_array_equal(result, DATA[2:9, ::5])
    assert name == array.name
    assert server.requests  # by the other process: this one has read nothing
    assert level._source.meter.counts().requests == 0


def test_a_level_pickles_after_it_was_read_and_reads_again(level):
    np.testing.assert_array_equal(level[4], DATA[4])
    again = pickle.loads(pickle.dumps(level))
    np.testing.assert_array_equal(again[4], DATA[4])
    assert (again.axes, again.shape, repr(again)) == (level.axes, level.shape, repr(level))


SECRET = "hush-hush-0123456789"


@pytest.mark.parametrize("place", ["{host}/v?token=" + SECRET, "user:" + SECRET + "@{host}/v"])
def test_what_was_opened_with_a_secret_is_not_pickled(server, place):
    url = "http://" + place.format(host=server.host)
    level = level_at(url, server.content["v/.zarray"])
    np.testing.assert_array_equal(level.dask().compute(scheduler="threads"), DATA)
    for thing in (level, level.dask(), level._source):
        with pytest.raises(TypeError, match="pickled") as caught:
            pickle.dumps(thing)
        assert SECRET not in str(caught.value)
        assert SECRET not in repr(thing)


def test_pickled_bytes_hold_the_address_and_nothing_else(server, level):
    level[0]
    data = pickle.dumps(level.dask())
    assert server.host.encode() in data
    for word in (b"RemoteStore", b"HttpStore", b"Session", b"Lock", b"Reader", b"Cache"):
        assert word not in data


def test_computed_arrays_keep_working_with_dask_operations(level):
    stacked = da.stack([level.dask(), level.dask()])
    np.testing.assert_array_equal(stacked.compute(scheduler="threads"), np.stack([DATA, DATA]))
