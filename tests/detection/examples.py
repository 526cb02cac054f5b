"""A tiny dataset for every row of `docs/detection.md`: documents by hand, voxels where they count.

`EXAMPLES[heading][row]` are the documents below one folder, `ADDRESSES` has its name where that
counts; the last layer of what opens is the one that the row is about.
"""

import copy
from typing import Any

import numpy as np
from tests.n5.test_bigdataviewer import affine, spim_data
from tests.n5.written import dataset as n5
from tests.precomputed.written import scale
from tests.volumes.documents import documents, multiscale_of, with_labels, zarray
from tests.webknossos.written import dataset, layer, mag

Documents = dict[str, Any]
SHAPES = [(8, 16, 16), (4, 8, 8)]
SCALES = [(40, 4, 4), (80, 8, 8)]


def ome(**options: Any) -> Documents:
    """OME-Zarr 0.4: two levels of z 8, y 16, x 16; voxels of 40 × 4 × 4, corners that coincide."""
    scales = options.get("scales", SCALES)
    halves = [[(a - b) / 2 for a, b in zip(one, scales[0], strict=True)] for one in scales]
    usual = {"axes": "zyx", "shapes": SHAPES, "scales": scales, "translations": halves}
    return documents(**{**usual, **options})


def one_level(axes: str = "zyx", shape: tuple[int, ...] = (8, 16, 16), **options: Any) -> Documents:
    scales = [[{"z": 40, "y": 4, "x": 4}.get(axis, 1) for axis in axes]]
    return documents(axes, **{"shapes": [shape], "scales": scales, **options})


def with_units(**units: str) -> Documents:
    """OME-Zarr 0.4 with these units, and none for other axes."""
    image = ome(unit=None)
    for axis in multiscale_of(image)["axes"]:
        axis.update({"unit": units[axis["name"]]} if axis["name"] in units else {})
    return image


def without(image: Documents, key: str) -> Documents:
    changed = copy.deepcopy(image)
    del multiscale_of(changed)[key]
    return changed


def unscaled(image: Documents) -> Documents:
    changed = copy.deepcopy(image)
    for one in multiscale_of(changed)["datasets"]:
        del one["coordinateTransformations"]
    return changed


def renamed(image: Documents, **names: str) -> Documents:
    changed = copy.deepcopy(image)
    for axis in multiscale_of(changed)["axes"]:
        axis["name"] = names[axis["name"]]
    return changed


def v2(shape: tuple[int, ...] = (8, 16, 16), dtype: str = "<u2", **attributes: Any) -> Documents:
    """A single array of Zarr v2."""
    return {
        ".zarray": zarray(shape, dtype=dtype),
        **({".zattrs": attributes} if attributes else {}),
    }


def v3(shape: tuple[int, ...] = (8, 16, 16), **changes: Any) -> Documents:
    """A single array of Zarr v3."""
    return {
        "zarr.json": {
            "zarr_format": 3,
            "node_type": "array",
            "shape": list(shape),
            "data_type": "uint16",
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(shape)}},
            "chunk_key_encoding": {"name": "default"},
            "fill_value": 0,
            "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
            **changes,
        }
    }


def n5_alone(**attributes: Any) -> Documents:
    """A single N5 dataset of x 16, y 16, z 8."""
    return {"attributes.json": n5((16, 16, 8), (16, 16, 8), **attributes)}


def n5_group(root: Documents, *of_each: Documents) -> Documents:
    """Two levels below a group; `of_each` are more attributes of each."""
    more = of_each or ({}, {})
    return {
        "attributes.json": root,
        "s0/attributes.json": n5((16, 16, 8), (8, 8, 8), **more[0]),
        "s1/attributes.json": n5((8, 8, 4), (8, 8, 4), **more[1]),
    }


def cosem(**of_transform: Any) -> Documents:
    """Two levels as OpenOrganelle describes them: its lists begin with z, against the array."""
    datasets = [
        {
            "path": f"s{n}",
            "transform": {
                "axes": ["z", "y", "x"],
                "scale": [40 * f, 4 * f, 4 * f],
                "translate": [20 * f - 20, 2 * f - 2, 2 * f - 2],
                **of_transform,
            },
        }
        for n, f in enumerate((1, 2))
    ]
    return n5_group({"multiscales": [{"datasets": datasets}]})


