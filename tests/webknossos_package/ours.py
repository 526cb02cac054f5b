"""Datasets that are written here, one function each: by name in `DATASETS`.

A function gets an empty folder and returns the dataset, and what its layers show, with their
axes in the stored order: layer → levels (mag of the dataset → voxels).
"""

import json
from itertools import product

import numpy as np
from tests.webknossos import written as w
from tests.webknossos_package.stored import FORMATS, noise, pyramid, write

import nb_remote

TYPES = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
FLOATS = ("float32", "float64")
IDS = {"small": 199, "unknown": None, "beyond": 2**53, "most": 2**64 - 2}
ORDERS = ("xyz", "zyx", "yxz", "cxyz", "zyxc", "zcyx")
PRECOMPUTED = "neuroglancerPrecomputed"
UNITS = ("angstrom", "micrometer", "millimeter", "inch", "parsec")
AFFINE = [[0.0, -2.0, 0.0, 5.5], [2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, -3.0], [0.0, 0.0, 0.0, 1.0]]
SPLINE = {
    "type": "thin_plate_spline",
    "correspondences": {
        "source": [[0.0, 0.0, 0.0], [9.0, 0.0, 0.0], [0.0, 8.0, 0.0], [0.0, 0.0, 7.5]],
        "target": [[1.0, 1.0, 1.0], [8.0, 1.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 7.0]],
    },
}
LONG = "a" * 255
VIEW = {
    "color": [1, 2, 3],
    "alpha": 30.5,
    "intensityRange": [3.0, 90.0],
    "min": 0.0,
    "max": 99.5,
    "isDisabled": True,
    "isInverted": True,
    "isInEditMode": True,
}
WHOLE_VIEW = {
    "position": [1, 2, 3],
    "rotation": [0, 0, 90],
    "zoom": 1.5,
    "interpolation": True,
    "fourBit": False,
    "renderMissingDataBlack": True,
    "loadingStrategy": "PROGRESSIVE_QUALITY",
    "segmentationPatternOpacity": 40,
    "blendMode": "Additive",
    "colorLayerOrder": [LONG],
    "layers": {LONG: {"alpha": 60.0, "color": [1, 2, 3]}},
    "nativelyRenderedLayerName": LONG,
}


def _file(name, data_format):
    return {"name": name, "path": f"https://h/{name}", "dataFormat": data_format}


ATTACHMENTS = {
    "meshes": [_file("fine", "hdf5"), _file("coarse", PRECOMPUTED)],
    "agglomerates": [_file("agglomerate_65", "zarr3")],
    "segmentIndex": _file("index", "zarr3"),
    "cumsum": _file("sums", "json"),
    "connectomes": [_file("connectome", "hdf5")],
}


def _stored(folder, data_format, dtypes):
    levels = {dtype: pyramid(noise(dtype)) for dtype in dtypes}
    paths = [write(folder / dtype, data_format, one) for dtype, one in levels.items()]
    return nb_remote.open(*paths), levels


def types(folder, data_format):
    """Images of every type that the format has."""
    without = ("uint32", "uint64", "int64", "float64") if data_format == PRECOMPUTED else ()
    dtypes = [one for one in (*TYPES, *FLOATS) if one not in without]
    dataset, levels = _stored(folder, data_format, dtypes)
    for name in dtypes:
        dataset = dataset.corrected(name, category="color")
    return dataset, levels


def ids(folder, data_format):
    """Segmentations, with largest ids up to those that JavaScript can't count."""
    values = pyramid(noise("uint64"))
    paths = [write(folder / name, data_format, values) for name in IDS]
    dataset = nb_remote.open(*paths)
    for name, largest in IDS.items():
        dataset = dataset.corrected(name, category="segmentation", largest_segment_id=largest)
    return dataset, dict.fromkeys(IDS, values)


def id_types(folder, data_format):
    """Segmentations of every integer type."""
    dtypes = ("uint32", "uint64") if data_format == PRECOMPUTED else TYPES
    dataset, levels = _stored(folder, data_format, dtypes)
    for name in dtypes:
        dataset = dataset.corrected(name, category="segmentation", largest_segment_id=100)
    return dataset, levels


def orders(folder, data_format):
    """Arrays whose axes stand in every order, with one channel and with none."""
    levels = {}
    for axes in ORDERS:
        shape = [{"c": 1, "x": 40, "y": 32, "z": 24}[axis] for axis in axes]
        levels[axes] = pyramid(noise("uint16", shape), axes, ((1, 1, 1), (2, 2, 1)))
    paths = [write(folder / axes, data_format, one, axes=axes) for axes, one in levels.items()]
    dataset = nb_remote.open(*paths)
    for name in ORDERS:
        dataset = dataset.corrected(name, category="color")
    return dataset, levels


def flat(folder, data_format):
    """An array without a z axis."""
    levels = pyramid(noise("uint16", (32, 40)), "yx", ((1, 1, 1), (2, 2, 1)))
    place = write(folder / "flat", data_format, levels, axes="yx")
    return nb_remote.open(place).corrected("flat", category="color"), {"flat": levels}


