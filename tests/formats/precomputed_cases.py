"""The rows of the tables on precomputed volumes: encodings, types, channels, and features."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import brotli
import compresso
import crackle
import fpzip
import imagecodecs
import numpy as np
import tensorstore
import zstandard
from tests.formats.one_volume import (
    HERE,
    Case,
    json_bytes,
    precomputed,
    precomputed_chunks,
    pyramid_xyzc,
    small_labels_xyzc,
)

Cases = dict[str, Callable[[], Case]]
Array = np.ndarray[Any, Any]

TYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
TYPES += ("float32", "float64")
CHANNELS = (1, 2, 3, 4)


def _raw(part: Array) -> bytes:
    return part.tobytes("F")


def _jxl(part: Array) -> bytes:
    x, _, _, channels = part.shape
    pixels = part.transpose(2, 1, 0, 3).reshape(-1, x, channels)
    pixels = pixels[..., 0] if channels == 1 else pixels
    return bytes(imagecodecs.jpegxl_encode(np.ascontiguousarray(pixels), lossless=True))


def _fpzip(part: Array) -> bytes:
    return bytes(fpzip.compress(part, order="F"))


def _kempressed(part: Array) -> bytes:
    # https://github.com/seung-lab/cloud-volume/wiki/Advanced-Topic:-fpzip-and-kempressed-Encodings
    return bytes(fpzip.compress(np.asfortranarray(2 + np.swapaxes(part, 2, 3)), order="F"))


def _segmentation(dtype: str, channels: int) -> Case:
    levels = tuple(
        np.concatenate([one, *(one[::-1] for _ in range(channels - 1))], 3)
        for one in small_labels_xyzc(dtype)
    )
    return precomputed(
        levels,
        kind="segmentation",
        encoding="compressed_segmentation",
        compressed_segmentation_block_size=[4, 3, 2],
    )


def _labels(name: str, dtype: str) -> Case:
    package = {"compresso": compresso, "crackle": crackle}[name]
    # Both packages take unsigned labels alone.
    unsigned = f"u{np.dtype(dtype).itemsize}"
    return precomputed(
        tuple(abs(one // 2) if dtype[0] == "i" else one for one in small_labels_xyzc(dtype)),
        lambda part: bytes(package.compress(np.asfortranarray(part[..., 0].astype(unsigned)))),
        "segmentation",
        encoding=name,
    )


def _floats(encode: Callable[[Array], bytes], name: str, dtype: str, channels: int) -> Case:
    # Halves and whole numbers survive that kempressed adds two.
    return precomputed(pyramid_xyzc(dtype, channels), encode, encoding=name)


def _jpeg(channels: int) -> Case:
    """What tensorstore decodes is what counts: the encoding loses something."""
    ramps = tuple(
        (np.indices(one.shape).sum(0) * 4 + 30).astype("uint8")
        for one in pyramid_xyzc("uint8", channels)
    )
    case = precomputed(ramps, encoding="jpeg", jpeg_quality=95)
    decoded = []
    with TemporaryDirectory() as folder:
        for key, one in case.objects.items():
            (Path(folder) / key).parent.mkdir(exist_ok=True)
            (Path(folder) / key).write_bytes(one)
        for number, ramp in enumerate(case.levels):
            kvstore = {"driver": "file", "path": f"{folder}/"}
            spec = {"driver": case.driver, "kvstore": kvstore, "scale_index": number}
            found = np.asarray(tensorstore.open(spec).result().read().result())
            decoded.append(found.reshape(ramp.shape))
            assert abs(decoded[-1].astype(int) - ramp).max() < 12
    # Decoders may round otherwise.
    return replace(case, levels=tuple(decoded), tolerance=3)


def _tiled(name: str, dtype: str, channels: int) -> Case:
    return precomputed(pyramid_xyzc(dtype, channels), encoding=name, png_level=1)


Spread = tuple[tuple[str, ...], tuple[int, ...], Callable[[str, int], Case]]
INTEGERS = tuple(one for one in TYPES if "int" in one)

# Row → data types, channels, and the writer of one volume of them.
ENCODINGS: dict[str, Spread] = {
    "`raw`": (TYPES, CHANNELS, lambda t, c: precomputed(pyramid_xyzc(t, c), _raw)),
    "`compressed_segmentation`": (("uint32", "uint64"), CHANNELS, _segmentation),
    "`jpeg`": (("uint8",), (1, 3), lambda _, c: _jpeg(c)),
    "`png`": (("uint8",), CHANNELS, lambda t, c: _tiled("png", t, c)),
    "`png` of 16 bits": (("uint16",), (1,), lambda t, c: _tiled("png", t, c)),
    "`jxl`": (
        ("uint8", "uint16"),
        (1, 3, 4),
        lambda t, c: precomputed(pyramid_xyzc(t, c), _jxl, encoding="jxl"),
    ),
    "`compresso`": (INTEGERS, (1,), lambda t, _: _labels("compresso", t)),
    "`crackle`": (INTEGERS, (1,), lambda t, _: _labels("crackle", t)),
    "`fpzip`": (("float32", "float64"), CHANNELS, lambda t, c: _floats(_fpzip, "fpzip", t, c)),
    "`kempressed`": (
        ("float32", "float64"),
        CHANNELS,
        lambda t, c: _floats(_kempressed, "kempressed", t, c),
    ),
    "`zfpc`": (
        ("float32",),
        (1,),
        lambda t, c: replace(precomputed(pyramid_xyzc(t, c), _raw, encoding="zfpc"), says="zfpc"),
    ),
    "any other": (
        ("uint8",),
        (1,),
        lambda t, c: replace(precomputed(pyramid_xyzc(t, c), _raw, encoding="avif"), says="avif"),
    ),
}


def _ended(ending: str, pack: Callable[[bytes], bytes]) -> Callable[[], Case]:
    def make() -> Case:
        case = precomputed(pyramid_xyzc("uint16"), _raw)
        objects = {
            key if key == "info" else f"{key}{ending}": one if key == "info" else pack(one)
            for key, one in case.objects.items()
        }
        return replace(case, objects=objects)

    return make


def sharding(**changes: Any) -> dict[str, Any]:
    return {
        "@type": "neuroglancer_uint64_sharded_v1",
        "preshift_bits": 1,
        "hash": "identity",
        "minishard_bits": 1,
        "shard_bits": 1,
        "minishard_index_encoding": "raw",
        "data_encoding": "raw",
    } | changes


def _sharded(**changes: Any) -> Callable[[], Case]:
    return lambda: precomputed(pyramid_xyzc("uint16"), sharding=sharding(**changes))


def _old_shards() -> Case:
    """Each shard in two objects, as before the specification was final."""
    case = precomputed(pyramid_xyzc("uint16"), sharding=sharding())
    objects = {}
    for key, one in case.objects.items():
        start = 16 * 2
        if key.endswith(".shard"):
            objects[key.replace(".shard", ".index")] = one[:start]
            objects[key.replace(".shard", ".data")] = one[start:]
        else:
            objects[key] = one
    return replace(case, objects=objects)


def _two_chunk_shapes() -> Case:
    case = precomputed(pyramid_xyzc("uint16"), _raw)
    document = json.loads(case.objects["info"])
    for one in document["scales"]:
        one["chunk_sizes"].append([13, 11, 1])
    return replace(case, objects=case.objects | {"info": json_bytes(document)})


def _above() -> Case:
    case = precomputed(pyramid_xyzc("uint16"), _raw)
    document = json.loads(case.objects["info"])
    for one in document["scales"]:
        one["key"] = f"../{one['key']}"
    objects = {key: one for key, one in case.objects.items() if key != "info"}
    return replace(case, objects=objects | {"v/info": json_bytes(document)}, open_path="v")


def _redirected() -> Case:
    case = precomputed(pyramid_xyzc("uint16"), _raw)
    objects = {f"new/{key}": one for key, one in case.objects.items()}
    return replace(
        case, objects=objects | {"v/info": b'{"redirect": "%s/new"}' % HERE}, open_path="v"
    )


def _hidden() -> Case:
    case = precomputed(pyramid_xyzc("uint16"), _raw)
    document = json.loads(case.objects["info"])
    document["scales"][1]["hidden"] = True
    meaning = replace(case.meaning, mags_xyz=((1, 1, 1),))
    return replace(
        case,
        objects=case.objects | {"info": json_bytes(document)},
        levels=case.levels[:1],
        meaning=meaning,
    )


def _without_a_chunk(instead: bytes | None) -> Callable[[], Case]:
    def make() -> Case:
        levels = tuple(one.copy() for one in pyramid_xyzc("uint16"))
        levels[0][:6, :5, :4] = 0
        case = precomputed(levels, _raw)
        name = precomputed_chunks(0, levels[0])[0][0]
        objects = {key: one for key, one in case.objects.items() if key != f"0/{name}"}
        return replace(
            case, objects=objects if instead is None else {**objects, f"0/{name}": instead}
        )

    return make


def _kind(kind: str, says: str) -> Callable[[], Case]:
    return lambda: Case(
        objects={"info": json_bytes({"@type": kind})},
        levels=(),
        driver="neuroglancer_precomputed",
        says=says,
    )


FEATURES: Cases = {
    "negative `voxel_offset`": lambda: precomputed(pyramid_xyzc("uint16")),
    "chunks that are missing": _without_a_chunk(None),
    "chunks of no bytes": _without_a_chunk(b""),
    "several `chunk_sizes`": _two_chunk_shapes,
    "`hidden` scales left out": _hidden,
    "`../` in `key`": _above,
    "`redirect`": _redirected,
    "shards, hash `identity`": _sharded(),
    "shards, hash `murmurhash3_x86_128`": _sharded(hash="murmurhash3_x86_128"),
    "shards, `minishard_index_encoding` gzip": _sharded(minishard_index_encoding="gzip"),
    "shards, `data_encoding` gzip": _sharded(data_encoding="gzip"),
    "shards as `.index` and `.data`": _old_shards,
    "chunks as `….gz`": _ended(".gz", gzip.compress),
    "chunks as `….br`": _ended(".br", brotli.compress),
    "chunks as `….zstd`": _ended(".zstd", zstandard.compress),
    "chunks in gzip without saying so": _ended("", gzip.compress),
    "skeletons": _kind("neuroglancer_skeletons", "skeletons"),
    "meshes": _kind("neuroglancer_multilod_draco", "meshes"),
    "annotations": _kind("neuroglancer_annotations_v1", "annotations"),
}
