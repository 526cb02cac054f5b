"""From want-lists to tiles against a real server; only the comm is left out."""

import asyncio
import os
import threading
import time

import numpy as np
import pytest
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.widget.page import Page

import nb_remote as nbr
from nb_remote.chunks import reader
from nb_remote.switching import process_switching
from nb_remote.threads import decode_pool, in_decode_pool, run
from nb_remote.tiles import made
from nb_remote.widget.stream import MAX_VIEWS

FINE = shuffled((6, 300, 300), "uint16")
COARSE = FINE[::2, ::2, ::2].copy()


@pytest.fixture
def server(serve):
    return serve(write_ome_zarr([FINE, COARSE], "zyx", chunks=(2, 128, 128)))


@pytest.fixture
def page(server):
    return Page(nbr.open(server.url))


def tile(level, row, column, at=0):
    return (0, level, 0, 0, at, row, column)


def test_wanted_tiles_arrive_with_their_voxels(page):
    wants = [tile(1, 0, 0, 2), tile(0, 0, 0, 4), tile(0, 1, 1, 4)]
    page.want(*wants)
    page.until(lambda: len(page.tiles()) == 3)

    tiles = page.tiles()
    np.testing.assert_array_equal(tiles[wants[0]], COARSE[2])
    np.testing.assert_array_equal(tiles[wants[1]], FINE[4, :256, :256])
    np.testing.assert_array_equal(tiles[wants[2]], FINE[4, 256:, 256:])