def info(*scales: Documents, **changes: Any) -> Documents:
    """Neuroglancer precomputed; by default one scale of 4 × 4 × 40 nm."""
    listed = scales or (scale((16, 16, 8), key="a"),)
    return {
        "info": {
            "@type": "neuroglancer_multiscale_volume",
            "type": "image",
            "data_type": "uint16",
            "num_channels": 1,
            "scales": [
                {
                    "chunk_sizes": [one["chunk_size"]],
                    **{key: value for key, value in one.items() if key != "chunk_size"},
                }
                for one in listed
            ],
            **changes,
        }
    }


def webknossos(**changes: Any) -> Documents:
    """A dataset of WEBKNOSSOS: one array c 1, x 16, y 16, z 8."""
    entry = layer("em", "zarr", mags=[mag([1, 1, 1], "em/1")], **changes)
    return {
        "datasource-properties.json": dataset(entry),
        "em/1/.zarray": zarray((1, 40, 32, 24), dtype="|u1" if not changes else "<u4"),
    }


def of_cells(dtype: str = "<u2") -> Documents:
    """Boxes of 16 voxels of one id each, as cells have them."""
    ids = np.random.default_rng(0).permutation(np.arange(1, 513)).reshape(8, 8, 8)
    voxels = ids.repeat(8, 0).repeat(8, 1).repeat(8, 2).astype(dtype)
    return {**v2(voxels.shape, dtype), "0/0/0": voxels.tobytes()}


def of_an_image() -> Documents:
    """A smooth picture with some noise, of 16 bits."""
    z, y, x = np.mgrid[:64, :64, :64]
    smooth = 8000 + 3000 * np.sin(x / 9) * np.cos(y / 7) + 500 * np.sin(z / 5)
    noise = np.random.default_rng(0).normal(0, 60, smooth.shape)
    return {**v2((64, 64, 64)), "0/0/0": (smooth + noise).astype("<u2").tobytes()}


def bigdataviewer() -> Documents:
    """One view of x 16, y 16, z 8, and the XML file that places it."""
    view = [(0, "left tile", "4 4 40", "nm")]
    placed = [(0, 0, [affine((4, 4, 40), (8, 8, 80))])]
    levels = n5_group({}, {}, {"downsamplingFactors": [2, 2, 2]})
    below = {f"v.n5/setup0/timepoint0/{key}": one for key, one in levels.items() if key[0] == "s"}
    return {
        "dataset.xml": spim_data(view, registrations=placed),
        "v.n5/attributes.json": {"n5": "2.0.0"},
        "v.n5/setup0/attributes.json": {
            "downsamplingFactors": [[1, 1, 1], [2, 2, 2]],
            "dataType": "uint16",
        },
        **below,
    }


def paintera() -> Documents:
    """Labels as Paintera arranges them."""
    levels = n5_group({"resolution": [4, 4, 40], "offset": [8, 8, 80], "multiScale": True})
    return {
        "attributes.json": {"painteraData": {"type": "label"}, "maxId": 9},
        **{f"data/{key}": one for key, one in levels.items()},
    }


OMERO = {
    "channels": [
        {"label": "DAPI", "color": "0000FF", "window": {"start": 3, "end": 90}},
        {"label": "actin", "color": "00FF00"},
    ]
}
TWO_CHANNELS = one_level("czyx", (2, 8, 16, 16))
LABELLED = with_labels(ome(), cells=ome(dtype="<u4"))

AXES = {
    "OME-Zarr: names in `axes`": one_level("tczyx", (3, 2, 8, 16, 16)),
    "OME-Zarr: axes of space that are not called x, y, z": renamed(
        one_level(), z="depth", y="row", x="column"
    ),
    "OME-Zarr 0.1 and 0.2: no `axes`": without(
        documents("zyx", shapes=[(3, 2, 8, 16, 16)], scales=[(1, 1, 1, 1, 1)]), "axes"
    ),
    "Zarr v3: `dimension_names` x, y, z": v3(dimension_names=["x", "y", "z"]),
    "Zarr v2: `_ARRAY_DIMENSIONS` t, y, x": v2(_ARRAY_DIMENSIONS=["t", "y", "x"]),
    "Zarr array without names, 2 axes": v2((16, 16)),
    "Zarr array without names, 3 axes": v2(),
    "Zarr array without names, 4 axes": v2((2, 8, 16, 16)),
    "Zarr array without names, 5 axes": v2((3, 2, 8, 16, 16)),
    "N5: `axes` of OpenOrganelle, z, y, x": cosem(),
    "N5: no `axes`": n5_alone(),
    "precomputed": info(),
    "precomputed: `num_channels` 2": info(num_channels=2),
    "WEBKNOSSOS: `axisOrder`": webknossos(),
}

