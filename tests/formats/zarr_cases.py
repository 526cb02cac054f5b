"""The rows of the tables on Zarr: codecs, data types and features of both versions."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ml_dtypes
import numcodecs
import numpy as np
import tensorstore
from numcodecs.bitround import BitRound
from numcodecs.checksum32 import CRC32, CRC32C, Adler32, JenkinsLookup3
from numcodecs.fletcher32 import Fletcher32
from tests.formats.one_volume import (
    CHUNKS_ZYX,
    GROUP3,
    LEVELS,
    LITTLE,
    OME,
    Case,
    Meaning,
    chunks_of,
    document3,
    documents,
    json_bytes,
    pyramid_zyx,
    zarr2,
    zarr3,
    zarr3_by_numcodecs,
)

Cases = dict[str, Callable[[], Case]]

# Steps that numcodecs encodes: (type of the voxels, codec, whether it stands before `bytes` in v3).
# Those that lose something get numbers that they keep: whole, and small.
_STEPS: dict[str, tuple[str, Callable[[], Any], bool]] = {
    "blosc": ("uint16", lambda: numcodecs.Blosc("zstd", 3, numcodecs.Blosc.SHUFFLE), False),
    "zstd": ("uint16", lambda: numcodecs.Zstd(2), False),
    "gzip": ("uint16", lambda: numcodecs.GZip(3), False),
    "zlib": ("uint16", lambda: numcodecs.Zlib(3), False),
    "lz4": ("uint16", numcodecs.LZ4, False),
    "bz2": ("uint16", lambda: numcodecs.BZ2(3), False),
    "lzma": ("uint16", lambda: numcodecs.LZMA(preset=1), False),
    "crc32c": ("uint16", CRC32C, False),
    "crc32": ("uint16", CRC32, False),
    "adler32": ("uint16", Adler32, False),
    "fletcher32": ("uint16", Fletcher32, False),
    "jenkins_lookup3": ("uint16", lambda: JenkinsLookup3(initval=7), False),
    "shuffle": ("uint16", lambda: numcodecs.Shuffle(2), False),
    "delta": ("int16", lambda: numcodecs.Delta("<i2"), True),
    "fixedscaleoffset": (
        "float32",
        lambda: numcodecs.FixedScaleOffset(offset=-60, scale=8, dtype="<f4", astype="<u2"),
        True,
    ),
    "astype": ("int16", lambda: numcodecs.AsType("<i4", "<i2"), True),
    "quantize": ("float32", lambda: numcodecs.Quantize(digits=3, dtype="<f4"), True),
    "bitround": ("float32", lambda: BitRound(keepbits=16), True),
    "packbits": ("bool", numcodecs.PackBits, True),
    "base64": ("uint16", numcodecs.Base64, False),
}


def _step2(name: str) -> Callable[[], Case]:
    dtype, make, before = _STEPS[name]
    if before:
        return lambda: zarr2(pyramid_zyx(dtype), filters=(make(),), compressor=GZIP2)
    return lambda: zarr2(pyramid_zyx(dtype), compressor=make())


def _step3(name: str) -> Callable[[], Case]:
    dtype, make, before = _STEPS[name]
    return lambda: zarr3_by_numcodecs(pyramid_zyx(dtype), make(), before=before)


def renamed(case: Case, key: str, old: str, new: str, says: str = "") -> Case:
    """The same volume with other words in its metadata."""
    objects = {
        name: value.replace(old.encode(), new.encode()) if name.endswith(key) else value
        for name, value in case.objects.items()
    }
    assert objects != case.objects, old
    return replace(case, objects=objects, says=says)


def _other2(name: str) -> Callable[[], Case]:
    """Chunks whose codec nobody is asked to decode."""
    return lambda: renamed(
        zarr2(pyramid_zyx(), compressor=numcodecs.Zlib(1)), ".zarray", '"zlib"', f'"{name}"', name
    )


def _other3(name: str) -> Callable[[], Case]:
    steps = [LITTLE, {"name": "gzip", "configuration": {"level": 1}}]
    return lambda: renamed(zarr3(pyramid_zyx(), steps), "zarr.json", '"gzip"', f'"{name}"', name)


def named(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "configuration": configuration}


GZIP2 = numcodecs.GZip(1)
"""Around chunks of version 2: without any compressor cloud-volume reads none."""
GZIP = named("gzip", level=1)
CRC = {"name": "crc32c"}
BLOSC = named("blosc", cname="lz4", clevel=5, shuffle="shuffle", typesize=2, blocksize=0)


def shards(*codecs: Any, shape: tuple[int, ...] = (2, 5, 3), **changes: Any) -> dict[str, Any]:
    index = {"index_codecs": [LITTLE, CRC], "index_location": "end"}
    return named("sharding_indexed", chunk_shape=list(shape), codecs=[*codecs], **index | changes)


ZARR2_CODECS: Cases = {
    **{name: _step2(name) for name in _STEPS},
    **{name: _other2(name) for name in ("zfpy", "pcodec", "lz4hc", "imagecodecs_jpeg2k")},
    **{
        name: lambda name=name: renamed(  # type: ignore[misc]
            zarr2(pyramid_zyx(), filters=(numcodecs.Shuffle(2),)),
            ".zarray",
            '"shuffle"',
            f'"{name}"',
            name,
        )
        for name in ("pickle", "json2", "msgpack2", "vlen-utf8", "vlen-bytes", "categorize")
    },
}

ZARR3_CODECS: Cases = {
    "bytes": lambda: zarr3(pyramid_zyx(), [named("bytes", endian="big")]),
    "endian": lambda: renamed(zarr3(pyramid_zyx()), "zarr.json", '"bytes"', '"endian"'),
    "transpose": lambda: zarr3(pyramid_zyx(), [named("transpose", order=[1, 2, 0]), LITTLE]),
    "sharding_indexed": lambda: zarr3(pyramid_zyx(), [shards(LITTLE, GZIP)]),
    "blosc": lambda: zarr3(pyramid_zyx(), [LITTLE, BLOSC]),
    "gzip": lambda: zarr3(pyramid_zyx(), [LITTLE, GZIP]),
    "zstd": lambda: zarr3(pyramid_zyx(), [LITTLE, named("zstd", level=1, checksum=True)]),
    "crc32c": lambda: zarr3(pyramid_zyx(), [LITTLE, CRC]),
    "zlib": lambda: renamed(_step3("zlib")(), "zarr.json", '"numcodecs.zlib"', '"zlib"'),
    **{f"numcodecs.{name}": _step3(name) for name in _STEPS},
    **{
        name: _other3(name)
        for name in ("zfp", "cast_value", "scale_offset", "reshape", "numcodecs.zfpy", "vlen-utf8")
    },
}


# Types of Zarr v2, by what ``dtype`` says.
ZARR2_TYPES: Cases = {
    **{
        f"{order}{kind}": lambda order=order, kind=kind: zarr2(  # type: ignore[misc]
            pyramid_zyx(f"{order.replace('|', '=')}{kind}"),
            dtype=f"{order}{kind}",
            compressor=GZIP2,
        )
        for order, kind in [
            *(("|", kind) for kind in ("b1", "u1", "i1")),
            *(
                (order, kind)
                for order in "<>"
                for kind in ("u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8")
            ),
        ]
    },
    **{
        dtype: lambda dtype=dtype, says=says: replace(  # type: ignore[misc]
            zarr2(_others(dtype), fill_value=None, compressor=GZIP2), says=says
        )
        for dtype, says in {
            "<c8": "complex numbers",
            "<M8[ns]": "dates",
            "<m8[ns]": "time spans",
            "|S8": "text",
            "<U2": "text",
            "|V8": "raw bytes",
        }.items()
    },
    "|O": lambda: renamed(zarr2(pyramid_zyx()), ".zarray", '"<u2"', '"|O"', "objects"),
}


def _others(dtype: Any) -> tuple[np.ndarray[Any, Any], ...]:
    """What NumPy makes of small numbers in a type that is none of ours."""
    dtype = np.dtype(dtype)
    small = tuple(one % 7 for one in pyramid_zyx("uint8"))
    if dtype.str.startswith("|V") and dtype.isbuiltin == 0:
        return tuple(one.astype("u8").view(dtype) for one in small)
    return tuple(one.astype("i8").astype(dtype) for one in small)


def _type3(name: str, says: str) -> Callable[[], Case]:
    return lambda: renamed(zarr3(pyramid_zyx()), "zarr.json", '"uint16"', f'"{name}"', says)


SMALL_TYPES = (
    "bfloat16",
    *("int2", "int4", "uint2", "uint4"),
    *("float8_e3m4", "float8_e4m3", "float8_e5m2", "float8_e4m3fn", "float8_e4m3fnuz"),
    *("float8_e4m3b11fnuz", "float8_e5m2fnuz"),
)
"""Those that NumPy lacks; read as the next type that it has."""


def _small3(name: str) -> Case:
    """An image of small numbers as ml_dtypes lays them out: a byte each, bfloat16 in two."""
    whole = tuple((one % 7).astype("i1") for one in pyramid_zyx("uint8"))
    small = {
        "u": [one % 4 for one in whole],
        "i": [one % 4 - 2 for one in whole],
    }.get(name[0], [(one - 3) / 2 for one in whole])
    stored = tuple(one.astype(getattr(ml_dtypes, name)) for one in small)
    objects = documents(GROUP3)
    for path, data, chunks in zip(LEVELS, stored, CHUNKS_ZYX, strict=True):
        objects[f"{path}/zarr.json"] = json_bytes(
            document3(data, chunks, [LITTLE]) | {"data_type": name}
        )
        for index, chunk in chunks_of(data, chunks):
            objects[f"{path}/c/{'/'.join(map(str, index))}"] = chunk.tobytes()
    wide = "uint8" if name[0] == "u" else "int8" if name[0] == "i" else "float32"
    levels = tuple(one.astype(wide) for one in stored)
    return Case(objects=objects, levels=levels, driver="zarr3", meaning=OME)


# Types of Zarr v3, by what ``data_type`` says.
ZARR3_TYPES: Cases = {
    **{
        name: lambda name=name: zarr3(pyramid_zyx(name))  # type: ignore[misc]
        for name in (
            "bool",
            *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
            *(f"float{bits}" for bits in (16, 32, 64)),
        )
    },
    "complex64": lambda: replace(
        zarr3(_others("complex64"), fill_value=[0, 0]), says="complex numbers"
    ),
    **{
        name: lambda name=name: _small3(name)  # type: ignore[misc]
        for name in SMALL_TYPES
    },
    "string": _type3("string", "text"),
    "r16": lambda: replace(
        _type3("r16", "raw bytes")(), levels=tuple(one.view("V2") for one in pyramid_zyx())
    ),
    "numpy.datetime64": _type3("numpy.datetime64", "dates"),
}


def sparse(case: Case, fill: Any, *removed: str) -> Case:
    """Without one chunk of the finest level, its first 4 x 5 x 6 voxels."""
    first, *others = (one.copy() for one in case.levels)
    first[tuple(slice(n) for n in CHUNKS_ZYX[0])] = fill
    objects = {key: value for key, value in case.objects.items() if key not in removed}
    assert len(objects) == len(case.objects) - len(removed)
    return replace(case, objects=objects, levels=(first, *others))


def _changed3(case: Case, **changes: Any) -> Case:
    objects = {
        key: json_bytes(json.loads(value) | changes) if key.endswith("/zarr.json") else value
        for key, value in case.objects.items()
    }
    return replace(case, objects=objects)


def _rectilinear() -> Case:
    grid = {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": [4, 5, 6]}}
    return replace(_changed3(zarr3(pyramid_zyx()), chunk_grid=grid), says="rectilinear")


def _slashes_unsaid() -> Case:
    case = zarr2(pyramid_zyx(), compressor=GZIP2)
    objects = {
        key: json_bytes({n: v for n, v in json.loads(value).items() if n != "dimension_separator"})
        if key.endswith(".zarray")
        else value
        for key, value in case.objects.items()
    }
    return replace(case, objects=objects)


def plain(
    case: Case,
    axes: tuple[str, ...] = ("z", "y", "x"),
    size_xyz: tuple[int, ...] = (13, 11, 7),
) -> Case:
    """The finest level alone, without a group."""
    start = f"{case.paths[0]}/"
    objects = {
        key.removeprefix(start): one for key, one in case.objects.items() if key.startswith(start)
    }
    meaning = Meaning(
        axes=axes,
        box_xyz=((0, 0, 0), size_xyz),
        voxel_size_nm_xyz=(1.0, 1.0, 1.0),
        mags_xyz=((1, 1, 1),),
    )
    return replace(case, objects=objects, levels=case.levels[:1], paths=("",), meaning=meaning)


def _around_shards(codec: Any, encode: Callable[[bytes], bytes]) -> Case:
    """Shards as tensorstore writes them, which then pass a further codec."""
    case = zarr3(pyramid_zyx(), [shards(LITTLE)])
    objects = {}
    for key, one in case.objects.items():
        if key.endswith("/zarr.json"):
            document = json.loads(one)
            objects[key] = json_bytes(document | {"codecs": [*document["codecs"], codec]})
        else:
            objects[key] = one if key.endswith(".json") else encode(one)
    return replace(case, objects=objects)


def _index_in_gzip() -> Case:
    """A shard whose index has no fixed length can't be found, says the specification."""
    case = zarr3(pyramid_zyx(), [shards(LITTLE)])
    return renamed(
        case,
        "zarr.json",
        '"index_codecs":[{"configuration":{"endian":"little"},"name":"bytes"},{"name":"crc32c"}]',
        '"index_codecs":[{"configuration":{"endian":"little"},"name":"bytes"},'
        '{"configuration":{"level":1},"name":"gzip"}]',
        "gzip",
    )


