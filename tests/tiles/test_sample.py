"""Contrast is measured on a bounded part of the coarsest level."""

import json
from math import prod

import numpy as np
import pytest
from tests.browser.volumes import shuffled, write_ome_zarr

import nb_remote as nbr
from nb_remote.threads import run
from nb_remote.tiles.sample import MAX_SAMPLE_VOXELS, sample_contrast, sample_ranges


def test_percentiles_are_those_of_the_coarsest_level(serve):
    fine = shuffled((8, 40, 40), "uint16")
    coarse = shuffled((4, 20, 20), "uint16", 1)
    server = serve(write_ome_zarr([fine, coarse], "zyx"))
    layer = nbr.open(server.url).layers[0]
    server.forget()

    limits, ends = run(sample_contrast(layer.inferred, layer.source, 0), deadline=10)

    assert limits == pytest.approx(tuple(np.percentile(coarse, (1, 99))))
    assert ends == (coarse.min(), coarse.max())
    assert {path.split("/")[0] for path in server.paths()} == {"1"}


def test_only_the_asked_channel_and_the_first_time_are_looked_at(serve):
    array = shuffled((2, 3, 4, 10, 10), "uint16")
    server = serve(write_ome_zarr([array], "tczyx", chunks=(1, 1, 4, 10, 10)))
    layer = nbr.open(server.url).layers[0]
    server.forget()

    limits, _ = run(sample_contrast(layer.inferred, layer.source, 2), deadline=10)

    assert limits == pytest.approx(tuple(np.percentile(array[0, 2], (1, 99))))
    assert server.paths() == ["0/0/2/0/0/0"]


@pytest.mark.parametrize("shape", [(10**5, 10**5, 10**5), (1, 10**6, 10**6), (3000, 64, 64)])
def test_a_huge_level_is_looked_at_in_a_bounded_box_around_its_middle(serve, shape):
    chunk = tuple(min(64, n) for n in shape)
    written = write_ome_zarr([np.zeros((2, 2, 2), "u1")], "zyx")
    document = json.loads(written["0/.zarray"])
    document["shape"], document["chunks"] = list(shape), list(chunk)
    written["0/.zarray"] = json.dumps(document).encode()
    layer = nbr.open(serve(written).url).layers[0]

    ranges = sample_ranges(layer.inferred, chunk, 0)

    assert prod(one.count for one in ranges) <= MAX_SAMPLE_VOXELS
    for one, extent, width in zip(ranges, shape, chunk, strict=True):
        middle = extent // 2
        assert 0 <= one.start <= middle < one.stop <= extent or one.stop - one.start < width
        # no more chunks than the voxels need
        assert (one.stop - 1) // width - one.start // width <= one.count // width + 1
