"""Layers that lie turned or oblique reach the page as tiles like any other."""

import numpy as np
import pytest
from tests.arrays.lying import expected, points, webknossos_objects
from tests.browser.volumes import shuffled
from tests.widget.page import Page

import nb_remote as nbr
from nb_remote.widget.scene import build_scene

STORED = shuffled((40, 300, 280), "uint16")
OBLIQUE = np.array([[0.8, -0.6, 0, 500], [0.6, 0.8, 0, 0], [0, 0, 1, 7]])
UPRIGHT = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 300]])


@pytest.fixture
def opened(serve):
    """``opened(matrix, …)`` gives a dataset of one layer with an affine, and its page."""

    def open_(matrix, stored=STORED, **more):
        open_.server = serve(webknossos_objects(stored, matrix, chunks=(16, 64, 64), **more))
        dataset = nbr.open(open_.server.url)
        return dataset, Page(dataset)

    return open_


def tile(at, row, column, plane=0):
    return (0, 0, plane, 0, at, row, column)


def test_the_page_is_told_an_upright_pyramid(opened):
    dataset, _ = opened(UPRIGHT)
    scene = build_scene(dataset, {})
    (level,) = scene.layers[0].levels
    assert (scene.lower_xyz, scene.upper_xyz) == ((0, 0, 0), (280, 40, 300))
    assert level.shape_xyz == (280, 40, 300)
    assert level.factor_xyz == (1, 1, 1)
    assert level.offset_xyz == (0, 0, 0)


def test_the_page_is_told_the_box_around_an_oblique_layer(opened):
    dataset, _ = opened(OBLIQUE)
    scene = build_scene(dataset, {})
    (level,) = scene.layers[0].levels
    # x: 500 - .6 · 300 to 500 + .8 · 280; y: 0 to .6 · 280 + .8 · 300
    np.testing.assert_allclose(scene.lower_xyz, (320, 0, 7), atol=1e-9)
    np.testing.assert_allclose(scene.upper_xyz, (724, 408, 47), atol=1e-9)
    np.testing.assert_allclose(level.offset_xyz, (320, 0, 7), atol=1e-9)
    assert level.shape_xyz == (404, 408, 40)


def test_tiles_of_a_turned_layer_are_its_voxels(opened):
    _, page = opened(UPRIGHT)
    # y is the stored z, and z is the stored y from its end.
    wants = [tile(3, 0, 0), tile(299, 0, 1), tile(5, 1, 0, plane=1)]
    page.want(*wants)
    page.until(lambda: len(page.tiles()) == 3)
    tiles = page.tiles()
    np.testing.assert_array_equal(tiles[wants[0]], STORED[:, 296, :256])
    np.testing.assert_array_equal(tiles[wants[1]], STORED[:, 0, 256:])
    np.testing.assert_array_equal(tiles[wants[2]], STORED[5, ::-1, :256][256:])


def test_tiles_of_an_oblique_image_are_linear_between_its_voxels(opened):
    dataset, page = opened(OBLIQUE)
    wants = [tile(20, row, column) for row in (0, 1) for column in (0, 1)]
    page.want(*wants)
    page.until(lambda: len(page.tiles()) == 4)
    tiles = page.tiles()
    rows = [np.hstack([tiles[wants[n]], tiles[wants[n + 1]]]) for n in (0, 2)]
    level = dataset["em"].shown[0]
    values, inside = expected(STORED, points(level, OBLIQUE, planes=slice(20, 21)), order=1)
    seen = np.vstack(rows)[np.newaxis]
    np.testing.assert_allclose(seen[inside], values[inside], atol=0.51)
    assert not seen[~inside].any()


def test_slices_made_beforehand_are_those_made_alone(opened):
    _, alone = opened(OBLIQUE)
    wants = [tile(at, 0, 0) for at in range(18)]
    alone.want(*wants)
    alone.until(lambda: len(alone.tiles()) == 18)

    _, moving = opened(OBLIQUE)
    moving.want(tile(0, 0, 0), warm=wants[1:])
    moving.want(tile(1, 0, 0), warm=wants[2:], generation=2)
    moving.want(*wants, warm=wants[:1], generation=3)
    moving.until(lambda: len(moving.tiles()) == 18)
    for want in wants:
        np.testing.assert_array_equal(moving.tiles()[want], alone.tiles()[want])


def test_segments_keep_their_ids(opened):
    labels = shuffled((8, 60, 70), "uint64") + np.uint64(2**60)
    dataset, page = opened(OBLIQUE, labels, category="segmentation")
    page.want(tile(4, 0, 0))
    page.until(page.tiles)
    (seen,) = page.tiles().values()
    places = np.arange(labels.size, dtype="f8").reshape(labels.shape)
    level = dataset["em"].shown[0]
    at, inside = expected(places, points(level, OBLIQUE, planes=slice(4, 5)), order=0)
    assert set(np.unique(seen)) - {0} <= set(labels.flat)
    ids = np.where(inside, labels.ravel()[at.astype(int)], np.uint64(0))
    np.testing.assert_array_equal(seen[np.newaxis], ids)


def test_a_damaged_chunk_fails_the_tiles_over_it_and_no_others(opened):
    _, page = opened(OBLIQUE)
    opened.server.content["em/0/0/4/4"] = b"no chunk"
    # The last chunk lies at the end of y, about x = 724 - 320, so in the second column.
    page.want(tile(3, 0, 0), tile(3, 1, 1))
    page.until(lambda: page.of_kind("failed") and page.tiles())
    assert list(page.tiles()) == [tile(3, 0, 0)]
    (failed,) = page.of_kind("failed")
    assert [one["want"] for one in failed["tiles"]] == [tile(3, 1, 1)]
