"""Layers that lie askew in their dataset, and where their voxels come to lie by NumPy alone."""

import json
from dataclasses import replace

import numpy as np
import scipy.ndimage
from tests.browser.volumes import write_ome_zarr

from nb_remote.chunks.selection import AxisRange
from nb_remote.dataset import Dataset
from nb_remote.threads import run


def lying(dataset, matrix, name=None):
    """Return a dataset of one layer of another, with an affine of its voxels (3 × 4, x y z)."""
    layer = dataset[name] if name else dataset.layers[0]
    rows = tuple(tuple(float(n) for n in row) for row in matrix)
    turned = replace(layer.inferred, transform=rows)
    return Dataset(((turned, layer.source),))


def webknossos_objects(array, matrix, *, category="color", chunks=None):
    """Return a WEBKNOSSOS dataset of one array (z, y, x) with an affine: key → bytes."""
    depth, height, width = array.shape
    layer = {
        "name": "em",
        "category": category,
        "dataFormat": "zarr",
        "elementClass": array.dtype.name,
        "boundingBox": {"topLeft": [0, 0, 0], "width": width, "height": height, "depth": depth},
        "mags": [{"mag": 1, "path": "./em/0", "axisOrder": {"x": 2, "y": 1, "z": 0}}],
        "coordinateTransformations": [
            {"type": "affine", "matrix": [*np.asarray(matrix).tolist(), [0, 0, 0, 1]]}
        ],
    }
    scale = {"factor": [4, 4, 4], "unit": "nanometer"}
    document = {"id": {"name": "a", "team": ""}, "scale": scale, "dataLayers": [layer]}
    stored = write_ome_zarr([array], "zyx", chunks=chunks)
    objects = {f"em/{key}": value for key, value in stored.items() if key.startswith("0/")}
    return {**objects, "datasource-properties.json": json.dumps(document).encode()}


def whole(level):
    return tuple(AxisRange(start=0, stop=n) for n in level.shape)


def read(level, ranges=None):
    """Return the voxels of a shown level, axes as it has them."""
    return run(level.read(ranges or whole(level), whole_chunks=False), deadline=30).block


def points(level, matrix, factor=(1, 1, 1), offset=(0, 0, 0), planes=slice(None)):
    """Return where the middles of a level's shown voxels lie in the stored one.

    Shape (3, z, y, x), of z, y, x; the corner of the first stored voxel is 0. `factor` and `offset`
    are those of the stored level in the layer, `planes` some along z.
    """
    nx, ny, nz = level.axes.shape_xyz(level.shape)
    along = (np.arange(nz)[planes], np.arange(ny), np.arange(nx))
    grid = np.stack(np.meshgrid(*along, indexing="ij")) + 0.5
    xyz = grid[::-1] * np.reshape(level.factor_xyz, (3, 1, 1, 1))
    xyz = xyz + np.reshape(level.offset_xyz, (3, 1, 1, 1))
    back = np.linalg.inv(np.vstack([matrix, [0, 0, 0, 1]]))
    own = np.einsum("ij,jzyx->izyx", back[:3, :3], xyz) + back[:3, 3].reshape(3, 1, 1, 1)
    own = (own - np.reshape(offset, (3, 1, 1, 1))) / np.reshape(factor, (3, 1, 1, 1))
    return own[::-1]


def expected(stored_zyx, at, *, order):
    """Return what SciPy makes of points, and which of them lie inside."""
    extent = np.reshape(stored_zyx.shape, (3, 1, 1, 1))
    inside = ((at >= 0) & (at < extent)).all(axis=0)
    values = scipy.ndimage.map_coordinates(
        stored_zyx.astype("f8"), at - 0.5, order=order, mode="nearest"
    )
    return values, inside
