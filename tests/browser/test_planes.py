"""The xz and yz planes: the right voxels, in their physical shape, at the same point."""

import re

import numpy as np
import pytest

from tests.browser.pixels import Picture, same_gray, share_alike
from tests.browser.test_interaction import centre, trait, until
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

ARRAY = shuffled((12, 20, 50), "int16", 11)
"""z, y, x of 12, 8 and 4 nm."""
LIMITS = (float(ARRAY.min()), float(ARRAY.max()))
POSITION = (25.0, 10.0, 6.5)
ZOOM = 6
ZOOM_XYZ = (6, 12, 18)

# plane → voxels (row, column), and the axes that run to the right and down
PLANES = {
    "xy": (ARRAY[6], 0, 1),
    "xz": (ARRAY[:, 10], 0, 2),
    "yz": (ARRAY[:, :, 25].T, 2, 1),
}


@pytest.fixture(scope="module")
def nb(module_notebook):
    written = write_ome_zarr([ARRAY], "zyx", scales=[[12.0, 8.0, 4.0]])
    with RangeServer(written) as server:
        page = module_notebook(
            [
                f"import nb_remote as nbr\nview = nbr.open({server.url!r}).view("
                f"position={POSITION}, zoom={ZOOM}, contrast_limits={LIMITS}, height=300)\nview"
            ]
        )
        page.run_cell(0)
        page.canvas()
        yield page


def pixels(nb, plane, zoom_xyz=ZOOM_XYZ):
    voxels, column, row = PLANES[plane]
    position = (POSITION[column], POSITION[row])
    zoom = (zoom_xyz[column], zoom_xyz[row])
    return Picture(nb.canvas()).at_voxels(voxels.shape, position, zoom)


def choose(nb, plane, how):
    """Go to a plane from xy, as a person or as Python does."""
    nb.kexec("view.plane = 'xy'")
    until(lambda: nb.canvas().get_attribute("data-plane") == "xy", what="back on xy")
    if how == "Python":
        nb.kexec(f"view.plane = {plane!r}")
    elif how == "control":
        nb.page.get_by_role("radio", name=plane).check()
    else:
        nb.canvas().focus()
        nb.page.keyboard.press("p" if plane == "xz" else "Shift+P")


@pytest.mark.parametrize("how", ["Python", "control", "key"])
@pytest.mark.parametrize("plane", ["xz", "yz"])
def test_a_plane_shows_its_own_voxels_at_the_same_point(nb, plane, how):
    voxels, *_ = PLANES[plane]
    choose(nb, plane, how)

    until(lambda: same_gray(pixels(nb, plane), voxels, LIMITS), what=f"the {plane} plane")
    until(lambda: trait(nb, "plane") == plane, what="the plane in Python")
    assert trait(nb, "slice") == {"xz": 10, "yz": 25}[plane]
    assert trait(nb, "position") == list(POSITION)
    assert trait(nb, "zoom") == ZOOM
    for wrong in _wrong(plane, voxels):
        assert share_alike(pixels(nb, plane), wrong, LIMITS) < 0.5
    isotropic = pixels(nb, plane, zoom_xyz=(6, 6, 6))
    assert share_alike(isotropic, voxels, LIMITS) < 0.5


def _wrong(plane, voxels):
    yield voxels[::-1]
    yield voxels[:, ::-1]
    yield np.roll(voxels, 1, axis=0)
    yield np.roll(voxels, 1, axis=1)
    yield np.resize(voxels.T, voxels.shape)
    yield np.resize(ARRAY[6], voxels.shape)
    yield ARRAY[:, 11] if plane == "xz" else ARRAY[:, :, 26].T


@pytest.mark.parametrize("plane", PLANES)
def test_value_scale_bar_and_slider_belong_to_the_plane(nb, plane):
    choose(nb, plane, "Python")
    voxels, column, row = PLANES[plane]
    until(lambda: same_gray(pixels(nb, plane), voxels, LIMITS), what=f"the {plane} plane")
    x, y = centre(nb.canvas())
    point = list(POSITION)
    point[column] += 3
    point[row] += 2

    nb.page.mouse.move(x + 3 * ZOOM_XYZ[column] + 1, y + 2 * ZOOM_XYZ[row] + 1)

    at = [int(part) for part in point]
    readout = nb.page.get_by_test_id("nb-remote-readout")
    until(lambda: _numbers(readout)[:3] == at, what=f"the voxel {at}")
    value = int(ARRAY[at[2], at[1], at[0]])
    assert readout.locator(".nbr-value b").inner_text() == str(value)
    until(
        lambda: (
            nb.kexec("print(view.hovered and view.hovered.values)").strip() == str({"image": value})
        ),
        what="the value in Python",
    )

    scale = nb.page.locator(".nbr-scale")
    length = float(scale.locator("i").evaluate("bar => parseFloat(bar.style.width)"))
    assert length == pytest.approx(_numbers(scale)[0] / (4 / ZOOM), abs=0.01)

    normal = 3 - column - row
    slider = nb.page.locator(".nbr-positions .nbr-slider")
    assert slider.locator(".nbr-name").inner_text() == "xyz"[normal]
    number = slider.get_by_role("spinbutton")
    assert number.input_value() == str(int(POSITION[normal]))
    assert number.get_attribute("max") == str(ARRAY.shape[2 - normal] - 1)


def test_a_fitted_view_stays_fitted_when_it_turns(nb):
    nb.kexec("view.plane = 'xy'; view.zoom = None")
    until(lambda: trait(nb, "zoom") not in (None, ZOOM), what="a fitting zoom")
    nb.kexec("view.plane = 'xz'")
    # 12 · 12 nm are 144 nm, around 6.5 of 12: 156 nm on 300 pixels, a voxel of 4 nm each
    until(lambda: trait(nb, "zoom") == pytest.approx(0.96 * 300 / 156 * 4), what="fitted in xz")
    assert trait(nb, "position") == list(POSITION)
    nb.kexec(f"view.zoom = {ZOOM}; view.plane = 'xy'")
    until(lambda: same_gray(pixels(nb, "xy"), ARRAY[6], LIMITS), what="the chosen zoom")


def _numbers(locator):
    return [int(text) for text in re.findall(r"-?\d+", locator.inner_text())]
