"""One small volume, written in every encoding by other software than ours.

Finest level: 13 by 11 by 7 voxels along x, y, z of 4 by 8 by 40 nm, halved once along every axis.
No two extents are equal, no chunk shape divides them, neighbours differ along each axis.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numcodecs
import numpy as np
import tensorstore
from tests.n5.written import big_endian, block
from tests.precomputed import written as precomputed_written

Objects = dict[str, bytes]

SHAPES_ZYX = ((7, 11, 13), (4, 6, 7))
CHUNKS_ZYX = ((4, 5, 6), (4, 5, 6))
"""Of both levels alike: cloud-volume takes the first one's for all."""
LEVELS = ("0", "1")
"""Names that cloud-volume understands, too."""
N5_LEVELS = ("s0", "s1")
OFFSETS_XYZ = ((-9, 3, 7), (-5, 1, 3))
"""Of precomputed levels, in voxels of each: both begin within the same coarse voxel."""


HERE = b"@address@"


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What the metadata of a written volume mean, by their specification."""

    axes: tuple[str, ...]
    box_xyz: tuple[tuple[int, ...], tuple[int, ...]]
    """First voxel and the one behind the last."""
    voxel_size_nm_xyz: tuple[float, ...] = (4.0, 8.0, 40.0)
    mags_xyz: tuple[tuple[int, ...] | None, ...] = ((1, 1, 1), (2, 2, 2))


# "translation": the centre of voxel 0 lies at 10 voxels along each axis; coarse ones half a finest
# voxel further (https://ngff.openmicroscopy.org/0.5/#multiscale-md).
OME = Meaning(axes=("z", "y", "x"), box_xyz=((10, 10, 10), (23, 21, 17)))
# "voxel_offset … the volume origin in voxels" of each scale, negative ones included
# (https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.rst).
PRECOMPUTED = Meaning(axes=("x", "y", "z"), box_xyz=((-9, 3, 7), (4, 14, 14)))
PRECOMPUTED_CHANNELS = Meaning(axes=("x", "y", "z", "c"), box_xyz=PRECOMPUTED.box_xyz)
# Neuroglancer's group attributes; N5 itself has no offset, and its first axis is the fastest
# (https://github.com/saalfeldlab/n5#file-system-specification).
N5 = Meaning(axes=("x", "y", "z"), box_xyz=((0, 0, 0), (13, 11, 7)))


@dataclass(frozen=True, kw_only=True)
class Case:
    """A volume as it lies on a server, and what is known of it."""

    objects: Objects
    """`HERE` stands for the address that they are served at."""
    levels: tuple[np.ndarray[Any, Any], ...] = ()
    """What was written, finest first; empty where nothing can be read."""
    driver: str = ""
    """What tensorstore calls the format: zarr, zarr3, n5, neuroglancer_precomputed."""
    paths: tuple[str, ...] = LEVELS
    """Array of each level."""
    meaning: Meaning | None = None
    says: str = ""
    """What a refusal has to name."""
    open_path: str = ""
    """What is opened, within the objects."""
    tolerance: int = 0
    """How far decoders may differ from each other, where an encoding loses something."""


def values(shape: tuple[int, ...], dtype: Any) -> np.ndarray[Any, Any]:
    """Numbers over the whole range of a type, neighbours unlike each other."""
    dtype = np.dtype(dtype)
    flat = np.arange(prod(shape), dtype=np.uint64) * np.uint64(7919)
    if dtype.kind == "b":
        return (flat % np.uint64(3) == 0).reshape(shape)
    if dtype.kind in "ui":
        wide = flat * np.uint64(0x9E3779B97F4A7C15 >> (64 - 8 * dtype.itemsize) | 1)
        return (
            wide.astype(f"u{dtype.itemsize}")
            .view(f"{dtype.kind}{dtype.itemsize}")
            .reshape(shape)
            .astype(dtype)
        )
    return ((flat % np.uint64(1021)).astype("f8") / 8 - 60).astype(dtype).reshape(shape)


def pyramid_zyx(dtype: Any = "uint16") -> tuple[np.ndarray[Any, Any], ...]:
    """Both levels; the coarse one is every other voxel."""
    fine = values(SHAPES_ZYX[0], dtype)
    return fine, fine[::2, ::2, ::2].copy()


def pyramid_xyzc(dtype: Any, channels: int = 1) -> tuple[np.ndarray[Any, Any], ...]:
    """Both levels in the order of precomputed."""
    fine = values((*SHAPES_ZYX[0][::-1], channels), dtype)
    return fine, fine[::2, ::2, ::2].copy()


def small_labels_xyzc(dtype: Any) -> tuple[np.ndarray[Any, Any], ...]:
    """Few ids in boxes, the largest of the type among them."""
    fine = precomputed_written.labels((*SHAPES_ZYX[0][::-1], 1), np.dtype(dtype))
    return fine, fine[::2, ::2, ::2].copy()


def boxes(shape: tuple[int, ...], chunks: tuple[int, ...]) -> list[Any]:
    """Everything, corners, a plane along each axis, what lies at borders, strides across them."""
    middle = tuple(n // 2 for n in shape)
    planes = [
        (*[slice(None)] * axis, middle[axis], *[slice(None)] * (len(shape) - axis - 1))
        for axis in range(len(shape))
    ]
    return [
        ...,
        (0,) * len(shape),
        tuple(n - 1 for n in shape),
        *planes,
        tuple(slice(max(0, c - 1), c + 1) for c in chunks),
        tuple(slice((n - 1) // c * c, None) for n, c in zip(shape, chunks, strict=True)),
        tuple(slice(1, None, 2) for _ in shape),
        (slice(None, None, -1), *[slice(0, None, 3)] * (len(shape) - 1)),
    ]


def json_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def multiscales(version: str | None) -> dict[str, Any]:
    """One image of OME-Zarr with both levels."""
    spacing = ([40.0, 8.0, 4.0], [80.0, 16.0, 8.0])
    centre = ([400.0, 80.0, 40.0], [420.0, 84.0, 42.0])
    return {
        **({"version": version} if version else {}),
        "axes": [{"name": one, "type": "space", "unit": "nanometer"} for one in "zyx"],
        "datasets": [
            {
                "path": path,
                "coordinateTransformations": [
                    {"type": "scale", "scale": scale},
                    {"type": "translation", "translation": at},
                ],
            }
            for path, scale, at in zip(LEVELS, spacing, centre, strict=True)
        ],
    }


GROUP2 = {".zgroup": {"zarr_format": 2}, ".zattrs": {"multiscales": [multiscales("0.4")]}}
GROUP3 = {
    "zarr.json": {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {"ome": {"version": "0.5", "multiscales": [multiscales(None)]}},
    }
}


def documents(group: Mapping[str, Any]) -> Objects:
    return {key: json_bytes(one) for key, one in group.items()}


def chunks_of(
    data: np.ndarray[Any, Any], chunks: tuple[int, ...]
) -> list[tuple[tuple[int, ...], np.ndarray[Any, Any]]]:
    """Full chunks, the last ones filled up with zeros, as Zarr stores them."""
    found = []
    for index in product(*(range(-(-n // c)) for n, c in zip(data.shape, chunks, strict=True))):
        part = data[tuple(slice(i * c, (i + 1) * c) for i, c in zip(index, chunks, strict=True))]
        whole = np.zeros(chunks, data.dtype)
        whole[tuple(slice(n) for n in part.shape)] = part
        found.append((index, whole))
    return found


def zarr2(
    levels: tuple[np.ndarray[Any, Any], ...],
    *,
    filters: tuple[Any, ...] = (),
    compressor: Any = None,
    order: str = "C",
    **changes: Any,
) -> Case:
    """An OME-Zarr 0.4 image whose chunks numcodecs encodes, laid out by hand."""
    objects = documents(GROUP2)
    for path, data, chunks in zip(LEVELS, levels, CHUNKS_ZYX, strict=True):
        meta = {
            "zarr_format": 2,
            "shape": data.shape,
            "chunks": chunks,
            "dtype": data.dtype.str,
            "order": order,
            "fill_value": 0,
            "filters": [one.get_config() for one in filters] or None,
            "compressor": compressor.get_config() if compressor is not None else None,
            "dimension_separator": "/",
            **changes,
        }
        objects[f"{path}/.zarray"] = json_bytes(
            {key: value for key, value in meta.items() if value is not ...}
        )
        separator = "." if meta["dimension_separator"] is ... else meta["dimension_separator"]
        for index, chunk in chunks_of(data, chunks):
            encoded: Any = np.frombuffer(chunk.tobytes(order), chunk.dtype)
            for step in (*filters, *([compressor] if compressor is not None else [])):
                encoded = step.encode(encoded)
            name = separator.join(map(str, index))
            objects[f"{path}/{name}"] = numcodecs.compat.ensure_bytes(encoded)
    return Case(objects=objects, levels=levels, driver="zarr", meaning=OME)


def zarr3(
    levels: tuple[np.ndarray[Any, Any], ...],
    codecs: list[Any] | None = None,
    **changes: Any,
) -> Case:
    """An OME-Zarr 0.5 image that tensorstore writes."""
    objects = documents(GROUP3)
    for path, data, chunks in zip(LEVELS, levels, CHUNKS_ZYX, strict=True):
        meta = document3(data, chunks, codecs or [LITTLE]) | changes
        spec = {
            "driver": "zarr3",
            "kvstore": {"driver": "memory"},
            "metadata": meta,
            "store_data_equal_to_fill_value": True,
        }
        context = tensorstore.Context()
        kvstore = tensorstore.KvStore.open({"driver": "memory"}, context=context).result()
        array = tensorstore.open(spec, create=True, context=context).result()
        array[...] = data
        objects |= {f"{path}/{key.decode()}": kvstore[key] for key in kvstore.list().result()}
    return Case(objects=objects, levels=levels, driver="zarr3", meaning=OME)


LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}


def document3(data: np.ndarray[Any, Any], chunks: tuple[int, ...], codecs: list[Any]) -> Any:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": data.shape,
        "data_type": data.dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunks}},
        "chunk_key_encoding": {"name": "default"},
        "codecs": codecs,
        "fill_value": False if data.dtype == bool else 0,
    }


def zarr3_by_numcodecs(
    levels: tuple[np.ndarray[Any, Any], ...], step: Any, *, before: bool
) -> Case:
    """An OME-Zarr 0.5 image whose chunks numcodecs encodes, laid out by hand."""
    objects = documents(GROUP3)
    config = {key: value for key, value in step.get_config().items() if key != "id"}
    named = {"name": f"numcodecs.{step.codec_id}", "configuration": config}
    codecs = [named, LITTLE] if before else [LITTLE, named]
    for path, data, chunks in zip(LEVELS, levels, CHUNKS_ZYX, strict=True):
        objects[f"{path}/zarr.json"] = json_bytes(document3(data, chunks, codecs))
        for index, chunk in chunks_of(data, chunks):
            encoded = numcodecs.compat.ensure_bytes(step.encode(chunk.ravel()))
            objects[f"{path}/c/{'/'.join(map(str, index))}"] = encoded
    return Case(objects=objects, levels=levels, driver="zarr3", meaning=OME)


def info(levels: tuple[np.ndarray[Any, Any], ...], kind: str, **changes: Any) -> Any:
    """The ``info`` of a precomputed volume."""
    return {
        "@type": "neuroglancer_multiscale_volume",
        "type": kind,
        "data_type": levels[0].dtype.name,
        "num_channels": levels[0].shape[3],
        "scales": [scale(number, one, **changes) for number, one in enumerate(levels)],
    }


def scale(number: int, data: np.ndarray[Any, Any], **changes: Any) -> dict[str, Any]:
    return {
        "key": LEVELS[number],
        "size": list(data.shape[:3]),
        "resolution": [(4 << number), (8 << number), (40 << number)],
        "voxel_offset": list(OFFSETS_XYZ[number]),
        "chunk_sizes": [list(CHUNKS_ZYX[number][::-1])],
        "encoding": "raw",
    } | changes


def precomputed(
    levels: tuple[np.ndarray[Any, Any], ...],
    encode: Callable[[np.ndarray[Any, Any]], bytes] | None = None,
    kind: str = "image",
    **changes: Any,
) -> Case:
    """A volume that tensorstore writes, or laid out by hand with chunks that `encode` makes."""
    if encode is None:
        scales = [scale(number, one, **changes) for number, one in enumerate(levels)]
        for one in scales:
            one["chunk_size"] = one.pop("chunk_sizes")[0]
        objects = precomputed_written.write(*scales, data=levels, kind=kind)
    else:
        objects = {"info": json_bytes(info(levels, kind, **changes))}
        for number, data in enumerate(levels):
            for name, part in precomputed_chunks(number, data):
                objects[f"{LEVELS[number]}/{name}"] = encode(part)
    channels = levels[0].shape[3]
    return Case(
        objects=objects,
        levels=tuple(one[..., 0] if channels == 1 else one for one in levels),
        driver="neuroglancer_precomputed",
        meaning=PRECOMPUTED if channels == 1 else PRECOMPUTED_CHANNELS,
    )


def precomputed_chunks(number: int, data: np.ndarray[Any, Any]) -> list[tuple[str, Any]]:
    """Name and voxels of each chunk: cut off at the border, named by absolute voxels."""
    chunk, offset = CHUNKS_ZYX[number][::-1], OFFSETS_XYZ[number]
    found = []
    for index in product(*(range(0, n, c) for n, c in zip(data.shape[:3], chunk, strict=True))):
        stop = [min(i + c, n) for i, c, n in zip(index, chunk, data.shape[:3], strict=True)]
        part = data[tuple(slice(a, b) for a, b in zip(index, stop, strict=True))]
        name = "_".join(f"{a + o}-{b + o}" for a, b, o in zip(index, stop, offset, strict=True))
        found.append((name, np.asfortranarray(part)))
    return found


N5_GROUP = {
    "n5": "2.5.1",
    "axes": ["x", "y", "z"],
    "units": ["nm", "nm", "nm"],
    "resolution": [4, 8, 40],
    "downsamplingFactors": [[1, 1, 1], [2, 2, 2]],
}


def n5(
    dtype: Any = "uint16",
    compression: Any = None,
    encode: Callable[[bytes], bytes] = bytes,
    **attributes: Any,
) -> Case:
    """A pyramid laid out by hand: x fastest, big endian, blocks cut off at the border."""
    levels = tuple(one.T for one in pyramid_zyx(dtype))
    objects = {"attributes.json": json_bytes(N5_GROUP)}
    for path, data, chunks in zip(N5_LEVELS, levels, CHUNKS_ZYX, strict=True):
        blocks = chunks[::-1]
        objects[f"{path}/attributes.json"] = json_bytes(
            {
                "dimensions": data.shape,
                "blockSize": blocks,
                "dataType": np.dtype(dtype).name,
                "compression": compression or {"type": "raw"},
                **attributes,
            }
        )
        for index in product(*(range(-(-n // b)) for n, b in zip(data.shape, blocks, strict=True))):
            part = data[
                tuple(slice(i * b, (i + 1) * b) for i, b in zip(index, blocks, strict=True))
            ]
            name = "/".join(map(str, index))
            objects[f"{path}/{name}"] = block(part.shape, encode(big_endian(part)))
    return Case(objects=objects, levels=levels, driver="n5", paths=N5_LEVELS, meaning=N5)


def n5_by_tensorstore(compression: Any, dtype: Any = "uint16") -> Case:
    """A pyramid that tensorstore writes: with whole blocks at the border."""
    from tests.n5.written import with_tensorstore

    levels = tuple(one.T for one in pyramid_zyx(dtype))
    objects = {"attributes.json": json_bytes(N5_GROUP)}
    for path, data, chunks in zip(N5_LEVELS, levels, CHUNKS_ZYX, strict=True):
        objects |= with_tensorstore(data, chunks[::-1], compression, path)
    return Case(objects=objects, levels=levels, driver="n5", paths=N5_LEVELS, meaning=N5)
