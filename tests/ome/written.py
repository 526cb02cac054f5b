"""OME-Zarr on Zarr v3 as zarr-python and ome-zarr-py write it: no number here is computed by us."""

import warnings

import numpy as np
import zarr
from zarr.storage import MemoryStore

MICROMETER = "micrometer"


def ids(shape, dtype):
    """An array in which neighbours differ along every axis."""
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def files_of(objects):
    """Objects of a `MemoryStore` as a server serves them."""
    return {key: value.to_bytes() for key, value in objects.items()}


# Voxels of 0.25 × 0.25 × 2 µm, halved in y and x; centres at 10, 20.5, 30.25 µm at the finest
# level, and half a finest voxel further at the next (https://ngff.openmicroscopy.org/0.5/#multiscale-md).
AXES = [
    {"name": "c", "type": "channel"},
    {"name": "z", "type": "space", "unit": MICROMETER},
    {"name": "y", "type": "space", "unit": MICROMETER},
    {"name": "x", "type": "space", "unit": MICROMETER},
]
STEPS = [
    [
        {"type": "scale", "scale": [1.0, 2.0, 0.25, 0.25]},
        {"type": "translation", "translation": [0.0, 10.0, 20.5, 30.25]},
    ],
    [
        {"type": "scale", "scale": [1.0, 2.0, 0.5, 0.5]},
        {"type": "translation", "translation": [0.0, 10.0, 20.625, 30.375]},
    ],
]
LEVELS = (
    ids((2, 5, 12, 18), "uint16"),
    ids((2, 5, 12, 18), "uint16")[:, :, ::2, ::2],
)
LABELS = tuple(level[0].astype("uint32") // 7 for level in LEVELS)


def _group(group, levels, axes, steps, **array):
    for number, level in enumerate(levels):
        one = group.create_array(str(number), shape=level.shape, dtype=level.dtype, **array)
        one[...] = level
    return {
        "axes": axes,
        "datasets": [
            {"path": str(n), "coordinateTransformations": one} for n, one in enumerate(steps)
        ],
    }


def with_zarr_python(*, sharded=False, consolidated=False):
    """Image with one label image, as zarr-python writes it: ``image.zarr``."""
    objects = {}
    store = MemoryStore(objects)
    root = zarr.create_group(store, path="image.zarr", zarr_format=3)
    options = {"chunks": (1, 2, 4, 4)}
    if sharded:
        options["shards"] = (1, 4, 8, 12)
    multiscale = _group(root, LEVELS, AXES, STEPS, **options)
    omero = {"channels": [{"label": "DAPI", "color": "0000FF"}, {"window": {"start": 1, "end": 9}}]}
    root.attrs["ome"] = {"version": "0.5", "multiscales": [multiscale], "omero": omero}
    root.create_group("labels").attrs["ome"] = {"version": "0.5", "labels": ["cells"]}
    label = root.create_group("labels/cells")
    axes = [{"name": axis["name"], "type": "space"} for axis in AXES[1:]]
    steps = [[{**one, one["type"]: one[one["type"]][1:]} for one in both] for both in STEPS]
    below = _group(label, LABELS, axes, steps, chunks=(2, 4, 4))
    colors = [{"label-value": 3, "rgba": [255, 0, 10, 128]}, {"label-value": 4}]
    label.attrs["ome"] = {
        "version": "0.5",
        "multiscales": [below],
        "image-label": {"colors": colors, "properties": [{"label-value": 3, "area": 12}]},
    }
    if consolidated:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not part of the specification yet
            zarr.consolidate_metadata(store, path="image.zarr", zarr_format=3)
    return files_of(objects)


def with_ome_zarr_py():
    """The same image without labels, as ome-zarr-py writes OME-Zarr 0.5."""
    objects = {}
    root = zarr.create_group(MemoryStore(objects), path="image.zarr", zarr_format=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own future
        from ome_zarr.format import FormatV05
        from ome_zarr.writer import write_multiscale

        write_multiscale(
            list(LEVELS), root, fmt=FormatV05(), axes=AXES, coordinate_transformations=STEPS
        )
    # Some releases leave out the units that they were given.
    ome = dict(root.attrs["ome"])
    ome["multiscales"][0]["axes"] = AXES
    root.attrs["ome"] = ome
    return files_of(objects)
