"""Whole volumes of documents alone: whatever they say, layers, a reason, or an error of ours."""

import copy
import json
import math
from collections.abc import Callable
from random import Random
from typing import Any

from nb_remote.datasource.build import build_datasource, left_out
from nb_remote.datasource.space import unify
from nb_remote.dialects.base import Found
from nb_remote.errors import NbRemoteError
from nb_remote.infer.layer import InferredLayer
from tests.fuzz.mutations import HOSTILE, dumped, spoiled_document, written
from tests.fuzz.target import Target, require
from tests.volumes.documents import documents, with_labels
from tests.volumes.inferring import find, infer

Documents = dict[str, Any]


def make(random: Random, prepared: list[Documents]) -> dict[str, bytes]:
    """Spoil some documents of a volume, then write them as bytes."""
    volume = dict(random.choice(prepared))
    for _ in range(random.choice([1, 1, 2])):
        key = random.choice(list(volume))
        lot = random.random()
        if lot < 0.03:
            del volume[key]
            if not volume:
                break
        elif lot < 0.05:
            depth = random.choice([90, 200, 2000, 100_000])
            volume[key] = b"[" * depth + b"]" * depth
        elif lot < 0.08:
            volume[key] = copy.deepcopy(random.choice(HOSTILE))
        else:
            volume[key] = spoiled_document(random, volume[key])
    return {key: _bytes(random, one) for key, one in volume.items()}


def _bytes(random: Random, document: Any) -> bytes:
    if isinstance(document, bytes):
        return document
    # Most are written well, so that what they say is looked at.
    if random.random() < 0.15:
        return written(random, document)
    return dumped(document)


def check(volume: dict[str, bytes]) -> None:
    """What is found can be described, exported, and has finite numbers."""
    if not isinstance(find(volume), Found):
        return
    layers = [one for one in infer(volume) if isinstance(one, InferredLayer)]
    for layer in layers:
        geometry = layer.geometry
        numbers = [*geometry.voxel_size_nm_xyz.value]
        numbers += [n for level in geometry.levels for n in level.factor_xyz]
        require(all(0 < n < math.inf for n in numbers), f"impossible sizes {numbers}")
        offsets = [*geometry.translation_xyz.value]
        offsets += [n for level in geometry.levels for n in level.offset_xyz]
        require(all(math.isfinite(n) for n in offsets), f"impossible offsets {offsets}")
        require(all(n > 0 for n in layer.shape_xyz), f"impossible shape {layer.shape_xyz}")
        left_out(layer)
    if layers:
        json.dumps(build_datasource(layers, unify(layers)).json(), allow_nan=False)


def _ome04() -> list[Documents]:
    omero = {
        "channels": [
            {"label": "a", "color": "FF0000", "active": True, "window": {"start": 0, "end": 9}},
            {"label": "b", "color": "00FF00", "inverted": True, "window": {"min": 0, "max": 9}},
        ],
        "rdefs": {"defaultZ": 3, "model": "color"},
    }
    image = documents(
        "czyx",
        shapes=[(2, 8, 16, 16), (2, 4, 8, 8)],
        translations=[[0, 0, 0, 0], [0, 1, 1, 1]],
        omero=omero,
    )
    label = documents("zyx", dtype="<u4")
    label[".zattrs"]["image-label"] = {
        "version": "0.4",
        "colors": [{"label-value": 1, "rgba": [1, 2, 3, 4]}],
        "properties": [{"label-value": 1, "area": 12}],
        "source": {"image": "../../"},
    }
    plate = {
        ".zattrs": {
            "plate": {
                "version": "0.4",
                "rows": [{"name": "A"}],
                "columns": [{"name": "1"}],
                "wells": [{"path": "A/1", "rowIndex": 0, "columnIndex": 0}],
                "acquisitions": [{"id": 0}],
                "field_count": 1,
            }
        },
        "A/1/.zattrs": {"well": {"images": [{"path": "0", "acquisition": 0}], "version": "0.4"}},
        **{f"A/1/0/{key}": one for key, one in documents("zyx").items()},
    }
    consolidated = {
        ".zmetadata": {
            "zarr_consolidated_format": 1,
            "metadata": {".zgroup": {"zarr_format": 2}, **documents("yx", shapes=[(9, 8)])},
        },
        ".zgroup": {"zarr_format": 2},
    }
    return [
        with_labels(image, cells=label),
        plate,
        consolidated,
        documents("tczyx", shapes=[(1,) * 5]),
    ]


