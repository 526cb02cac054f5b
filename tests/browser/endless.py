"""A volume with more slices than any test can see, and a person who leafs through it."""

from collections.abc import Mapping

import numpy as np
import zarr
import zarr.storage

from tests.browser.notebook_page import CANVAS
from tests.browser.pixels import Picture, same_gray

SHAPE_ZYX = (100_000, 512, 768)
TILE = 256
LIMITS = (0.0, 255.0)
CENTRE = (384, 256)
PAGE_KEY = 10
"""Slices that a page key goes. A view that rests fetches nothing ahead as far as that."""

_SHOWN = """([number, slice]) => {
    const canvas = document.querySelectorAll('canvas[data-testid=nb-remote-canvas]')[number];
    const { position, ready, tilesHere, tilesFailed } = canvas?.dataset ?? {};
    if (ready !== '1' || Math.floor(position.split(',')[2]) !== slice) return false;
    return tilesFailed === '0' && tilesHere;
}"""


def voxels(z, y, x):
    """Return voxel values that differ between neighbours along every axis."""
    return ((z * 29 + y * 151 + x * 73 + (x * y) // 7) % 251).astype("uint8")


def one_slice(z):
    """Return a slice of the volume, shape (y, x)."""
    y, x = np.ogrid[: SHAPE_ZYX[1], : SHAPE_ZYX[2]]
    return voxels(z, y, x)


class Endless(Mapping):
    """The volume as an OME-Zarr: metadata by zarr-python, one chunk a tile, made when asked for."""

    def __init__(self):
        documents = {}
        root = zarr.open_group(zarr.storage.MemoryStore(documents), mode="w", zarr_format=2)
        root.create_array(
            "0",
            shape=SHAPE_ZYX,
            dtype="uint8",
            chunks=(1, TILE, TILE),
            compressors=None,
            chunk_key_encoding={"name": "v2", "separator": "/"},
        )
        scale = {"type": "scale", "scale": [1.0, 1.0, 1.0]}
        axes = [{"name": one, "type": "space", "unit": "nanometer"} for one in "zyx"]
        datasets = [{"path": "0", "coordinateTransformations": [scale]}]
        root.attrs["multiscales"] = [
            {"version": "0.4", "name": "image", "axes": axes, "datasets": datasets}
        ]
        self._documents = {key: value.to_bytes() for key, value in documents.items()}

    def __getitem__(self, key):
        if key in self._documents:
            return self._documents[key]
        level, *place = key.split("/")
        if level != "0" or len(place) != 3 or not all(one.isdigit() for one in place):
            raise KeyError(key)
        z, row, column = map(int, place)
        y, x = np.ogrid[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
        return voxels(z, y, x).tobytes()

    def __iter__(self):
        return iter(self._documents)

    def __len__(self):
        return len(self._documents)


def show(url, *, first=0):
    """Return the cell that shows the volume, one voxel on one pixel."""
    return (
        f"import nb_remote as nbr\n"
        f"view = nbr.open({url!r}).view(position={(*CENTRE, first + 0.5)}, zoom=1, "
        f"contrast_limits={LIMITS}, height=600)\nview"
    )


def is_right(canvas, z, position_xy=CENTRE):
    """Whether the canvas shows a slice, voxel for voxel."""
    plane = one_slice(z)
    return same_gray(Picture(canvas).at_voxels(plane.shape, position_xy, (1, 1)), plane, LIMITS)


def wait_until_shown(nb, z, *, canvas=0, seconds=20):
    """Wait until a slice is painted whole, and return how many tiles it has."""
    shown = nb.page.wait_for_function(_SHOWN, arg=[canvas, z], timeout=1000 * seconds)
    return int(shown.json_value())


def leaf(nb, *, start, tiles, seconds=20):
    """Leaf with the page key from a slice to others, until so many fresh tiles are painted.

    Returns the slice that is shown then.
    """
    canvas = nb.page.locator(CANVAS).first
    canvas.focus()
    z, fresh = start, 0
    while fresh < tiles:
        z += PAGE_KEY
        canvas.press("PageDown")
        fresh += wait_until_shown(nb, z, seconds=seconds)
    return z
