"""Zarr arrays as all kinds of software describe them: a table of odd ``.zarray`` and ``zarr.json``.

Each variant is an array that zarr-python writes, of which the metadata are then changed by hand.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import numcodecs
import numpy as np
import zarr
from tests.containers.written import ramp
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, TransposeCodec, ZstdCodec
from zarr.storage import MemoryStore

GONE = object()
SHAPE, CHUNKS = (4, 5, 6), (2, 3, 4)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to describe an array."""

    version: int
    changes: dict[str, Any]
    """Laid over the metadata; `GONE` takes a field away."""
    dtype: str = "<u2"
    fill: Any = 0
    """What zarr-python is told to write: `changes` may say it in another way."""
    write: dict[str, Any] = field(default_factory=dict)
    """Further options of zarr-python."""
    missing: bool = True
    """Whether the first chunk is taken away, so that the fill value shows."""
    text: tuple[str, str] | None = None
    """Replaced in the metadata's text: for what no JSON writer makes."""
    move: tuple[str, str] | None = None
    """Replaced in the keys of chunks."""

    def objects(self) -> dict[str, bytes]:
        """The array's objects by key."""
        store = MemoryStore()
        options = {"filters": None, "compressors": None, "chunks": CHUNKS} | self.write
        array = zarr.create_array(
            store=store,
            shape=SHAPE,
            dtype=np.dtype(self.dtype),
            zarr_format=self.version,
            fill_value=self.fill,
            config={"write_empty_chunks": True},
            **options,
        )
        array[...] = ramp(SHAPE, self.dtype)
        objects = {key: one.to_bytes() for key, one in store._store_dict.items()}
        key = ".zarray" if self.version == 2 else "zarr.json"
        meta = json.loads(objects.pop(key)) | self.changes
        text = json.dumps({name: one for name, one in meta.items() if one is not GONE})
        if self.text is not None:
            assert self.text[0] in text
            text = text.replace(*self.text)
        chunks = {
            name: one for name, one in objects.items() if name not in (".zattrs", "zarr.json")
        }
        if self.missing:
            del chunks[min(chunks)]
        if self.move is not None:
            chunks = {name.replace(*self.move): one for name, one in chunks.items()}
        return {key: text.encode(), **chunks}

    def voxels(self) -> np.ndarray:
        """What is in it: the ramp, and the fill value where the first chunk is missing."""
        data = ramp(SHAPE, self.dtype)
        if self.missing:
            first = np.s_[:4, :5, :6] if "shards" in self.write else np.s_[:2, :3, :4]
            data[first] = self.fill
        return data


def v2(changes: dict[str, Any] | None = None, /, **options: Any) -> Variant:
    """A variant of ``.zarray``."""
    return Variant(version=2, changes=changes or {}, **options)


def v3(changes: dict[str, Any] | None = None, /, **options: Any) -> Variant:
    """A variant of ``zarr.json``."""
    return Variant(version=3, changes=changes or {}, **options)


def named(name: str, **configuration: Any) -> dict[str, Any]:
    """An extension point of Zarr v3."""
    return {"name": name, "configuration": configuration}


LITTLE = named("bytes", endian="little")
TURNED = named("transpose", order=[1, 2, 0])
BLOSC3 = {"cname": "lz4", "clevel": 5, "blocksize": 0}
BLOSC = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}
BLOSCS = {"compressors": numcodecs.Blosc("lz4", 5, 1)}
GZIP = {"compressors": numcodecs.GZip(1)}
ZSTD2 = {"compressors": numcodecs.Zstd(1)}
SLASH = {"chunk_key_encoding": {"name": "v2", "separator": "/"}}


def _shard(codecs: list[Any], **more: Any) -> dict[str, Any]:
    index = [LITTLE, {"name": "crc32c"}]
    config = {"chunk_shape": [2, 3, 4], "codecs": codecs, "index_codecs": index} | more
    return {"codecs": [named("sharding_indexed", **config)]}


