"""From the address to tiles: axes x, y, z, c as stored, in every plane, in few requests."""

import numpy as np
import pytest
from tests.explore.waves import explore_in_waves
from tests.precomputed.written import below, noise, scale, write
from tests.widget.page import Page

import nb_remote
from nb_remote.dataset import Dataset
from nb_remote.dialects.ordered import DIALECTS

FINE, COARSE = noise((21, 17, 11, 2), "uint16"), noise((11, 9, 11, 2), "uint16", seed=1)


@pytest.fixture
def server(serve):
    levels = (
        scale((21, 17, 11), voxel_offset=[-9, 4, 7]),
        scale(
            (11, 9, 11), voxel_offset=[-5, 2, 7], resolution=[8.0, 8.0, 40.0], chunk_size=[8, 8, 16]
        ),
    )
    return serve(below("v", write(*levels, data=[FINE, COARSE])))


@pytest.mark.parametrize(
    ("plane", "at", "picture"),
    [
        (0, 5, lambda data, channel: data[:, :, 5, channel].T),
        (1, 3, lambda data, channel: data[:, 3, :, channel].T),
        (2, 10, lambda data, channel: data[10, :, :, channel]),
    ],
    ids=["xy", "xz", "yz"],
)
def test_tiles_of_every_plane_level_and_channel(server, plane, at, picture):
    page = Page(nb_remote.open(server.url_of("v")))
    wants = [(0, level, plane, channel, at, 0, 0) for level in (0, 1) for channel in (0, 1)]
    page.want(*wants)
    page.until(lambda: len(page.tiles()) == 4)
    for want, got in page.tiles().items():
        data = (FINE, COARSE)[want[1]]
        np.testing.assert_array_equal(got, picture(data, want[3]), err_msg=str(want))


def test_the_first_pixel_takes_two_round_trips(server):
    probes = {probe for dialect in DIALECTS for probe in dialect.probes}
    chunks = {key.removeprefix("v/") for key in server.content if "8_8_40" in key}
    assert len(chunks) == 4
    source, found = explore_in_waves(server.url_of("v"), probes, chunks)
    page = Page(Dataset(tuple((layer, source) for layer in found.layers)))
    page.want((0, 1, 0, 0, 0, 0, 0))
    page.until(page.tiles)
    assert len(server.requests) == len(probes) + len(chunks)