def _zarray3(shape: list[int], **more: Any) -> Documents:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shape}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [
            {
                "name": "sharding_indexed",
                "configuration": {
                    "chunk_shape": [1] * len(shape),
                    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
                    "index_codecs": [
                        {"name": "bytes", "configuration": {"endian": "little"}},
                        {"name": "crc32c"},
                    ],
                    "index_location": "end",
                },
            }
        ],
        "dimension_names": ["z", "y", "x"][-len(shape) :],
        "attributes": {"units": "nm"},
        **more,
    }


def _ome05() -> list[Documents]:
    multiscale = documents("zyx")[".zattrs"]["multiscales"][0]
    del multiscale["version"]
    steps = [
        {"type": "scale", "scale": [4.0, 2.0, 2.0]},
        {"type": "translation", "translation": [1.0, 0.0, -3.5]},
    ]
    group = {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {
            "ome": {
                "version": "0.5",
                "multiscales": [multiscale | {"coordinateTransformations": steps}],
            }
        },
    }
    levels = {"0/zarr.json": _zarray3([8, 16, 16]), "1/zarr.json": _zarray3([4, 8, 8])}
    labels = {
        "labels/zarr.json": {
            "zarr_format": 3,
            "node_type": "group",
            "attributes": {"ome": {"version": "0.5", "labels": ["cells"]}},
        },
        "labels/cells/zarr.json": group,
        **{f"labels/cells/{key}": one for key, one in levels.items()},
    }
    space = {
        "version": "0.6",
        "multiscales": [
            {
                "name": "image",
                "coordinateSystems": [
                    {"name": "world", "axes": multiscale["axes"]},
                ],
                "datasets": [
                    {
                        "path": "0",
                        "coordinateTransformations": [
                            {
                                "type": "sequence",
                                "input": "0",
                                "output": "world",
                                "transformations": steps,
                            }
                        ],
                    }
                ],
            }
        ],
    }
    return [
        {"zarr.json": group, **levels, **labels},
        {"zarr.json": group | {"attributes": {"ome": space}}, **levels},
    ]


def _plain() -> list[Documents]:
    level = documents("zyx")["0/.zarray"]
    attributes = {"_ARRAY_DIMENSIONS": ["z", "y", "x"], "dimension_units": ["4 nm", "nm", "nm"]}
    inline = {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {},
        "consolidated_metadata": {
            "kind": "inline",
            "must_understand": False,
            "metadata": {"a": _zarray3([4, 4, 4]), "b/c": _zarray3([3, 2])},
        },
    }
    return [
        {".zarray": level, ".zattrs": attributes},
        {"zarr.json": _zarray3([5, 6])},
        {"zarr.json": inline},
    ]


