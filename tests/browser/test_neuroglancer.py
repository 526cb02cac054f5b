"""Neuroglancer itself shows what a view shows, and a view what Neuroglancer shows.

The real client reads the same server, in a page of its own. Both pictures are compared voxel by
voxel, and with what a mistake would show: shifted by a voxel, or the next slice.
"""

import json

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
        page.set_cell(1, f"{code}\nview = ds.view(height=420, **{looks!r})\nview")
        page.run_cell(1)
        return Picture(page.cell_canvas(1))

    page.show = show
    return page


class Compared:
    """Both pictures at the same place of every voxel of a plane."""

    def __init__(self, ours, viewer, shape, position, zoom, *, mirrored=False):
        """`position` is that of the view from the first voxel, right and down, in voxels."""
        self.where = (shape, position, zoom)
        self.mirrored = mirrored
        self.viewer = viewer
        self.ours = ours.at_voxels(*self.where)

    def theirs(self):
        return self.viewer.at_voxels(*self.where, mirrored=self.mirrored)

    def check(self):
        theirs = self.theirs()
        assert len(np.unique(theirs)) > 5, "Neuroglancer shows nothing"
        assert alike(self.ours, theirs) == 1
        for axis in (0, 1):
            assert alike(np.roll(self.ours, 1, axis), theirs) < 0.9


def compared(ours, viewer, plane, position, corner=(0, 0, 0), zoom=None):
    """Compare a plane of a layer whose first voxel is `corner`; x y z."""
    (right, down), usual = SIDES[plane]
    size = IMAGE.shape[::-1]
    return Compared(
        ours,
        viewer,
        (size[down], size[right]),
        (position[right] - corner[right], position[down] - corner[down]),
        zoom or usual,
        mirrored=plane == "yz",
    )


def alike(one, other):
    """Return the share of voxels that have the same color, to within rounding."""
    return float((np.abs(one - other) <= 2).all(axis=-1).mean())


def link_of(nb):
    return nb.kexec("print(view.neuroglancer_state('http://localhost/').link())").strip()


def next_slice(viewer, plane):
    """Go one voxel further into the plane."""
    state = viewer.state()
    names = list(state["dimensions"])
    shown = state.get("displayDimensions", names)
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

# path → name and type of its layers there
LAYERS = {
    "ome04": [("image", "image")],
    "ome05": [("image", "image")],
    "translated": [("image", "image")],
    "em": [("em", "image")],
    "n5": [("n5", "image")],
    "other": [("other", "image")],
    "cells": [("cells", "segmentation")],
    "channels": [("image red", "image"), ("image cyan", "image")],
}