def test_each_view_message_is_accepted_and_messages_are_numbered(page):
    page.want(tile(1, 0, 0))
    page.want(tile(1, 0, 0, 1), generation=2)
    page.until(lambda: len(page.tiles()) >= 1 and len(page.of_kind("accepted")) == 2)

    accepted = page.of_kind("accepted")
    assert [one["rid"] for one in accepted] == [1, 2]
    numbers = [one["seq"] for one in page.of_kind("tiles")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_message_has_a_key_id(page):
    page.want(tile(1, 0, 0), tile(9, 0, 0))
    page.until(page.tiles)

    def keys(value):
        if isinstance(value, dict):
            yield from value
            for one in value.values():
                yield from keys(one)
        elif isinstance(value, list | tuple):
            for one in value:
                yield from keys(one)

    assert "id" not in {key for content, _ in page.messages for key in keys(content)}


def test_a_tile_on_its_way_is_not_sent_twice_unless_the_page_lost_it(page, server):
    page.want(tile(1, 0, 0))
    page.until(page.tiles)
    page.want(tile(1, 0, 0), tile(1, 0, 0, 1), seen=0, generation=2)
    page.until(lambda: len(page.tiles()) == 2)
    sent = [h["want"] for one in page.of_kind("tiles") for h in one["tiles"]]
    assert sent == [tile(1, 0, 0), tile(1, 0, 0, 1)]

    page.want(tile(1, 0, 0), seen=0, again=True, generation=2)
    page.until(lambda: len(page.of_kind("tiles")) == 3)

    # the third came from the cache
    assert len(server.paths()) == len(set(server.paths()))


def test_what_is_no_longer_wanted_is_dropped_down_to_the_socket(page, server):
    server.fail("0/*", "hang")
    page.want(tile(0, 0, 0), tile(0, 1, 1))
    server.wait_for(lambda: any(path.startswith("0/0/") for path in server.paths()))

    page.want(tile(1, 0, 0), generation=2)

    page.until(page.tiles)
    server.wait_for(lambda: any(path.startswith("0/0/") for path in server.dropped))
    assert set(page.tiles()) == {tile(1, 0, 0)}


def test_a_view_that_closes_takes_its_wants_along_and_leaves_the_others(page, server):
    server.fail("0/*", "hang")
    page.want(tile(0, 0, 0), view="a")
    server.wait_for(lambda: any(path.startswith("0/0/") for path in server.paths()))
    page.want(tile(1, 0, 0), view="b")
    page.close_view("a")

    page.until(page.tiles)
    server.wait_for(lambda: any(path.startswith("0/0/") for path in server.dropped))
    assert {one["view"] for one in page.of_kind("tiles")} == {"b"}


def test_views_that_left_without_a_word_are_forgotten_and_served_when_they_speak_again(
    page, server
):
    server.fail("0/*", "hang")
    page.want(tile(0, 0, 0), view="left", generation=1)
    server.wait_for(lambda: any(path.startswith("0/0/") for path in server.paths()))
    for number in range(MAX_VIEWS):
        page.want(tile(1, 0, 0), view=f"new {number}")

    server.wait_for(lambda: any(path.startswith("0/0/") for path in server.dropped))
    page.until(lambda: len(page.of_kind("tiles")) == MAX_VIEWS)
    page.want(tile(1, 0, 0, 1), view="left", seen=7, generation=2)
    page.until(lambda: page.of_kind("tiles")[-1]["view"] == "left")
    assert page.of_kind("tiles")[-1]["seq"] == 8
    assert len(page.stream._sessions) == MAX_VIEWS


def test_a_failed_tile_is_told_with_its_reason_and_the_others_come(page, server):
    server.fail("0/0/2/2", "403")
    page.want(tile(0, 1, 1), tile(1, 0, 0))
    page.until(lambda: page.tiles() and page.of_kind("failed"))

    (failed,) = page.of_kind("failed")
    (one,) = failed["tiles"]
    assert one["want"] == tile(0, 1, 1)
    assert one["error"]["code"] == "access-denied"
    assert "0/0/2/2" in one["error"]["where"]


def test_a_tile_that_does_not_exist_is_ignored(page):
    page.want(tile(0, 99, 99), tile(1, 0, 0))
    page.until(page.tiles)
    assert set(page.tiles()) == {tile(1, 0, 0)}


def test_contrast_is_measured_once_when_the_first_tiles_are_wanted(page, server):
    assert not page.sampled
    page.want(tile(1, 0, 0))
    page.want(tile(1, 0, 0, 1), generation=2)
    page.until(lambda: page.sampled and len(page.tiles()) >= 1)

    ((layer, channel, (limits, ends)),) = page.sampled
    assert (layer, channel) == (0, 0)
    assert limits == pytest.approx(tuple(np.percentile(COARSE, (1, 99))))
    assert ends == (COARSE.min(), COARSE.max())
    # shown and measured from the same chunks: each was fetched once
    assert len(server.paths()) == len(set(server.paths()))


def test_stats_tell_what_it_cost(page, server):
    page.want(tile(0, 0, 0))
    page.until(lambda: page.tiles() and page.sampled)
    page.want(tile(0, 0, 0, 1), generation=2)
    page.until(lambda: len(page.tiles()) == 2)

    stats = page.of_kind("tiles")[-1]["stats"]
    assert stats["requests"] == len(server.requests)
    assert stats["bytes"] > 0
    assert stats["missing_chunks"] == 0


def test_a_tile_sent_ahead_is_counted_and_its_neighbours_are_ready(page, server):
    near, far = tile(0, 0, 0, 1), tile(0, 0, 0, 5)
    page.want(tile(0, 0, 0, 0))
    page.until(page.tiles)
    page.want(ahead=[near], warm=[far], generation=2)
    page.until(lambda: near in page.tiles())
    page.want(far, warm=[tile(0, 0, 0, 3)], generation=3, used=1)
    page.until(lambda: far in page.tiles())

    np.testing.assert_array_equal(page.tiles()[near], FINE[1, :256, :256])
    np.testing.assert_array_equal(page.tiles()[far], FINE[5, :256, :256])
    stats = page.stream.stats()
    assert (stats.tiles_sent, stats.tiles_ahead, stats.tiles_ahead_used) == (3, 1, 1)
    # every chunk was fetched once, whoever asked for it
    assert len(server.paths()) == len(set(server.paths()))


def test_a_warmed_tile_is_not_sent_and_ready_when_it_is_wanted(page, server):
    page.want(tile(0, 0, 0, 0))
    page.until(page.tiles)
    page.want(warm=[tile(0, 0, 0, 2)], generation=2)
    server.wait_for(lambda: sum(path.startswith("0/1/") for path in server.paths()) == 4)
    server.fail("0/1/*", "hang")  # whatever is asked from here on
    page.want(tile(0, 0, 0, 3), generation=3)
    page.until(lambda: len(page.tiles()) == 2)

    assert set(page.tiles()) == {tile(0, 0, 0, 0), tile(0, 0, 0, 3)}
    np.testing.assert_array_equal(page.tiles()[tile(0, 0, 0, 3)], FINE[3, :256, :256])


def test_a_view_that_reads_ahead_does_not_keep_another_waiting(page, server):
    server.fail("0/1/*", "hang")
    page.want(warm=[tile(0, row, column, 2) for row in (0, 1) for column in (0, 1)], view="a")
    server.wait_for(lambda: any(path.startswith("0/1/") for path in server.paths()))

    page.want(tile(0, 0, 0, 4), view="b")

    page.until(lambda: tile(0, 0, 0, 4) in page.tiles())


class FullPool:
    """Keeps every thread of the decode pool until the test lets them go."""

    def __enter__(self):
        self._go = threading.Event()
        self._held = [decode_pool().submit(self._go.wait, 10) for _ in range(os.cpu_count() or 1)]
        return self

    def __exit__(self, *_):
        self._go.set()
        for one in self._held:
            one.result(10)


async def turns():
    for _ in range(10):
        await asyncio.sleep(0)


def drained():
    """Wait until the pool has done all that it was given, and the loop has heard of it."""
    run(in_decode_pool(int), deadline=10)


def test_a_tile_dropped_before_its_chunks_are_decoded_is_not_decoded(page, server, monkeypatch):
    decoded = []
    decode = reader.decode_chunk
    monkeypatch.setattr(
        reader, "decode_chunk", lambda *args: (decoded.append(args), decode(*args))[1]
    )
    with FullPool():
        page.want(tile(0, 1, 1))
        server.wait_for(lambda: "0/0/2/2" in server.paths())
        page.want(generation=2)
        page.until(lambda: len(page.of_kind("accepted")) == 2)
        page.until(lambda: page.stream.stats().in_flight == 0)
    drained()
    finest = [args for args in decoded if args[0].shape == FINE.shape]
    assert finest == []
    assert page.tiles() == {}


def test_a_tile_dropped_before_it_is_encoded_is_not_encoded(page, monkeypatch):
    page.want(tile(0, 0, 0, 0))
    page.until(lambda: page.tiles() and page.sampled)
    encoded = []
    monkeypatch.setattr(made, "encode_tile", lambda *args, **_: encoded.append(args))
    with FullPool():
        page.want(tile(0, 0, 0, 1), generation=2)  # its chunks are decoded already
        page.want(generation=3)
        page.until(lambda: len(page.of_kind("accepted")) == 3)
        run(turns(), deadline=10)  # what waits for the tile hears of it a few turns later
    drained()
    assert encoded == []
    assert set(page.tiles()) == {tile(0, 0, 0, 0)}
    assert page.stream.stats().tiles_cancelled == 1


def test_the_interpreter_changes_threads_faster_while_tiles_are_made(page, server):
    deadline = time.monotonic() + 10
    while process_switching().quickened:  # other tests' tiles; its end has no event
        assert time.monotonic() < deadline
        time.sleep(0.01)
    server.fail("0/*", "hang")
    page.want(tile(0, 0, 0))
    server.wait_for(lambda: any(path.startswith("0/0/") for path in server.paths()))
    assert process_switching().quickened
    page.close_view()
