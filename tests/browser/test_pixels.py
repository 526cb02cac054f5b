"""Every pixel is the voxel it should be: the canvas is read back and compared."""

import numpy as np
import pytest
import scipy.ndimage

from tests.arrays.lying import webknossos_objects
from tests.browser.pixels import Picture, gray, same_gray, share_alike
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

ZOOM = 8
Z = 5
SHAPE = {"t": 2, "c": 2, "z": 9, "y": 31, "x": 47}

CASES = {
    "zyx-uint8": ("zyx", "uint8", "C"),
    "zyx-uint16-big-endian": ("zyx", ">u2", "C"),
    "zyx-int16": ("zyx", "int16", "C"),
    "zyx-uint32-fortran": ("zyx", "uint32", "F"),
    "zyx-float32": ("zyx", "float32", "C"),
    "czyx-uint16": ("czyx", "uint16", "C"),
    "cxyz-uint16": ("cxyz", "uint16", "C"),
    "xyz-float64": ("xyz", "float64", "C"),
    "tczyx-uint16": ("tczyx", "uint16", "C"),
    "yx-uint16": ("yx", "uint16", "C"),
    "yxc-uint8": ("yxc", "uint8", "C"),
}

ONE_CHANNEL = {"channels": [{"color": "FFFFFF"}, {"color": "FFFFFF", "active": False}]}


@pytest.fixture(scope="module")
def volumes():
    """Name → (array, axes), and a server that has them all as OME-Zarr."""
    arrays = {}
    objects = {}
    for seed, (name, (axes, dtype, order)) in enumerate(CASES.items()):
        shape = tuple(SHAPE[a] for a in axes)
        array = shuffled(shape, dtype, seed)
        arrays[name] = (array, axes)
        coarse = array[tuple(slice(None, None, 2 if a in "xyz" else 1) for a in axes)]
        written = write_ome_zarr([array, coarse], axes, order=order, omero=ONE_CHANNEL)
        objects |= {f"{name}/{key}": value for key, value in written.items()}
    with RangeServer(objects) as server:
        yield arrays, server


@pytest.fixture(scope="module")
def shown(volumes, module_notebook):
    """Show a case in a cell of one notebook; return its picture and voxels."""
    arrays, server = volumes
    names = list(CASES)
    page = module_notebook(
        ["import nb_remote as nbr", *(_cell(f"{server.url}/{n}", *arrays[n]) for n in names)]
    )
    page.run_cell(0)

    def show(name):
        number = names.index(name)
        page.run_cell(number + 1)
        canvas = page.cell_canvas(number + 1)
        return Picture(canvas), *arrays[name]

    return show


def _cell(url, array, axes):
    limits = _limits(array)
    position = (SHAPE["x"] / 2, SHAPE["y"] / 2, (Z if "z" in axes else 0) + 0.5)
    return (
        f"view = nbr.open({url!r}).view(position={position}, zoom={ZOOM}, "
        f"contrast_limits={limits}, height=360)\nview"
    )


def _limits(array):
    return (float(array.min()), float(array.max()))


def _plane(array, axes, z=Z, flip=False):
    """Return the plane (y, x) that must be seen: first channel, first time."""
    index = tuple(z if a == "z" else 0 if a in "ct" else slice(None) for a in axes)
    plane = array[index]
    kept = [a for a in axes if a in "yx"]
    return plane if (kept == ["y", "x"]) != flip else plane.T


@pytest.mark.parametrize("name", CASES)
def test_each_pixel_shows_its_voxel(shown, name):
    picture, array, axes = shown(name)
    limits = _limits(array)
    plane = _plane(array, axes)

    rgb = picture.at_voxels(plane.shape, (SHAPE["x"] / 2, SHAPE["y"] / 2), (ZOOM, ZOOM))

    assert same_gray(rgb, plane, limits)
    for wrong in _wrong_planes(array, axes, plane):
        assert share_alike(rgb, wrong, limits) < 0.5


def _wrong_planes(array, axes, plane):
    """What a mistake would show: shifted, mirrored, transposed, the next slice, another level."""
    yield np.roll(plane, 1, axis=0)
    yield np.roll(plane, 1, axis=1)
    yield plane[::-1]
    yield plane[:, ::-1]
    yield np.resize(plane.T, plane.shape)
    yield np.repeat(np.repeat(plane[::2, ::2], 2, 0), 2, 1)[: plane.shape[0], : plane.shape[1]]
    if "z" in axes:
        yield _plane(array, axes, z=Z + 1)
        yield _plane(array, axes, z=Z - 1)