VOXEL_SIZE = {
    "OME-Zarr: `scale` 40, 4, 4, units nanometer": ome(),
    "OME-Zarr: `scale` 40, 4, 4, z in micrometer, y and x in nanometer": with_units(
        z="micrometer", y="nanometer", x="nanometer"
    ),
    "OME-Zarr: x and y in micrometer, z without a unit": with_units(y="micrometer", x="micrometer"),
    "OME-Zarr: no unit": with_units(),
    "OME-Zarr: unit pixel": ome(unit="pixel"),
    "OME-Zarr: label without a unit, its image in micrometer": with_labels(
        ome(unit="micrometer"), cells=ome(unit=None, dtype="<u4")
    ),
    "OME-Zarr: no `scale`": unscaled(ome()),
    "Zarr array": v2(),
    "Zarr array: `resolution` 40, 4, 4 (funlib)": v2(resolution=[40, 4, 4], offset=[0, 0, 0]),
    "N5: `resolution` 4, 4, 40, `units` nm": n5_group(
        {
            "axes": ["x", "y", "z"],
            "resolution": [4, 4, 40],
            "units": ["nm"] * 3,
            "downsamplingFactors": [[1, 1, 1], [2, 2, 2]],
        }
    ),
    "N5: `pixelResolution` 4, 4, 40 um": n5_alone(
        pixelResolution={"dimensions": [4, 4, 40], "unit": "um"}
    ),
    "N5: `scale` of OpenOrganelle without `units`": cosem(),
    "BigDataViewer: `voxelSize` 4 4 40 nm": bigdataviewer(),
    "N5: nothing": n5_alone(),
    "precomputed: `resolution` 4, 4, 40": info(),
    "WEBKNOSSOS: `scale` 4, 4, 40 nanometer": webknossos(),
}

TWO_SCALES = (
    scale((16, 16, 8), key="a", voxel_offset=[64, 32, 16]),
    scale((8, 8, 8), key="b", resolution=[8, 8, 40], voxel_offset=[32, 16, 16]),
)

LEVELS = {
    "OME-Zarr: `scale` doubled along x, y and z": ome(),
    "OME-Zarr: `scale` 4 and 8.03 (odd extents)": ome(
        shapes=[(8, 17, 17), (8, 8, 8)], scales=[(40, 4, 4), (40, 8.03, 8.03)]
    ),
    "OME-Zarr: `scale` 4 and 9": ome(
        shapes=[(8, 18, 18), (8, 8, 8)], scales=[(40, 4, 4), (40, 9, 9)]
    ),
    "OME-Zarr: `scale` 4 and 12": ome(
        shapes=[(8, 24, 24), (8, 8, 8)], scales=[(40, 4, 4), (40, 12, 12)]
    ),
    "OME-Zarr: no `scale`": unscaled(ome()),
    "OME-Zarr: one level is finest along x, another along y": ome(
        shapes=[(8, 8, 16), (8, 16, 8)],
        scales=[(40, 8, 4), (40, 4, 8)],
        translations=[(0, 2, 0), (0, 0, 2)],
    ),
    "N5: `downsamplingFactors` of the group": VOXEL_SIZE["N5: `resolution` 4, 4, 40, `units` nm"],
    "N5: `downsamplingFactors` of each level": n5_group(
        {}, {"downsamplingFactors": [1, 1, 1]}, {"downsamplingFactors": [2, 2, 2]}
    ),
    "N5: levels without attributes": n5_group({}),
    "precomputed: `resolution` 4, 4, 40 and 8, 8, 40": info(*TWO_SCALES),
    "precomputed: coarse scale first": info(*TWO_SCALES[::-1]),
    "WEBKNOSSOS: `mag`": webknossos(),
}

