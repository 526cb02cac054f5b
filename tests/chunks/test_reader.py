"""Reading through a real server: the right voxels, the fewest requests, and never a wrong fill."""

import asyncio
import gc
import gzip
import json
import random
import threading

import numcodecs
import numpy as np
import pytest
from tests.browser.volumes import write_ome_zarr
from tests.containers.written import QUICK, below, level_at, ramp, written
from tests.servers.http import PATIENCE_S

import nb_remote
from nb_remote.chunks.selection import normalise
from nb_remote.errors import (
    AccessDenied,
    CorruptChunk,
    NotFound,
    ServerFailed,
    TimedOut,
    Unreachable,
)
from nb_remote.threads import io_loop, run, submit

SHAPE, CHUNKS = (6, 9, 10), (2, 3, 4)
GRID = (3, 3, 3)
DATA = ramp(SHAPE)
GZIP = numcodecs.GZip(5)


def objects(**options):
    return below("v", written(DATA, CHUNKS, **({"compressors": GZIP} | options)))


@pytest.fixture
def server(serve):
    return serve(objects())


@pytest.fixture
def level(server):
    return open_level(server)


def open_level(server, **options):
    return level_at(f"{server.url}/v", server.content["v/.zarray"], **options)


def reading(level, index=..., *, whole_chunks=False):
    """Read through the reader itself; return what it returned, finished."""
    selection = normalise(index, level.shape)
    reader = level._source.reader(level.layout)
    result = run(reader.read(selection.ranges, whole_chunks=whole_chunks), deadline=10)
    return result.block[selection.finish], result.missing_chunks


def chunks_asked_for(server):
    return sorted(path.removeprefix("v/") for path in server.paths())


def io_tasks():
    async def names():
        here = asyncio.current_task()
        return {task for task in asyncio.all_tasks() if task is not here}

    return asyncio.run_coroutine_threadsafe(names(), io_loop()).result(PATIENCE_S)


BOTH = pytest.mark.parametrize("whole_chunks", [False, True], ids=["planes", "whole chunks"])

INDICES = [
    ...,
    0,
    -1,
    (slice(None), 4),
    (..., 7),
    (3, 5, 7),
    (slice(1, 5), slice(2, 8), slice(3, 9)),
    (slice(None, None, -1), slice(None, None, 4), slice(8, 1, -3)),
    (slice(3, 3), ...),
    (None, 2, ..., None, slice(5, 6)),
]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("compressor", [None, GZIP, numcodecs.Zstd(), numcodecs.Blosc()], ids=str)
def test_whole_chunks_and_planes_agree_with_numpy(serve, order, compressor):
    server = serve(objects(order=order, compressors=compressor))
    for index in INDICES:
        for whole_chunks in (False, True):
            got, missing = reading(open_level(server), index, whole_chunks=whole_chunks)
            np.testing.assert_array_equal(got, DATA[index], err_msg=str(index))
            assert missing == 0


@BOTH
def test_a_read_after_another_kind_of_read_gives_the_same(server, level, whole_chunks):
    """The caches hold raw and decoded chunks; each way of reading uses both."""
    for index in INDICES:
        reading(level, 0, whole_chunks=not whole_chunks)
        got, _ = reading(level, index, whole_chunks=whole_chunks)
        np.testing.assert_array_equal(got, DATA[index])


# --- requests ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "asked"),
    [
        (0, [f"0.{y}.{x}" for y in range(3) for x in range(3)]),
        (5, [f"2.{y}.{x}" for y in range(3) for x in range(3)]),
        ((slice(None), 4), [f"{z}.1.{x}" for z in range(3) for x in range(3)]),
        ((..., 7), [f"{z}.{y}.1" for z in range(3) for y in range(3)]),
        ((3, 5, 7), ["1.1.1"]),
        ((5, 8, 9), ["2.2.2"]),
        ((slice(2, 4), slice(3, 6), slice(4, 8)), ["1.1.1"]),
        ((slice(1, 3), slice(3, 6), slice(4, 8)), ["0.1.1", "1.1.1"]),
        ((slice(None, None, 5), 0, 0), ["0.0.0", "2.0.0"]),
        ((slice(None, None, -4), 0, 0), ["0.0.0", "2.0.0"]),
        ((slice(2, 2), ...), []),
        ((0, slice(None, None, 6), slice(3, None, 5)), ["0.0.0", "0.0.2", "0.2.0", "0.2.2"]),
    ],
    ids=str,
)
@BOTH
def test_only_the_chunks_that_an_index_touches_are_asked_for(
    server, level, index, asked, whole_chunks
):
    got, _ = reading(level, index, whole_chunks=whole_chunks)
    np.testing.assert_array_equal(got, DATA[index])
    assert chunks_asked_for(server) == asked


