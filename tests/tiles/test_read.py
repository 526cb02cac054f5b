"""A tile is the right part of the right slice, rows first, in every plane and axis order."""

import numpy as np
import pytest
from tests.browser.volumes import write_ome_zarr
from tests.servers.http import RangeServer
from tests.volumes.ome_zarr import VOLUMES, write

import nb_remote as nbr
from nb_remote.threads import run
from nb_remote.tiles.address import PLANES, TILE_SIZE, tile_address
from nb_remote.tiles.read import read_tile

NAMES = ["tczyx", "czyx", "zyx", "cyx", "yx", "cxyz"]


@pytest.fixture(scope="module")
def opened():
    """Name → (dataset, what was written)."""
    with RangeServer({}) as server:
        result = {}
        for name in NAMES:
            written = write(name)
            server.content.update({f"{name}/{key}": value for key, value in written.files.items()})
            result[name] = (nbr.open(server.url_of(f"{name}/{written.path}")), written)
        yield result


def read(dataset, want):
    address = tile_address(want, dataset.layers)
    level = dataset.layers[address.layer].shown[address.level]
    return run(read_tile(address, level), deadline=10).samples


def expected(level, axes, plane, at, channel, extra):
    """Slice with NumPy alone: the plane's column axis last, its row axis before it."""
    column, row, normal = ("xyz"[n] for n in PLANES[plane])
    index, kept = [], []
    for axis in axes:
        if axis in (column, row):
            index.append(slice(0, TILE_SIZE))
            kept.append(axis)
        else:
            index.append({normal: at, "c": channel}.get(axis, extra))
    picture = level[tuple(index)]
    return picture if kept == [row, column] else picture.T


@pytest.mark.parametrize(
    ("name", "plane"),
    [(name, plane) for name in NAMES for plane in (0, 1, 2) if plane == 0 or "z" in name],
)
def test_every_plane_of_every_level_is_what_numpy_slices(opened, name, plane):
    dataset, written = opened[name]
    axes = VOLUMES[name].axes
    extra = (1,) if "t" in axes else ()
    channel = 1 if "c" in axes and VOLUMES[name].shape[axes.index("c")] > 1 else 0
    for number, level in enumerate(written.levels):
        at = 1 if "z" in axes else 0
        samples = read(dataset, (0, number, plane, channel, at, 0, 0, *extra))
        np.testing.assert_array_equal(samples, expected(level, axes, plane, at, channel, 1))


def test_tiles_beyond_the_first_begin_where_the_one_before_ended(serve):
    array = np.arange(300 * 600, dtype="u4").reshape(1, 300, 600)
    server = serve(write_ome_zarr([array], "zyx", chunks=(1, 100, 100)))
    dataset = nbr.open(server.url)

    assert read(dataset, (0, 0, 0, 0, 0, 1, 2)).tolist() == array[0, 256:300, 512:600].tolist()


@pytest.mark.parametrize(
    "want",
    [
        (),
        (0,),
        (0, 0, 0, 0, 0, 0),  # too short
        (9, 0, 0, 0, 0, 0, 0),  # no such layer
        (0, 9, 0, 0, 0, 0, 0),  # no such level
        (0, 0, 3, 0, 0, 0, 0),  # no such plane
        (0, 0, 0, 9, 0, 0, 0),  # no such channel
        (0, 0, 0, 0, 999, 0, 0),  # no such slice
        (0, 0, 0, 0, 0, 1, 0),  # no such row
        (0, 0, 0, 0, 0, 0, 1),  # no such column
        (0, 0, 0, 0, 0, 0, 0, 0),  # no further axis
        (0, 0, 0, 0, -1, 0, 0),
    ],
)
def test_a_tile_that_does_not_exist_is_refused_before_anything_is_read(opened, want):
    dataset, _ = opened["czyx"]
    with pytest.raises(ValueError, match=r"\w"):
        tile_address(want, dataset.layers)


def test_a_2d_image_has_one_slice_and_no_side_view(opened):
    dataset, _ = opened["yx"]
    assert tile_address((0, 0, 0, 0, 0, 0, 0), dataset.layers).level == 0
    with pytest.raises(ValueError, match="2-D"):
        tile_address((0, 0, 0, 0, 1, 0, 0), dataset.layers)
