"""The real Neuroglancer: the client that its Python package carries, in a page of its own.

    with NeuroglancerViewer(browser) as viewer:
        viewer.open(link)
        viewer.at_voxels(shape_yx, position_xy, zoom)

The package's server runs in a process of its own and gives the client the state that
the link holds; the client reads the data itself, as anybody's browser would.
"""

import io
import json
import subprocess
import sys

import numpy as np
from PIL import Image

SERVER = """
import sys
import neuroglancer
neuroglancer.set_server_bind_address("127.0.0.1")
viewer = neuroglancer.Viewer()
print(viewer.get_viewer_url(), flush=True)
for line in sys.stdin:
    viewer.set_state(neuroglancer.parse_url(line.strip()))
    print("taken", flush=True)
"""

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Content-Range"}
"""What a server has to send so that the page may read from it."""

_SETTLED = """names => {
    const viewer = window.viewer;
    if (!viewer) return false;
    const layers = viewer.layerManager.managedLayers;
    return names.every(name => layers.some(one => one.name === name && one.isReady()))
        && viewer.display.isReady();
}"""

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
        return self

    def __exit__(self, *_):
        self.context.close()
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(20)
        self._process.stdout.close()

    def open(self, link):
        """Show what a link says, and wait until all of its layers are drawn."""
        self._process.stdin.write(link + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "taken\n", f"not taken: {link}"
        self.page.goto(self.address)
        self.page.wait_for_function("() => window.viewer && window.viewer.layerManager")
        names = [one["name"] for one in self.state().get("layers", [])]
        self.page.wait_for_function(_SETTLED, arg=names)

    def state(self):
        """Return the state as the client itself writes it."""
        return json.loads(self.page.evaluate(_STATE))

    def at_voxels(self, shape_yx, position_xy, zoom):
        """Return the RGB at the centre of every voxel of a plane, shape (y, x, 3).

        `position_xy` is at the centre of the only panel, `zoom` its pixels per voxel.
        """
        left, top, width, height = self.page.evaluate(_PANEL)
        with Image.open(io.BytesIO(self.page.screenshot(type="png"))) as picture:
            rgb = np.asarray(picture.convert("RGB")).astype(int)
        columns, rows = (
            np.floor(start + size / 2 + (np.arange(count) + 0.5 - at) * zoom).astype(int)
            for start, size, count, at in zip(
                (left, top), (width, height), shape_yx[::-1], position_xy, strict=True
            )
        )
        assert columns.min() >= left, "the plane leaves the panel on the left"
        assert rows.min() >= top, "the plane leaves the panel at the top"
        return rgb[np.ix_(rows, columns)]
