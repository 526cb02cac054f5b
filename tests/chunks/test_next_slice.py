"""The next slice lies in the same chunks: it asks the server for nothing."""

import numpy as np
import pytest
from tests.containers.written import below, level_at, ramp, written

from nb_remote.chunks.selection import normalise
from nb_remote.threads import run

DATA = ramp((8, 9, 10))


@pytest.fixture
def server(serve):
    return serve(below("v", written(DATA, (4, 3, 5))))


@pytest.fixture
def level(server):
    return level_at(f"{server.url}/v", server.content["v/.zarray"])


@pytest.mark.parametrize("axis", [0, 1, 2], ids=["xy", "xz", "yz"])
def test_the_next_slice_of_an_array_asks_for_nothing(server, level, axis):
    first, second = (tuple([slice(None)] * axis + [n]) for n in (1, 2))
    np.testing.assert_array_equal(level[first], DATA[first])
    asked = len(server.requests)
    assert asked
    np.testing.assert_array_equal(level[second], DATA[second])
    assert len(server.requests) == asked


def test_the_next_slice_in_the_viewer_asks_for_nothing_and_decodes_nothing(
    server, level, monkeypatch
):
    reader = level._source.reader(level.layout)

    def view(z):
        ranges = normalise(z, level.shape).ranges
        return run(reader.read(ranges, whole_chunks=True), deadline=5).block[0]

    np.testing.assert_array_equal(view(1), DATA[1])
    asked = len(server.requests)
    monkeypatch.setattr(reader, "_decode", None)
    np.testing.assert_array_equal(view(2), DATA[2])
    assert len(server.requests) == asked == 6


def test_looking_warms_computing_and_the_other_way_round(server, level):
    reader = level._source.reader(level.layout)
    run(reader.read(normalise(0, level.shape).ranges, whole_chunks=True), deadline=5)
    asked = len(server.requests)
    np.testing.assert_array_equal(level[3], DATA[3])
    assert len(server.requests) == asked