PLACE = {
    "OME-Zarr: `translation` 80, 8, 8 (centre of the first voxel)": ome(
        translations=[(80, 8, 8), (100, 10, 10)]
    ),
    "OME-Zarr: no `translation`": ome(translations=None),
    "Zarr array: `offset` 80, 8, 8 (funlib)": v2(resolution=[40, 4, 4], offset=[80, 8, 8]),
    "N5: `translate` 0 at the finest level (OpenOrganelle)": cosem(),
    "N5: `offset` 8, 8, 80 (Paintera)": paintera(),
    "BigDataViewer: registration to 8, 8, 80": bigdataviewer(),
    "precomputed: `voxel_offset` 64, 32, 16": info(*TWO_SCALES),
    "WEBKNOSSOS: `boundingBox` at 2, 3, 4": webknossos(),
}

CATEGORY = {
    "precomputed: `type` segmentation": info(type="segmentation"),
    "precomputed: `type` image": info(),
    "WEBKNOSSOS: `category` segmentation": webknossos(
        category="segmentation", elementClass="uint32"
    ),
    "N5: `type` label (Paintera)": paintera(),
    "OME-Zarr: listed in `labels`": LABELLED,
    "OME-Zarr: listed in `labels`, but float32": with_labels(ome(), cells=ome(dtype="<f4")),
    "float32": v2(dtype="<f4"),
    "float32 called segmentation": v2(dtype="<f4"),
    "integers called segmentation": v2(),
    "integers called neuron_labels": v2(),
    "several channels": TWO_CHANNELS,
    "OME-Zarr: colours or windows in `omero`": one_level(omero=OMERO, dtype="<u8"),
    "uint64, nothing else": v2(dtype="<u8"),
    "uint16, 75 % of neighbouring voxels and more are equal": of_cells(),
    "uint16, neighbouring voxels are close but not equal": of_an_image(),
    "uint16, voxels do not tell": v2(),
    "integers called mask_probability": v2(dtype="|u1"),
    "uint8, nothing else": v2(dtype="|u1"),
}

ELEMENT_CLASS = {
    "uint8": v2(dtype="|u1"),
    "int16": v2(dtype="<i2"),
    "float32": v2(dtype="<f4"),
    "float64": v2(dtype="<f8"),
    "int32 of a label image": with_labels(ome(), cells=ome(dtype="<i4")),
    "float16": v2(dtype="<f2"),
    "bool": v2(dtype="|b1"),
}

CHANNELS = {
    "OME-Zarr: `omero` with label, color, window": one_level(omero=OMERO),
    "OME-Zarr: `omero` without a window": one_level(
        omero={"channels": [{"label": "DAPI", "color": "0000FF"}]}
    ),
    "OME-Zarr: more channels than in `omero`": one_level("czyx", (3, 8, 16, 16), omero=OMERO),
    "one channel, nothing said": v2(),
    "several channels, nothing said": TWO_CHANNELS,
    "OME-Zarr: `active` false": one_level(
        "czyx", (2, 8, 16, 16), omero={"channels": [{}, {"label": "b", "active": False}]}
    ),
}

LARGEST_ID = {
    "WEBKNOSSOS: `largestSegmentId` 199": webknossos(
        category="segmentation", elementClass="uint32", largestSegmentId=199
    ),
    "all others": LABELLED,
}

NAMES = {
    "OME-Zarr: `name` of the image, “fish 7/left”": ome(name="fish 7/left"),
    "OME-Zarr: no `name`, address …/fish.zarr": ome(),
    "OME-Zarr: label listed as cells": LABELLED,
    "BigDataViewer: `name` of the view, “left tile”": bigdataviewer(),
    "precomputed, N5, Zarr array: address …/em": info(),
    "WEBKNOSSOS: `name` of the layer": webknossos(),
}

ADDRESSES = {
    "float32 called segmentation": "segmentation",
    "integers called segmentation": "segmentation",
    "integers called neuron_labels": "neuron_labels",
    "integers called mask_probability": "mask_probability",
    "OME-Zarr: no `name`, address …/fish.zarr": "fish.zarr",
    "precomputed, N5, Zarr array: address …/em": "em",
}
"""Rows that are about the name of the folder."""

EXAMPLES: dict[str, dict[str, Documents]] = {
    "Axes": AXES,
    "Voxel size and unit": VOXEL_SIZE,
    "Levels": LEVELS,
    "Place": PLACE,
    "Image or segmentation": CATEGORY,
    "Element class": ELEMENT_CLASS,
    "Channels, colours, contrast": CHANNELS,
    "Largest segment id": LARGEST_ID,
    "Names": NAMES,
}