def test_everything_is_read_with_get_alone(server, level):
    reading(level)
    assert {request.method for request in server.requests} == {"GET"}
    assert len(server.requests) == 27


@BOTH
def test_reading_again_asks_for_nothing(server, level, whole_chunks):
    first, _ = reading(level, (slice(1, 5), ...), whole_chunks=whole_chunks)
    server.forget()
    for again in (True, False):
        got, _ = reading(level, (slice(1, 5), ...), whole_chunks=again)
        np.testing.assert_array_equal(got, first)
    assert server.requests == []


@BOTH
def test_what_one_read_gets_another_can_not_change(server, level, whole_chunks):
    got, _ = reading(level, whole_chunks=whole_chunks)
    got[...] = 0
    np.testing.assert_array_equal(reading(level, whole_chunks=whole_chunks)[0], DATA)


@BOTH
def test_identical_reads_at_the_same_time_fetch_each_chunk_once(server, level, whole_chunks):
    server.latency_s = 0.05
    reader = level._source.reader(level.layout)
    ranges = normalise(..., SHAPE).ranges
    futures = [submit(reader.read(ranges, whole_chunks=whole_chunks)) for _ in range(8)]
    for future in futures:
        np.testing.assert_array_equal(future.result(10).block, DATA)
    assert len(server.requests) == 27


def test_two_readers_of_one_process_do_not_mix_up_their_chunks(serve):
    """Both have a chunk 0.0.0, below different addresses and in different arrays."""
    other = DATA + 1
    server = serve({**objects(), **below("w", written(other, CHUNKS, compressors=GZIP))})
    levels = [
        level_at(f"{server.url}/{name}", server.content[f"{name}/.zarray"]) for name in ("v", "w")
    ]
    for whole_chunks in (True, False):
        for level, expected in zip(levels, (DATA, other), strict=True):
            np.testing.assert_array_equal(reading(level, whole_chunks=whole_chunks)[0], expected)


def test_a_forgotten_array_lets_its_connections_go(server):
    """The caches outlive it, and must not keep its store alive."""
    level = open_level(server)
    reading(level, whole_chunks=True)
    assert server.open_connections > 0
    del level
    gc.collect()
    server.wait_for(lambda: server.open_connections == 0)


# --- missing chunks ------------------------------------------------------------------


@BOTH
def test_missing_chunks_are_fill_value_counted_and_the_metadata_looked_at_once(serve, whole_chunks):
    missing = ["0.0.0", "0.1.1", "1.2.0", "2.2.2"]
    server = serve(below("v", written(DATA, CHUNKS, missing=missing, fill_value=7)))
    server.latency_s = 0.02
    level = open_level(server)
    got, count = reading(level, whole_chunks=whole_chunks)
    expected = DATA.copy()
    for key in missing:
        at = tuple(
            slice(int(i) * c, (int(i) + 1) * c) for i, c in zip(key.split("."), CHUNKS, strict=True)
        )
        expected[at] = 7
    np.testing.assert_array_equal(got, expected)
    assert count == len(missing)
    assert level._source.missing_chunks == len(missing)
    assert server.paths().count("v/.zarray") == 1
    server.forget()
    got, count = reading(level, whole_chunks=whole_chunks)
    np.testing.assert_array_equal(got, expected)
    assert count == len(missing)
    assert server.requests == []