def _empty_inner() -> Case:
    """Inner chunks that hold nothing but fill value, which tensorstore leaves out."""
    fine, coarse = (one.copy() for one in pyramid_zyx())
    fine[:2, :5, :3] = 9
    meta = document3(fine, CHUNKS_ZYX[0], [shards(LITTLE)]) | {"fill_value": 9}
    objects = documents(GROUP3)
    for path, data in zip(LEVELS, (fine, coarse), strict=True):
        spec = {"driver": "zarr3", "kvstore": {"driver": "memory"}}
        context = tensorstore.Context()
        kvstore = tensorstore.KvStore.open({"driver": "memory"}, context=context).result()
        spec["metadata"] = meta | {"shape": data.shape}
        tensorstore.open(spec, create=True, context=context).result()[...] = data
        objects |= {f"{path}/{key.decode()}": kvstore[key] for key in kvstore.list().result()}
    return Case(
        objects=objects,
        levels=(fine, coarse),
        driver="zarr3",
        meaning=OME,
    )


FEATURES: Cases = {
    "v2: `order` F": lambda: zarr2(pyramid_zyx(), order="F", compressor=GZIP2),
    "v2: `dimension_separator` `.`": lambda: zarr2(
        pyramid_zyx(), dimension_separator=".", compressor=GZIP2
    ),
    "v2: `dimension_separator` `/`": lambda: zarr2(pyramid_zyx(), compressor=GZIP2),
    "v2: `/` in names without saying so": _slashes_unsaid,
    "v2: several filters": lambda: zarr2(
        pyramid_zyx("int16"),
        filters=(numcodecs.Delta("<i2"), numcodecs.Shuffle(2)),
        compressor=numcodecs.Zstd(1),
    ),
    "v2: chunks that are missing, `fill_value` null": lambda: sparse(
        zarr2(pyramid_zyx(), fill_value=None, compressor=GZIP2), 0, "0/0/0/0"
    ),
    "v2: `fill_value` a number": lambda: sparse(
        zarr2(pyramid_zyx(), fill_value=7, compressor=GZIP2), 7, "0/0/0/0"
    ),
    "v2: `fill_value` `NaN`": lambda: sparse(
        zarr2(pyramid_zyx("float32"), fill_value="NaN", compressor=GZIP2), np.nan, "0/0/0/0"
    ),
    "v3: keys `default` with `.`": lambda: zarr3(
        pyramid_zyx(), chunk_key_encoding=named("default", separator=".")
    ),
    "v3: keys `v2`": lambda: zarr3(pyramid_zyx(), chunk_key_encoding=named("v2", separator=".")),
    "v3: `fill_value` in hexadecimal": lambda: sparse(
        zarr3(pyramid_zyx("float32"), fill_value="0x40e00000"), 7.0, "0/c/0/0/0"
    ),
    "v3: `fill_value` `NaN`": lambda: sparse(
        zarr3(pyramid_zyx("float32"), fill_value="NaN"), np.nan, "0/c/0/0/0"
    ),
    "v3: `fill_value` 2⁶⁴ - 1": lambda: sparse(
        zarr3(pyramid_zyx("uint64"), fill_value=2**64 - 1), 2**64 - 1, "0/c/0/0/0"
    ),
    "v3: `dimension_names`": lambda: plain(
        _changed3(zarr3(pyramid_zyx()), dimension_names=["y", "x", "z"]),
        ("y", "x", "z"),
        (11, 7, 13),
    ),
    "v3: `transpose` given as F": lambda: renamed(
        zarr3(pyramid_zyx(), [named("transpose", order=[2, 1, 0]), LITTLE]),
        "zarr.json",
        "[2,1,0]",
        '"F"',
    ),
    "v3: shards, `index_location` start": lambda: zarr3(
        pyramid_zyx(), [shards(LITTLE, GZIP, index_location="start")]
    ),
    "v3: shards with a compressed index": _index_in_gzip,
    "v3: shards without some chunks": _empty_inner,
    "v3: shards in shards": lambda: zarr3(
        pyramid_zyx(), [shards(shards(LITTLE, shape=(1, 5, 3)), shape=(2, 5, 6))]
    ),
    "v3: `transpose` around and in shards": lambda: zarr3(
        pyramid_zyx(),
        [
            named("transpose", order=[2, 0, 1]),
            shards(named("transpose", order=[1, 2, 0]), LITTLE, shape=(3, 2, 5)),
        ],
    ),
    "v3: `crc32c` behind a shard": lambda: _around_shards(
        CRC, lambda one: bytes(CRC32C(location="end").encode(one))
    ),
    "v3: `gzip` around a shard": lambda: _around_shards(GZIP, gzip.compress),
    "v3: a rectilinear grid of chunks": _rectilinear,
    "v3: storage transformers": lambda: replace(
        _changed3(zarr3(pyramid_zyx()), storage_transformers=[{"name": "indirect"}]),
        says="storage transformers",
    ),
    "v3: an unknown extension": lambda: replace(
        _changed3(zarr3(pyramid_zyx()), further={"name": "something"}), says="further"
    ),
    "v3: an unknown extension, `must_understand` false": lambda: _changed3(
        zarr3(pyramid_zyx()), further={"name": "something", "must_understand": False}
    ),
}
