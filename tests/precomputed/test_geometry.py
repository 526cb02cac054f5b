"""Sizes that do not divide, and grids whose axes need different numbers of bits."""

import numpy as np
import pytest
from tests.precomputed.written import (
    below,
    noise,
    read_whole_chunks,
    scale,
    with_tensorstore,
    write,
)

import nb_remote

SHARDING = {
    "@type": "neuroglancer_uint64_sharded_v1",
    "preshift_bits": 2,
    "hash": "murmurhash3_x86_128",
    "minishard_bits": 2,
    "shard_bits": 2,
}


def test_three_levels_of_which_the_last_is_rounded_up(serve):
    """As Neuroglancer's own example: 10 x 20 x 30 voxels, and 3 x 5 x 8 at a factor of 4."""
    sizes = [(10, 20, 30), (5, 10, 15), (3, 5, 8)]
    scales = [
        scale(
            size,
            resolution=[3.0 * factor, 4.0 * factor, 5.0 * factor],
            chunk_size=[4, 8, 8],
            voxel_offset=[-8 // factor, 16 // factor, 0],
        )
        for size, factor in zip(sizes, (1, 2, 4), strict=True)
    ]
    data = [noise((*size, 2), "uint16", seed=number) for number, size in enumerate(sizes)]
    server = serve(below("v", write(*scales, data=data)))
    (layer,) = nb_remote.open(server.url_of("v")).layers
    assert [level.shape for level in layer.levels] == [(*size, 2) for size in sizes]
    assert [one.mag for one in layer.inferred.geometry.levels] == [(1, 1, 1), (2, 2, 2), (4, 4, 4)]
    assert layer.inferred.geometry.translation_xyz.value == (-8.0, 16.0, 0.0)
    for number, (level, voxels) in enumerate(zip(layer.levels, data, strict=True)):
        np.testing.assert_array_equal(level[...], voxels)
        independent = with_tensorstore(server.url_of("v"), number)
        np.testing.assert_array_equal(level[...], independent.read().result())


@pytest.mark.parametrize("grid", [(80, 50, 1), (1, 3, 70), (129, 1, 2), (1, 1, 1)])
def test_every_chunk_of_a_sharded_grid_is_found(serve, grid):
    size = tuple(2 * count - (count > 1) for count in grid)
    data = noise((*size, 1), "uint8")
    one = scale(size, chunk_size=[2, 2, 2], sharding=SHARDING)
    server = serve(below("v", write(one, data=[data])))
    level = nb_remote.open(server.url_of("v")).layers[0].levels[0]
    np.testing.assert_array_equal(level[...], data[..., 0])
    np.testing.assert_array_equal(read_whole_chunks(level), data[..., 0])
    assert level._source.missing_chunks == 0
