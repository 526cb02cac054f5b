"""Layers whose place is an affine are shown along the dataset's axes, as SciPy would have them."""

import itertools
import json
import math
import tracemalloc

import numpy as np
import pytest
from tests.arrays.lying import expected, lying, points, read, whole
from tests.browser.volumes import shuffled, write_ome_zarr

import nb_remote as nbr
from nb_remote.chunks.selection import AxisRange
from nb_remote.errors import CorruptChunk, UnsupportedCodec
from nb_remote.threads import run, submit

SMALL = shuffled((3, 4, 5), "uint16")
VOLUME = np.add.outer(np.add.outer(np.arange(20) * 40.0, np.arange(24) * 7.0), np.arange(28) ** 1.5)


def turn(axis, degrees, scale=(1, 1, 1), move=(0, 0, 0)):
    """Return a turn about an axis of x, y, z after a stretching, and before a shift."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    a, b = [n for n in range(3) if n != axis]
    linear = np.eye(3)
    linear[a, a] = linear[b, b] = c
    linear[a, b], linear[b, a] = -s, s
    return np.column_stack([linear * np.asarray(scale), move])


OBLIQUE = {
    "turned about z": turn(2, 30),
    "turned about x, moved": turn(0, -52.3, move=(3.3, -10, 1e4)),
    "turned twice": np.column_stack([turn(0, 20)[:, :3] @ turn(1, 35)[:, :3], [1, 2, 3]]),
    "sheared as a light sheet is": np.array([[1, 0, 0.7, 0], [0, 1, 0, 0], [0, 0, 0.7, 0]]),
    "stretched and turned": turn(1, 40, scale=(0.5, 1, 4)),
    "mirrored and turned": turn(2, 65, scale=(-1, 1, 1)),
}


@pytest.fixture
def volume(serve):
    """``volume(levels)`` opens an OME-Zarr of arrays, by default of axes zyx."""

    def open_(levels, axes="zyx", chunks=None, **more):
        open_.server = serve(write_ome_zarr(levels, axes, chunks=chunks, **more))
        return nbr.open(open_.server.url)

    return open_


def signed_permutations():
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1, -1), repeat=3):
            matrix = np.zeros((3, 4))
            matrix[range(3), order] = signs
            matrix[:, 3] = (10, -20, 0.5)
            yield matrix


def test_a_layer_turned_by_right_angles_keeps_every_voxel_as_it_is(volume):
    dataset = volume([SMALL], chunks=(2, 3, 2))
    for matrix in signed_permutations():
        layer = lying(dataset, matrix).layers[0]
        level = layer.shown[0]
        shown = read(level)
        assert shown.dtype == SMALL.dtype
        assert shown.size == SMALL.size
        for (z, y, x), value in np.ndenumerate(SMALL):
            at = matrix @ (x + 0.5, y + 0.5, z + 0.5, 1) - level.offset_xyz
            i, j, k = np.floor(at / level.factor_xyz).astype(int)
            assert shown[k, j, i] == value


def test_voxels_that_are_no_cubes_stay_so_when_they_are_turned(volume):
    fine, coarse = shuffled((4, 6, 8), "uint8"), shuffled((4, 3, 4), "uint8")
    dataset = volume([fine, coarse], scales=[[40, 4, 4], [40, 8, 8]])
    onto_its_side = [[0, 0, -10, 0], [0, 1, 0, 0], [0.1, 0, 0, 0]]
    layer = lying(dataset, onto_its_side).layers[0]
    first, second = layer.shown
    assert (first.factor_xyz, second.factor_xyz) == ((10, 1, 0.1), (10, 2, 0.2))
    assert layer.bounding_box == ((-40, 0, 0), (0, 6, 0.8))
    assert first.offset_xyz == second.offset_xyz == (-40, 0, 0)
    np.testing.assert_array_equal(read(first), fine.transpose(2, 1, 0)[:, :, ::-1])
    np.testing.assert_array_equal(read(second), coarse.transpose(2, 1, 0)[:, :, ::-1])


def test_a_right_angle_in_floating_point_is_one(volume):
    dataset = volume([SMALL])
    layer = lying(dataset, turn(2, 90)).layers[0]
    assert layer.placement.is_square
    np.testing.assert_array_equal(read(layer.shown[0]), SMALL.transpose(0, 2, 1)[:, :, ::-1])


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "uint64", "float32", "float64"])
@pytest.mark.parametrize("matrix", OBLIQUE.values(), ids=OBLIQUE)
def test_an_image_is_linear_between_voxels(volume, matrix, dtype):
    stored = (VOLUME / 5).astype(dtype)
    layer = lying(volume([stored], chunks=(7, 9, 11)), matrix).layers[0]
    level = layer.shown[0]
    shown = read(level)
    values, inside = expected(stored, points(level, matrix), order=1)
    assert shown.dtype == np.dtype(dtype)
    # SciPy's numbers are not rounded; ours are where the type has whole ones.
    within = 1e-3 if dtype.startswith("float") else 0.501
    np.testing.assert_allclose(shown[inside], values[inside], rtol=1e-6, atol=within)
    outside = shown[~inside]
    assert outside.size
    empty = np.isnan(outside) if dtype.startswith("float") else outside == np.iinfo(dtype).min
    assert empty.all()


@pytest.mark.parametrize("matrix", OBLIQUE.values(), ids=OBLIQUE)
def test_labels_are_those_of_the_nearest_voxel(volume, matrix):
    labels = shuffled((20, 24, 28), "uint64") + np.uint64(2**60)  # no float holds these
    dataset = volume([np.zeros_like(VOLUME)], labels={"cells": [labels]}, chunks=(20, 9, 28))
    layer = lying(dataset, matrix, "labels-cells").layers[0]
    level = layer.shown[0]
    places = np.arange(labels.size, dtype="f8").reshape(labels.shape)
    nearest, inside = expected(places, points(level, matrix), order=0)
    shown = read(level)
    np.testing.assert_array_equal(shown[inside], labels.ravel()[nearest[inside].astype(int)])
    assert not shown[~inside].any()


@pytest.mark.parametrize("seed", range(12))
def test_any_affine_shows_what_lies_there(volume, seed):
    random = np.random.default_rng(seed)
    linear = np.linalg.qr(random.normal(size=(3, 3)))[0] * 2.0 ** random.uniform(-1.5, 1.5, 3)
    linear += random.uniform(-0.2, 0.2, (3, 3))
    matrix = np.column_stack([linear, random.uniform(-1e4, 1e4, 3)])
    labels = random.integers(1, 2**31, (7, 9, 8)).astype("uint32")
    image = random.normal(size=labels.shape).astype("f4")
    dataset = volume([image], labels={"cells": [labels]}, chunks=(4, 5, 6))
    for name, order in (("image", 1), ("labels-cells", 0)):
        stored = {"image": image, "labels-cells": labels}[name]
        layer = lying(dataset, matrix, name).layers[0]
        level = layer.shown[0]
        at = points(level, matrix)
        values, inside = expected(stored, at, order=order)
        # Where a point lies between two voxels is a matter of rounding.
        between = (np.abs(at - np.round(at)) < 1e-6).any(axis=0)
        shown = read(level)
        sure = inside & ~between
        np.testing.assert_allclose(shown[sure], values[sure], atol=1e-4)
        # All of it is shown: no voxel of the layer lies outside of the box.
        low, high = layer.bounding_box
        assert (np.array(level.offset_xyz) <= np.array(low) + 1e-6).all()
        end = np.array(level.offset_xyz) + np.multiply(
            level.factor_xyz, level.axes.shape_xyz(level.shape)
        )
        assert (end >= np.array(high) - 1e-3).all()
        # And finely enough: a step is no longer than a voxel.
        back = np.linalg.inv(linear) * np.array(level.factor_xyz)
        assert (np.linalg.norm(back, axis=0) <= 1 + 1e-9).all()


def test_what_is_read_does_not_depend_on_how_it_is_cut(volume):
    stored = shuffled((70, 80, 90), "uint16")
    level = lying(volume([stored], chunks=(32, 32, 32)), turn(2, 33)).layers[0].shown[0]
    shown = read(level)
    assert max(shown.shape) > 64
    some = [slice(3, 5), slice(50, 90), slice(17, 120)]
    ranges = tuple(AxisRange(start=one.start, stop=one.stop) for one in some)
    np.testing.assert_array_equal(read(level, ranges), shown[tuple(some)])


def test_every_level_is_shown_in_voxels_about_as_large_as_its_own(volume):
    pyramid = [VOLUME[::n, ::n, ::n].astype("f4") for n in (1, 2, 4)]
    matrix = turn(1, 25)
    layer = lying(volume(pyramid), matrix).layers[0]
    for number, (level, stored) in enumerate(zip(layer.shown, pyramid, strict=True)):
        size = 2**number
        np.testing.assert_allclose(level.factor_xyz, size, rtol=1e-9)
        at = points(level, matrix, factor=(size,) * 3)
        values, inside = expected(stored, at, order=1)
        np.testing.assert_allclose(read(level)[inside], values[inside], rtol=1e-5)


@pytest.mark.parametrize("axes", ["czyx", "tczyx", "cxyz", "xyz"])
def test_other_axes_stay_where_they_are(volume, axes):
    extra = {"c": 3, "t": 2}
    shape = [extra.get(axis, {"x": 9, "y": 8, "z": 7}.get(axis)) for axis in axes]
    stored = shuffled(tuple(shape), "uint16")
    layer = lying(volume([stored], axes), OBLIQUE["turned twice"]).layers[0]
    level = layer.shown[0]
    shown = read(level)
    assert level.axes.names == layer.axes
    lead = [axis for axis in axes if axis in extra]
    order = [axes.index(axis) for axis in (*lead, *"zyx")]
    at = points(level, OBLIQUE["turned twice"])
    for index in np.ndindex(*(extra[axis] for axis in lead)):
        values, inside = expected(stored.transpose(order)[index], at, order=1)
        got = shown.transpose(order)[index]
        np.testing.assert_allclose(got[inside], values[inside], atol=0.51)


def test_a_flat_image_that_is_turned_gets_a_third_axis(volume):
    stored = shuffled((30, 40), "uint16")
    dataset = volume([stored], "yx")
    upright = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    level = lying(dataset, upright).layers[0].shown[0]
    assert level.axes.shape_xyz(level.shape) == (40, 1, 30)
    np.testing.assert_array_equal(read(level)[0], stored.T)

    tilted = lying(dataset, turn(0, 50)).layers[0].shown[0]
    shown = read(tilted).transpose(2, 0, 1)
    assert len(shown) > 20
    values, inside = expected(stored[np.newaxis], points(tilted, turn(0, 50)), order=1)
    np.testing.assert_allclose(shown[inside], values[inside], atol=0.51)


def test_arrays_stay_as_they_are_stored(volume):
    pytest.importorskip("xarray")
    fine, coarse = shuffled((4, 6, 8), "uint8"), shuffled((2, 3, 4), "uint8")
    layer = lying(volume([fine, coarse]), turn(2, 90, move=(100, 0, 0))).layers[0]
    np.testing.assert_array_equal(layer[...], fine)
    np.testing.assert_array_equal(layer.dask(level=1), coarse)
    array = layer.xarray(level=1)
    assert array.x.values.tolist() == [0.5, 2.5, 4.5, 6.5]
    # The stored voxel at x = 2.5, y = 0.5: x = 100 - (y + 0.5) - 0.5 and y = x of the dataset.
    affine = np.array(array.attrs["affine"])
    np.testing.assert_allclose(affine @ (2.5, 0.5, 0.5, 1), (98.5, 2.5, 0.5), atol=1e-12)
    assert layer.bounding_box == ((94, 0, 0), (100, 8, 4))


def chunks_asked_for(server):
    """Chunks of level 0 that were asked for so far, as tuples."""
    keys = (path.split("/") for path in server.paths() if path.startswith("0/"))
    return [tuple(map(int, index)) for _, *index in keys if "".join(index).isdigit()]


def test_a_thin_oblique_plane_reads_the_chunks_around_it_and_not_the_volume(volume):
    edge, chunk = 256, 16
    stored = np.full((edge,) * 3, 7, "uint8")
    matrix = turn(0, 45)
    level = lying(volume([stored], chunks=(chunk,) * 3), matrix).layers[0].shown[0]
    middle = level.shape[0] // 2
    plane = (AxisRange(start=middle, stop=middle + 1), *whole(level)[1:])
    volume.server.forget()
    read(level, plane)

    asked = chunks_asked_for(volume.server)
    at = points(level, matrix, planes=slice(middle, middle + 1))
    inside = at[:, ((at >= 0) & (at < edge)).all(axis=0)]
    around = [np.clip(np.floor(inside - 0.5) + n, 0, edge - 1) for n in (0, 1)]
    needed = {tuple(one) for each in around for one in (each // chunk).astype(int).T}
    assert needed <= set(asked)
    assert len(asked) == len(set(asked)), "none is asked for twice"
    assert len(asked) == level.count_chunks(plane)
    # Blocks are boxes, and so reach a little farther than the points.
    assert len(asked) < 2 * len(needed)
    assert len(asked) < 0.3 * (edge / chunk) ** 3


def test_a_tile_of_a_huge_oblique_volume_needs_little_memory(serve):
    files = write_ome_zarr([np.zeros((1, 1, 1), "uint8")], "zyx")
    document = json.loads(files["0/.zarray"]) | {"shape": [20_000] * 3, "chunks": [64] * 3}
    server = serve({**files, "0/.zarray": json.dumps(document).encode()})
    oblique = np.column_stack([turn(0, 33)[:, :3] @ turn(1, 21)[:, :3], [0, 0, 0]])
    level = lying(nbr.open(server.url), oblique).layers[0].shown[0]
    middle = [n // 2 for n in level.shape]
    ranges = tuple(
        AxisRange(start=at, stop=at + n) for at, n in zip(middle, (1, 256, 256), strict=True)
    )
    tracemalloc.start()
    try:
        assert not read(level, ranges).any()
        assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    finally:
        tracemalloc.stop()


def test_a_chunk_that_is_damaged_fails_what_is_made_of_it_and_nothing_else(volume):
    stored = np.full((8, 64, 64), 3, "uint16")
    level = lying(volume([stored], chunks=(8, 32, 32)), turn(2, 30)).layers[0].shown[0]
    key = next(one for one in volume.server.content if one.endswith("0/0/1/1"))
    volume.server.content[key] = b"\x00" * 40
    with pytest.raises(CorruptChunk):
        read(level)
    # The corner of the volume turns about (0, 0), which comes to lie at x = 32.
    some = (AxisRange(start=0, stop=8), AxisRange(start=0, stop=20), AxisRange(start=25, stop=45))
    assert read(level, some).max() == 3


def test_chunks_that_do_not_exist_are_fill_value_and_counted(volume):
    stored = np.full((8, 64, 64), 3, "uint16")
    level = lying(volume([stored], chunks=(8, 32, 32)), turn(2, 30)).layers[0].shown[0]
    key = next(one for one in volume.server.content if one.endswith("0/0/1/1"))
    del volume.server.content[key]
    reading = run(level.read(whole(level), whole_chunks=False), deadline=30)
    assert reading.missing_chunks >= 1
    assert (reading.block == 0).sum() > 32 * 32 * 8
    assert (reading.block == 3).sum() > 2 * 32 * 32 * 8


@pytest.mark.parametrize("matrix", [turn(2, 90), turn(2, 30)], ids=["square", "oblique"])
def test_a_level_that_can_not_be_read_says_why(serve, matrix):
    files = write_ome_zarr([np.zeros((2, 3, 4), "uint8")], "zyx")
    document = json.loads(files["0/.zarray"]) | {"compressor": {"id": "made-up"}}
    server = serve({**files, "0/.zarray": json.dumps(document).encode()})
    level = lying(nbr.open(server.url), matrix).layers[0].shown[0]
    with pytest.raises(UnsupportedCodec, match="made-up"):
        read(level)


def test_a_read_that_is_cancelled_takes_its_requests_back(volume):
    stored = np.full((8, 64, 64), 3, "uint16")
    level = lying(volume([stored], chunks=(8, 32, 32)), turn(2, 30)).layers[0].shown[0]
    server = volume.server
    server.forget()
    server.fail("0/0/*", "hang")
    future = submit(level.read(whole(level), whole_chunks=True))
    server.wait_for(lambda: len(server.paths()) >= 3)
    future.cancel()
    server.wait_for(lambda: sorted(server.dropped) == sorted(server.paths()))
