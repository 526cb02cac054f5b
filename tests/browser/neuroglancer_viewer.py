"""The real Neuroglancer: the client that its Python package carries, in a page of its own.

    with NeuroglancerViewer(browser) as viewer:
        viewer.open(link)
        viewer.at_voxels(shape_yx, position_xy, zoom)

The package's server runs in a process of its own and only serves the client, which is
given the state of a link as its own address bar gives it, and reads the data itself, as
anybody's browser would.
"""

import io
import json
import subprocess
import sys
from urllib.parse import unquote

import numpy as np
from PIL import Image

SERVER = """
import sys
import neuroglancer
neuroglancer.set_server_bind_address("127.0.0.1")
viewer = neuroglancer.Viewer()
print(viewer.get_viewer_url(), flush=True)
sys.stdin.read()
"""

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Content-Range"}
"""What a server has to send so that the page may read from it."""

# What the client does with the fragment of its address (`UrlHashBinding`).
_RESTORE = """state => {
    viewer.state.reset();
    viewer.state.restoreState(state);
}"""

_SETTLED = """names => {
    const layers = viewer.layerManager.managedLayers;
    const sources = layers.flatMap(one => one.layer?.dataSources ?? []);
    if (sources.some(source => source.loadState?.error)) return true;
    if (!names.every(name => layers.some(one => one.name === name && one.isReady()))) return false;
    if (!viewer.display.isReady()) return false;
    viewer.display.draw();
    return viewer.display.isReady();
}"""

_PROBLEMS = """() => viewer.layerManager.managedLayers.flatMap(
    one => one.layer?.dataSources?.map(source => String(source.loadState?.error ?? '')) ?? []
).filter(text => text)"""

_PANEL = """() => {
    const box = document.querySelector('.neuroglancer-panel').getBoundingClientRect();
    return [box.x, box.y, box.width, box.height];
}"""

_STATE = "() => JSON.stringify(window.viewer.state.toJSON())"


class NeuroglancerViewer:
    """One viewer in one page; use as a context manager."""

    def __init__(self, browser):
        self.context = browser.new_context(viewport={"width": 900, "height": 700})
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self._process.stdout.readline().strip()
        assert self.address, "Neuroglancer's server did not start"
        self.page.goto(self.address)
        self.page.wait_for_function("() => window.viewer && window.viewer.layerManager")
        return self

    def __exit__(self, *_):
        self.context.close()
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(20)
        self._process.stdout.close()

    def open(self, link, **changes):
        """Show what a link says, and wait until all of its layers are drawn.

        `changes` are laid over the keys of its state.

        Raises
        ------
        AssertionError
            The client can't show a layer; says what it says.
        """
        self.show(json.loads(unquote(link.partition("#!")[2])) | changes)

    def show(self, state):
        """Show a state, and wait until all of its layers are drawn."""
        self.page.evaluate(_RESTORE, state)
        names = [one["name"] for one in state["layers"]]
        self.page.wait_for_function(_SETTLED, arg=names)
        if problems := self.page.evaluate(_PROBLEMS):
            raise AssertionError(f"Neuroglancer says: {problems}")

    def state(self):
        """Return the state as the client itself writes it."""
        return json.loads(self.page.evaluate(_STATE))

    def at_voxels(self, shape_yx, position_xy, zoom_xy, *, mirrored=False):
        """Return the RGB at the centre of every voxel of a plane, shape (y, x, 3).

        `position_xy` is at the centre of the only panel, `zoom_xy` its pixels per voxel.
        `mirrored` is for planes whose columns run to the left.
        """
        left, top, width, height = self.page.evaluate(_PANEL)
        with Image.open(io.BytesIO(self.page.screenshot(type="png"))) as picture:
            rgb = np.asarray(picture.convert("RGB")).astype(int)
        right, down = (
            (np.arange(count) + 0.5 - at) * zoom
            for count, at, zoom in zip(shape_yx[::-1], position_xy, zoom_xy, strict=True)
        )
        columns = np.floor(left + width / 2 + (-right if mirrored else right)).astype(int)
        rows = np.floor(top + height / 2 + down).astype(int)
        assert columns.min() >= left, "the plane leaves the panel on the left"
        assert rows.min() >= top, "the plane leaves the panel at the top"
        return rgb[np.ix_(rows, columns)]