@BOTH
def test_an_empty_volume_is_all_fill_value_and_all_counted(serve, whole_chunks):
    server = serve({"v/.zarray": objects(fill_value=42)["v/.zarray"]})
    got, count = reading(open_level(server), whole_chunks=whole_chunks)
    np.testing.assert_array_equal(got, np.full(SHAPE, 42))
    assert count == 27
    assert server.paths().count("v/.zarray") == 1


@BOTH
def test_a_vanished_array_is_not_found_and_not_fill_value(server, level, whole_chunks):
    server.content.clear()
    with pytest.raises(NotFound, match="vanished"):
        reading(level, whole_chunks=whole_chunks)


@pytest.mark.parametrize(
    ("fault", "error"), [("403", AccessDenied), ("500", ServerFailed), ("reset", Unreachable)]
)
def test_missing_chunks_are_not_believed_while_the_metadata_can_not_be_read(serve, fault, error):
    server = serve(objects())
    level = open_level(server)
    del server.content["v/1.1.1"]
    server.fail("v/.zarray", fault)
    with pytest.raises(error):
        reading(level)
    server.heal()
    assert reading(level)[1] == 1


# --- faults --------------------------------------------------------------------------

FAULTS = {
    "401": AccessDenied,
    "403": AccessDenied,
    "400": ServerFailed,
    "500": ServerFailed,
    "503": ServerFailed,
    "reset": Unreachable,
    "finmid": Unreachable,
    "resetmid": Unreachable,
    "garbage": (ServerFailed, Unreachable),
    "hang": TimedOut,
    "shortlen": CorruptChunk,
    "nolenfin": CorruptChunk,
    "empty200": CorruptChunk,
    "login200": CorruptChunk,
}


@pytest.mark.parametrize("compressor", [None, numcodecs.Blosc()], ids=["raw", "blosc"])
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "hang"])
@BOTH
def test_a_chunk_that_can_not_be_had_is_an_error_that_names_it(
    serve, fault, compressor, whole_chunks
):
    server = serve(objects(compressors=compressor, fill_value=7))
    level = open_level(server)
    server.fail("v/1.0.2", fault)
    with pytest.raises(FAULTS[fault]) as caught:
        reading(level, whole_chunks=whole_chunks)
    assert caught.value.where.endswith("/v/1.0.2")
    if isinstance(caught.value, CorruptChunk):
        assert caught.value.chunk == (1, 0, 2)
    # The rest of the volume goes on, and the chunk too once the server has recovered.
    np.testing.assert_array_equal(reading(level, 0)[0], DATA[0])
    server.heal()
    np.testing.assert_array_equal(reading(level, whole_chunks=whole_chunks)[0], DATA)


def test_a_server_that_hangs_is_a_timeout(server):
    from dataclasses import replace

    level = open_level(server, limits=replace(QUICK, idle_timeout_s=0.2))
    server.fail("v/1.0.2", "hang")
    with pytest.raises(TimedOut) as caught:
        reading(level)
    assert caught.value.where.endswith("/v/1.0.2")


@BOTH
def test_chunks_of_another_codec_than_the_metadata_say_are_refused(serve, whole_chunks):
    content = objects()
    content["v/1.0.2"] = bytes(numcodecs.Zstd().encode(gzip.decompress(content["v/1.0.2"])))
    level = open_level(serve(content))
    with pytest.raises(CorruptChunk) as caught:
        reading(level, whole_chunks=whole_chunks)
    assert caught.value.chunk == (1, 0, 2)
    np.testing.assert_array_equal(reading(level, 0)[0], DATA[0])


@pytest.mark.parametrize("by", [-1, 1, 4, -10])
def test_uncompressed_chunks_of_the_wrong_length_are_refused(serve, by):
    content = objects(compressors=None)
    whole = content["v/2.2.2"]
    content["v/2.2.2"] = whole + bytes(by) if by > 0 else whole[:by]
    with pytest.raises(CorruptChunk, match=f"{len(whole) + by} bytes where the chunk has"):
        reading(open_level(serve(content)))