def _n5() -> list[Documents]:
    def dataset(*shape: int, **more: Any) -> Documents:
        return {
            "dimensions": list(shape),
            "blockSize": [4] * len(shape),
            "dataType": "uint16",
            "compression": {"type": "gzip", "level": -1, "useZlib": False},
            **more,
        }

    transform = {
        "axes": ["z", "y", "x"],
        "scale": [8, 4, 4],
        "translate": [0, 0, 0],
        "units": ["nm"] * 3,
    }
    viewer = {
        "attributes.json": {
            "n5": "2.2.1",
            "axes": ["x", "y", "z"],
            "units": ["nm", "nm", "nm"],
            "pixelResolution": {"dimensions": [4, 4, 40], "unit": "nm"},
            "scales": [[1, 1, 1], [2, 2, 1]],
            "multiscales": [{"name": "em", "datasets": [{"path": "s0", "transform": transform}]}],
        },
        "s0/attributes.json": dataset(16, 16, 8, pixelResolution=[4, 4, 40], transform=transform),
        "s1/attributes.json": dataset(8, 8, 8, downsamplingFactors=[2, 2, 1]),
    }
    paintera = {
        "attributes.json": {"painteraData": {"type": "label"}, "maxId": 12},
        "data/attributes.json": {"multiScale": True, "resolution": [4, 4, 40], "offset": [1, 2, 3]},
        "data/s0/attributes.json": dataset(16, 16, 8),
    }
    bdv = {
        "attributes.json": {"downsamplingFactors": [[1, 1, 1], [2, 2, 1]], "dataType": "uint16"},
        "timepoint0/attributes.json": {"resolution": [1, 1, 4]},
        "timepoint0/s0/attributes.json": dataset(16, 16, 8),
    }
    return [viewer, paintera, bdv, {"attributes.json": dataset(16, 16, 8, axes=["x", "y", "z"])}]


def _precomputed() -> list[Documents]:
    from tests.precomputed.test_any_info import INFO

    return [{"info": INFO}, {"info": INFO | {"scales": INFO["scales"][1:], "type": "image"}}]


def _webknossos() -> list[Documents]:
    box = {"topLeft": [1, 2, 3], "width": 16, "height": 16, "depth": 8}
    mags = [
        {"mag": [1, 1, 1], "path": "./color/1", "axisOrder": {"c": 0, "x": 1, "y": 2, "z": 3}},
        {"mag": [2, 2, 1], "path": "color/2-2-1", "channelIndex": 0},
    ]
    views = {"defaultViewConfiguration": {"color": [255, 0, 0], "intensityRange": [0, 200]}}
    color = {
        "name": "color",
        "category": "color",
        "boundingBox": box,
        "elementClass": "uint16",
        "dataFormat": "zarr3",
        "mags": mags,
        "numChannels": 1,
        "additionalAxes": [{"name": "t", "bounds": [0, 3], "index": 4}],
        "coordinateTransformations": [
            {"type": "affine", "matrix": [[2, 0, 0, 1], [0, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}
        ],
        **views,
    }
    cells = color | {
        "name": "cells",
        "category": "segmentation",
        "elementClass": "uint32",
        "largestSegmentId": 2**40,
        "dataFormat": "n5",
        "mags": [{"mag": 1, "path": "cells/1"}],
    }
    properties = {
        "id": {"name": "sample", "team": "a"},
        "scale": {"factor": [4.0, 4.0, 40.0], "unit": "nanometer"},
        "dataLayers": [color, cells],
    }
    level = _zarray3([1, 16, 16, 8])
    n5 = {"dimensions": [16, 16, 8], "blockSize": [4] * 3, "dataType": "uint32"}
    return [
        {
            "datasource-properties.json": properties,
            "color/1/zarr.json": level,
            "color/2-2-1/zarr.json": _zarray3([1, 8, 8, 8]),
            "cells/1/attributes.json": n5,
        }
    ]


def document_target(name: str, prepare: Callable[[], list[Documents]], share: int = 2) -> Target:
    """Fuzz the documents of one format."""
    return Target(
        name=f"{name}-documents",
        prepare=prepare,
        make=make,
        check=check,
        refusals=(NbRemoteError,),
        share=share,
    )


DOCUMENTS: tuple[Target, ...] = (
    document_target("ome-zarr-0.4", _ome04, 4),
    document_target("ome-zarr-0.5", _ome05, 4),
    document_target("zarr", _plain),
    document_target("n5", _n5, 3),
    document_target("precomputed", _precomputed),
    document_target("webknossos", _webknossos, 3),
)