def channels(folder, data_format):
    """Two channels that are shown each, a picture of three, and a series of times with channels."""
    two = pyramid(noise("uint16", (2, 24, 32, 40)), "czyx")
    three = pyramid(noise("uint8", (3, 24, 32, 40)), "czyx")
    times = pyramid(noise("uint8", (5, 2, 24, 32, 40)), "tczyx")
    omero = {
        "channels": [
            _channel("gfp", "00FF7F", 3, 900, active=True),
            _channel("dapi", "0000FF", 10, 500, active=False, inverted=True),
        ]
    }
    dataset = nb_remote.open(
        write(folder / "two", data_format, two, axes="czyx", omero=omero),
        write(folder / "three", data_format, three, axes="czyx"),
        write(folder / "times", data_format, times, axes="tczyx"),
    )
    dataset = dataset.corrected("three", is_rgb=True)
    return dataset, {
        "gfp": {mag: one[:1] for mag, one in two.items()},
        "dapi": {mag: one[1:] for mag, one in two.items()},
        "three": three,
        "times": {mag: one[:, :1] for mag, one in times.items()},
        "times_2": {mag: one[:, 1:] for mag, one in times.items()},
    }


def _channel(label, color, start, end, **more):
    return {
        "label": label,
        "color": color,
        "window": {"start": start, "end": end, "min": 0, "max": 1000},
        **more,
    }


def space(folder, data_format):
    """Two layers of other voxel sizes, one moved, and one whose ratio is no power of two."""
    fine, coarse, odd = (pyramid(noise(one)) for one in ("uint8", "uint16", "int8"))
    sizes = {"fine": (4, 4, 40), "coarse": (8, 8, 40), "odd": (6, 6, 60)}
    paths = [
        write(folder / name, data_format, one, voxel=sizes[name])
        for name, one in (("fine", fine), ("coarse", coarse), ("odd", odd))
    ]
    dataset = nb_remote.open(*paths)
    for name in sizes:
        dataset = dataset.corrected(name, category="color")
    dataset = dataset.corrected("fine", translation_xyz=(5.5, -3, 0.25))
    rebased = {(2 * x, 2 * y, z): one for (x, y, z), one in coarse.items()}
    return dataset.named("space"), {"fine": fine, "coarse": rebased, "odd": odd}


def moved_by_metadata(folder, _):
    """OME origins (voxel centres) and precomputed's offset (corners) beside each other."""
    values = pyramid(noise("uint8"))
    ome = write(folder / "ome", "zarr", values, origin=(42, 6, 20))
    box = write(folder / "box", PRECOMPUTED, values, corner=(64, 32, 16))
    dataset = nb_remote.open(ome, box)
    for name in ("ome", "box"):
        dataset = dataset.corrected(name, category="color")
    return dataset, {"ome": values, "box": values}


def units(folder, unit):
    """Voxel sizes in other units than nanometre."""
    values = pyramid(noise("uint8"))
    place = write(folder / "em", "zarr3", values, voxel=(0.36, 0.36, 0.5), unit=unit)
    return nb_remote.open(place).corrected("em", category="color"), {"em": values}


def meshes(folder, _):
    """A precomputed segmentation that names its meshes."""
    values = pyramid(noise("uint64"))
    place = write(folder / "cells", PRECOMPUTED, values, info={"mesh": "mesh_lod"})
    return nb_remote.open(place), {"cells": values}


def kept(folder, _):
    """A dataset's own file, with all that it may say, in a folder with letters of all kinds."""
    home = folder / "données 数据 #1"
    values = pyramid(noise("uint8", (1, 40, 32, 24)), "cxyz", ((1, 1, 1), (2, 2, 1)))
    write(home / LONG, "zarr", values, axes="cxyz")
    plain = {mag: one[0] for mag, one in values.items()}
    cells = {mag: one.astype("uint32") for mag, one in plain.items()}
    write(home / "cells", PRECOMPUTED, cells)
    box = {"topLeft": [4, 2, 2], "width": 32, "height": 28, "depth": 20}
    mags = [w.mag([1, 1, 1], f"{LONG}/0"), w.mag([2, 2, 1], f"{LONG}/1")]
    image = w.layer(LONG, "zarr", boundingBox=box, mags=mags, defaultViewConfiguration=VIEW)
    affine = {"type": "affine", "matrix": AFFINE}
    image["coordinateTransformations"] = [affine, SPLINE]
    segments = w.layer("cells", PRECOMPUTED, boundingBox=box, category="segmentation")
    segments |= {"elementClass": "uint32", "largestSegmentId": 2**32 - 2, "mappings": ["a", "b"]}
    segments["attachments"] = ATTACHMENTS
    segments["mags"] = [w.mag([1, 1, 1], "cells/1_1_1"), w.mag([2, 2, 1], "cells/2_2_1")]
    document = w.dataset(image, segments, defaultViewConfiguration=WHOLE_VIEW)
    (home / w.NAME).write_text(json.dumps(document))
    inside = {LONG: values, "cells": {mag: one[np.newaxis] for mag, one in cells.items()}}
    return nb_remote.open(home), {
        name: {
            (x, y, z): one[:, 4 // x : 36 // x, 2 // y : 30 // y, 2 // z : 22 // z]
            for (x, y, z), one in levels.items()
        }
        for name, levels in inside.items()
    }


_ZARRS = ("zarr", "zarr3")
DATASETS = {
    **{(one.__name__, f): one for one, f in product((types, ids, id_types, space), FORMATS)},
    **{(one.__name__, f): one for one, f in product((orders, flat, channels), _ZARRS)},
    **{("units", unit): units for unit in UNITS},
    **{(one.__name__, ""): one for one in (moved_by_metadata, meshes, kept)},
}