def test_an_object_far_larger_than_a_chunk_is_never_held(serve):
    from nb_remote.errors import TooLarge

    content = objects()
    content["v/0.0.0"] = bytes(2**21)
    with pytest.raises(TooLarge):
        reading(open_level(serve(content)), (0, 0, 0))


# --- cancelling ----------------------------------------------------------------------


@BOTH
def test_a_cancelled_read_leaves_nothing_behind(server, level, whole_chunks):
    server.fail("*", "hang")
    before = io_tasks()
    reader = level._source.reader(level.layout)
    futures = [
        submit(reader.read(normalise(index, SHAPE).ranges, whole_chunks=whole_chunks))
        for index in (..., 0, (slice(2, 4), 1))
    ]
    server.wait_for(lambda: len(server.requests) == 27)
    for future in futures:
        future.cancel()
    server.wait_for(lambda: len(server.dropped) == 27 and server.open_connections == 0)
    assert io_tasks() <= before
    assert level._source.meter.counts().in_flight == 0
    server.heal()
    np.testing.assert_array_equal(reading(level, whole_chunks=whole_chunks)[0], DATA)


@BOTH
def test_a_cancelled_read_does_not_take_the_chunks_from_another(server, level, whole_chunks):
    server.fail("v/1.1.1", "hang", times=1)
    reader = level._source.reader(level.layout)
    ranges = normalise((slice(2, 4), slice(3, 6), slice(4, 8)), SHAPE).ranges
    first, second = (submit(reader.read(ranges, whole_chunks=whole_chunks)) for _ in range(2))
    third = submit(reader.read(normalise(..., SHAPE).ranges, whole_chunks=whole_chunks))
    server.wait_for(lambda: len(server.requests) == 27)
    first.cancel()
    third.cancel()
    io_tasks()  # a turn of the loop, in which a wrong cancellation would be passed on
    assert not second.done()
    assert "v/1.1.1" not in server.dropped
    second.cancel()
    server.wait_for(lambda: "v/1.1.1" in server.dropped)


def test_one_chunk_that_fails_ends_the_others(server, level):
    server.fail("*", "hang")
    server.fail("v/0.0.0", "403")
    before = io_tasks()
    with pytest.raises(AccessDenied):
        reading(level)
    server.wait_for(lambda: server.open_connections <= 1)
    assert io_tasks() <= before


def test_reads_from_many_threads_agree(server, level):
    """Random boxes from eight threads, through the caches that they share."""
    wrong = []

    def work(seed):
        chance = random.Random(seed)
        for _ in range(15):
            index = tuple(
                slice(*sorted(chance.sample(range(n + 1), 2)), chance.randint(1, 3)) for n in SHAPE
            )
            got, _ = reading(level, index, whole_chunks=chance.random() < 0.5)
            if not np.array_equal(got, DATA[index]):
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert len(server.requests) == 27


def test_the_metadata_of_the_tests_are_what_they_say(server):
    document = json.loads(server.content["v/.zarray"])
    assert (document["shape"], document["chunks"]) == (list(SHAPE), list(CHUNKS))


@pytest.mark.parametrize("separator", [".", "/"])
def test_an_undeclared_separator_is_found_out_instead_of_reading_fill_value(serve, separator):
    array = np.arange(6 * 6 * 6, dtype="u2").reshape(6, 6, 6)
    written = write_ome_zarr([array], "zyx", chunks=(2, 2, 2))
    meta = json.loads(written["0/.zarray"])
    del meta["dimension_separator"]
    written["0/.zarray"] = json.dumps(meta).encode()
    chunks = [key for key in written if key.startswith("0/") and key[2].isdigit()]
    renamed = {f"0/{key[2:].replace('/', separator)}": written.pop(key) for key in chunks}
    server = serve(written | renamed)
    level = nb_remote.open(server.url).layers[0].levels[0]

    np.testing.assert_array_equal(level[...], array)

    server.forget()
    np.testing.assert_array_equal(nb_remote.open(server.url).layers[0].levels[0][0], array[0])
    del server.content[f"0/{separator.join('222')}"]
    assert (nb_remote.open(server.url).layers[0].levels[0][4:, 4:, 4:] == 0).all()