# name → (paths, position, the layer's first voxel, plane, what else is chosen)
CASES = {
    "OME-Zarr 0.4": (("ome04",), MIDDLE, (0, 0, 0), "xy", CONTRAST),
    "OME-Zarr 0.5": (("ome05",), MIDDLE, (0, 0, 0), "xy", CONTRAST),
    "translated, xz": (("translated",), (41.5, 8.5, 6.5), (25, -2, 2), "xz", CONTRAST),
    "translated, yz": (("translated",), (41.5, 8.5, 6.5), (25, -2, 2), "yz", CONTRAST),
    "between voxels": (("translated",), (41.25, 8.75, 6.25), (25, -2, 2), "xy", CONTRAST),
    "colored": (("ome04",), MIDDLE, (0, 0, 0), "xy", CONTRAST | {"colors": {"image": "#ff8000"}}),
    "dark": (("ome04",), MIDDLE, (0, 0, 0), "xy", CONTRAST | {"opacity": {"image": 0.5}}),
    "channels": (("channels",), (16.5, 10.5, 4.5), (0, 0, 0), "xy", {}),
    "precomputed": (("em",), (116.5, -9.5, 34.5), (100, -20, 30), "xy", CONTRAST),
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
    steps = {"position": position, "plane": plane, "zoom": ZOOM, **looks}
    ours = nb.show(opened(server, *paths), **steps)
    viewer.open(link_of(nb), **PLAIN)
    layers = [(one["name"], one["type"]) for one in viewer.state()["layers"]]
    assert layers == [one for path in paths for one in LAYERS[path]]
    zoom = (6, 6) if name == "channels" else None
    both = compared(ours, viewer, plane, position, corner, zoom)
    both.check()
    next_slice(viewer, plane)
    assert alike(both.ours, both.theirs()) < 0.9


STOOD_UP = ((0, 1, 0, 0), (0, 0, -1, 9), (1, 0, 0, 0))
"""x is the stored y, y the stored z from its end, z the stored x, all in voxels."""


def test_neuroglancer_shows_a_turned_layer_as_the_view_does(nb, server, viewer):
    for path in ("ome04", "em"):
        corner = (-20, 9 - 39, 100) if path == "em" else (0, 0, 0)
        position = tuple(a + b for a, b in zip(corner, (10.5, 4.5, 16.5), strict=True))
        code = turned(server.url_of(path), STOOD_UP)
        ours = nb.show(code, position=position, zoom=ZOOM, **CONTRAST)
        viewer.open(link_of(nb), **PLAIN)
        both = Compared(ours, viewer, (9, 21), (10.5, 4.5), (6, 12))
        both.check()
        next_slice(viewer, "xy")
        assert alike(both.ours, both.theirs()) < 0.9


def test_colors_of_segments_are_the_same(nb, server, viewer):
    state = base(layer(server, "cells", segmentColors={"2": "#ff8000", "3": "#0028ff"}))
    state["crossSectionBackgroundColor"] = "#000000"
    viewer.show(state | PLAIN)
    ours = nb.show(code_of(viewer.state(), server))
    compared(ours, viewer, "xy", MIDDLE).check()
    plain = nb.show(opened(server, "cells"), position=MIDDLE, zoom=ZOOM, opacity={"cells": 1.0})
    assert alike(compared(plain, viewer, "xy", MIDDLE).ours, both_of(ours)) < 0.9


def both_of(ours):
    return ours.at_voxels((21, 33), MIDDLE[:2], (6, 12))


def layer(server, path, kind=None, **more):
    """A layer of a state, named like its path."""
    scheme = "zarr" if path in ("ome04", "translated", "channels") else "precomputed"
    kind = kind or ("segmentation" if path == "cells" else "image")
    return {"type": kind, "name": path, "source": f"{scheme}://{server.url_of(path)}", **more}


def base(*layers, **more):
    """A state that shows MIDDLE of volumes that begin at 0, a voxel in six pixels."""
    return {
        "dimensions": {"x": [4, "nm"], "y": [8, "nm"], "z": [30, "nm"]},
        "position": list(MIDDLE),
        "crossSectionScale": 1 / ZOOM,
        "layout": "xy",
        "layers": list(layers),
        **more,
    }


def code_of(state, server):
    return f"ds = nbr.open({json.dumps(state)!r}, trusted_hosts=[{server.host!r}])"


def ranged(low, high):
    return {"shaderControls": {"normalized": {"range": [low, high]}}}


TINTED = (
    '#uicontrol invlerp mine\n#uicontrol vec3 tint color(default="#00ff80")\n'
    "void main() { emitRGB(tint * mine()); }"
)

# name → (layers, what else the state says, where the first voxel of what is compared lies)
STATES = {
    "contrast": ([("other", ranged(20, 200))], {}, (0, 0, 0)),
    "inverted": ([("other", ranged(200, 20))], {}, (0, 0, 0)),
    "an offset": (
        [("em", ranged(*LIMITS))],
        {"position": [116.5, -9.5, 34.5]},
        (100, -20, 30),
    ),
    "a color": (
        [("other", {"shader": TINTED, "shaderControls": {"mine": {"range": [20, 200]}}})],
        {},
        (0, 0, 0),
    ),
    "OME alone": (
        [("ome04", ranged(*LIMITS))],
        {"position": [16, 10, 4]},
        (-0.5, -0.5, -0.5),
    ),
    "OME translated, xz": (
        [("translated", ranged(*LIMITS))],
        {"position": [41, 8.25, 6], "layout": "xz"},
        (24.5, -2.5, 1.5),
    ),
    "yz": (
        [("translated", ranged(*LIMITS))],
        {"position": [41, 8.25, 6], "layout": "yz"},
        (24.5, -2.5, 1.5),
    ),
    "other units and order": (
        [("other", {})],
        {
            "dimensions": {"z": [0.015, "um"], "y": [8e-9, "m"], "x": [2, "nm"]},
            "displayDimensions": ["x", "y", "z"],
            "position": [9, 10.5, 33],
            "crossSectionScale": 2 / ZOOM,
        },
        (0, 0, 0),
    ),
    "opacities": (
        [
            ("other", ranged(0, 255) | {"opacity": 0.3}),
            ("ome04", ranged(*LIMITS) | {"opacity": 0.6, "blend": "additive"}),
            ("cells", {"selectedAlpha": 0.35}),
        ],
        # Where voxels of OME begin half a voxel earlier than the others.
        {"position": [16.75, 10.75, 4.75]},
        (0.25, 0.25, 0.25),
    ),
    "an added one alone": (
        [("cells", {"visible": False}), ("other", {"blend": "additive", "opacity": 0.4})],
        {},
        (0, 0, 0),
    ),
    "opacities unsaid": ([("other", {}), ("cells", {})], {}, (0, 0, 0)),
    "selected segments": (
        [
            ("other", {}),
            (
                "cells",
                {
                    "segments": ["2", str(2**64 - 1), "!3"],
                    "selectedAlpha": 0.5,
                    "notSelectedAlpha": 0.5 * 64 / 255,
                },
            ),
        ],
        {},
        (0, 0, 0),
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_a_view_shows_what_neuroglancer_shows(nb, server, viewer, name):
    layers, more, corner = STATES[name]
    state = base(*(layer(server, path, **said) for path, said in layers), **more)
    viewer.show(state | PLAIN)
    plane = state["layout"]
    ours = nb.show(code_of(viewer.state(), server))
    position = MIDDLE if "units" in name else state["position"]
    both = compared(ours, viewer, plane, position, corner)
    both.check()
    next_slice(viewer, plane)
    assert alike(both.ours, both.theirs()) < 0.9


def test_a_view_shows_a_layer_turned_as_neuroglancer_does(nb, server, viewer):
    output = {"x": [4, "nm"], "y": [8, "nm"], "z": [30, "nm"]}
    # Lengths: x is the stored y, y the stored x from its end at 132 nm.
    matrix = [[0, 1, 0, 0], [-1, 0, 0, 16.5], [0, 0, 1, 0]]
    one = layer(server, "other", **ranged(20, 200))
    one["source"] = {
        "url": one["source"],
        "transform": {"outputDimensions": output, "matrix": matrix},
    }
    viewer.show(base(one, position=[21, 8.25, 4.5]) | PLAIN)
    ours = nb.show(code_of(viewer.state(), server))
    both = Compared(ours, viewer, (33, 21), (10.5, 16.5), (12, 6))
    both.check()
    next_slice(viewer, "xy")
    assert alike(both.ours, both.theirs()) < 0.9


def test_channels_come_back_as_they_left(nb, server, viewer):
    first = nb.show(opened(server, "channels"), position=MIDDLE, zoom=ZOOM)
    viewer.open(link_of(nb), **PLAIN)
    again = nb.show(code_of(viewer.state(), server))
    where = ((21, 33), MIDDLE[:2], (6, 6))
    assert alike(first.at_voxels(*where), again.at_voxels(*where)) == 1