SHARDS = {"shards": (4, 6, 8), "chunks": CHUNKS}

VARIANTS: dict[str, Variant] = {
    "v2 as written": v2(),
    "v2 format as text": v2({"zarr_format": "2"}),
    "v2 format as float": v2({"zarr_format": 2.0}),
    "v2 without order": v2({"order": GONE}),
    "v2 order null": v2({"order": None}),
    "v2 order F": v2(write={"order": "F"}),
    "v2 filters empty": v2({"filters": []}),
    "v2 filters missing": v2({"filters": GONE}),
    "v2 filters null": v2({"filters": None}),
    "v2 compressor missing": v2({"compressor": GONE}),
    "v2 compressor empty object": v2({"compressor": {}}),
    "v2 unknown field": v2({"made_by": {"name": "something", "must_understand": False}}),
    "v2 unknown plain field": v2({"node_type": "array"}),
    "v2 shape as floats": v2({"shape": [4.0, 5.0, 6.0]}),
    "v2 chunks as floats": v2({"chunks": [2.0, 3.0, 4.0]}),
    "v2 shape as text": v2({"shape": ["4", "5", "6"]}),
    "v2 separator null": v2({"dimension_separator": None}),
    "v2 separator missing": v2({"dimension_separator": GONE}),
    "v2 separator missing, slashes": v2({"dimension_separator": GONE}, write=SLASH),
    "v2 separator dot": v2({"dimension_separator": "."}),
    "v2 separator slash": v2({"dimension_separator": "/"}, write=SLASH),
    "v2 separator empty": v2({"dimension_separator": ""}),
    "v2 fill null": v2({"fill_value": None}),
    "v2 fill missing": v2({"fill_value": GONE}),
    "v2 fill as text": v2({"fill_value": "0"}),
    "v2 fill as text, seven": v2({"fill_value": "7"}),
    "v2 fill empty text": v2({"fill_value": ""}),
    "v2 fill as float": v2({"fill_value": 3.0}),
    "v2 fill NaN text of float": v2({"fill_value": "NaN"}, dtype="<f4"),
    "v2 fill infinity of float": v2({"fill_value": "-Infinity"}, dtype="<f8"),
    "v2 fill NaN literal": v2(dtype="<f4", fill=float("nan"), text=('"NaN"', "NaN")),
    "v2 fill nan small letters": v2({"fill_value": "nan"}, dtype="<f4"),
    "v2 fill hex of float": v2({"fill_value": "0x7fc00000"}, dtype="<f4"),
    "v2 fill number as text of float": v2({"fill_value": "1.5"}, dtype="<f4"),
    "v2 fill exponent as text": v2({"fill_value": "1e3"}, dtype="<f4"),
    "v2 fill 0 of bool": v2({"fill_value": 0}, dtype="|b1", fill=False),
    "v2 fill text of bool": v2({"fill_value": "false"}, dtype="|b1", fill=False),
    "v2 fill true of integer": v2({"fill_value": True}),
    "v2 fill -1 of unsigned": v2({"fill_value": -1}),
    "v2 fill too large": v2({"fill_value": 65536}),
    "v2 fill half": v2({"fill_value": 0.5}),
    "v2 dtype >u2": v2(dtype=">u2", fill=1),
    "v2 dtype |u1": v2(dtype="|u1", fill=1),
    "v2 dtype <u1": v2({"dtype": "<u1"}, dtype="|u1"),
    "v2 dtype >u1": v2({"dtype": ">u1"}, dtype="|u1"),
    "v2 dtype |i1": v2(dtype="|i1", fill=-1),
    "v2 dtype <f2": v2(dtype="<f2", fill=0.5),
    "v2 dtype u2 without order": v2({"dtype": "u2"}),
    "v2 dtype =u2": v2({"dtype": "=u2"}),
    "v2 dtype uint16": v2({"dtype": "uint16"}),
    "v2 dtype |u2": v2({"dtype": "|u2"}),
    "v2 dtype bool": v2(dtype="|b1", fill=False),
    "v2 dtype >b1": v2({"dtype": ">b1"}, dtype="|b1", fill=False),
    "v2 dtype <i8": v2(dtype="<i8", fill=-(2**63)),
    "v2 dtype <c8": v2({"fill_value": [0.0, 0.0]}, dtype="<c8", fill=0),
    "v2 dtype datetime": v2({"fill_value": 0}, dtype="<M8[ns]", fill=np.datetime64(0, "ns")),
    "v2 blosc": v2(write=BLOSCS),
    "v2 blosc without typesize": v2({"compressor": BLOSC}, write=BLOSCS),
    "v2 blosc by name alone": v2({"compressor": {"id": "blosc"}}, write=BLOSCS),
    "v2 blosc shuffle -1": v2({"compressor": BLOSC | {"shuffle": -1}}, write=BLOSCS),
    "v2 blosc clevel text": v2({"compressor": BLOSC | {"clevel": "5"}}, write=BLOSCS),
    "v2 blosc more fields": v2({"compressor": BLOSC | {"nthreads": 1}}, write=BLOSCS),
    "v2 gzip level -1": v2({"compressor": {"id": "gzip", "level": -1}}, write=GZIP),
    "v2 gzip without level": v2({"compressor": {"id": "gzip"}}, write=GZIP),
    "v2 gzip level text": v2({"compressor": {"id": "gzip", "level": "1"}}, write=GZIP),
    "v2 zlib level -1": v2(
        {"compressor": {"id": "zlib", "level": -1}}, write={"compressors": numcodecs.Zlib(1)}
    ),
    "v2 zstd without level": v2({"compressor": {"id": "zstd"}}, write=ZSTD2),
    "v2 zstd with checksum": v2(write={"compressors": numcodecs.Zstd(1, checksum=True)}),
    "v2 zstd level 0": v2({"compressor": {"id": "zstd", "level": 0}}, write=ZSTD2),
    "v2 zstd level -7": v2({"compressor": {"id": "zstd", "level": -7}}, write=ZSTD2),
    "v2 bz2 without level": v2(
        {"compressor": {"id": "bz2"}}, write={"compressors": numcodecs.BZ2(1)}
    ),
    "v2 lz4": v2(write={"compressors": numcodecs.LZ4()}),
    "v2 lzma": v2(write={"compressors": numcodecs.LZMA()}),
    "v2 shuffle": v2(write={"filters": [numcodecs.Shuffle(2)]}),
    "v2 delta": v2(write={"filters": [numcodecs.Delta("<u2")]}, missing=False),
    "v2 compressor among the filters": v2(
        {"compressor": None, "filters": [{"id": "zstd", "level": 1}]}, write=ZSTD2
    ),
    "v2 crc32 as compressor": v2(write={"compressors": numcodecs.CRC32()}),
    "v2 unknown compressor": v2({"compressor": {"id": "mystery"}}),
    "v3 as written": v3(),
    "v3 format as text": v3({"zarr_format": "3"}),
    "v3 shape as floats": v3({"shape": [4.0, 5.0, 6.0]}),
    "v3 chunk shape as floats": v3({"chunk_grid": named("regular", chunk_shape=[2.0, 3.0, 4.0])}),
    "v3 without attributes": v3({"attributes": GONE}),
    "v3 attributes null": v3({"attributes": None}),
    "v3 consolidated null": v3({"consolidated_metadata": None}),
    "v3 transformers empty": v3({"storage_transformers": []}),
    "v3 transformers null": v3({"storage_transformers": None}),
    "v3 dimension names null": v3({"dimension_names": None}),
    "v3 some names null": v3({"dimension_names": [None, "y", "x"]}),
    "v3 all names null": v3({"dimension_names": [None, None, None]}),
    "v3 names empty": v3({"dimension_names": ["", "", ""]}),
    "v3 an extension not to be understood": v3({"a": {"must_understand": False}}),
    "v3 a named extension not to be understood": v3(
        {"a": {"name": "a", "must_understand": False, "configuration": {}}}
    ),
    "v3 an extension to be understood": v3({"a": {"name": "a"}}),
    "v3 data type object": v3({"data_type": {"name": "uint16"}}),
    "v3 data type object with configuration": v3({"data_type": named("uint16")}),
    "v3 data type r16": v3({"data_type": "r16"}),
    "v3 data type numpy.datetime64": v3(
        {"data_type": named("numpy.datetime64", unit="ns", scale_factor=1), "fill_value": 0},
        dtype="<u8",
    ),
    "v3 data type complex64": v3(dtype="<c8"),
    "v3 data type bfloat16": v3({"data_type": "bfloat16", "fill_value": 0.0}),
    "v3 data type <u2": v3({"data_type": "<u2"}),
    "v3 bool": v3(dtype="|b1", fill=True),
    "v3 float16": v3(dtype="<f2", fill=0.5),
    "v3 int64": v3(dtype="<i8", fill=-(2**63)),
    "v3 uint64 fill": v3(dtype="<u8", fill=2**64 - 1),
    "v3 keys default by name alone": v3({"chunk_key_encoding": "default"}),
    "v3 keys default without configuration": v3({"chunk_key_encoding": {"name": "default"}}),
    "v3 keys default with dots": v3(
        write={"chunk_key_encoding": {"name": "default", "separator": "."}}
    ),
    "v3 keys v2": v3(write={"chunk_key_encoding": {"name": "v2", "separator": "."}}),
    "v3 keys v2 with slashes": v3(write=SLASH),
    "v3 keys v2 by name alone": v3(
        {"chunk_key_encoding": "v2"},
        write={"chunk_key_encoding": {"name": "v2", "separator": "."}},
    ),
    "v3 keys missing": v3({"chunk_key_encoding": GONE}),
    "v3 bytes by name alone": v3({"codecs": ["bytes"]}, dtype="|u1"),
    "v3 bytes by name alone of two bytes": v3({"codecs": ["bytes"]}),
    "v3 bytes without configuration": v3({"codecs": [{"name": "bytes"}]}, dtype="|u1"),
    "v3 bytes of two bytes without configuration": v3({"codecs": [{"name": "bytes"}]}),
    "v3 bytes with endian null": v3({"codecs": [named("bytes", endian=None)]}, dtype="|u1"),
    "v3 bytes configuration null": v3(
        {"codecs": [{"name": "bytes", "configuration": None}]}, dtype="|u1"
    ),
    "v3 big endian": v3(write={"serializer": BytesCodec(endian="big")}),
    "v3 endian by its old name": v3({"codecs": [named("endian", endian="little")]}),
    "v3 without codecs": v3({"codecs": []}),
    "v3 compressor without bytes": v3(
        {"codecs": [named("gzip", level=1)]}, write={"compressors": GzipCodec(level=1)}, dtype="|u1"
    ),
    "v3 transposed": v3(write={"filters": TransposeCodec(order=(2, 0, 1))}),
    "v3 transposed F": v3(
        {"codecs": [named("transpose", order="F"), LITTLE]},
        write={"filters": TransposeCodec(order=(2, 1, 0))},
    ),
    "v3 transposed C": v3({"codecs": [named("transpose", order="C"), LITTLE]}),
    "v3 transposed twice": v3(
        {
            "codecs": [
                named("transpose", order=[1, 2, 0]),
                named("transpose", order=[1, 2, 0]),
                LITTLE,
            ]
        },
        write={"filters": TransposeCodec(order=(2, 0, 1))},
    ),
    "v3 gzip": v3(write={"compressors": GzipCodec(level=1)}),
    "v3 gzip by name alone": v3(
        {"codecs": [LITTLE, "gzip"]}, write={"compressors": GzipCodec(level=1)}
    ),
    "v3 zstd with checksum": v3(write={"compressors": ZstdCodec(level=1, checksum=True)}),
    "v3 zstd without checksum field": v3(
        {"codecs": [LITTLE, named("zstd", level=1)]}, write={"compressors": ZstdCodec(level=1)}
    ),
    "v3 zstd by name alone": v3(
        {"codecs": [LITTLE, {"name": "zstd"}]}, write={"compressors": ZstdCodec(level=1)}
    ),
    "v3 crc32c": v3(write={"compressors": Crc32cCodec()}),
    "v3 crc32c by name alone": v3(
        {"codecs": [LITTLE, "crc32c"]}, write={"compressors": Crc32cCodec()}
    ),
    "v3 blosc": v3(write={"compressors": BloscCodec(cname="zstd", shuffle="bitshuffle")}),
    "v3 blosc without typesize": v3(
        {
            "codecs": [
                LITTLE,
                named("blosc", **BLOSC3, shuffle="shuffle"),
            ]
        },
        write={"compressors": BloscCodec(cname="lz4", shuffle="shuffle")},
    ),
    "v3 blosc noshuffle without typesize": v3(
        {
            "codecs": [
                LITTLE,
                named("blosc", **BLOSC3, shuffle="noshuffle"),
            ]
        },
        write={"compressors": BloscCodec(cname="lz4", shuffle="noshuffle")},
    ),
    "v3 blosc shuffle as number": v3(
        {"codecs": [LITTLE, named("blosc", **BLOSC3, shuffle=1)]},
        write={"compressors": BloscCodec(cname="lz4", shuffle="shuffle")},
    ),
    "v3 codec with must_understand": v3(
        {
            "codecs": [
                LITTLE,
                {"name": "gzip", "configuration": {"level": 1}, "must_understand": True},
            ]
        },
        write={"compressors": GzipCodec(level=1)},
    ),
    "v3 fill NaN": v3(dtype="<f4", fill=float("nan")),
    "v3 fill hex": v3({"fill_value": "0x7fc00000"}, dtype="<f4"),
    "v3 fill hex of half": v3({"fill_value": "0x3c00"}, dtype="<f2"),
    "v3 fill infinity": v3(dtype="<f8", fill=float("-inf")),
    "v3 fill as text": v3({"fill_value": "7"}),
    "v3 fill null": v3({"fill_value": None}),
    "v3 fill missing": v3({"fill_value": GONE}),
    "v3 fill float of integer": v3({"fill_value": 3.0}),
    "v3 fill false of integer": v3({"fill_value": False}),
    "v3 fill 0 of bool": v3({"fill_value": 0}, dtype="|b1", fill=False),
    "v3 shards": v3(write=SHARDS),
    "v3 shards without index location": v3(_shard([LITTLE]), write=SHARDS),
    "v3 shards of short names": v3(
        _shard(["bytes"], index_codecs=[LITTLE, "crc32c"]), dtype="|u1", write=SHARDS
    ),
    "v3 shards of chunk shape as floats": v3(
        _shard([LITTLE], chunk_shape=[2.0, 3.0, 4.0]), write=SHARDS
    ),
    "v3 shards of big-endian index": v3(
        _shard([LITTLE], index_codecs=[named("bytes", endian="big"), {"name": "crc32c"}]),
        write={"shards": SHARDS["shards"], "chunks": CHUNKS, "serializer": BytesCodec()},
    ),
    "v3 one large chunk": v3(
        {"chunk_grid": named("regular", chunk_shape=[100, 100, 100])},
        write={"chunks": (100, 100, 100)},
        missing=False,
    ),
    "v3 rectilinear grid": v3(
        {"chunk_grid": named("rectilinear", kind="inline", chunk_shapes=[2, [3, 2], [4, 2]])}
    ),
    "v3 rectangular grid": v3({"chunk_grid": named("rectangular", chunk_shape=[2, [3, 2], 4])}),
}
"""By what is odd."""