def test_zoomed_out_the_coarse_level_is_shown_in_its_place(notebook):
    fine = shuffled((4, 128, 192), "uint16", 1)
    coarse = shuffled((2, 64, 96), "uint16", 2)
    limits = _limits(fine)
    with RangeServer(write_ome_zarr([fine, coarse], "zyx")) as server:
        nb = notebook(
            [
                f"import nb_remote as nbr\nview = nbr.open({server.url!r}).view("
                f"position=(96, 64, 2.5), zoom=0.5, contrast_limits={limits}, height=200)\nview"
            ]
        )
        nb.run_cell(0)
        picture = Picture(nb.canvas())

    rgb = picture.at_voxels((64, 96), (96, 64), (0.5, 0.5), factor_xy=(2, 2))

    assert same_gray(rgb, coarse[1], limits)
    assert share_alike(rgb, coarse[0], limits) < 0.25
    assert share_alike(rgb, fine[2, ::2, ::2], limits) < 0.25


def test_voxels_keep_their_physical_shape(notebook):
    array = shuffled((3, 20, 50), "uint16", 3)
    limits = _limits(array)
    # x 4 nm, y 8 nm, z 30 nm: along y a voxel is twice as long on the screen
    written = write_ome_zarr([array], "zyx", scales=[[30.0, 8.0, 4.0]])
    with RangeServer(written) as server:
        nb = notebook(
            [
                f"import nb_remote as nbr\nview = nbr.open({server.url!r}).view("
                f"position=(25, 10, 1.5), zoom=6, contrast_limits={limits}, height=300)\nview"
            ]
        )
        nb.run_cell(0)
        picture = Picture(nb.canvas())

    rgb = picture.at_voxels((20, 50), (25, 10), (6, 12))

    assert same_gray(rgb, array[1], limits)
    assert share_alike(picture.at_voxels((20, 50), (25, 10), (6, 6)), array[1], limits) < 0.25


def test_channels_are_blended_in_their_colors(notebook):
    array = shuffled((3, 2, 24, 40), "uint8", 4)
    omero = {
        "channels": [
            {"color": "FF0000", "window": {"start": 0, "end": 255, "min": 0, "max": 255}},
            {"color": "00FF00", "window": {"start": 50, "end": 150, "min": 0, "max": 255}},
            {"color": "0000FF", "window": {"start": 0, "end": 255, "min": 0, "max": 255}},
        ]
    }
    with RangeServer(write_ome_zarr([array], "czyx", omero=omero)) as server:
        nb = notebook(
            [
                f"import nb_remote as nbr\nview = nbr.open({server.url!r}).view("
                "position=(20, 12, 1.5), zoom=8, height=300)\nview"
            ]
        )
        nb.run_cell(0)
        picture = Picture(nb.canvas())

    rgb = picture.at_voxels((24, 40), (20, 12), (8, 8))

    windows = [(0, 255), (50, 150), (0, 255)]
    wanted = np.stack([gray(array[n, 1], w) for n, w in enumerate(windows)], axis=-1)
    assert (np.abs(rgb - wanted) <= 1).all()
    assert not (np.abs(rgb - wanted[..., ::-1]) <= 1).all()


# Rows take x, y, z. Stood up: y is the stored z, and z the stored y from its end.
STOOD_UP = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 24]])
OBLIQUE = np.array([[0.8, -0.6, 0, 30], [0.6, 0.8, 0, -5], [0, 0, 1, 0]])


@pytest.mark.parametrize("lies", ["stood up", "oblique"])
def test_a_layer_with_an_affine_is_shown_where_it_lies(notebook, lies):
    array = shuffled((10, 24, 40), "uint16", 5)
    limits = (0.0, 65535.0)
    matrix = {"stood up": STOOD_UP, "oblique": OBLIQUE}[lies]
    # The middle of what is seen, in the dataset.
    x, y, z = {"stood up": (20, 5, 3.5), "oblique": (38.8, 16.6, 3.5)}[lies]
    with RangeServer(webknossos_objects(array, matrix)) as server:
        nb = notebook(
            [
                f"import nb_remote as nbr\nview = nbr.open({server.url!r}).view("
                f"position={(x, y, z)}, zoom=6, contrast_limits={limits}, height=360)\nview"
            ]
        )
        nb.run_cell(0)
        picture = Picture(nb.canvas())

    if lies == "stood up":
        rgb = picture.at_voxels((10, 40), (x, y), (6, 6))
        assert same_gray(rgb, array[:, 20, :], limits)
        assert share_alike(rgb, array[:, 3, :], limits) < 0.1
        return
    # Voxels of the picture begin where the turned layer does: x from 30 - .6 · 24, y from -5.
    corner, shape = (15.6, -5), (44, 47)
    rgb = picture.at_voxels(shape, (x, y), (6, 6), offset_xy=corner)
    rows, columns = np.indices(shape) + 0.5
    at = np.stack([columns + corner[0] - 30, rows + corner[1] + 5])
    own_x, own_y = np.einsum("ij,jyx->iyx", [[0.8, 0.6], [-0.6, 0.8]], at)
    inside = (own_x > 0) & (own_x < 40) & (own_y > 0) & (own_y < 24)
    wanted = scipy.ndimage.map_coordinates(
        array[3].astype(float), [own_y - 0.5, own_x - 0.5], order=1, mode="nearest"
    )
    assert share_alike(rgb[inside], wanted[inside], limits) == 1
    assert (rgb[~inside] == 0).all()
