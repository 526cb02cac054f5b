"""Neuroglancer itself shows what a view shows, and a view what Neuroglancer shows.

The real client reads the same server, in a page of its own. Both pictures are compared voxel by
voxel, and with what a mistake would show: shifted by a voxel, or the next slice.
"""


import numpy as np
import pytest

from tests.browser.neuroglancer_viewer import CORS, NeuroglancerViewer
from tests.browser.neuroglancer_volumes import IMAGE, LIMITS, objects
from tests.browser.pixels import Picture
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

ZOOM = 6
"""CSS pixels per voxel along the finest axis, x."""
PLAIN = {"showAxisLines": False, "showDefaultAnnotations": False, "showScaleBar": False}
"""Without what the client draws over the voxels."""

# Plane → the axes (x, y, z) that go to the right and down, and pixels per voxel along them.
SIDES = {"xy": ((0, 1), (6, 12)), "xz": ((0, 2), (6, 45)), "yz": ((2, 1), (45, 12))}
LOOKS = {"zoom": ZOOM, "height": 420}
CONTRAST = {"contrast_limits": LIMITS}


@pytest.fixture(scope="module")
def server():
    with RangeServer(objects()) as one:
        one.headers = CORS
        yield one


@pytest.fixture(scope="module")
def viewer(browser):
    with NeuroglancerViewer(browser) as one:
        yield one


@pytest.fixture(scope="module")
def nb(module_notebook, server):
    """One notebook with a cell; `show(code)` runs it, which makes `view`."""
    page = module_notebook(["import nb_remote as nbr", ""])
    page.run_cell(0)

    def show(code, **looks):
        page.set_cell(1, f"{code}\nview = ds.view(**{LOOKS | looks!r})\nview")
        page.run_cell(1)
        return Picture(page.cell_canvas(1))

    page.show = show
    return page


class Compared:
    """Both pictures at the centres of the same voxels."""

    def __init__(self, ours, viewer, plane, corner=(0, 0), at=None, shape_xyz=IMAGE.shape[::-1]):
        """`corner` is the layer's first voxel, `at` the view's position, both in the plane."""
        (right, down), self.zoom = SIDES[plane]
        self.shape = (shape_xyz[down], shape_xyz[right])
        self.position = (at[0] - corner[0], at[1] - corner[1])
        self.mirrored = plane == "yz"
        self.viewer = viewer
        self.ours = ours.at_voxels(self.shape, self.position, self.zoom)

    def theirs(self):
        return self.viewer.at_voxels(self.shape, self.position, self.zoom, mirrored=self.mirrored)

    def check(self):
        theirs = self.theirs()
        assert len(np.unique(theirs)) > 5, "Neuroglancer shows nothing"
        assert alike(self.ours, theirs) == 1
        for axis in (0, 1):
            assert alike(np.roll(self.ours, 1, axis), theirs) < 0.9


def alike(one, other):
    """Return the share of voxels that have the same color, to within rounding."""
    return float((np.abs(one - other) <= 2).all(axis=-1).mean())


def link_of(nb):
    return nb.kexec("print(view.neuroglancer_state('http://localhost/').link())").strip()


def next_slice(viewer, plane):
    """Go one voxel further into the plane."""
    state = viewer.state()
    names, shown = list(state["dimensions"]), state["displayDimensions"]
    axis = names.index(shown[3 - sum(SIDES[plane][0])])
    state["position"][axis] += 1
    viewer.show(state)


def turned(url, matrix):
    """Code that opens a layer of a dataset with an affine of its voxels."""
    return (
        "from dataclasses import replace\nfrom nb_remote.dataset import Dataset\n"
        f"one = nbr.open({url!r}).layers[0]\n"
        f"ds = Dataset(((replace(one.inferred, transform={matrix}), one.source),))"
    )


def opened(server, *paths):
    return f"ds = nbr.open({', '.join(repr(server.url_of(one)) for one in paths)})"


MIDDLE = (16.5, 10.5, 4.5)
CELLS = {"selected_segments": {"cells": (2, 2**53 + 1)}}
COLORS = "segment_colors"

# name → (paths, position, the layer's first voxel, plane, what else is chosen)
CASES = {
    "OME-Zarr 0.4": (("ome04",), MIDDLE, (0, 0, 0), "xy", CONTRAST),
    "OME-Zarr 0.5": (("ome05",), MIDDLE, (0, 0, 0), "xy", CONTRAST),
    "translated": (("translated",), (41.5, 8.5, 6.5), (25, -2, 2), "xy", CONTRAST),
    "translated, xz": (("translated",), (41.5, 8.5, 6.5), (25, -2, 2), "xz", CONTRAST),
    "translated, yz": (("translated",), (41.5, 8.5, 6.5), (25, -2, 2), "yz", CONTRAST),
    "between voxels": (("translated",), (41.25, 8.75, 6.25), (25, -2, 2), "xy", CONTRAST),
    "inverted": (("ome04",), MIDDLE, (0, 0, 0), "xy", CONTRAST | {"inverted": {"image": True}}),
    "colored": (("ome04",), MIDDLE, (0, 0, 0), "xy", CONTRAST | {"colors": {"image": "#ff8000"}}),
    "dark": (("ome04",), MIDDLE, (0, 0, 0), "xy", CONTRAST | {"opacity": {"image": 0.5}}),
    "channels": (("channels",), (16.5, 10.5, 4.5), (0, 0, 0), "xy", {}),
    "precomputed": (("em",), (116.5, -9.5, 34.5), (100, -20, 30), "xy", CONTRAST),
    "precomputed, yz": (("em",), (116.5, -9.5, 34.5), (100, -20, 30), "yz", CONTRAST),
    "N5": (("n5",), MIDDLE, (0, 0, 0), "xy", CONTRAST),
    "segments": (("cells",), MIDDLE, (0, 0, 0), "xy", {"opacity": {"cells": 1.0}}),
    "segments over OME": (("ome04", "cells"), MIDDLE, (0, 0, 0), "xy", CONTRAST),
    "OME over precomputed": (
        ("other", "ome04"),
        MIDDLE,
        (0, 0, 0),
        "xy",
        {"contrast_limits": {"other": (0, 255), "image": LIMITS}, "opacity": {"image": 0.3}},
    ),
    "selected segments": (
        ("other", "cells"),
        MIDDLE,
        (0, 0, 0),
        "xy",
        {"contrast_limits": {"other": (0, 255)}, "opacity": {"cells": 0.7}, **CELLS},
    ),
    "a hidden image": (
        ("other", "cells"),
        MIDDLE,
        (0, 0, 0),
        "xy",
        {"visible": {"other": False}, "opacity": {"cells": 1.0}},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_neuroglancer_shows_what_the_view_shows(nb, server, viewer, name):
    paths, position, corner, plane, looks = CASES[name]
    steps = {"position": position, "plane": plane, **looks}
    ours = nb.show(opened(server, *paths), **steps)
    viewer.open(link_of(nb), **PLAIN)
    right, down = SIDES[plane][0]
    both = Compared(
        ours, viewer, plane, (corner[right], corner[down]), (position[right], position[down])
    )
    if name == "channels":
        both.zoom = (6, 6)
        both.ours = ours.at_voxels(both.shape, both.position, both.zoom)
    both.check()
    next_slice(viewer, plane)
    assert alike(both.ours, both.theirs()) < 0.9
